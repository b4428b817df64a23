"""Tokens given and taken back, by pages, API, admin and shell alike: nobody gives more than they have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apiclient.models import Scope, Service, Token
from dashboard.access import may_edit, reach, token_of

FAREST_YEAR = 9000


@dataclass(frozen=True)
class Wish:
    """A token as somebody wants it; ``services`` None is no limit, ``expires_at`` None is never."""

    name: str
    scopes: Sequence[str]
    expires_at: datetime | None = None
    services: Sequence[Service] | None = None


def grantable(request: Any) -> list[Scope]:
    """The scopes that who asks can give: viewers give ``read`` alone, a token what it has itself."""
    token, of_role = token_of(request), list(Scope) if may_edit(request) else [Scope.READ]
    return [scope for scope in of_role if token is None or token.allows(scope)]


def problems(request: Any, wish: Wish) -> dict[str, str]:
    """Why the wish cannot be granted, by field; services must be in reach already."""
    token, found = token_of(request), {}
    allowed = grantable(request)
    if beyond := [scope for scope in wish.scopes if scope not in allowed]:
        found["scopes"] = f"{beyond[0]} is not yours to give. You can give: {', '.join(allowed)}."
    if wish.expires_at and wish.expires_at <= timezone.now():
        found["expires_at"] = "This moment is over. Use one that is to come."
    elif wish.expires_at and wish.expires_at.year > FAREST_YEAR:
        found["expires_at"] = "This is too far away. Leave it out for a token that does not expire."
    elif token and token.expires_at and (wish.expires_at is None or wish.expires_at > token.expires_at):
        found["expires_at"] = f"Use {token.expires_at.isoformat()} or earlier: the token that asks expires then."
    return found


def make(request: Any, wish: Wish) -> tuple[Token, str]:
    """The token and its text, for whoever asks; a limit of the token that asks is a limit of this one."""
    asking = token_of(request)
    if wish.services is None and asking and asking.limited:
        wish = replace(wish, services=list(asking.services.all()))
    with transaction.atomic():
        token, text = Token.make(
            owner=request.user,
            name=wish.name,
            scopes=[scope.value for scope in Scope if scope in wish.scopes],
            expires_at=wish.expires_at,
            limited=wish.services is not None,
        )
        token.services.set(wish.services or [])
        _note(request, token, ADDITION, f"Token {token.shown} was made.")
    return token, text


def revoke(request: Any, token: Token) -> None:
    with transaction.atomic():
        token.revoke()
        _note(request, token, CHANGE, f"Token {token.shown} was revoked.")


def listed(request: Any) -> QuerySet[Token]:
    """Those that who asks may see and revoke: their own, for admins all; of a limited token, those so limited."""
    tokens = Token.objects.select_related("owner").prefetch_related("services")
    asking = token_of(request)
    if asking and asking.limited:
        outside = Service.objects.exclude(tokens=asking)
        return tokens.filter(owner=request.user, limited=True).exclude(services__in=outside)
    return tokens if sees_all(request) else tokens.filter(owner=request.user)


def sees_all(request: Any) -> bool:
    """Whether others' tokens are shown, too."""
    return bool(request.user.has_perm("apiclient.change_team"))


def services_in_reach(request: Any) -> QuerySet[Service]:
    known = reach(request)
    services = Service.objects.order_by("name")
    return services if known is None else services.filter(pk__in=known)


def _note(request: Any, token: Token, flag: int, words: str) -> None:
    """Where the admin's history shows it."""
    LogEntry.objects.log_actions(request.user.pk, [token], flag, words, single_object=True)
