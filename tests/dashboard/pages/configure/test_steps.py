"""Steps and captures in the form of a call: a fieldset each, lines for what is taken, errors by step and member."""

from html import unescape

import pytest

from apiclient.models import Call, Outcome
from dashboard.forms.steps import as_texts
from tests.builders import make_call

NEW = "/configure/calls/new/"
EDIT = "/configure/calls/shop/orders/"
STEP = {"name": "Use it", "path": "/status/204", "headers": {"X-Token": "{{ token }}", "Accept": "a/b"}}
CAPTURE = {"name": "token", "from": "json", "expression": "$.token"}
OUT = {
    "name": "Log out",
    "method": "POST",
    "path": "/status/200",
    "body": "bye\nbye",
    "expected_codes": "200",
    "checks": [{"kind": "header", "name": "Server", "is": "absent"}],
    "captures": [{"name": "end", "from": "body"}],
    "always": True,
}


def typed(*steps, **fields):
    """Steps as a browser sends them, the blank fieldset after them included."""
    names = ("name", "method", "path", "headers", "body", "expected_codes", "checks", "captures")
    sent = {"steps-count": str(len(steps) + 1)} | {f"steps-{len(steps)}-{name}": "" for name in names}
    for index, step in enumerate(steps):
        sent |= {f"steps-{index}-{member}": text for member, text in step.items()}
    return sent | {f"steps-{len(steps)}-method": "GET"} | fields


def page(answer, status=200):
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_steps_are_saved_as_they_were_typed_and_blank_ones_left_out(admin_client, filled):
    use = {
        "name": "Use it",
        "method": "GET",
        "path": "/status/204",
        "headers": "X-Token: {{ token }}\r\nAccept: a/b\r\n",
    }
    answer = admin_client.post(NEW, filled(captures="token = json $.token\r\n") | typed(use))
    assert answer.status_code == 302, page(answer)
    call = Call.objects.get()
    assert call.captures == [CAPTURE]
    assert call.steps == [STEP | {"method": "GET"}]


def test_a_form_that_was_not_touched_keeps_every_step(admin_client, shop, filled):
    make_call(shop, name="Orders", captures=[CAPTURE], steps=[STEP, OUT])
    shown = page(admin_client.get(EDIT))
    for words in ("Step 2", "Step 3", "token = json $.token", "X-Token: {{ token }}", "Add a step", "Room for more"):
        assert words in shown
    sent = [{name: value for name, value in as_texts(step).items() if value} for step in (STEP, OUT)]
    answer = admin_client.post(EDIT, filled(slug="orders", captures="token = json $.token") | typed(*sent))
    assert answer.status_code == 302, page(answer)
    call = Call.objects.get()
    assert call.steps == [STEP, OUT] and call.captures == [CAPTURE]


def test_a_step_is_removed_by_its_box(admin_client, shop, filled):
    make_call(shop, name="Orders", steps=[{"name": "One"}, {"name": "Two"}])
    steps = typed({"name": "One", "method": "GET", "remove": "1"}, {"name": "Two", "method": "GET"})
    assert admin_client.post(EDIT, filled(slug="orders") | steps).status_code == 302
    assert Call.objects.get().steps == [{"name": "Two", "method": "GET"}]


def test_a_form_without_the_fields_keeps_the_chain(admin_client, shop, filled):
    make_call(shop, name="Orders", captures=[CAPTURE], steps=[STEP])
    assert admin_client.post(EDIT, filled(slug="orders")).status_code == 302
    call = Call.objects.get()
    assert (call.steps, call.captures) == ([STEP], [CAPTURE])


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"name": ""} | {"path": "/x"}, "Step 3, name: Give the step a name"),
        ({"name": "a", "path": "x"}, "Step 3, path: A path begins with /"),
        ({"name": "a", "headers": "Accept"}, "Step 3, headers: Line 1: write Name: value"),
        ({"name": "a", "headers": "Authorization: Bearer planted-1"}, "Step 3, headers.Authorization: "),
        ({"name": "a", "captures": "token"}, "Step 3, captures: Line 1: Write name = from expression"),
        ({"name": "a", "captures": "x = moon $"}, "Step 3, captures[0].from: 'moon' is not one of"),
        ({"name": "a", "checks": "{"}, "Step 3, checks: This is no JSON"),
        ({"name": "a", "expected_codes": "abc"}, "Step 3, expected codes: 'abc' is not a status code"),
        ({"name": "a", "path": "/{{ nobody }}"}, "{{ nobody }} has no value"),
    ],
)
def test_what_is_wrong_is_named_by_step_and_member_and_nothing_is_saved(admin_client, filled, step, told):
    answer = admin_client.post(NEW, filled() | typed({"name": "First", "method": "GET"}, {"method": "GET"} | step))
    content = page(answer)
    assert told in content and not Call.objects.exists()
    assert 'value="First"' in content


def test_captures_that_cannot_be_read_are_shown_as_typed(admin_client, filled):
    content = page(admin_client.post(NEW, filled(captures="nonsense") | typed()))
    assert "Line 1: Write name = from expression" in content and ">\nnonsense</textarea>" in content


def test_more_room_is_made_without_saving(admin_client, filled):
    content = page(admin_client.post(NEW, filled(name="") | typed({"name": "First", "method": "GET"}) | {"more": "1"}))
    assert 'name="steps-2-name"' in content and 'value="First"' in content
    assert not Call.objects.exists() and "Nothing was" not in content


@pytest.mark.parametrize("count", ["99999999999", "-1", "x", ""])
def test_a_strange_number_of_steps_is_no_error_of_ours(admin_client, filled, count):
    assert admin_client.post(NEW, filled() | {"steps-count": count}).status_code in (200, 302)


def test_a_chain_is_tried_and_its_steps_are_shown(admin_client, filled):
    steps = typed({"name": "Gone", "method": "GET", "path": "/status/404"})
    content = page(admin_client.post(NEW, filled() | steps | {"try": "1"}))
    assert "Step 2, Gone: 404 is not among" in content and "2. <bdi>Gone" in content
    assert not Call.objects.exists() and not Outcome.objects.exists()
