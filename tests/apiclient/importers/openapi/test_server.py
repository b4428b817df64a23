"""Where the API is."""

import json

import pytest

from apiclient.importers.openapi import read


def described(**members):
    return read(json.dumps({"openapi": "3.0.0", "paths": {"/a": {"get": {}}}, **members}))


@pytest.mark.parametrize(
    ("members", "base_url", "path"),
    [
        ({"servers": [{"url": "https://x.example/v1/?q#f"}]}, "https://x.example/v1", "/a"),
        (
            {
                "servers": [
                    {
                        "url": "https://{region}.x.example:{port}",
                        "variables": {"region": {"default": "eu"}, "port": {"enum": [8443, 443]}},
                    }
                ]
            },
            "https://eu.x.example:8443",
            "/a",
        ),
        ({"servers": [{"url": "ws://x.example"}, {"url": "http://y.example"}]}, "http://y.example", "/a"),
        ({"servers": [{"url": "/api/v2"}]}, None, "/api/v2/a"),
        ({"servers": [{"url": "api/v2/"}]}, None, "/api/v2/a"),
        ({}, None, "/a"),
        ({"openapi": None, "swagger": "2.0", "host": "x.example", "basePath": "/v1/"}, "https://x.example/v1", "/a"),
        ({"openapi": None, "swagger": 2.0, "host": "x.example", "schemes": ["http"]}, "http://x.example", "/a"),
        (
            {"openapi": None, "swagger": "2.0", "host": "x.example", "schemes": ["http", "https"]},
            "https://x.example",
            "/a",
        ),
        ({"openapi": None, "swagger": "2.0", "basePath": "v1"}, None, "/v1/a"),
    ],
)
def test_the_base_url_is_that_of_the_first_server(members, base_url, path):
    service = described(**members).services[0]
    assert (service.base_url, service.calls[0].path) == (base_url, path)


def test_other_servers_are_named():
    found = described(servers=[{"url": "https://x.example"}, {"url": "https://sandbox.x.example"}])
    assert found.notes == (
        "the file: servers: the first is called; change the base URL to call another (https://sandbox.x.example).",
    )


def test_operations_of_another_server_make_another_service():
    paths = {"/a": {"get": {}}, "/b": {"get": {"servers": [{"url": "https://up.example/v1"}]}}, "/c": {"get": {}}}
    found = described(info={"title": "X"}, servers=[{"url": "https://x.example"}], paths=paths)
    assert [(service.name, service.base_url, len(service.calls)) for service in found.services] == [
        ("X", "https://x.example", 2),
        ("X (up.example/v1)", "https://up.example/v1", 1),
    ]
