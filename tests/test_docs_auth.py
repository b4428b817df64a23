"""docs/auth.md is true: each of its examples lets a call in that is locked out without it."""

import json
import re
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apiclient.auth import KINDS, NONE, oauth2
from apiclient.trial import try_out
from tests.builders import make_call, make_service
from tests.certificate import self_signed
from tests.proving import PASSWORD, Proving

pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).parent.parent / "docs" / "auth.md").read_text()
EXAMPLES = {one["kind"]: one for one in map(json.loads, re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL))}
PATHS = {
    "basic": "/basic",
    "bearer": "/bearer",
    "api_key": "/key",
    "oauth2": "/guarded",
    "digest": "/digest/SHA-256",
    "aws_sigv4": "/signed",
    "client_certificate": "/status/200",
    "form": "/private",
}


@pytest.fixture(autouse=True)
def allowed(settings):
    oauth2.forget_all()
    settings.ANSWERBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def pem(tmp_path):
    return self_signed(tmp_path, "client.example", datetime.now(UTC) + timedelta(days=2))


@pytest.fixture
def server(request, tmp_path, pem):
    """Behind TLS that asks for the client's certificate, where that is what is shown."""
    context = None
    if request.node.callspec.params["kind"] == "client_certificate":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path, "localhost", datetime.now(UTC) + timedelta(days=2)))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(pem)
    with Proving(tls=context) as server:
        yield server


def test_there_is_an_example_of_every_kind():
    assert EXAMPLES.keys() == {*KINDS, NONE}


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_lets_in(server, pem, kind):
    service = make_service(base_url=server.url)
    certificate = pem.read_text() if kind == "client_certificate" else PASSWORD
    for name in ("password", "token", "key", "client", "certificate"):
        service.secrets.create(name=name, value=certificate if name == "certificate" else server.secret(name))
    auth = EXAMPLES[kind] | ({"token_url": f"{server.url}/token"} if kind == "oauth2" else {})
    call = make_call(service, path=PATHS[kind], auth=auth, verify_tls=False)
    assert try_out(call).outcome.status_code == 200, try_out(call).detail.error
    call.auth = EXAMPLES[NONE]
    assert try_out(call).outcome.status_code != 200
