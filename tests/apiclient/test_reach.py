"""Which services somebody may see."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apiclient.models import Team
from apiclient.reach import reach_of
from tests.builders import make_service

pytestmark = pytest.mark.django_db


def test_members_see_the_services_of_their_teams_and_superusers_all(django_user_model):
    shop, bank, _ = make_service(), make_service(), make_service()
    team, other = Team.objects.create(name="Shop", slug="shop"), Team.objects.create(name="Both", slug="both")
    team.services.add(shop)
    other.services.add(shop, bank)
    ann, bob = (django_user_model.objects.create_user(name) for name in ("ann", "bob"))
    assert reach_of(ann) == frozenset()
    team.members.add(ann)
    other.members.add(ann, bob)
    assert reach_of(ann) == {shop.pk, bank.pk} == reach_of(bob)
    assert reach_of(django_user_model(is_superuser=True)) is None
    assert reach_of(AnonymousUser()) == frozenset()
