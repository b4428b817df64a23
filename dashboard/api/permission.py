"""Who may ask for what: reading is for everybody signed in, changing for editors."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from dashboard.access import may_edit


class Allowed(IsAuthenticated):
    """The permission of every view unless it says otherwise."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and (request.method in SAFE_METHODS or may_edit(request))
