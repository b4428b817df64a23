"""Tables whose rows belong to a service: of those in reach alone, in lists, forms, choices, actions and searches."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apiclient.models import Service
from dashboard.access import within


class Reached(admin.ModelAdmin):  # type: ignore[type-arg]
    """``service_field`` is the one that names a row's service."""

    service_field: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return within(request, super().get_queryset(request), self.service_field)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Service:
            kwargs["queryset"] = within(request, Service.objects.all(), "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
