"""One call, and the button that runs it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from kombu.exceptions import OperationalError

from apiclient import rollup
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.models import Batch
from apiclient.slot import from_ms
from dashboard.pages.call import BROKER_DOWN, next_runs, schedule_in_words
from dashboard.pages.outcome import NOT_FOUND
from tests.builders import make_call, make_location, make_outcome, make_service, make_team

pytestmark = pytest.mark.django_db
ADDRESS = "/services/shop/list/"
MOST_QUERIES = 15
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="List", path="/list?token=planted", expected_codes="2xx, 404")


@pytest.fixture
def announced(monkeypatch):
    sent = []
    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", lambda args, queue: sent.extend(args))
    return sent


def test_it_says_what_is_asked_when_and_what_is_expected(admin_client, call):
    content = admin_client.get(ADDRESS).content.decode()
    assert "GET" in content and "/list?token=•••" in content and "planted" not in content
    assert "every 1 min" in content and "2xx, 404" in content and "none yet" in content


def test_schedules_in_words(call):
    call.interval_seconds = 5400
    assert schedule_in_words(call) == "every 1 h 30 min"
    call.interval_seconds, call.cron, call.time_zone = None, "*/5 * * * *", "Europe/Kyiv"
    assert schedule_in_words(call) == "by cron */5 * * * * in Europe/Kyiv"
    call.cron = ""
    assert schedule_in_words(call) == "on demand only"


def test_codes_and_failures_are_counted_and_lead_to_their_outcomes(admin_client, call):
    make_outcome(call, 404)
    make_outcome(make_call(call.service), 500)
    make_outcome(call, None, Failure.TIMEOUT, due_at=timezone.now() - timedelta(minutes=5))
    answers = admin_client.get(f"{ADDRESS}?since=-1h").context["answers"]
    assert sorted((one["code"] or 0, one["failure"] or 0, one["count"]) for one in answers) == [(0, 6, 1), (404, 0, 1)]
    assert all("call=shop%2Flist" in one["href"] and "since=-1h" in one["href"] for one in answers)


def test_the_messages_of_its_errors_stand_in_the_list(admin_client, call):
    make_outcome(call, 500, body=b"disk full", headers=(("Content-Type", "text/plain"),))
    assert b"disk full" in admin_client.get(ADDRESS).content


def test_run_now_claims_a_slot_and_waits_for_its_outcome(admin_client, call, announced):
    answer = admin_client.post(f"{ADDRESS}run/")
    batch = Batch.objects.get()
    assert announced == [batch.pk]
    assert (answer.status_code, answer.url) == (302, f"/outcomes/{batch.slots[0]}/")
    waiting = admin_client.get(answer.url)
    assert waiting.status_code == 202 and b"Waiting for the answer" in waiting.content


@pytest.fixture
def broker_down(monkeypatch):
    def refuse(args, queue):
        raise OperationalError("connection refused")

    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", refuse)


def test_a_broker_that_is_down_is_a_message(admin_client, call, broker_down):
    answer = admin_client.post(f"{ADDRESS}run/", follow=True)
    assert answer.redirect_chain == [(ADDRESS, 302)]
    assert BROKER_DOWN in answer.content.decode()


def test_in_place_a_broker_that_is_down_is_a_message_too(admin_client, call, broker_down):
    answer = admin_client.post(f"{ADDRESS}run/", headers=IN_PLACE)
    assert answer.status_code == 200 and BROKER_DOWN in answer.content.decode()


def test_in_place_a_run_asks_for_its_outcome_until_it_is_there(admin_client, call, announced):
    content = admin_client.post(f"{ADDRESS}run/", headers=IN_PLACE).content.decode()
    (address,) = re.findall(r'hx-get="([^"]+)"', content)
    (slot,) = Batch.objects.get().slots
    assert "<html" not in content and address == f"/outcomes/{slot}/answer/"
    assert "every 1s" in admin_client.get(address).content.decode()
    make_outcome(call, 404, due_at=from_ms(slot >> 22))
    answer = admin_client.get(address)
    assert "hx-trigger" not in answer.content.decode() and f"/outcomes/{slot}/" in answer.content.decode()
    assert "Passed" in answer.content.decode() and answer.headers["HX-Trigger"] == "answered"


def test_a_run_that_nothing_waits_for_any_more_is_not_asked_for_again(admin_client, call):
    content = admin_client.get(f"/outcomes/{call.pk}/answer/").content.decode()
    assert NOT_FOUND in content and "hx-trigger" not in content


def test_a_run_that_was_missed_says_so(admin_client, call):
    outcome = make_outcome(call, None, Failure.MISSED, lag_ms=None)
    assert "Missed" in admin_client.get(f"/outcomes/{outcome.pk}/answer/").content.decode()


def test_the_next_runs_are_those_of_the_timetable(call):
    first, second, third = next_runs(call)
    assert first == call.next_due_at and second - first == third - second == timedelta(minutes=1)
    call.enabled = False
    call.save()
    assert next_runs(call) == []


def test_a_call_on_demand_has_no_next_run(admin_client, call):
    call.interval_seconds = None
    call.save()
    assert next_runs(call) == [] and b"on demand only" in admin_client.get(ADDRESS).content


def test_a_call_in_several_locations_runs_next_where_its_turn_is_first():
    call = make_call(locations=[make_location(), make_location()])
    first, second, _ = next_runs(call)
    assert first == call.next_due_at and second - first == timedelta(minutes=1)


def test_a_pause_of_the_service_is_told_apart(admin_client, call):
    call.service.enabled = False
    call.service.save()
    assert b"paused with its service" in admin_client.get(ADDRESS).content


def test_where_the_time_goes_is_drawn_with_its_figures(admin_client, call):
    make_outcome(call, 200, total_us=10_000)
    content = admin_client.get(f"{ADDRESS}?since=-1h").content.decode()
    figure = content[content.index('id="where-the-time-goes"') :].partition("</figure>")[0]
    assert "Wait <b>5 ms</b>" in figure and "DNS <b>100 µs</b>" in figure and "<table>" in figure
    assert "TLS <b>" not in figure  # which took no time


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("status_code=404", [404]),
        ("code_class=5xx", [500]),
        ("category=success,client_error", [404, 200]),
        ("failure=dns", [None]),
        ("verdict=passed", [404, 200]),
        ("q=disk", [500]),
        ("until=-1h", []),
        ("since=-10m&verdict=failed", [None, 500]),
    ],
)
def test_every_word_narrows_the_last_outcomes(admin_client, call, words, codes):
    for minutes, code, body in ((4, 200, b""), (3, 404, b"no such"), (2, 500, b"disk full")):
        made = timezone.now() - timedelta(minutes=minutes)
        make_outcome(call, code, due_at=made, body=body, headers=(("Content-Type", "text/plain"),))
    make_outcome(call, None, Failure.DNS, due_at=timezone.now() - timedelta(minutes=1))
    context = admin_client.get(f"{ADDRESS}?{words}").context
    assert [outcome.status_code for outcome in context["outcomes"]] == codes and context["view"].problems == {}


def test_a_word_that_is_not_understood_is_explained_beside_its_input(admin_client, call):
    content = admin_client.get(f"{ADDRESS}?status_code=9-&verdict=banana&since=soon").content.decode()
    for word in ("status_code", "verdict", "since"):
        assert re.search(rf'id="filter-{word}"[^>]*aria-invalid="true" aria-describedby="problem-{word}"', content)
        assert f'id="problem-{word}"' in content
    assert '<option value="banana" selected>' in content and 'value="9-"' in content and 'value="soon"' in content


def test_in_place_the_address_has_no_empty_words(admin_client, call):
    answer = admin_client.get(f"{ADDRESS}?status_code=404&verdict=&q=&since=-1h", headers=IN_PLACE)
    assert answer.headers["HX-Push-Url"] == f"{ADDRESS}?status_code=404&since=-1h"
    assert "HX-Push-Url" not in admin_client.get(ADDRESS).headers


def test_nothing_found_says_what_to_widen(admin_client, call):
    make_outcome(call, 200)
    context = admin_client.get(f"{ADDRESS}?status_code=404&since=-1h").context
    assert context["wider"] == [
        ("Remove the filters", f"{ADDRESS}?since=-1h"),
        ("Show the last 24 h", f"{ADDRESS}?status_code=404&since=-24h"),
    ]
    assert admin_client.get(ADDRESS).context["wider"] == []


def test_markup_and_marks_in_names_are_shown_as_text(admin_client):
    call = make_call(make_service(name="<i>s\u202e"), name="<b>n</b>\u202e🙂", slug="odd", path="/" + "p" * 1500)
    make_outcome(call, 500, body=b"<script>" + b"x" * 10_000, headers=(("Content-Type", "text/plain"),))
    content = admin_client.get(f"/services/{call.service.slug}/odd/").content.decode()
    assert "<b>n</b>" not in content and "<script>x" not in content and "\u202e" not in content
    assert "&lt;b&gt;n&lt;/b&gt;⟨U+202E⟩🙂" in content


def test_only_those_who_may_change_the_call_run_it(client, django_user_model, call, announced):
    ann = django_user_model.objects.create_user("ann")
    make_team([ann], [call.service])
    client.force_login(ann)
    assert b"Run now" not in client.get(ADDRESS).content
    assert client.post(f"{ADDRESS}run/").status_code == 403
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    assert b"Run now" in client.get(ADDRESS).content
    assert client.post(f"{ADDRESS}run/").status_code == 302


def test_running_needs_a_post(admin_client, call):
    assert admin_client.get(f"{ADDRESS}run/").status_code == 405


@pytest.mark.parametrize("since", ["-1h", "-24h", "-7d", "-30d"])
def test_queries_do_not_grow_with_outcomes(admin_client, django_assert_max_num_queries, call, since):
    for minutes, code in enumerate((200, 404, 500, 503)):
        make_outcome(call, code, due_at=timezone.now() - timedelta(minutes=minutes + 1))
        make_outcome(call, code, due_at=timezone.now() - timedelta(hours=30, minutes=minutes))
    call.dues.all().delete()  # or nothing could be closed
    rollup.close(now_ms())
    admin_client.get("/codes/")  # the process knows now that nothing is pressing
    with django_assert_max_num_queries(MOST_QUERIES):
        admin_client.get(ADDRESS, {"since": since})
