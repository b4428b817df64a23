"""Somebody who looks at a page, and everything that a browser complains about meanwhile."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response

from tests.browser.server import Site

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
SCHEMES = ("light", "dark")
LISTEN = "addEventListener('securitypolicyviolation', (event) => console.error('refused ' + event.violatedDirective));"
OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth <= width) return found;
  for (const one of document.body.querySelectorAll("*")) {
    const box = one.getBoundingClientRect();
    if (box.right > width + 1 && !one.parentElement.closest(".scroll, pre")) found.push(one.outerHTML.slice(0, 120));
  }
  return [`${document.documentElement.scrollWidth} px wide`, ...found.slice(0, 5)];
}"""


class Visit:
    """A browser window of its own with the session of ``user`` ("" for nobody); ``problems`` are complaints so far."""

    def __init__(
        self,
        browser: Browser,
        site: Site,
        user: str = "admin",
        script: bool = True,
        size: Any = WIDE,
        scheme: Any = "light",
        zone: str = "UTC",
    ) -> None:
        self.site = site
        self.context = browser.new_context(
            viewport=size, color_scheme=scheme, java_script_enabled=script, timezone_id=zone, reduced_motion="reduce"
        )
        if user:
            self.context.add_cookies([site.cookie(user)])
        self.context.add_init_script(LISTEN)
        self.problems: list[str] = []
        self.answers: list[Response] = []
        self.page = self.context.new_page()
        self._watch(self.page)

    def goto(self, path: str) -> Page:
        """Open a path in which {names} stand for ids."""
        answer = self.page.goto(self.site.address(path), wait_until="load")
        assert answer is not None
        self.status = answer.status
        policy = answer.headers.get("content-security-policy", "")
        if "default-src 'none'" not in policy.split("; ") or "unsafe" in policy:
            self.problems.append(f"policy {policy!r}")
        return self.page

    def close(self) -> None:
        self.context.close()

    def cut_off(self) -> list[str]:
        """What makes the page scroll sideways; nothing where it does not."""
        found: list[str] = self.page.evaluate(OVERFLOWING)
        return found

    def statuses(self, since: int = 0) -> list[int]:
        """The status codes of what scripts have fetched, from the ``since``-th on."""
        return [answer.status for answer in self.fetched()[since:]]

    def fetched(self) -> list[Response]:
        return [answer for answer in self.answers if answer.request.resource_type in ("fetch", "xhr")]

    def _watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"page error {error}"))
        page.on("dialog", self._asked)
        page.on("request", self._requested)
        page.on("response", lambda answer: self.answers.append(answer))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type} {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _requested(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.page.url).netloc and not request.is_navigation_request():
            self.problems.append(f"request to {request.url}")
