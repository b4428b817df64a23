"""What the references document, as rows of a service or a call."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apiclient.models import DocumentedAnswer
from apiclient.models.answer import MOST_ROWS
from dashboard.forms.answer import AnswerForm, AnswerFormSet


class AnswerInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DocumentedAnswer
    form = AnswerForm
    formset = AnswerFormSet
    fields = ("codes", "message", "kind", "source")
    readonly_fields = ("source",)
    extra = 0
    max_num = MOST_ROWS
    verbose_name = "documented answer"


class ServiceAnswerInline(AnswerInline):
    verbose_name_plural = "documented answers of every call"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(call=None)


class CallAnswerInline(AnswerInline):
    verbose_name_plural = "documented answers"
