"""The code table come alive."""

import pytest

from apiclient.catalogue import Category, Failure, seed_table
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db


def test_the_table_has_its_three_columns_and_every_code(admin_client):
    columns = admin_client.get("/codes/").context["columns"]
    assert [category for category, _, _ in columns] == [
        Category.SUCCESS, Category.CLIENT_ERROR, Category.SERVER_ERROR,
    ]  # fmt: skip
    shown = {category: [row.meaning for row in rows] for category, rows, _ in columns}
    assert shown == {category: list(meanings) for category, meanings in seed_table().items()}
    assert sum(len(rows) for rows in shown.values()) == 40


def test_codes_are_counted_and_lead_to_their_outcomes(admin_client):
    call = make_call()
    make_outcome(call, 404)
    make_outcome(make_call(call.service), 404)
    _, rows, total = admin_client.get("/codes/?since=-1h").context["columns"][1]
    row = next(row for row in rows if row.meaning.code == 404)
    assert (row.count, sum(row.counts), total) == (2, 2, 2)
    assert row.href == "/outcomes/?since=-1h&status_code=404"


def test_other_codes_and_failures_have_their_own_places(admin_client):
    make_outcome(make_call(), 418)
    make_outcome(make_call(), 599)
    make_outcome(make_call(), None, Failure.RESET)
    context = admin_client.get("/codes/").context
    assert [row.meaning.code for row in context["others"]] == [418, 599]
    assert {row.failure: row.count for row in context["failures"] if row.count} == {Failure.RESET: 1}


def test_a_filter_narrows_the_table(admin_client):
    call, other = make_call(), make_call()
    make_outcome(call, 200)
    make_outcome(other, 200)
    answer = admin_client.get("/codes/", {"service": call.service.slug})
    assert answer.context["columns"][0][2] == 1
