"""answers/: the rows of references, listed, shown, created, changed and deleted by the model's rules."""

import pytest
from django.contrib.auth.models import Group

from apiclient.models import DocumentedAnswer, User
from apiclient.roles import EDITOR
from tests.builders import make_answer, make_call, make_service, make_team
from tests.sent import pointers, send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/answers/"


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Orders")


def test_a_row_is_created_for_a_call_or_for_a_service(admin_client, call):
    sent = {"call": "shop/orders", "codes": "409,404", "message": "Closed.", "kind": "error"}
    made = send(admin_client, "post", ADDRESS, sent)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["call"], shown["service"], shown["codes"]) == (call.pk, call.service_id, "404, 409")
    assert (shown["kind"], shown["source"]) == ("error", "")
    assert made["Location"].endswith(f"{ADDRESS}{shown['id']}/") and made["ETag"]
    made = send(admin_client, "post", ADDRESS, {"service": call.service_id, "codes": "5xx"})
    assert made.status_code == 201 and made.json()["call"] is None


@pytest.mark.parametrize(
    ("body", "name", "says"),
    [
        ({"codes": "404"}, "/service", "Name the service or the call"),
        ({"service": "shop", "codes": "4x"}, "/codes", "is not a status code"),
        ({"service": "shop", "codes": 404}, "/codes", "Use a text"),
        ({"service": "shop"}, "/codes", "required"),
        ({"service": "shop", "codes": "404", "kind": "bad"}, "/kind", "Use one of success, error"),
        ({"call": "shop/nothing", "codes": "404"}, "/call", "There is no call"),
        ({"call": True, "codes": "404"}, "/call", "There is no call"),
        ({"call": "shop/orders", "service": "bank", "codes": "404"}, "/call", "another service"),
        ({"service": "shop", "codes": "404", "message": "x" * 501}, "/message", "500"),
        ({"service": "shop", "codes": "404", "source": "me"}, "/source", "Leave it out"),
        ({"service": "shop", "codes": "404", "code": "404"}, "/code", "no member of that name"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_nothing_is_saved(admin_client, call, body, name, says):
    make_service(name="Bank")
    assert says in pointers(send(admin_client, "post", ADDRESS, body))[name]
    assert not DocumentedAnswer.objects.exists()


def test_a_row_is_changed_by_who_has_read_it(admin_client, call):
    row = make_answer(call=call, source="orders.yaml")
    address = f"{ADDRESS}{row.pk}/"
    tag = admin_client.get(address)["ETag"]
    assert admin_client.get(address, headers={"If-None-Match": tag}).status_code == 304
    changed = send(admin_client, "patch", address, {"message": "Gone."}, if_match=tag)
    assert changed.json()["message"] == "Gone."
    assert send(admin_client, "patch", address, {"message": "x"}, if_match=tag).status_code == 412
    replaced = send(admin_client, "put", address, {"codes": "410"}).json()
    assert (replaced["codes"], replaced["message"], replaced["call"]) == ("410", "", call.pk)
    assert replaced["source"] == "orders.yaml"
    assert "stays with its call" in pointers(send(admin_client, "patch", address, {"call": None}))["/call"]
    assert send(admin_client, "put", address, replaced).status_code == 200
    assert admin_client.delete(address).status_code == 204
    assert admin_client.get(address).status_code == 404


def test_the_same_codes_twice_are_refused(admin_client, call):
    make_answer(call=call, codes="400-499")
    sent = send(admin_client, "post", ADDRESS, {"call": call.pk, "codes": "4xx"})
    assert "already has a row" in pointers(sent)["/codes"]


def test_rows_are_found_by_their_service_or_call(admin_client, call):
    own, shared, other = make_answer(call=call), make_answer(service=call.service), make_answer(call=make_call())

    def ids(words):
        return [row["id"] for row in admin_client.get(f"{ADDRESS}?{words}").json()["results"]]

    assert ids("service=shop") == [own.pk, shared.pk]
    assert ids("call=shop/orders") == [own.pk]
    assert ids("") == [own.pk, shared.pk, other.pk]
    assert admin_client.get(f"{ADDRESS}?code=404").status_code == 400
    assert admin_client.get(f"{ADDRESS}?call=nobody/here").status_code == 400


def test_rows_out_of_reach_are_not_there(client, call):
    user = User.objects.create_user("editor")
    user.groups.add(Group.objects.get(name=EDITOR))
    make_team([user], [make_service(name="Mine")])
    row = make_answer(call=call)
    client.force_login(user)
    assert client.get(ADDRESS).json()["results"] == []
    assert client.get(f"{ADDRESS}{row.pk}/").status_code == 404
    assert "There is no call" in pointers(send(client, "post", ADDRESS, {"call": call.pk, "codes": "1xx"}))["/call"]
    assert send(client, "post", ADDRESS, {"service": "mine", "codes": "200"}).status_code == 201


def test_a_list_takes_as_many_queries_however_long_it_is(admin_client, call, django_assert_num_queries):
    for code in range(200, 220):
        make_answer(call=call, codes=str(code))
    with django_assert_num_queries(3):
        assert len(admin_client.get(ADDRESS).json()["results"]) == 20
