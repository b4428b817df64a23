"""A token made, copied and revoked by somebody at a browser."""

import re

from playwright.sync_api import expect


def test_a_token_is_made_copied_and_revoked(visit):
    person = visit("/preferences/")
    page = person.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Tokens of the API").click()
    page.get_by_role("link", name="New token").click()
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("form [role=alert]")).to_contain_text("2 fields need another look")
    page.get_by_label("Name").fill("From the browser")
    page.get_by_label("Read: everything that you can see").check()
    page.get_by_text("Limit to services").click()
    page.get_by_label("Shop").check()
    page.get_by_role("button", name="Make the token").click()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.locator("[role=status]", has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"ab_[0-9a-f]{12}_[0-9a-f]{64}", copied)
    headers = {"Authorization": f"Bearer {copied}"}
    context = page.context.browser.new_context()
    ask = lambda: context.request.get(person.site.address("/api/v1/services/"), headers=headers).status  # noqa: E731
    assert ask() == 200
    page.get_by_role("link", name="I have copied it").click()
    assert copied not in page.content()
    page.get_by_role("button", name="Revoke From the browser").click()
    expect(page.get_by_role("row", name="From the browser")).to_contain_text("revoked")
    assert ask() == 401
    context.close()
    assert person.problems == []
