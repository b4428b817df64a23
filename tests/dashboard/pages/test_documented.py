"""References in pages: rows with their counts, undocumented codes below, and what an outcome's page says of both."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import Failure
from tests.builders import make_answer, make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_service(name="Shop")


@pytest.fixture
def call(shop):
    return make_call(shop, name="Orders")


def outcomes(call, *codes):
    made = []
    for minutes, code in enumerate(codes):
        made.append(make_outcome(call, code, due_at=timezone.now() - timedelta(minutes=minutes + 2)))
    return made


def reference(client, address):
    return client.get(address).context["reference"]


def test_a_call_shows_each_row_with_its_count_also_of_none_and_what_no_row_names_below(admin_client, call):
    make_answer(call=call, codes="200", message="All orders.")
    make_answer(call=call, codes="404", message="No such order.")
    make_answer(service=call.service, codes="4xx", message="Wrong in some way.")
    outcomes(call, 200, 200, 403, 503, 503, 418, 307)
    shown = reference(admin_client, "/services/shop/orders/")
    assert [(line.row.codes, line.count) for line in shown.lines] == [("200", 2), ("4xx", 2), ("404", 0)]
    assert "status_code=400-403%2C+405-499" in shown.lines[1].address
    assert [(one.status_code, one.count) for one in shown.strange] == [(503, 2), (307, 1)]
    assert all(one.first_at and one.last_at and one.first_at <= one.last_at for one in shown.strange)
    page = admin_client.get("/services/shop/orders/").content.decode()
    assert "No such order." in page and "of the service" in page and "Undocumented in this range" in page


def test_last_seen_is_the_newest_outcome_of_the_code(admin_client, call):
    make_answer(call=call, codes="200")
    newest, *_, oldest = outcomes(call, 503, 503, 503)
    (one,) = reference(admin_client, "/services/shop/orders/?since=-7d").strange
    assert (one.first_at, one.last_at) == (newest.due_at, newest.due_at)  # recorded first, whatever it was due
    assert oldest.due_at < newest.due_at


def test_without_rows_nothing_is_undocumented_and_what_came_can_be_accepted(admin_client, call):
    outcomes(call, 200)
    page = admin_client.get("/services/shop/orders/").content.decode()
    assert "Nothing is documented for this call yet" in page and "Undocumented" not in page
    assert 'name="code" value="200"' in page


def test_a_service_counts_its_rows_over_its_calls_and_names_the_call_of_each_undocumented_code(admin_client, shop):
    one, two, bare = make_call(shop, name="One"), make_call(shop, name="Two"), make_call(make_service(name="Bare"))
    make_answer(service=shop, codes="2xx", message="Well.")
    make_answer(call=one, codes="200", message="Its own.")
    for call, codes in ((one, (200, 201, 500)), (two, (200, 404, 404)), (bare, (500,))):
        outcomes(call, *codes)
    shown = reference(admin_client, "/services/shop/")
    assert [(line.row.codes, line.count) for line in shown.lines] == [("2xx", 2)]
    assert [(strange.call.name, strange.status_code, strange.count) for strange in shown.strange] == [
        ("Two", 404, 2), ("One", 500, 1),
    ]  # fmt: skip
    assert "call=shop%2Ftwo" in shown.strange[0].address
    assert reference(admin_client, "/services/bare/").strange == []


def test_viewers_see_no_button(client, django_user_model, call):
    outcomes(call, 200)
    viewer = django_user_model.objects.create_user("viewer")
    viewer.teams.create(name="T").services.add(call.service)
    client.force_login(viewer)
    for address in ("/services/shop/orders/", "/services/shop/"):
        page = client.get(address).content.decode()
        assert "accept" not in page and "Write it" not in page


@pytest.mark.parametrize(
    ("codes", "word", "says"),
    [
        ("404", "documented", "Its reference names 404: <bdi>No such order.</bdi>."),
        ("2xx", "undocumented", "No row of its reference names 404."),
    ],
)
def test_an_outcome_says_whether_it_is_documented_and_whether_it_is_the_first(admin_client, call, codes, word, says):
    make_answer(call=call, codes=codes, message="No such order.", kind="error")
    first, second = outcomes(call, 404, 404)
    page = admin_client.get(f"/outcomes/{first.pk}/").content.decode()
    assert f'<span class="tag {word}">{word}</span>' in page and says in page
    assert "never seen before" in page and "It is the first 404 of this call." in page
    assert ("Accept into the reference" in page) == (word == "undocumented")
    assert "never seen before" not in admin_client.get(f"/outcomes/{second.pk}/").content.decode()


def test_an_outcome_without_a_code_or_a_reference_says_nothing_of_either(admin_client, call):
    failed = make_outcome(call, None, failure=Failure.TIMEOUT)
    assert "tag documented" not in (page := admin_client.get(f"/outcomes/{failed.pk}/").content.decode())
    assert "never seen before" not in page
    (first, _) = outcomes(call, 200, 200)
    page = admin_client.get(f"/outcomes/{first.pk}/").content.decode()
    assert "never seen before" in page and "documented</span>" not in page
