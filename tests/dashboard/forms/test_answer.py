"""Rows of a reference in the admin: of a service, of a call, checked against each other."""

import pytest

from apiclient.models import Call, DocumentedAnswer, Service
from tests.builders import make_answer, make_call, make_service
from tests.dashboard.test_admin import ADMIN, call_form, service_form

pytestmark = pytest.mark.django_db


def rows(*each, kept=0):
    found = {"answers-TOTAL_FORMS": str(len(each)), "answers-INITIAL_FORMS": str(kept)}
    for number, fields in enumerate(each):
        found |= {f"answers-{number}-{name}": value for name, value in fields.items()}
    return found


def test_rows_are_added_with_a_new_service_and_with_a_new_call(admin_client):
    sent = service_form() | rows({"codes": "5XX", "message": "Down"}, {"codes": "401", "kind": "error"})
    assert admin_client.post(f"{ADMIN}/service/add/", sent).status_code == 302
    service = Service.objects.get()
    sent = call_form(service) | rows({"codes": "404"})
    assert admin_client.post(f"{ADMIN}/call/add/", sent).status_code == 302
    found = DocumentedAnswer.objects.order_by("pk").values_list("service", "call", "codes")
    assert list(found) == [
        (service.pk, None, "5xx"), (service.pk, None, "401"), (service.pk, Call.objects.get().pk, "404"),
    ]  # fmt: skip


@pytest.mark.parametrize("second", ["400-499", " 4xx"])
def test_two_rows_of_the_same_codes_are_refused_before_any_is_saved(admin_client, second):
    sent = service_form() | rows({"codes": "4xx"}, {"codes": second})
    answer = admin_client.post(f"{ADMIN}/service/add/", sent)
    assert answer.status_code == 200 and b"Put what they say into one." in answer.content
    assert not DocumentedAnswer.objects.exists() and not Service.objects.exists()


def test_a_service_shows_its_own_rows_alone_and_they_are_changed_and_deleted(admin_client):
    service = make_service(name="Shop", base_url="https://shop.example")
    own = make_answer(call=make_call(service), codes="418", message="of a call")
    first, second = make_answer(service=service, codes="404"), make_answer(service=service, codes="409")
    page = admin_client.get(f"{ADMIN}/service/{service.pk}/change/").content.decode()
    assert 'value="404"' in page and 'value="418"' not in page
    sent = service_form(slug="shop") | rows(
        {"id": first.pk, "service": service.pk, "codes": "410", "message": "Gone"},
        {"id": second.pk, "service": service.pk, "codes": "409", "DELETE": "on"},
        kept=2,
    )
    answer = admin_client.post(f"{ADMIN}/service/{service.pk}/change/", sent)
    assert answer.status_code == 302, answer.context["errors"]
    assert set(DocumentedAnswer.objects.values_list("pk", "codes")) == {(own.pk, "418"), (first.pk, "410")}
