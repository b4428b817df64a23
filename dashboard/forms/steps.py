"""Steps and captures as fields of a form: a fieldset for each step, lines for what is taken and for headers."""

import json
import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apiclient.chain.capture import SOURCES
from apiclient.chain.step import METHODS, MOST

BLANKS = 2
"""Fieldsets that stand ready for further steps."""
FIRST = 2
"""The call's own request is step 1."""
MOST_SHOWN = MOST + 10
TEXTS = ("name", "method", "path", "headers", "body", "expected_codes", "checks", "captures")
_LINE = re.compile(r"([^=\s]+)\s*=\s*(\S+)(?:\s+(.*))?")
_PLACE = re.compile(r"^steps\[(\d+)\]\.?([^:]*)")
HOW = f"Write name = from expression, from one of {', '.join(SOURCES)}: token = json $.access_token"


class CapturesField(forms.CharField):
    """One a line: ``token = json $.access_token``."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return read_captures(super().to_python(value) or "")

    def prepare_value(self, value: Any) -> Any:
        return write_captures(value)


class StepsWidget(forms.Widget):
    """A fieldset for each step and some for new ones; one that is left blank, or marked for removal, is none."""

    template_name = "dashboard/partials/steps_form.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        steps = [as_texts(step) for step in value or [] if isinstance(step, dict)]
        blanks = min(BLANKS, MOST_SHOWN - len(steps))
        context: dict[str, Any] = super().get_context(name, None, attrs)
        context["widget"] |= {
            "steps": [{"index": index, **step} for index, step in enumerate(steps)],
            "blanks": [{"index": len(steps) + extra, "method": "GET"} for extra in range(blanks)],
            "count": len(steps) + blanks,
            "methods": METHODS,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Texts as they were sent, the blank ones left out."""
        count = str(data.get(f"{name}-count", ""))
        if not (count.isascii() and count.isdigit() and int(count[:9]) <= MOST_SHOWN):
            return None
        found = [self._one(data, f"{name}-{index}") for index in range(int(count))]
        return [step for step in found if step]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def _one(self, data: Any, prefix: str) -> dict[str, Any] | None:
        texts = {member: str(data.get(f"{prefix}-{member}", "")).replace("\r\n", "\n") for member in TEXTS}
        typed = any(text.strip() for member, text in texts.items() if member != "method")
        if not typed or data.get(f"{prefix}-remove"):
            return None
        return texts | {"always": bool(data.get(f"{prefix}-always"))}


class StepsField(forms.Field):
    """The list of a call's JSON; what cannot be read is named by step and member."""

    widget = StepsWidget

    def clean(self, value: Any) -> Any:
        steps, problems = [], []
        for number, texts in enumerate(value or [], FIRST):
            step: dict[str, Any] = {}
            for member, read in READ.items():
                try:
                    step[member] = read(texts[member])
                except ValidationError as error:
                    problems.append(f"Step {number}, {member.replace('_', ' ')}: {' '.join(error.messages)}")
            steps.append({member: found for member, found in step.items() if found or member == "name"})
        if problems:
            raise ValidationError(problems)
        return steps

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [as_texts(one) for one in initial or []] != [as_texts(one) for one in data or []]


def by_number(sentence: str) -> str:
    """``steps[0].path: ...`` as people count: ``Step 2, path: ...``."""
    found = _PLACE.match(sentence)
    if not found:
        return sentence
    place = f"Step {int(found[1]) + FIRST}" + (f", {found[2].replace('_', ' ')}" if found[2] else "")
    return place + sentence[found.end() :]


def as_texts(step: dict[str, Any]) -> dict[str, Any]:
    """A step as it is kept, or as it was typed, as texts of a form."""
    texts = {member: step.get(member, "") for member in TEXTS}
    if isinstance(texts["headers"], dict):
        texts["headers"] = "\n".join(f"{name}: {value}" for name, value in texts["headers"].items())
    if not isinstance(texts["checks"], str):
        texts["checks"] = json.dumps(texts["checks"], ensure_ascii=False, indent=2) if texts["checks"] else ""
    return texts | {"captures": write_captures(texts["captures"]), "always": bool(step.get("always"))}


def write_captures(captures: Any) -> Any:
    if not isinstance(captures, list):
        return captures or ""
    return "\n".join(f"{one['name']} = {one['from']} {one.get('expression', '')}".rstrip() for one in captures)


def read_captures(text: str) -> list[dict[str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line.strip())
        if not parts:
            raise ValidationError(f"Line {number}: {HOW}.")
        name, source, expression = parts.groups()
        found.append({"name": name, "from": source} | ({"expression": expression} if expression else {}))
    return found


def _read_headers(text: str) -> dict[str, str]:
    headers = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or not name.strip():
            raise ValidationError(f"Line {number}: write Name: value, such as Accept: application/json.")
        headers[name.strip()] = value.strip()
    return headers


def _read_checks(text: str) -> Any:
    if not text.strip():
        return []
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError('This is no JSON. Use a list, such as [{"kind": "body", "is": "present"}].') from None


READ: dict[str, Callable[[Any], Any]] = {
    "name": str.strip,
    "method": str,
    "path": str.strip,
    "headers": _read_headers,
    "body": str,
    "expected_codes": str.strip,
    "checks": _read_checks,
    "captures": read_captures,
    "always": bool,
}
