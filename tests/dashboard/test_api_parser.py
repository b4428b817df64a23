"""Bodies read strictly: whatever a client sends is a 4xx in bounded memory, never a fault."""

import io
import json

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.test.client import ClientHandler
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from apiclient.models import Service
from dashboard.api.length import Chunks
from dashboard.api.refusal import Refused
from tests.sent import pointers, send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/services/"
MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{nonsense", "No JSON at line 1, column 2"),
        (b" ", "No JSON"),
        (b'{"name": NaN}', "NaN"),
        (b'{"name": 1, "name": 2}', "stands twice"),
        (b'{"name": "\xff"}', "no UTF-8"),
        (b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}", "Nested deeper"),
        (b"[" * 100_000, "Nested deeper"),
        (b"[]", "one JSON object"),
        (b'"text"', "one JSON object"),
        (b"1" * 5000, "too long"),
    ],
)
def test_what_is_no_json_object_is_refused(admin_client, body, says):
    found = pointers(send(admin_client, "post", ADDRESS, body))
    assert list(found) == [""] and says in found[""]


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/xml", "x"],
)
@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_other_media_types_are_refused_with_what_is_allowed(admin_client, kind, method):
    address = ADDRESS if method == "post" else f"{ADDRESS}{Service.objects.create(name='a', slug='a').pk}/"
    answer = getattr(admin_client, method)(address, b"name=Shop", content_type=kind)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def test_a_body_said_to_be_too_long_is_refused_unread():
    class Untouched(io.BytesIO):
        def read(self, *args):
            raise AssertionError("nobody reads this")

    found = ask(Untouched(), CONTENT_LENGTH=str(100 << 20))
    assert found.status_code == 413 and str(MOST) in json.loads(found.content)["detail"]


def test_chunks_are_read_as_any_other_body_and_no_further_than_allowed(admin_client):
    body = json.dumps({"name": "Shop", "base_url": "https://shop.example"}).encode()
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_COOKIE": cookie(admin_client)}
    assert ask(io.BytesIO(body), **chunked).status_code == 201
    assert Service.objects.get().name == "Shop"
    endless = Endless()
    assert ask(endless, **chunked).status_code == 413
    assert endless.given <= MOST + 1


def test_broken_chunks_are_the_clients_fault(admin_client):
    class Broken(io.BytesIO):
        def read(self, *args):
            raise ValueError("no chunk")

    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_COOKIE": cookie(admin_client)}
    assert ask(Broken(), **chunked).status_code == 400


def test_chunks_count_what_is_read_by_lines_too():
    chunks = Chunks(io.BytesIO(b"ab\ncdefgh"), 5)
    assert chunks.readline() == b"ab\n"
    with pytest.raises(Refused):
        chunks.read()


class Endless(io.RawIOBase):
    given = 0

    def read(self, size=-1):
        self.given += size
        return b" " * size


def cookie(client):
    return f"sessionid={client.cookies['sessionid'].value}"


def ask(stream, **environ):
    """Through the whole stack with what a server hands over, which the test client's own checks would stand before."""
    usual = RequestFactory().post(ADDRESS, b"", content_type="application/json").environ
    usual = {name: value for name, value in usual.items() if name not in ("CONTENT_LENGTH", "HTTP_COOKIE")}
    return ClientHandler(enforce_csrf_checks=False)(
        {**usual, "CONTENT_TYPE": "application/json", "wsgi.input": stream, **environ}
    )


@pytest.mark.parametrize("path", ["/api/v1/calls/", "/api/nowhere/", "/api/v1/services/1/"])
def test_a_host_that_is_not_ours_is_a_problem_too(admin_client, path):
    answer = admin_client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["instance"] == path
    page = admin_client.get("/", headers={"Host": "evil.example"})
    assert page.status_code == 400 and "html" in page["Content-Type"]


@pytest.mark.parametrize("path", ["/api/v1/calls/%00/", "/api/v1/services/%FF/", "/api/%0d%0a/"])
def test_odd_addresses_lead_nowhere(admin_client, path):
    answer = admin_client.get(path)
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    ["name", "slug", "base_url", "headers", "concurrency", "enabled", "description", "service", "path", "cron", "body",
     "interval_seconds", "locations", "method", "timeout_ms", "expected_codes", "time_zone", "slow_after_ms", "id"]
)  # fmt: skip


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(MEMBERS, VALUES, max_size=6), name=st.sampled_from(["services", "calls"]))
def test_no_value_of_any_member_is_a_fault(admin_client, body, name):
    data = json.dumps(body)
    answer = send(admin_client, "post", f"/api/v1/{name}/", data)
    assert answer.status_code in (201, 400), answer.content


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=60))
def test_no_bytes_are_a_fault(admin_client, body):
    assert send(admin_client, "post", ADDRESS, body).status_code == 400
