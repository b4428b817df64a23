"""The checks of a call as rows of a form: kind, what, how it must be, value. A few empty rows wait for more."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apiclient.check import MOST, Wrong, checks_of
from apiclient.comparison import WORDS, text_of

KINDS = {
    "": "No check",
    "header": "Header",
    "body": "Body text",
    "json": "JSON value",
    "schema": "JSON Schema",
    "location": "Location",
    "certificate": "Certificate, days left",
}
WHAT = {"header": "name", "json": "path"}
"""The member that the second column means, by kind."""
EMPTY_ROWS = 2
HELP = (
    "Name or path: a header's name, or a JSONPath such as $.items[0].state. Dates are compared with now, 30d, -1h or a "
    "date; regular expressions are RE2's. For codes: judged only when one of them came. Empty rows are left out; "
    "saving brings new ones."
)


class ChecksWidget(forms.Widget):
    template_name = "dashboard/partials/check_rows.html"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-kind" not in data

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        rows = (_read(data, f"{name}-{row}") for row in range(MOST + EMPTY_ROWS))
        return [row for row in rows if row]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        rows = (given + [{}] * EMPTY_ROWS)[: max(MOST, len(given))]
        context["widget"]["rows"] = [_shown(f"{name}-{nth}", nth + 1, each) for nth, each in enumerate(rows)]
        return context

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}_0" if id_ else ""


class ChecksField(forms.Field):
    """The JSON list of a model; ValidationError names the row."""

    widget: Any = ChecksWidget

    def clean(self, value: Any) -> Any:
        try:
            checks_of(value or [])
        except Wrong as error:
            row = f"Row {int(error.where[0]) + 1}: " if error.where else ""
            raise ValidationError(f"{row}{error}") from None
        return value or []

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [_plain(each) for each in initial or []] != [_plain(each) for each in data or []]


def _read(data: Any, row: str) -> dict[str, Any] | None:
    """One row as a check; None where no kind is chosen."""
    kind = data.get(f"{row}-kind", "")
    if not kind:
        return None
    sent = {member: data.get(f"{row}-{member}", "").strip() for member in ("what", "is", "value", "codes")}
    check: dict[str, Any] = {"kind": kind}
    if kind in WHAT:
        check[WHAT[kind]] = sent["what"]
    if kind == "schema":
        check["schema"] = _json(sent["value"])
    elif kind == "certificate":
        check["value"] = sent["value"]
    else:
        check["is"] = sent["is"] or "equals"
        check |= {"value": sent["value"]} if sent["value"] else {}
    if sent["codes"]:
        check["codes"] = sent["codes"]
    return check | ({"degrades": True} if data.get(f"{row}-degrades") else {})


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _shown(name: str, number: int, check: dict[str, Any]) -> dict[str, Any]:
    kind = check.get("kind", "")
    value = check.get("schema" if kind == "schema" else "value")
    return {
        "name": name,
        "number": number,
        "kinds": [(word, label, word == kind) for word, label in KINDS.items()],
        "words": [(word, how.label, word == check.get("is")) for word, how in WORDS.items()],
        "what": check.get(WHAT.get(kind, ""), ""),
        "value": "" if value is None else text_of(value),
        "codes": check.get("codes", ""),
        "degrades": check.get("degrades") is True,
    }


def _plain(check: Any) -> Any:
    """As the rows of a form tell it, where a number is a text."""
    return {name: text_of(value) for name, value in check.items()} if isinstance(check, dict) else check
