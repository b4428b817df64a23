"""What is described against what is there, without a database."""

from dataclasses import replace

from apiclient.importers.described import Answer, Described, DescribedCall, DescribedService
from apiclient.plan.change import Action, Change, Difference, Thing
from apiclient.plan.compare import compare
from apiclient.plan.step import Rules, There

ORDERS = DescribedCall("Orders", slug="orders", path="/orders", interval_seconds=60, cron="", headers={}, answers=())
SHOP = DescribedService("Shop", slug="shop", base_url="https://shop.example", headers={}, answers=(), calls=(ORDERS,))
BLANK = DescribedService("", base_url="", headers={}, calls=(DescribedCall("", path="", interval_seconds=60, cron=""),))
KEPT = There(1, SHOP, {"Orders": 7}, "config/shop.yaml")


def seen(*services: DescribedService, there=(KEPT,), **rules):
    return compare(Described(services), there, Rules(BLANK, **rules))


def test_the_same_changes_nothing():
    assert seen(SHOP).changes == ()
    assert seen(DescribedService("Shop", calls=(DescribedCall("Orders"),))).changes == ()


def test_what_is_new_is_created_with_what_is_said_and_defaults():
    found = seen(SHOP, there=())
    service, call = found.changes
    assert (service.action, service.thing, service.name) == (Action.CREATE, Thing.SERVICE, "Shop")
    assert (call.action, call.thing, call.name) == (Action.CREATE, Thing.CALL, "Orders")
    assert Difference("path", None, "/orders") in call.differences
    assert found.steps[0].key is None and found.steps[0].calls[0].key is None


def test_a_difference_is_told_before_and_after():
    found = seen(replace(SHOP, calls=(replace(ORDERS, path="/v2/orders"),)))
    assert found.changes == (
        Change(Action.CHANGE, Thing.CALL, "Shop", "Orders", "", (Difference("path", "/orders", "/v2/orders"),)),
    )
    assert found.steps[0].calls[0].key == 7


def test_secrets_are_not_in_the_changes():
    found = seen(replace(SHOP, headers={"Authorization": "Bearer planted-secret"}))
    assert "planted" not in repr(found.changes) and found.changes


def test_another_name_with_the_same_short_name_is_a_change_of_name():
    found = seen(DescribedService("Store", slug="shop", calls=(DescribedCall("Buy", slug="orders"),)))
    assert [(one.action, one.differences[0].member) for one in found.changes] == [
        (Action.CHANGE, "name"), (Action.CHANGE, "name"),
    ]  # fmt: skip


def test_a_cron_expression_takes_the_place_of_the_interval_and_the_other_way_round():
    found = seen(DescribedService("Shop", calls=(DescribedCall("Orders", cron="@hourly"),)))
    assert found.steps[0].calls[0].after.interval_seconds == 0
    nightly = replace(SHOP, calls=(replace(ORDERS, interval_seconds=0, cron="@daily"),))
    found = seen(
        DescribedService("Shop", calls=(DescribedCall("Orders", interval_seconds=5),)),
        there=[There(1, nightly, {"Orders": 7})],
    )
    assert found.steps[0].calls[0].after.cron == ""


def test_what_the_file_does_not_name_stays_and_is_told_unless_it_is_pruned():
    bare = replace(SHOP, calls=())
    found = seen(bare)
    assert found.changes == () and "Shop / Orders" in found.notes[-1]
    assert seen(bare, prune=True).changes == (Change(Action.DELETE, Thing.CALL, "Shop", "Orders"),)


def test_pruning_deletes_only_services_of_the_same_files():
    other = There(2, replace(SHOP, name="Bank", slug="bank", calls=()), {}, "elsewhere/bank.yaml")
    mine = There(3, replace(SHOP, name="Old", slug="old", calls=()), {}, "config/old.yaml")
    found = seen(SHOP, there=[KEPT, other, mine], prune=True, scope="config/", manager={"Shop": "config/shop.yaml"})
    assert found.changes == (Change(Action.DELETE, Thing.SERVICE, "Old"),)
    kept = seen(SHOP, there=[KEPT, other, mine], scope="config/", manager={"Shop": "config/shop.yaml"})
    assert kept.changes == () and "Old" in kept.notes[-1]


def test_a_service_that_a_file_begins_to_keep_is_a_change():
    found = seen(SHOP, there=[There(1, SHOP, {"Orders": 7})], manager={"Shop": "config/shop.yaml"})
    assert found.changes[0].differences == (Difference("managed_by", "", "config/shop.yaml"),)


def test_to_import_into_what_a_file_keeps_is_noted():
    assert "config/shop.yaml" in seen(SHOP).notes[0]
    assert seen(SHOP, manager={"Shop": "config/shop.yaml"}).notes == ()


def test_two_of_the_same_name_are_refused_with_their_place():
    found = seen(replace(SHOP, calls=(ORDERS, replace(ORDERS, slug="other"))))
    assert [str(one) for one in found.problems] == ["Shop / Orders / name: Two calls have the name 'Orders'."]
    found = seen(SHOP, replace(SHOP, name="Store"))
    assert "Two services have the slug 'shop'" in str(found.problems[0])


def test_documented_answers_are_compared_one_by_one():
    there = There(1, replace(SHOP, answers=(Answer("404", "None"), Answer("410", "Gone"))), {"Orders": 7})
    told = DescribedService("Shop", answers=(Answer("404", "No order"), Answer("409", "Late", "error")))
    found = seen(told, there=[there])
    assert [(one.action, one.name) for one in found.changes] == [(Action.CHANGE, "404"), (Action.CREATE, "409")]
    assert found.changes[0].differences == (Difference("message", "None", "No order"),)
    assert any("Shop / answer 410" in note for note in found.notes)
    assert seen(told, there=[there], prune=True).changes[2].action is Action.DELETE


def test_codes_are_the_same_however_they_are_written():
    there = There(1, replace(SHOP, answers=(Answer("404, 405", "x"),)), {"Orders": 7})
    assert seen(DescribedService("Shop", answers=(Answer("404-405", " x\n"),)), there=[there]).changes == ()


def test_codes_given_twice_are_refused():
    found = seen(DescribedService("Shop", answers=(Answer("404", "a"), Answer("404", "b"))))
    assert str(found.problems[0]) == "Shop / answers: The codes 404 are given twice."
