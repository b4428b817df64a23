"""What is described becomes what is there: by the models' rules, all or nothing."""

import threading
from dataclasses import replace

import pytest
from django.db import connection

from apiclient.importers.described import Described, DescribedCall, DescribedService
from apiclient.models import Call, Service
from apiclient.models.team import everyone
from apiclient.plan import Action, Refused, carry_out, look
from apiclient.plan.carry import Scope
from tests.builders import make_call, make_location, make_service, make_team

pytestmark = pytest.mark.django_db
ORDERS = DescribedCall("Orders", path="/orders", interval_seconds=30, headers={"Accept": "application/json"})
SHOP = DescribedService("Shop", base_url="https://shop.example", calls=(ORDERS, DescribedCall("Basket", path="/b")))


def scope(**options) -> Scope:
    return Scope(Service.objects.all(), **options)


def carry(*services: DescribedService, **options):
    return carry_out(Described(services), scope(**options))


def test_services_and_calls_are_saved_with_their_teams():
    result = carry(SHOP, teams=everyone(), manager={"Shop": "config/shop.yaml"})
    assert [one.action for one in result.changes] == [Action.CREATE] * 3
    shop = Service.objects.get(slug="shop")
    assert list(shop.teams.all()) == everyone() and shop.managed_by == "config/shop.yaml"
    orders = shop.calls.get(slug="orders")
    assert (orders.path, orders.interval_seconds, orders.headers) == ("/orders", 30, {"Accept": "application/json"})
    assert orders.dues.exists()
    assert result.services == (shop,)


def test_the_same_again_changes_nothing_and_writes_nothing(django_assert_max_num_queries):
    carry(SHOP)
    with django_assert_max_num_queries(6):
        assert carry(SHOP).changes == ()


def test_a_second_version_changes_what_differs_and_keeps_what_it_does_not_say():
    carry(SHOP)
    Call.objects.filter(slug="orders").update(timeout_ms=777, interval_seconds=30)
    result = carry(replace(SHOP, calls=(replace(ORDERS, path="/v2"),)))
    assert [(one.name, [two.member for two in one.differences]) for one in result.changes] == [("Orders", ["path"])]
    orders = Call.objects.get(slug="orders")
    assert (orders.path, orders.timeout_ms) == ("/v2", 777)
    assert Call.objects.count() == 2


def test_to_look_saves_nothing_and_tells_the_same():
    made = look(Described((SHOP,)), scope())
    assert not Service.objects.exists() and made.problems == ()
    assert made.changes == carry(SHOP).changes


def test_whatever_is_wrong_is_told_with_its_place_and_nothing_is_saved():
    wrong = replace(SHOP, calls=(replace(ORDERS, path="orders", interval_seconds=0, cron="x"), ORDERS))
    bank = DescribedService("Bank", base_url="ftp://bank.example", calls=(DescribedCall("Pay", method="BREW"),))
    looked = look(Described((wrong, bank)), scope())
    with pytest.raises(Refused) as refused:
        carry(wrong, bank)
    places = {one.place for one in refused.value.problems}
    assert {"Shop / Orders / path", "Shop / Orders / cron", "Bank / base_url", "Bank / Pay / method"} <= places
    assert {one.place for one in looked.problems} >= places - {"Shop / Orders / name"}
    assert not Service.objects.exists() and not Call.objects.exists()


def test_locations_are_named_by_their_short_names():
    make_location(name="Paris")
    carry(replace(SHOP, calls=(replace(ORDERS, locations=("paris",)),)))
    assert [one.slug for one in Call.objects.get().locations.all()] == ["paris"]
    assert carry(replace(SHOP, calls=(replace(ORDERS, locations=("paris",)),))).changes == ()
    with pytest.raises(Refused, match=r"Orders / locations: There is no location 'rome'. Known are: default, paris"):
        carry(replace(SHOP, calls=(replace(ORDERS, locations=("rome",)),)))


def test_numbers_that_are_taken_away():
    carry(replace(SHOP, concurrency=5, calls=(replace(ORDERS, slow_after_ms=100),)))
    carry(replace(SHOP, concurrency=0, calls=(replace(ORDERS, slow_after_ms=0, interval_seconds=0),)))
    call = Call.objects.get()
    assert (call.service.concurrency, call.slow_after_ms, call.interval_seconds) == (None, None, None)


def test_pruning_deletes_and_frees_the_name():
    carry(SHOP, manager={"Shop": "config/shop.yaml"})
    mine = {"manager": {"Store": "config/shop.yaml"}, "scope": "config/shop.yaml", "prune": True}
    buy = DescribedCall("Orders 2", slug="orders")
    store = DescribedService("Store", slug="shop", base_url="https://s.example", calls=(buy,))
    other = DescribedService("Shop", slug="shop-2", base_url="https://o.example")
    looked = look(Described((other, store)), scope(**mine))
    assert looked.problems == ()
    assert carry(other, store, **mine).changes == looked.changes
    assert set(Service.objects.values_list("name", "slug")) == {("Shop", "shop-2"), ("Store", "shop")}
    assert list(Call.objects.values_list("service__name", "slug")) == [("Store", "orders")]


def test_two_names_may_be_exchanged():
    shop = make_service(name="Shop")
    first, second = make_call(shop, name="A", slug="a"), make_call(shop, name="B", slug="b")
    told = DescribedService("Shop", calls=(DescribedCall("C", slug="a"), DescribedCall("A", slug="c")))
    carry(told)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.name, first.slug) == ("A", "c")
    assert Call.objects.get(slug="a").name == "C" and second.name == "B"


def test_slugs_are_made_free():
    make_service(name="Other", slug="shop")
    twins = (DescribedCall("GET /a/b"), DescribedCall("GET /a-b"), DescribedCall("/"))
    carry(DescribedService("Shop", base_url="https://s.example", calls=twins))
    assert sorted(Call.objects.values_list("slug", flat=True)) == ["call", "get-a-b", "get-a-b-2"]
    assert Service.objects.get(name="Shop").slug == "shop-2"


def test_services_out_of_reach_are_neither_read_nor_changed():
    theirs = make_service(name="Shop", slug="shop", base_url="https://theirs.example")
    make_team(services=[theirs])
    mine = Scope(Service.objects.none())
    with pytest.raises(Refused, match=r"Shop / name: .*already exists"):
        carry_out(Described((SHOP,)), mine)
    assert "theirs.example" not in repr(look(Described((SHOP,)), mine))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_carry_out_one_after_the_other(everyone):
    results, errors = [], []

    def run(path: str) -> None:
        try:
            results.append(carry(replace(SHOP, calls=(replace(ORDERS, path=path),))))
        except Refused as refused:
            errors.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(path,)) for path in ("/one", "/two", "/one", "/two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and len(results) == 4
    assert Service.objects.count() == 1 and Call.objects.count() == 1
