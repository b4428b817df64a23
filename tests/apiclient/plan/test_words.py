"""Changes in words and as JSON."""

import json

from apiclient.plan.change import Action, Change, Difference, Thing
from apiclient.plan.words import as_json, brief, counts, lines, summary

CHANGES = (
    Change(Action.CREATE, Thing.SERVICE, "Shop", differences=(Difference("base_url", None, "https://a.example"),)),
    Change(Action.CHANGE, Thing.CALL, "Shop", "Orders", "", (Difference("interval_seconds", 60, 30),)),
    Change(Action.DELETE, Thing.ANSWER, "Shop", "Orders", "404"),
)


def test_a_line_for_each_thing_and_each_member():
    assert list(lines(CHANGES)) == [
        "+ service Shop",
        "      base_url: https://a.example",
        "~ call Shop / Orders",
        "      interval_seconds: 60 -> 30",
        "- answer Shop / Orders / 404",
    ]


def test_they_are_counted():
    assert summary(CHANGES, done=True) == "1 created, 1 changed, 1 deleted."
    assert summary((), done=False) == "Nothing to do."
    assert counts(CHANGES)["call"] == {"create": 0, "change": 1, "delete": 0}


def test_programs_get_the_same():
    found = json.loads(json.dumps(as_json(CHANGES)))
    assert found[1] == {
        "action": "change", "thing": "call", "service": "Shop", "call": "Orders", "codes": "",
        "differences": [{"member": "interval_seconds", "before": 60, "after": 30}],
    }  # fmt: skip


def test_values_are_short_and_obeyed_by_no_terminal():
    assert len(brief("x" * 1000)) <= 100
    assert brief("a\x1b[31mb\n") == "a\\x1b[31mb\\n"
    assert brief({"a": "é"}) == '{"a": "é"}' and brief("") == '""'
