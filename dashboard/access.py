"""What who asks may see and do, and the note of what they did, for pages, API and admin alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet

from apiclient.models import Service, Team, Token
from apiclient.models.team import EVERYONE
from apiclient.reach import Reach, reach_of

Row = TypeVar("Row", bound=Model)
NONE_LEFT = "Choose at least one of your teams, else you would not see this service any more."
NO_TEAM = "You are in no team, so you would not see what you add. Ask an admin to put you into one."


@dataclass(frozen=True, slots=True)
class Sharing:
    """Teams that somebody may put services into, those that a new service joins, and whether it has to be in one."""

    teams: list[Team]
    usual: list[Team]
    required: bool

    @property
    def problem(self) -> str:
        """Why nothing can be added, '' where it can."""
        return NO_TEAM if self.required and not self.teams else ""

    def choose(self, service: Service, chosen: Iterable[Team]) -> None:
        """Put the service into these teams, and take it out of the others that may be chosen; the rest stay."""
        chosen = set(chosen)
        service.teams.remove(*(team for team in self.teams if team not in chosen))
        service.teams.add(*chosen)


def reach(request: Any) -> Reach:
    """The services that the request may show, looked up once; None is every service."""
    if not hasattr(request, "known_reach"):
        request.known_reach = reach_of(request.user, token_of(request))
    known: Reach = request.known_reach
    return known


def token_of(request: Any) -> Token | None:
    """The token that signed the request in; None for a session."""
    found = getattr(request, "auth", None)
    return found if isinstance(found, Token) else None


def look_again(request: Any) -> None:
    """After a change of what the request may show."""
    vars(request).pop("known_reach", None)


def within(request: Any, rows: QuerySet[Row], service: str) -> QuerySet[Row]:
    """Those of the rows that the request may show; ``service`` is the field that names a row's service."""
    known = reach(request)
    return rows if known is None else rows.filter(**{f"{service}__in": known})


def sees(request: Any, service_id: int) -> bool:
    """Whether the request may show this service and what belongs to it."""
    known = reach(request)
    return known is None or service_id in known


def may_edit(request: Any) -> bool:
    """Whether who asks may create, change, run and delete services and calls, of those in reach."""
    return bool(request.user.has_perm("apiclient.change_call"))


def may_administer(request: Any) -> bool:
    """Whether who asks may enter the admin: staff, and whoever may change teams, such as the admins."""
    user = request.user
    return bool(user.is_active and (user.is_staff or user.has_perm("apiclient.change_team")))


def is_in_no_team(request: Any) -> bool:
    """Whether who asks sees nothing, and would see nothing that they add."""
    return reach(request) == frozenset() and bool(sharing(request).problem)


def sharing(request: Any) -> Sharing:
    """The choice among teams that who asks has for a service: all of them, or their own. Looked up once."""
    if not hasattr(request, "known_sharing"):
        own = list(request.user.teams.all())
        is_limited = reach(request) is not None
        teams = own if is_limited else list(Team.objects.all())
        usual = own if is_limited else own or [team for team in teams if team.slug == EVERYONE]
        request.known_sharing = Sharing(teams, usual, required=is_limited)
    known: Sharing = request.known_sharing
    return known


def note(request: Any, thing: Any, flag: int, words: str) -> None:
    """Who did what to which thing, where the admin's history shows it. ``flag`` is one of LogEntry's."""
    LogEntry.objects.log_actions(request.user.pk, [thing], flag, words, single_object=True)
