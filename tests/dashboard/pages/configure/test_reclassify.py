"""History judged again by a page: what would change is seen first, and then done."""

import pytest
from django.contrib.admin.models import LogEntry

from apiclient.catalogue import Verdict
from apiclient.models import Outcome
from tests.builders import make_answer, make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
OF_CALL, OF_SERVICE = "/configure/calls/shop/orders/reclassify/", "/configure/services/shop/reclassify/"


@pytest.fixture
def outcome():
    call = make_call(make_service(name="Shop"), name="Orders")
    found = make_outcome(call, 404)
    make_answer(call=call, codes="404", kind="success")
    return found


@pytest.mark.parametrize("address", [OF_CALL, OF_SERVICE])
def test_what_would_change_is_shown_and_nothing_is_changed_by_looking(admin_client, outcome, address):
    page = admin_client.get(address)
    (turn,) = page.context["turns"]
    assert (turn.status_code, turn.before, turn.after, turn.count) == (404, Verdict.FAILED, Verdict.PASSED, 1)
    assert "Judge them again" in page.content.decode()
    assert Outcome.objects.get().judgement is Verdict.FAILED


@pytest.mark.parametrize("address", [OF_CALL, OF_SERVICE])
def test_it_is_done_by_a_post_and_once(admin_client, outcome, address):
    answer = admin_client.post(address, follow=True)
    assert "1 outcomes of" in answer.content.decode()
    assert Outcome.objects.get().judgement is Verdict.PASSED
    assert "judged again" in LogEntry.objects.first().change_message
    assert "Nothing would change" in admin_client.get(address).content.decode()


def test_more_than_a_request_carries_is_left_to_the_next(admin_client, outcome, monkeypatch):
    monkeypatch.setattr("dashboard.pages.configure.reclassify.MOST", 1)
    assert admin_client.post(OF_CALL).url == OF_CALL
    assert Outcome.objects.get().judgement is Verdict.PASSED
