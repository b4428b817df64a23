"""Tokens for the operator: whose there are, and their end. They are made in the pages, where the text is shown."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apiclient.models import Token
from dashboard import token as tokens


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "owner", "shown", "good_for", "state", "last_used_at", "expires_at")
    list_select_related = ("owner",)
    search_fields = ("name", "public", "owner__username")
    fields = (
        "name", "owner", "shown", "good_for", "state", "limited", "services",
        "created_at", "last_used_at", "expires_at", "revoked_at",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("revoke",)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect("token-new")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is revoked stays, to be told what it was."""
        return False

    @admin.display(description="good for")
    def good_for(self, token: Token) -> str:
        return ", ".join(token.scopes)

    @admin.action(description="Revoke the selected tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Token]) -> None:
        ended = list(chosen.filter(revoked_at=None))
        for token in ended:
            tokens.revoke(request, token)
        self.message_user(request, f"Revoked: {len(ended)}.", messages.SUCCESS)
