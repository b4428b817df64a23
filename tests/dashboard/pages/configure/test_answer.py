"""The rows of a reference, edited in a page, and codes accepted into it."""

import pytest
from django.contrib.admin.models import LogEntry

from apiclient.models import DocumentedAnswer
from dashboard.pages.configure.answer import BLANK_ROWS
from tests.builders import make_answer, make_call, make_outcome, make_service
from tests.dashboard.forms.test_answer import rows

pytestmark = pytest.mark.django_db
OF_CALL = "/configure/calls/shop/orders/answers/"
OF_SERVICE = "/configure/services/shop/answers/"
ACCEPT = "/services/shop/orders/accept/"


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Orders")


def version(client, address):
    return {"version": client.get(address).context["version"]}


def test_rows_are_added_changed_and_deleted(admin_client, call):
    gone, kept = make_answer(call=call, codes="404"), make_answer(call=call, codes="409")
    sent = rows(
        {"id": gone.pk, "call": call.pk, "codes": "404", "DELETE": "on"},
        {"id": kept.pk, "call": call.pk, "codes": "409, 422", "message": "Closed.", "kind": "error"},
        {"codes": "5XX", "message": "Down."},
        {"codes": "", "message": ""},
        kept=2,
    )
    answer = admin_client.post(OF_CALL, sent | version(admin_client, OF_CALL))
    assert (answer.status_code, answer.url) == (302, "/services/shop/orders/#reference")
    found = DocumentedAnswer.objects.order_by("pk").values_list("service", "call", "codes", "message", "kind")
    shop = call.service_id
    assert list(found) == [(shop, call.pk, "409, 422", "Closed.", "error"), (shop, call.pk, "5xx", "Down.", "")]
    assert "1 rows added, 1 changed, 1 deleted" in LogEntry.objects.first().change_message


def test_rows_of_a_service_hold_for_all_and_are_shown_with_those_of_a_call(admin_client, call):
    sent = rows({"codes": "401", "message": "Sign in."}) | version(admin_client, OF_SERVICE)
    assert admin_client.post(OF_SERVICE, sent).url == "/services/shop/#reference"
    row = DocumentedAnswer.objects.get()
    assert (row.service, row.call) == (call.service, None)
    page = admin_client.get(OF_CALL)
    assert [one.codes for one in page.context["shared"]] == ["401"]
    assert len(page.context["rows"].forms) == BLANK_ROWS


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"codes": "4x"}, "is not a status code"),
        ({"codes": "", "message": "x"}, "This field is required"),
        ({"codes": "404", "message": "x" * 501}, "at most 500"),
        ({"codes": "404", "kind": "odd"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_beside_the_row_and_nothing_is_saved(admin_client, call, fields, says):
    answer = admin_client.post(OF_CALL, rows({"codes": "200"}, fields) | version(admin_client, OF_CALL))
    assert answer.status_code == 200 and says in answer.content.decode()
    assert not DocumentedAnswer.objects.exists()


def test_who_has_read_other_rows_overwrites_none(admin_client, call):
    read = version(admin_client, OF_CALL)
    make_answer(call=call, codes="404")
    answer = admin_client.post(OF_CALL, rows({"codes": "500"}) | read)
    assert answer.status_code == 200 and "Somebody else has changed these rows" in answer.content.decode()
    assert list(DocumentedAnswer.objects.values_list("codes", flat=True)) == ["404"]


@pytest.mark.parametrize("sent", [{}, {"answers-TOTAL_FORMS": "99999", "answers-INITIAL_FORMS": "0"}])
def test_a_broken_form_is_no_fault_of_ours(admin_client, call, sent):
    assert admin_client.post(OF_CALL, sent).status_code == 200
    assert not DocumentedAnswer.objects.exists()


def test_a_code_is_accepted_by_one_click_and_once(admin_client, call):
    make_outcome(call, 418)
    for _ in range(2):
        answer = admin_client.post(ACCEPT, {"code": "418", "back": "/services/shop/?since=-7d"})
        assert (answer.status_code, answer.url) == (302, "/services/shop/?since=-7d")
    row = DocumentedAnswer.objects.get()
    assert (row.call, row.codes, row.kind, row.source) == (call, "418", "", "accepted")
    assert row.message
    page = admin_client.get("/services/shop/orders/", follow=True)
    assert page.context["reference"].strange == []
    assert "418 was accepted into its reference." in LogEntry.objects.first().change_message


def test_what_a_row_documents_already_is_not_accepted_again(admin_client, call):
    make_answer(service=call.service, codes="4xx")
    admin_client.post(ACCEPT, {"code": "404"})
    assert DocumentedAnswer.objects.count() == 1


@pytest.mark.parametrize("code", ["", "99", "1000", "4xx", "٤٠٤", "4" * 5000, "404, 405", "-404"])
def test_only_a_code_is_accepted(admin_client, call, code):
    assert admin_client.post(ACCEPT, {"code": code}).status_code == 400
    assert not DocumentedAnswer.objects.exists()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_nobody_is_led_elsewhere(admin_client, call, back):
    assert admin_client.post(ACCEPT, {"code": "404", "back": back}).url == "/services/shop/orders/"
