"""Documented answers of a file become those of the service and its calls."""

from dataclasses import replace

import pytest

from apiclient.importers.described import Answer, Described, DescribedCall, DescribedService
from apiclient.models import DocumentedAnswer, Service
from apiclient.plan import Refused, carry_out, look
from apiclient.plan.carry import Scope

pytestmark = pytest.mark.django_db
ORDERS = DescribedCall("Orders", path="/orders", answers=(Answer("404", "No order"), Answer("2xx")))
SHOP = DescribedService("Shop", base_url="https://shop.example", calls=(ORDERS,), answers=(Answer("5XX", "Down"),))


def carry(told: DescribedService, **options):
    return carry_out(Described((told,)), Scope(Service.objects.all(), source="openapi", **options))


def rows() -> set[tuple[str | None, str, str]]:
    return set(DocumentedAnswer.objects.values_list("call__slug", "codes", "message"))


def test_they_are_written_and_a_second_time_there_is_nothing_to_do():
    carry(SHOP)
    assert rows() == {(None, "5xx", "Down"), ("orders", "404", "No order"), ("orders", "2xx", "")}
    assert set(DocumentedAnswer.objects.values_list("source", flat=True)) == {"openapi"}
    assert carry(SHOP).changes == ()


def test_they_are_changed_kept_and_pruned():
    carry(SHOP)
    second = replace(SHOP, answers=(), calls=(replace(ORDERS, answers=(Answer("404", "None"), Answer("409"))),))
    result = carry(second)
    assert rows() == {(None, "5xx", "Down"), ("orders", "404", "None"), ("orders", "2xx", ""), ("orders", "409", "")}
    assert any("Shop / Orders / answer 2xx" in note for note in result.notes)
    before = Service.objects.get().updated_at
    carry(second, prune=True)
    assert rows() == {("orders", "404", "None"), ("orders", "409", "")}
    assert Service.objects.get().updated_at == before  # which has not changed itself


def test_what_names_no_codes_is_refused_with_its_place():
    wrong = replace(SHOP, calls=(replace(ORDERS, answers=(Answer("4o4"), Answer("404", "x" * 501))),))
    assert [one.place for one in look(Described((wrong,)), Scope(Service.objects.all())).problems] == [
        "Shop / Orders / answer 4o4 / codes", "Shop / Orders / answer 404 / message",
    ]  # fmt: skip
    with pytest.raises(Refused, match="answer 4o4"):
        carry(wrong)
    assert rows() == set() and not Service.objects.exists()


def test_more_than_can_be_kept_are_refused():
    many = tuple(Answer(str(code)) for code in range(100, 420))
    with pytest.raises(Refused, match="At most 300 rows"):
        carry(replace(SHOP, answers=many))
