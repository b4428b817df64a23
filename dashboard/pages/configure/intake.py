"""Services and calls from a file of another tool: choose it, see what would change, save."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apiclient.importers.chosen import LABELS, read_as, source_of
from apiclient.importers.document import text_of
from apiclient.models import Service
from apiclient.plan import Action, Change, Refused, Result
from apiclient.plan.words import brief, counts, readable, summary
from dashboard import intake as taking
from dashboard.access import sharing, within
from dashboard.pages.access import editors_only
from dashboard.upload import MOST_BYTES
from dashboard.version import digest

LONGEST_PASTED = 1 << 20
LONGEST_PACKED = 1_900_000
"""Of what goes to the browser and comes back to be saved; a request has at most 2 MiB beside its files."""
KEPT_S = 24 * 3600
MOST_ROWS, MOST_MEMBERS = 200, 12
CHANGED = "Something else was saved in the meantime. This is what would change now."


class Brought(NamedTuple):
    """What was brought along: which source, the text, and what was chosen for it."""

    source: str
    text: str
    service: str
    base_url: str


class IntakeForm(forms.Form):
    """``brought`` is what was made of it once it is valid."""

    brought: Brought
    file = forms.FileField(
        label="A file", required=False, help_text=f"JSON, YAML, HTML or Markdown; at most {MOST_BYTES >> 20} MiB."
    )
    pasted = forms.CharField(
        label="Or its text",
        required=False,
        max_length=LONGEST_PASTED,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
    )
    source = forms.ChoiceField(
        label="What it is", required=False, choices=[("", "Find out"), *LABELS.items()], initial=""
    )
    service = forms.CharField(
        label="Service",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "services", "autocomplete": "off"}),
        help_text="Its name. Blank: as the file calls it.",
    )
    base_url = forms.CharField(
        label="Base URL",
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text="Blank: what the file says.",
    )

    def clean(self) -> Any:
        if self.errors:
            return self.cleaned_data
        file, text = self.cleaned_data["file"], self.cleaned_data["pasted"]
        if bool(file) == bool(text.strip()):
            raise ValidationError("Choose a file or paste its text, one of them.")
        try:
            text = text_of(file.read()) if file else text
            source = self.cleaned_data["source"] or source_of(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        self.brought = Brought(
            source, text, self.cleaned_data["service"].strip(), self.cleaned_data["base_url"].strip()
        )
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class Row:
    """A change as the page shows it; ``members`` are (member, before, after), before None where it is new."""

    action: Action
    thing: str
    place: str
    members: list[tuple[str, str | None, str]]


@editors_only
def intake(request: HttpRequest) -> HttpResponse:
    if problem := sharing(request).problem:
        messages.error(request, problem)
        return redirect("overview")
    if request.method == "POST" and "packed" in request.POST:
        return _save(request)
    form = IntakeForm(request.POST or None, request.FILES or None, label_suffix="")
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context |= _preview(request, form.brought)
    return _page(request, context)


def _preview(request: HttpRequest, brought: Brought) -> dict[str, Any]:
    """What the page shows of it: what would change, or why nothing can."""
    try:
        described = read_as(*brought)
    except ValueError as error:
        return {"brought": brought, "label": LABELS[brought.source], "problems": str(error).split("\n")}
    result = taking.preview(request, described, brought.source)
    packed = signing.dumps(list(brought), salt=_salt(request), compress=True)
    too_large = ["This is too large for the page. Use manage.py import, or the API."]
    return {
        "brought": brought,
        "label": LABELS[brought.source],
        "problems": [str(one) for one in result.problems] or (too_large if len(packed) > LONGEST_PACKED else []),
        "packed": packed,
        "seen": digest(result.changes),
    } | _shown(result)


def _shown(result: Result) -> dict[str, Any]:
    return {
        "result": result,
        "rows": [_row(change) for change in result.changes[:MOST_ROWS]],
        "more": max(0, len(result.changes) - MOST_ROWS),
        "summary": summary(result.changes, done=False),
        "counts": counts(result.changes),
    }


def _row(change: Change) -> Row:
    is_new = change.action is Action.CREATE
    members = [
        (one.member, None if is_new else brief(one.before), brief(one.after))
        for one in change.differences[:MOST_MEMBERS]
    ]
    place = " / ".join(filter(None, (change.service, change.call, change.codes)))
    return Row(change.action, str(change.thing), readable(place), members)


def _save(request: HttpRequest) -> HttpResponse:
    """Exactly what the preview showed: its text comes back signed, and what it would change has to be the same."""
    try:
        brought = Brought(*signing.loads(request.POST["packed"], salt=_salt(request), max_age=KEPT_S))
    except signing.BadSignature:
        messages.error(request, "This preview is too old. Choose the file again.")
        return redirect("import")
    context = _preview(request, brought)
    if context["problems"] or context["seen"] != request.POST.get("seen"):
        messages.error(request, "Nothing was saved." if context["problems"] else CHANGED)
        return _page(request, {"form": IntakeForm(label_suffix="")} | context)
    try:
        result = taking.save(request, read_as(*brought), brought.source)
    except Refused as refused:
        context["problems"] = [str(one) for one in refused.problems]
        return _page(request, {"form": IntakeForm(label_suffix="")} | context)
    messages.success(request, f"Imported: {summary(result.changes, done=True)}")
    return redirect("service", result.services[0].slug) if len(result.services) == 1 else redirect("overview")


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    names = within(request, Service.objects.order_by("name"), "pk").values_list("name", flat=True)
    return render(request, "dashboard/configure/intake.html", {"names": names[:500]} | context)


def _salt(request: HttpRequest) -> str:
    return f"dashboard.intake.{request.user.pk}"
