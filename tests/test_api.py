"""The API as other programs meet it: a running server with a worker, asked by clients that nobody here wrote."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser.server import answers, free_port
from tests.installation import Installation, wait_for
from tests.redis import redis_server

pytestmark = pytest.mark.flow
BIN = Path(sys.executable).parent
CONFIG = Path(__file__).with_suffix(".toml")
FILL = """
from django.utils import timezone
from apiclient.models import Location, User
from tests.builders import make_call, make_outcome, make_service
User.objects.create_superuser("root")
shop = make_service(name="Shop", base_url="http://127.0.0.1:9")
orders = make_call(shop, name="Orders", path="/orders", interval_seconds=None)
make_call(make_service(name="Bank"), name="Pay", method="POST", interval_seconds=None)
text = (("Content-Type", "text/plain"),)
for seconds, code in enumerate((200, 200, 404, 503, None)):
    at = timezone.now() - timezone.timedelta(seconds=60 + seconds)
    failure = None if code else 4
    make_outcome(orders, code, failure=failure, due_at=at, headers=text, body=b"no beans for order 4711")
print(orders.pk)
"""


class Site(NamedTuple):
    """``token`` has every scope and belongs to an admin; ``call`` is an id."""

    url: str
    token: str
    call: int


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("api")
    with (
        redis_server() as broker,
        Installation(folder, f"sqlite:///{folder}/db.sqlite3", f"redis+socket://{broker}") as installation,
    ):
        installation.environment["ANSWERBACK_API_RATE"] = "0"
        call = int(installation.python(FILL))
        made = installation.manage("create_token", "Robot", "--user", "root", *SCOPES, "--json").stdout
        port = free_port()
        installation.start_worker("worker")
        installation.start_web(port)
        wait_for(lambda: answers(port), 60, "the web server", installation.log)
        yield Site(f"http://127.0.0.1:{port}", json.loads(made)["token"], call)


SCOPES = ("--scope", "read", "--scope", "write", "--scope", "push")


REVOKES = "DELETE /api/v1/tokens/{id}/"
"""The one question that is not asked: sooner or later it takes the token away that asks."""
README = (Path(__file__).parent.parent / "README.md").read_text()
CLIENT = """
import datetime, json, sys
from client.api.calls import calls_retrieve, calls_run_create
from client.api.outcomes import outcomes_list
from client.api.services import services_create, services_destroy, services_list
from client import AuthenticatedClient
from client.models import OutcomesListVerdictItem, ServiceRequest
url, token, call = sys.argv[1:]
client = AuthenticatedClient(url, token, raise_on_unexpected_status=True)
made = services_create.sync(client=client, body=ServiceRequest(name="Generated", base_url="https://generated.example"))
names = [service.name for service in services_list.sync(client=client).results]
failed = outcomes_list.sync(client=client, service="shop", verdict=[OutcomesListVerdictItem.FAILED]).results
ran = calls_run_create.sync(call, client=client)
gone = services_destroy.sync_detailed(made.id, client=client).status_code
print(json.dumps({"names": names, "codes": [one.status_code for one in failed], "ran": ran.outcome, "gone": gone}))
"""


def run(site: Site, folder: Path, *command: str | Path) -> str:
    environment = os.environ | {"AB": site.url, "TOKEN": site.token}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def blocks(language: str) -> list[str]:
    """The code of this language in the README's part for other tools."""
    part = README.split("## From other tools")[1].split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL)


def test_the_commands_of_the_readme_do_what_it_says(site, tmp_path):
    (commands,) = blocks("bash")
    said = run(site, tmp_path, "bash", "-euc", commands)
    assert '"verdict":"failed"' in said and '"stored":1' in said.replace(" ", "")
    assert "time,key,label,count" in said and ",503," in said


def test_the_command_of_the_page_on_imports_shows_what_would_change(site, tmp_path):
    page = (Path(__file__).parent.parent / "docs" / "import.md").read_text()
    (command,) = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
    found = json.loads(run(site, tmp_path, "bash", "-euc", command))
    assert "shop.example/orders" in json.dumps(found) or "/orders" in json.dumps(found)
    assert '"saved": false' in json.dumps(found).lower() or "changes" in found, found


def test_the_script_of_the_readme_does_what_it_says(site, tmp_path):
    (script,) = blocks("python")
    assert len([line for line in script.splitlines() if line]) == 10
    stored, failed, series = run(site, tmp_path, sys.executable, "-c", script).splitlines()
    assert json.loads(stored.replace("'", '"'))["stored"] == 1
    assert "Service Unavailable" in failed and "404 Not Found" in series


def test_a_client_that_a_public_generator_made_of_the_description_works(site, tmp_path):
    description = run(site, tmp_path, "curl", "-sS", "-H", f"Authorization: Bearer {site.token}",
                      "-H", "Accept: application/vnd.oai.openapi+json", f"{site.url}/api/v1/schema/")  # fmt: skip
    (tmp_path / "schema.json").write_text(description)
    words = ("generate", "--path", "schema.json", "--output-path", "client", "--meta", "none")
    said = run(site, tmp_path, BIN / "openapi-python-client", *words)
    assert "unable" not in said.lower() and "warning" not in said.lower(), said
    found = json.loads(run(site, tmp_path, sys.executable, "-c", CLIENT, site.url, site.token, str(site.call)))
    assert {"Shop", "Bank", "Generated"} <= set(found["names"])
    assert {404, 503} <= set(found["codes"])
    assert found["ran"].isdigit() and found["gone"] == 204


def test_whatever_its_description_allows_or_forbids_is_answered_as_it_says(site, tmp_path):
    # The last one here: it changes and deletes whatever it finds.
    command = (
        BIN / "st", "--config-file", CONFIG, "run", f"{site.url}/api/v1/schema/",
        "--header", f"Authorization: Bearer {site.token}", "--no-color",
        "--exclude-name", REVOKES,
    )  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"COLUMNS": "140"})
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
