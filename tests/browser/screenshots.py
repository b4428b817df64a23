"""``make screenshots``: README's pictures, of the running product with its example and a day of history behind it.

python -m tests.browser.screenshots [FOLDER]
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.server import answers, free_port
from tests.installation import Installation, wait_for

FOLDER = Path(__file__).parent.parent.parent / ".readme"
GO_ON = "from tests.browser import history\nhistory.go_on()"
FILL = "import sys\nfrom tests.browser import history\nhistory.fill(int(sys.argv[1]))"
PASSWORD = "of this picture alone"
CALL = "example-api/order-with-a-mistake"
WATCHED_S = 45
START_S = 120
SIZE = {"width": 1440, "height": 900}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of `manage.py up` with the example, after a day of history."""
    port, example_port = free_port(), free_port()
    given = {"PORT": str(port), "ANSWERBACK_EXAMPLE_PORT": str(example_port), "ANSWERBACK_ADMIN_PASSWORD": PASSWORD}
    with Installation(folder, f"sqlite:///{folder / 'answerback.sqlite3'}", "") as installation:
        installation.python(FILL, str(example_port))
        installation.start("up", sys.executable, "manage.py", "up", "--stop-with-parent", **given)
        wait_for(lambda: answers(port), START_S, "the web server", installation.log)
        installation.python(GO_ON)
        time.sleep(WATCHED_S)  # the newest outcomes are real ones
        installation.manage("run_call", CALL, check=False)
        yield f"http://127.0.0.1:{port}"
        installation.end("up")


def take(page: Page, url: str, folder: Path) -> None:
    """overview.png, call.png and outcome.png."""
    page.goto(f"{url}/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}/")
    outcome = page.request.get(f"{url}/api/v1/outcomes/?call={CALL}").json()["results"][0]
    pictures = {
        "overview": "/",
        "call": "/services/example-api/orders/",
        "outcome": f"/outcomes/{outcome['id']}/",
    }
    for name, path in pictures.items():
        page.goto(f"{url}{path}")
        page.screenshot(path=folder / f"{name}.png")
        sys.stdout.write(f"{folder / name}.png\n")


def main(folder: Path) -> None:
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("chromium is not on PATH: install it (Debian: apt install chromium)")
    with tempfile.TemporaryDirectory() as place, running(Path(place)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=SIZE, color_scheme="light", timezone_id="UTC")
        take(context.new_page(), url, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
