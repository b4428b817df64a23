"""The site map, and who answers where no view did."""

from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import defaults

from dashboard.api import problem
from dashboard.pages import fault

urlpatterns = [
    path("", include("dashboard.pages.urls")),
    path("api/", include("dashboard.api.urls")),
    path("accounts/login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses by itself, such as a host name that is not ours."""
    if not _is_of_the_api(request):
        return defaults.bad_request(request, exception)
    return problem.plain(
        request, 400, "The request was refused before it was read: its host or its form is not allowed."
    )


def handler500(request: HttpRequest) -> HttpResponse:
    page = fault.fault(request)
    if not _is_of_the_api(request):
        return page
    says = "The database is out of reach. Try again." if page.status_code == HTTPStatus.SERVICE_UNAVAILABLE else ""
    wait = {name: page[name] for name in ("Retry-After",) if name in page}
    return problem.plain(request, page.status_code, says or "A fault in Answerback; its log says more.", wait)


def _is_of_the_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
