"""Who may enter the admin: staff, and the role admin. What each sees there, their teams and permissions decide."""

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from dashboard.access import may_administer


class Site(AdminSite):
    """Django's own lets in staff alone."""

    site_header = site_title = "Answerback"
    index_title = "Administration"
    login_form = AuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        return may_administer(request)
