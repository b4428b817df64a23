"""The OpenAPI description is whole, valid and shown."""

import json

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(admin_client):
    return json.loads(admin_client.get("/api/v1/schema/", headers={"Accept": "application/json"}).content)


def test_it_is_made_without_a_warning_and_is_valid(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_it_describes_every_resource(schema):
    assert schema["openapi"].startswith("3.1")
    names = (
        "services",
        "services/{id}",
        "calls",
        "calls/{id}",
        "answers",
        "answers/{id}",
        "secrets",
        "secrets/{id}",
        "imports",
        "outcomes",
        "outcomes/{id}",
        "series",
        "latency",
        "codes",
        "tokens",
        "tokens/{id}",
        "calls/{id}/run",
        "messages",
        "messages/{id}",
        "batches",
        "batches/{id}",
        "webhooks",
        "webhooks/{id}",
        "webhooks/{id}/secret",
        "webhooks/{id}/test",
        "webhooks/{id}/deliveries",
        "webhooks/{id}/deliveries/{delivery}/again",
    )
    assert set(schema["paths"]) == {f"/api/v1/{name}/" for name in names}


def test_every_operation_describes_its_errors(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"400", "401", "403", "406", "429"} <= answers.keys(), path
            assert ("404" in answers) == ("{id}" in path)
            assert ({"413", "415"} <= answers.keys()) == (method in ("post", "put", "patch")), path
            assert answers["400"]["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")


def test_what_protects_edits_and_repeats_is_described(schema):
    for name in ("services", "calls", "webhooks"):
        one, many = schema["paths"][f"/api/v1/{name}/{{id}}/"], schema["paths"][f"/api/v1/{name}/"]
        for method in ("put", "patch", "delete"):
            assert "If-Match" in {word["name"] for word in one[method]["parameters"]}
            assert "412" in one[method]["responses"]
        assert "ETag" in one["get"]["responses"]["200"]["headers"] and "304" in one["get"]["responses"]
        assert "Idempotency-Key" in {word["name"] for word in many["post"]["parameters"]}
        assert name == "webhooks" or {"Location", "ETag"} <= many["post"]["responses"]["201"]["headers"].keys()
        assert {"409", "422"} <= many["post"]["responses"].keys()


def test_bodies_take_no_other_members(schema):
    bodies = [one for name, one in schema["components"]["schemas"].items() if name.endswith("Request")]
    assert bodies and all(one["additionalProperties"] is False for one in bodies)


@pytest.mark.parametrize(
    "name", ["services", "calls", "outcomes", "series", "latency", "codes", "tokens", "messages", "batches"]
)
def test_answers_are_as_described(admin_client, schema, name):
    make_outcome(make_call(), 500, body=b"no beans")
    media = schema["paths"][f"/api/v1/{name}/"]["get"]["responses"]["200"]["content"]["application/json"]
    Draft202012Validator(schema | media["schema"]).validate(admin_client.get(f"/api/v1/{name}/").json())


def test_one_outcome_is_as_described(admin_client, schema):
    outcome = make_outcome(make_call(), 500, body=b"no beans", headers=(("A", "b"),))
    media = schema["paths"]["/api/v1/outcomes/{id}/"]["get"]["responses"]["200"]["content"]["application/json"]
    Draft202012Validator(schema | media["schema"]).validate(admin_client.get(f"/api/v1/outcomes/{outcome.pk}/").json())


def test_the_page_has_no_inline_script_or_style(admin_client):
    page = admin_client.get("/api/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script src=") == page.count("<script") == 3
    script = admin_client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
