"""Who may edit."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from dashboard.access import may_edit
from dashboard.pages.access import editors_only

pytestmark = pytest.mark.django_db


def test_staff_and_those_with_the_permission_may(rf, django_user_model):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert not may_edit(request)
    request.user = django_user_model.objects.create_user("ann")
    assert not may_edit(request)
    with pytest.raises(PermissionDenied):
        editors_only(lambda request: HttpResponse())(request)
    request.user.user_permissions.add(Permission.objects.get(codename="change_call"))
    request.user = django_user_model.objects.get(pk=request.user.pk)
    assert may_edit(request)
    request.user = django_user_model(is_staff=True)
    assert may_edit(request) and editors_only(lambda request: HttpResponse())(request).status_code == 200
