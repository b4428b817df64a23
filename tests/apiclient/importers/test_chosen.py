"""A text of any source, under a chosen service and base URL."""

import pytest

from apiclient.importers.chosen import LABELS, READERS, Unknown, read_as, source_of

OWN = "services: [{name: A, base_url: 'https://a.example'}]"


def test_every_source_has_a_label():
    assert set(READERS) <= set(LABELS)


def test_what_a_text_is_is_found_out():
    assert source_of(OWN) == "answerback"
    assert source_of('{"openapi": "3.1.0"}') == "openapi"
    with pytest.raises(Unknown, match="Choose one of openapi"):
        source_of("hello")


def test_the_chosen_name_and_base_url_win():
    (one,) = read_as("answerback", OWN, "Shop", "https://shop.example").services
    assert (one.name, one.base_url) == ("Shop", "https://shop.example")
    assert read_as("answerback", OWN).services[0].name == "A"


def test_a_choice_for_several_services_is_refused():
    with pytest.raises(ValueError, match="describes 2 services"):
        read_as("answerback", "services: [{name: A}, {name: B}]", "Shop")


def test_an_unknown_source_is_refused():
    with pytest.raises(Unknown, match="There is no source 'banana'"):
        read_as("banana", OWN)
