"""What is shown when something is not there, not allowed or broken: the same look, and what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import EVERYTHING, violations
from tests.browser.server import Site, opened_without_database
from tests.browser.visit import NARROW, SCHEMES, WIDE, Visit

EXPECTED = re.compile("status of [45]|Cross-Origin-Opener-Policy header has been ignored, because")
"""That it failed, and that a host other than localhost should have HTTPS."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Site]:
    with opened_without_database(tmp_path_factory.mktemp("broken"), prepared) as site:
        yield site


def in_the_same_look(person: Visit, heading: str) -> None:
    page = person.page
    assert page.get_by_role("heading", name=heading).is_visible()
    assert page.locator("header.top .brand").is_visible() and page.locator("main .button").is_visible()
    for scheme, size in ((scheme, size) for scheme in SCHEMES for size in (WIDE, NARROW)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        assert person.cut_off() == []
    assert violations(page, EVERYTHING) == []
    assert [problem for problem in person.problems if not EXPECTED.search(problem)] == []


@pytest.mark.parametrize("path", ["/nothing/here", "/services/nobody/", "/outcomes/1/"])
def test_nothing_at_this_address(visit, path):
    person = visit(path)
    assert person.status == 404
    in_the_same_look(person, "There is nothing at this address")


def test_a_permission_that_is_missing(visit):
    person = visit("/", user="ann")
    token = person.page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    with person.page.expect_navigation():
        person.page.evaluate(
            """([action, token]) => {
                const form = Object.assign(document.createElement("form"), { action, method: "post" });
                const given = { name: "csrfmiddlewaretoken", value: token };
                form.append(Object.assign(document.createElement("input"), given));
                document.body.append(form);
                form.submit();
            }""",
            ["/services/shop/orders/run/", token],
        )
    in_the_same_look(person, "You may not do this")


def test_a_form_without_its_cookie(visit):
    person = visit("/")
    person.context.clear_cookies(name="csrftoken")
    with person.page.expect_navigation():
        person.page.get_by_role("button", name="Colours").click()
    in_the_same_look(person, "This form has expired")


def test_a_host_that_is_not_ours(visit):
    person = visit()
    answer = person.page.goto(f"http://elsewhere.example:{person.site.port}/")
    assert answer and answer.status == 400
    in_the_same_look(person, "This request cannot be understood")


def test_a_fault_of_ours(visit):
    person = visit()
    person.site.do("UPDATE apiclient_call SET interval_seconds = 'x' WHERE slug = 'never-asked'")  # none of ours does
    try:
        person.goto("/services/payments/never-asked/")
        assert person.status == 500
        in_the_same_look(person, "Something broke on our side")
    finally:
        person.site.do("UPDATE apiclient_call SET interval_seconds = NULL WHERE slug = 'never-asked'")


def test_a_database_out_of_reach(browser: Browser, broken: Site):
    person = Visit(browser, broken, user="")
    person.context.add_cookies([broken.cookie("admin")])
    person.goto("/")
    assert person.status == 503
    in_the_same_look(person, "The database does not answer")
    person.close()
