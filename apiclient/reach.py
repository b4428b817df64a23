"""Which services somebody may see: those of their teams, or all of them."""

from typing import Any

from apiclient.models import Service, Token

Reach = frozenset[int] | None
"""Ids of services; None is every service, also one that is made a moment later."""


def reach_of(user: Any, token: Token | None = None) -> Reach:
    """Every service for who may change teams, such as the admins; nothing for who is not signed in.

    Whoever comes with a token that is limited to services reaches no others.
    """
    found = _of_teams(user)
    if token is None or not token.limited:
        return found
    limit = frozenset(token.services.order_by().values_list("pk", flat=True))
    return limit if found is None else found & limit


def _of_teams(user: Any) -> Reach:
    if user.has_perm("apiclient.change_team"):
        return None
    if not user.is_authenticated:
        return frozenset()
    return frozenset(Service.objects.filter(teams__members=user).order_by().values_list("pk", flat=True))
