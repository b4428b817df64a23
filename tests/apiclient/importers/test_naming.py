"""Names that fit, and that no two calls share."""

import pytest
from django.utils.text import slugify
from hypothesis import given
from hypothesis import strategies as st

from apiclient.importers.naming import Names, first_paragraph, one_line, placeholder_name


def test_names_and_slugs_are_unique():
    names = Names()
    assert names.take("List pets", "GET /pets") == ("List pets", None)
    assert names.take("List pets", "GET /pets") == ("List pets (2)", None)
    assert names.take("list pets", "GET /pets") == ("list pets", "list-pets-3")
    assert names.take("宠物", "GET /pets") == ("宠物", "get-pets")
    assert names.take("", "GET /") == ("GET /", None)
    assert names.take("...", "///") == ("...", "call")


@given(st.lists(st.tuples(st.text(max_size=200), st.text(min_size=1, max_size=200)), max_size=30))
def test_whatever_is_wanted_all_differ_and_fit(wanted):
    names = Names()
    found = [names.take(*pair) for pair in wanted]
    slugs = [slug or slugify(name)[:80] for name, slug in found]
    assert len({name for name, _ in found}) == len(set(slugs)) == len(found)
    assert all(len(name) <= 120 and 0 < len(slug) <= 80 for (name, _), slug in zip(found, slugs, strict=True))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("petId", "petId"),
        ("pet id", "pet_id"),
        ("filter[x]", "filter_x"),
        ("9", "value_9"),
        ("%$", "value"),
        ("é", "value"),
    ],
)
def test_placeholders_have_names_that_can_be_put_in(text, name):
    assert placeholder_name(text) == name


def test_descriptions_become_one_line():
    assert first_paragraph("\n One\n two.\n\nThree.", 50) == "One two."
    assert one_line("x" * 60, 50) == "x" * 49 + "…"
