"""Rows of the long tables: where they lead, what they say, and that nothing in them is taken for markup."""

import pytest
from django.urls import reverse

from apiclient.catalogue import Failure
from apiclient.models import Outcome
from dashboard.templatetags import rows
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
EVIL = "<b>&\"'\u202e"
ESCAPED = "&lt;b&gt;&amp;&quot;&#x27;⟨U+202E⟩"


@pytest.fixture
def call():
    return make_call(make_service(name=f"Shop {EVIL}", slug="shop"), name=f"List {EVIL}", slug="list")


def test_names_are_escaped_and_odd_characters_made_visible(admin_client, call):
    outcome = make_outcome(call, 500, body=EVIL.encode(), headers=(("Content-Type", "text/plain"),))
    for address in ("/", "/services/shop/", "/outcomes/"):
        content = admin_client.get(address).content.decode()
        assert ESCAPED in content and EVIL not in content and "<b>&" not in content, address
    said = rows.outcome_rows([outcome], of_one_call=True)
    assert "<bdi>&lt;b&gt;&amp;" in said and "Shop" not in said


def test_links_are_the_addresses_of_the_pages_and_carry_the_range_on(admin_client, call):
    outcome = make_outcome(call, 200)
    overview = admin_client.get("/?since=-7d").content.decode()
    assert f'href="{reverse("service", args=["shop"])}?since=-7d"' in overview
    service = admin_client.get("/services/shop/?since=-7d").content.decode()
    assert f'href="{reverse("call", args=["shop", "list"])}?since=-7d"' in service
    for content in (service, admin_client.get("/outcomes/").content.decode()):
        assert f'href="{reverse("outcome", args=[outcome.pk])}"' in content
    assert f'href="{reverse("call", args=["shop", "list"])}"' in admin_client.get("/services/shop/").content.decode()


def test_what_never_came_has_no_size_and_what_never_began_took_no_time(call):
    failed = make_outcome(call, None, Failure.DNS)
    missed = Outcome(pk=failed.pk, call=call, failure=Failure.MISSED, verdict=2)
    assert rows.outcome_rows([failed], of_one_call=True).count(">–<") == 1
    assert rows.outcome_rows([missed], of_one_call=True).count(">–<") == 3
