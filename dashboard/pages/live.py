"""Pages that refresh themselves: an ETag of all that a page can show, asked before anything is rendered."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b

from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control

from apiclient.clock import now_ms
from apiclient.models import Revision, Rollup
from apiclient.source import one_look
from dashboard.access import may_edit, reach
from dashboard.templatetags.pressing import pressing

MINUTE_MS = 60_000
"""The shortest bar: after a minute a page that ends now shows another span."""

NEWEST_COUNT = Rollup.objects.order_by("-pk").values("pk")[:1]
"""Every outcome is counted in the transaction that stores it."""

Page = Callable[..., HttpResponse]


def live(page: Page) -> Page:
    """304 while nothing that the page shows has changed, at the cost of one row read."""

    @wraps(page)
    @one_look()
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "GET" or len(messages.get_messages(request)):
            response = page(request, *args, **kwargs)
            add_never_cache_headers(response)  # a notice is told once
            return response
        version = request.version = _version(request)  # type: ignore[attr-defined]
        known = version in request.headers.get("If-None-Match", "")
        response = HttpResponseNotModified() if known else page(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response["ETag"] = version
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return answered


def _version(request: HttpRequest) -> str:
    """A weak ETag. A row of an earlier number that is committed later is seen with the next minute at the latest."""
    user, known = request.user, reach(request)
    shown = (
        request.get_full_path(),
        request.session.session_key,
        [getattr(user, name, None) for name in ("pk", "theme", "is_staff")],
        (may_edit(request), known and sorted(known)),
        timezone.get_current_timezone_name(),
        getattr(staticfiles_storage, "manifest_hash", ""),
        now_ms() // MINUTE_MS,
        Revision.objects.annotate(newest=Subquery(NEWEST_COUNT)).values_list("number", "newest").first(),
        [finding.sentence for finding in pressing()["findings"]],
    )
    return f'W/"{blake2b(repr(shown).encode(), digest_size=12).hexdigest()}"'
