"""The time zone of whoever looks: what they chose, else their browser's, else UTC. Programs always read UTC."""

import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apiclient.cadence import problem_with_time_zone

COOKIE = "zone"
"""What the page's script writes the browser's zone into."""
PROGRAMS = ("/api/", "/metrics", "/livez", "/readyz", f"/{settings.STATIC_URL.strip('/')}/")
WALL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
MOMENTS = ("since", "until")
RENAMED = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Europe/Kiev": "Europe/Kyiv",
}
"""Names that browsers still give, and what these zones are called."""


class PreferenceMiddleware:
    """Pages read and write times in the viewer's zone; addresses keep UTC, so that anybody may share them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PROGRAMS):
            return self.get_response(request)
        with timezone.override(zone_of(request)):
            return _in_utc(request) or self.get_response(request)


def zone_of(request: HttpRequest) -> tzinfo:
    """The zone to show times in."""
    told = request.COOKIES.get(COOKIE, "")
    name = str(getattr(request.user, "time_zone", "") or RENAMED.get(told, told))
    return ZoneInfo(name) if name and not problem_with_time_zone(name) else UTC


def _in_utc(request: HttpRequest) -> HttpResponse | None:
    """The same address with what a form wrote as wall time in UTC; None when it has no such word."""
    if request.method != "GET" or timezone.get_current_timezone_name() == "UTC":
        return None
    words = request.GET.copy()
    for word in MOMENTS:
        if moment := _moment(words.get(word, "")):
            words[word] = moment
    if words == request.GET:
        return None
    return HttpResponseRedirect(f"{request.path}?{words.urlencode()}")


def _moment(text: str) -> str | None:
    """Wall time of the viewer's zone as a moment in UTC."""
    try:
        wall = parse_datetime(text) if WALL_TIME.fullmatch(text) else None
        return f"{timezone.make_aware(wall).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if wall else None
    except (ValueError, OverflowError):  # no day of any calendar: the page says so
        return None
