"""A change says which thing it is about."""

from apiclient.plan.change import Action, Change, Thing


def test_a_change_is_named_by_its_thing():
    assert Change(Action.CREATE, Thing.SERVICE, "Shop").name == "Shop"
    assert Change(Action.CREATE, Thing.CALL, "Shop", "Orders").name == "Orders"
    assert Change(Action.CREATE, Thing.ANSWER, "Shop", "Orders", "404").name == "404"
