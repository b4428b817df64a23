"""First use: a URL or a curl command becomes a running call in two clicks."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apiclient.importers import read
from apiclient.importers.pasted import LONGEST
from apiclient.models import Call, Service
from dashboard.access import sharing, within
from dashboard.pages.access import editors_only, note
from dashboard.pages.configure.attempt import WHOLE_FORM, attempt
from dashboard.pages.configure.proposal import keep, propose
from dashboard.templatetags.dashboard import visible


class PastedForm(forms.Form):
    """One field; ``call`` is what was made of it once it is valid, for one of the ``known`` services or a new one."""

    call: Call
    pasted = forms.CharField(
        label="A URL, or a curl command",
        error_messages={"required": "Paste a URL such as https://api.example.org/health, or a whole curl command."},
        max_length=LONGEST,
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "class": "code", "placeholder": "https://api.example.com/health"}
        ),
        help_text="In a browser's developer tools: Network, right click on a request, Copy as cURL.",
    )

    def __init__(self, data: Any, known: QuerySet[Service]) -> None:
        super().__init__(data, label_suffix="")
        self.known = known

    def clean_pasted(self) -> str:
        text: str = self.cleaned_data["pasted"]
        try:
            self.call = propose(read(text), self.known)
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return text


@editors_only
def first(request: HttpRequest) -> HttpResponse:
    if problem := sharing(request).problem:
        messages.error(request, problem)
        return redirect("overview")
    known = within(request, Service.objects.all(), "pk")
    form = PastedForm(request.POST if request.method == "POST" else None, known=known)
    form.fields["pasted"].widget.attrs["autofocus"] = True
    context: dict[str, Any] = {"form": form, "is_first": not known.exists()}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            try:
                return _saved(request, keep(form.call, sharing(request).usual))
            except IntegrityError:
                form.add_error("pasted", "Somebody saved the same at this very moment. Try again.")
        else:
            context |= {"call": form.call, "tried": attempt(form.call)}
    answer = render(request, "dashboard/configure/first.html", context)
    if form.errors:
        for name, value in WHOLE_FORM.items():
            answer[name] = value
    return answer


def _saved(request: HttpRequest, call: Call) -> HttpResponse:
    note(request, call, ADDITION, f"{call.name} was added from what was pasted.")
    when = "runs every minute" if call.interval_seconds else "runs when you press Run now"
    messages.success(request, f"{visible(call.name)} was added and {when}.")
    return redirect("call", call.service.slug, call.slug)
