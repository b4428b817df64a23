"""Who may edit, and what is found for whom."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from dashboard.access import may_edit
from dashboard.pages.access import editors_only, find_call, find_service
from tests.builders import make_call, make_team

pytestmark = pytest.mark.django_db


def test_those_with_the_permission_may_and_staff_is_none(rf, django_user_model):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert not may_edit(request)
    request.user = django_user_model.objects.create_user("ann", is_staff=True)
    assert not may_edit(request)
    with pytest.raises(PermissionDenied):
        editors_only(lambda request: HttpResponse())(request)
    request.user.user_permissions.add(Permission.objects.get(codename="change_call"))
    request.user = django_user_model.objects.get(pk=request.user.pk)
    assert may_edit(request) and editors_only(lambda request: HttpResponse())(request).status_code == 200


def test_what_is_out_of_reach_is_not_there(rf, django_user_model):
    own, other = make_call(), make_call()
    request = rf.get("/")
    request.user = django_user_model.objects.create_user("ann")
    make_team([request.user], [own.service])
    assert find_service(request, own.service.slug) == own.service
    assert find_call(request, own.service.slug, own.slug) == own
    with pytest.raises(Http404):
        find_service(request, other.service.slug)
    with pytest.raises(Http404):
        find_call(request, other.service.slug, other.slug)
