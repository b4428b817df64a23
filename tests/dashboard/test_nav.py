"""The links on top: all of them on every page, and where one is."""

import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from dashboard.templatetags.nav import PAGES

LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


def links(path: str) -> list[tuple[str, str, str]]:
    context = Context({"request": RequestFactory().get(path)})
    return LINK.findall(Template("{% load nav %}{% nav_links %}").render(context))


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "/"),
        ("/services/shop/", "/"),
        ("/services/shop/list/", "/"),
        ("/outcomes/", "/outcomes/"),
        ("/outcomes/1/", "/outcomes/"),
        ("/codes/", "/codes/"),
        ("/preferences/", None),
        ("/nothing/here", None),
    ],
)
def test_the_page_or_the_one_above_it_is_marked(path, here):
    found = links(path)
    assert [href for href, mark, _ in found if mark] == ([here] if here else [])
    assert len(found) == len(PAGES)


def test_a_page_without_a_request_has_them_all_and_marks_none():
    assert LINK.findall(Template("{% load nav %}{% nav_links %}").render(Context())) == [
        (href, "", word) for href, _, word in links("/")
    ]
