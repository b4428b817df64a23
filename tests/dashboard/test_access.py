"""What a team member is shown is what its services alone would show, however it is asked for."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.models import Batch, Message, Outcome, Team
from apiclient.recall import recall
from apiclient.roles import ADMIN, EDITOR
from apiclient.slot import slot_id
from dashboard.access import is_in_no_team, may_administer, sharing
from tests.builders import close_hours_until, make_call, make_outcome, make_service, make_team

pytestmark = pytest.mark.django_db
PLAIN = (("Content-Type", "text/plain"),)
CODES = (200, 200, 404, 503, None)


def say(call, code, due_at):
    failure = Failure.DNS if code is None else None
    text = f"Order {call.pk * 100 + due_at.minute} is gone".encode()
    return make_outcome(call, code, failure, due_at=due_at, headers=PLAIN, body=text)


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user("ann")


@pytest.fixture
def calls(ann):
    """Two services of Ann's two teams, and a third one of nobody's; what they answered lately and some days ago."""
    calls = [make_call(make_service(name=name), name="List") for name in ("Alpha", "Beta", "Gamma", "Gamma too")]
    for number, call in enumerate(calls):
        for age in (timedelta(minutes=5), timedelta(hours=30)):
            for minute, code in enumerate(CODES[number:] + CODES):
                say(call, code, timezone.now() - age - timedelta(minutes=3 * minute + number))
    make_team([ann], [calls[0].service, calls[1].service])
    make_team([ann], [calls[1].service])
    make_team([], [one.service for one in calls])
    for call in calls:
        call.dues.all().delete()  # or nothing could be closed
    close_hours_until(now_ms())
    return calls


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def own(calls):
    return Outcome.objects.filter(call__in=calls[:2])


@pytest.fixture
def member(ann, calls):
    return signed_in(ann)


RANGES = ("-1h", "-24h", "-7d")


@pytest.mark.parametrize("since", RANGES)
@pytest.mark.parametrize(
    "question",
    [
        "outcomes/?limit=500",
        "outcomes/?limit=500&q=gone",
        "outcomes/?limit=500&failure=dns",
        "series/?group_by=code_class",
        "series/?group_by=service&step=1h",
        "series/?group_by=call",
        "series/?group_by=verdict&q=gone",
        "latency/?step=1h",
        "latency/?verdict=failed",
        "codes/?",
        "codes/?category=client_error",
    ],
)
def test_the_api_answers_a_member_what_it_answers_an_admin_about_these_services(
    admin_client, member, calls, question, since
):
    until = (timezone.now() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:00Z")
    moment = {"-1h": 1, "-24h": 24, "-7d": 168}[since]
    begin = (timezone.now() - timedelta(hours=moment)).strftime("%Y-%m-%dT%H:%M:00Z")
    address = f"/api/v1/{question}&since={begin}&until={until}"
    narrowed = f"{address}&service={calls[0].service.slug},{calls[1].service.slug}"
    shown, wanted = member.get(address).json(), admin_client.get(narrowed).json()
    assert shown == wanted and shown != admin_client.get(address).json()


def test_series_and_codes_are_a_recount_of_the_own_outcomes(member, calls):
    rows = own(calls)
    assert member.get("/api/v1/series/?since=-7d").json()["total"] == rows.count()
    codes = {row["code"]: row["count"] for row in member.get("/api/v1/codes/?since=-7d").json()["results"]}
    for code in (200, 404, 503):
        assert codes[code] == rows.filter(status_code=code).count()
    listed = member.get("/api/v1/outcomes/?since=-7d&limit=500").json()["results"]
    assert {int(row["id"]) for row in listed} == set(rows.values_list("pk", flat=True))
    services = member.get("/api/v1/services/").json()["results"]
    assert {row["id"] for row in services} == {call.service_id for call in calls[:2]}
    assert {row["id"] for row in member.get("/api/v1/calls/").json()["results"]} == {call.pk for call in calls[:2]}


def test_figures_of_the_pages_are_a_recount_of_the_own_outcomes(member, calls):
    rows = own(calls)
    overview = member.get("/?since=-7d").context
    assert overview["whole"].total == overview["view"].series.total == rows.count()
    assert {row.service.name: row.tally.total for row in overview["rows"]} == {
        call.service.name: rows.filter(call=call).count() for call in calls[:2]
    }
    assert {one.service.name for one in overview["news"].answers} <= {"Alpha", "Beta"}
    assert {one.service.name for one in overview["news"].messages} <= {"Alpha", "Beta"}
    failures = member.get("/failures/?since=-7d").context
    assert failures["total"] == rows.count()
    assert {row.failure: row.count for row in failures["rows"]} == {
        Failure.DNS: rows.filter(failure=Failure.DNS).count()
    }
    assert {one.call.service.name for one in failures["calls"]} == {"Alpha", "Beta"}
    columns = member.get("/codes/?since=-7d").context["columns"]
    counted = {row.meaning.code: row.count for _, table, _ in columns for row in table if row.count}
    assert counted == {code: rows.filter(status_code=code).count() for code in (200, 404, 503)}
    code = member.get("/codes/404/?since=-7d").context
    assert code["total"] == rows.filter(status_code=404).count()
    assert code["share"] == code["total"] / rows.count()
    assert {place.service.name for place in code["places"]} == {"Alpha", "Beta"}
    assert len(member.get("/outcomes/?since=-7d").context["outcomes"]) == min(50, rows.count())


def test_a_group_of_messages_that_spans_services_counts_the_own_ones(admin_client, member, calls):
    said = own(calls).filter(detail__message__isnull=False).exclude(failure=Failure.DNS)
    (row,) = [one for one in member.get("/messages/?since=-7d").context["rows"] if "gone" in one.text]
    assert (row.group.count, row.services) == (said.count(), ["Alpha", "Beta"])
    mine = Message.objects.get(service=calls[0].service, text__contains="gone")
    group = member.get(f"/messages/{mine.pk}/?since=-7d").context
    assert group["total"] == said.count()
    assert {one.service.name for one in group["group"]} == {"Alpha", "Beta"}
    assert {one.call.service.name for one in group["calls"]} == {"Alpha", "Beta"}
    assert admin_client.get(f"/messages/{mine.pk}/?since=-7d").context["total"] > said.count()
    theirs = Message.objects.get(service=calls[2].service, text__contains="gone")
    assert member.get(f"/messages/{theirs.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/outcomes/", "/messages/", "/failures/", "/codes/", "/codes/404/"])
def test_a_service_out_of_reach_is_one_that_is_not_there(member, calls, path):
    for word, name, nobody in (("service", "gamma", "nobody"), ("call", "gamma/list", "nobody/list")):
        told = [member.get(path, {word: text}).content.decode().replace(text, "X") for text in (name, nobody)]
        problems = [member.get(path, {word: text}).context["view"].problems[word] for text in (name, nobody)]
        assert problems[0].replace(name, "X") == problems[1].replace(nobody, "X")
        assert all("Gamma" not in page for page in told)
    answers = [member.get(f"/api/v1/series/?service={name}").json() for name in ("gamma", "nobody")]
    assert str(answers[0]).replace("gamma", "nobody") == str(answers[1])


def test_a_run_that_waits_is_told_to_its_team_alone(member, calls):
    waiting = [slot_id(now_ms() // 2 * 2 + 1, call.pk) for call in (calls[0], calls[2])]
    Batch.objects.create(slots=waiting, created_ms=now_ms(), lease_ms=1)
    assert [member.get(f"/outcomes/{slot}/").status_code for slot in waiting] == [202, 404]
    told = [member.get(f"/outcomes/{slot}/answer/").content.decode() for slot in waiting]
    assert ["no outcome" in answer for answer in told] == [False, True]
    outcome = Outcome.objects.filter(call=calls[2]).first()
    assert "no outcome" in member.get(f"/outcomes/{outcome.pk}/answer/").content.decode()


def test_who_joins_or_leaves_a_team_gets_another_page(member, ann, calls):
    etag = member.get("/")["ETag"]
    assert member.get("/", headers={"If-None-Match": etag}).status_code == 304
    Team.objects.filter(members=ann)[0].services.remove(calls[0].service)
    changed = member.get("/", headers={"If-None-Match": etag})
    assert changed.status_code == 200 and "Alpha" not in changed.content.decode()
    ann.groups.add(Group.objects.get(name=EDITOR))
    assert member.get("/", headers={"If-None-Match": changed["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/", "/services/alpha/", "/services/alpha/list/", "/outcomes/", "/messages/", "/failures/", "/codes/",
        "/codes/404/", "/configure/calls/new/", "/configure/services/alpha/", "/api/v1/services/", "/api/v1/calls/",
        "/api/v1/outcomes/", "/api/v1/series/", "/api/v1/latency/", "/api/v1/codes/",
    ],
)  # fmt: skip
def test_queries_do_not_grow_with_teams_or_services(member, ann, calls, path, django_assert_max_num_queries):
    ann.groups.add(Group.objects.get(name=EDITOR))
    member.get(path)
    cache.clear()
    recall.forget()
    with CaptureQueriesContext(connection) as few:
        assert member.get(path).status_code == 200
    for _ in range(6):
        more = [make_call() for _ in range(3)]
        make_team([ann], [call.service for call in more])
        for call in more:  # nothing new, of which history is asked
            for hours in (1, 30):
                make_outcome(call, due_at=timezone.now() - timedelta(hours=hours))
    cache.clear()
    recall.forget()
    with django_assert_max_num_queries(len(few)):
        assert member.get(path).status_code == 200


def test_who_sees_everything_asks_no_table_of_teams(admin_client, calls):
    for path in ("/", "/outcomes/", "/services/alpha/", "/api/v1/series/", "/api/v1/outcomes/"):
        with CaptureQueriesContext(connection) as asked:
            assert admin_client.get(path).status_code == 200
        assert not [one for one in asked.captured_queries if "team" in one["sql"] or "auth_" in one["sql"]]


def request_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_a_member_shares_among_the_own_teams_and_an_admin_among_all(everyone, ann, django_user_model):
    assert sharing(request_of(ann)).problem and is_in_no_team(request_of(ann))
    team, other = make_team([ann]), make_team()
    of_ann = sharing(request_of(ann))
    assert (of_ann.teams, of_ann.usual, of_ann.required, of_ann.problem) == ([team], [team], True, "")
    assert not is_in_no_team(request_of(ann))
    root = django_user_model.objects.create_superuser("root")
    of_root = sharing(request_of(root))
    assert set(of_root.teams) == {everyone, team, other}
    assert (of_root.usual, of_root.required, of_root.problem) == ([everyone], False, "")
    everyone.delete()
    assert sharing(request_of(root)).usual == []
    other.members.add(root)
    assert sharing(request_of(root)).usual == [other]


def test_staff_and_admins_enter_the_admin(ann, django_user_model):
    assert not may_administer(request_of(AnonymousUser())) and not may_administer(request_of(ann))
    ann.groups.add(Group.objects.get(name=ADMIN))
    again = django_user_model.objects.get(pk=ann.pk)
    assert may_administer(request_of(again))
    again.is_active = False
    assert not may_administer(request_of(again))
    assert may_administer(request_of(django_user_model(is_staff=True)))
