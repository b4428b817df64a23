"""One site a process; one browser a file, since a running Playwright would keep other tests from the database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import Site, opened, prepare
from tests.browser.visit import Visit

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--host-resolver-rules=MAP elsewhere.example 127.0.0.1"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not CHROMIUM and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="chromium is not on PATH"))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder to be copied: made by the first of the processes that run the tests."""
    spread = hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if spread else base) / "prepared"
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Site]:
    """The product with everything of ``content``. A test may add to it, but takes nothing away."""
    with opened(tmp_path_factory.mktemp("site"), prepared) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """Opens a path of the site as somebody: see ``Visit``."""
    visits: list[Visit] = []

    def opens(path: str = "", **how: object) -> Visit:
        visits.append(Visit(browser, site, **how))
        if path:
            visits[-1].goto(path)
        return visits[-1]

    yield opens
    for one in visits:
        one.close()
