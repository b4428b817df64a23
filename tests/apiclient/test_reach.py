"""Which services somebody may see."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apiclient.models import Team, Token
from apiclient.reach import reach_of
from tests.builders import make_service, make_token

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


def test_a_limited_token_reaches_its_services_as_far_as_its_owner_does(django_user_model):
    shop, bank, own = make_service(), make_service(), make_service()
    ann, root = django_user_model.objects.create_user("ann"), django_user_model.objects.create_superuser("root")
    team = Team.objects.create(name="Shop", slug="shop-team")
    team.services.add(shop, own)
    team.members.add(ann)
    limited, _ = make_token(ann, "read", services=[shop, bank])
    assert reach_of(ann, limited) == {shop.pk}
    assert reach_of(ann, make_token(ann, "read")[0]) == {shop.pk, own.pk}
    assert reach_of(root, make_token(root, "read", services=[bank])[0]) == {bank.pk}


def test_a_token_whose_services_were_all_deleted_reaches_nothing(django_user_model):
    shop, root = make_service(), django_user_model.objects.create_superuser("root")
    make_service()
    _, text = make_token(root, "read", services=[shop])
    shop.delete()
    assert reach_of(root, Token.find(text)) == frozenset()
