"""Who may ask for what: reading is for everybody signed in, changing for editors; a token needs the scope for it."""

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from apiclient.models import Scope
from dashboard.access import may_edit, token_of

ONLY_READS = "Your role only reads. Ask an admin for the role of an editor."


class MissingScope(PermissionDenied):
    """A token that is not good for this; RFC 6750 has a header for it."""

    def __init__(self, scope: Scope, has: list[str]) -> None:
        super().__init__(f"This token lacks the scope {scope.value}. It has: {', '.join(has)}.")
        self.auth_header = f'Bearer realm="Answerback", error="insufficient_scope", scope="{scope.value}"'


class Allowed(IsAuthenticated):
    """The permission of every view, and the parent of all others.

    Reading needs the scope ``read``, anything else ``write``, unless the view names others by action:
    ``scopes = {"create": "push"}``. Whatever is not reading needs the role of an editor, too.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.method == "OPTIONS" or getattr(view, "action", "") is None:  # which is a 405
            return True
        scope, token = scope_of(request, view), token_of(request)
        if token and not token.allows(scope):
            raise MissingScope(scope, token.scopes)
        if scope is not Scope.READ:
            self.require_role(request)
        return True

    def require_role(self, request: Request) -> None:
        """PermissionDenied for who may not change anything."""
        if not may_edit(request):
            raise PermissionDenied(ONLY_READS)


def scope_of(request: Request, view: Any) -> Scope:
    """What a token must be good for to ask this of this view."""
    named = getattr(view, "scopes", {}).get(getattr(view, "action", None))
    if named:
        return Scope(named)
    return Scope.READ if request.method in SAFE_METHODS else Scope.WRITE
