"""A service's address and headers are judged before anything is saved."""

import pytest
from django.core.exceptions import ValidationError

from apiclient.models import Service
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db

BAD = [
    ({"base_url": "api.example.org"}, "base_url", "no scheme"),
    ({"base_url": "ftp://api.example.org"}, "base_url", "must begin with http:// or https://"),
    ({"base_url": "file:///etc/passwd"}, "base_url", "must begin with http:// or https://"),
    ({"base_url": "http://"}, "base_url", "no host"),
    ({"base_url": "http://2130706433/"}, "base_url", "odd spelling"),
    ({"base_url": "http://0x7f.1/"}, "base_url", "odd spelling"),
    ({"base_url": "http://0177.0.0.1/"}, "base_url", "odd spelling"),
    ({"base_url": "http://127.1/"}, "base_url", "odd spelling"),
    ({"base_url": "http://①②⑦.0.0.1/"}, "base_url", "odd spelling"),
    ({"base_url": "http://user:pass@h/"}, "base_url", "user name or password"),
    ({"base_url": "http://h:99999/"}, "base_url", "1 to 65535"),
    ({"base_url": "http://h/?a=b"}, "base_url", "put the query into each call's path"),
    ({"base_url": "http://h/#f"}, "base_url", "The base URL contains #"),
    ({"base_url": "http://h/\r\nX: y"}, "base_url", "carriage return"),
    ({"headers": [1]}, "headers", "JSON object"),
    ({"headers": {"X": None}}, "headers", "JSON object"),
    ({"headers": {"X": "a\r\nb"}}, "headers", "a carriage return"),
    ({"headers": {"Content-Length": "3"}}, "headers", "not allowed"),
    ({"name": ""}, "name", "cannot be blank"),
    ({"name": "…"}, "slug", "Give a short name of letters"),
]


@pytest.mark.parametrize(("fields", "field", "sentence"), BAD)
def test_bad_input_names_the_field_and_what_is_allowed(fields, field, sentence):
    with pytest.raises(ValidationError) as error:
        make_service(**fields)
    assert list(error.value.message_dict) == [field]
    assert sentence in " ".join(error.value.message_dict[field])
    assert not Service.objects.exists()


@pytest.mark.parametrize("field", ["name", "slug"])
def test_a_taken_name_is_told(field):
    make_service(name="One", slug="one")
    with pytest.raises(ValidationError) as error:
        make_service(**{"name": "Two", "slug": "two"} | {field: "One" if field == "name" else "one"})
    assert "already exists" in str(error.value.message_dict[field])
    assert Service.objects.count() == 1


def test_a_base_url_that_makes_a_path_too_long_is_told():
    service = make_service(base_url="http://h")
    make_call(service, path="/" + "x" * 1_900)
    service.base_url = "http://h/" + "y" * 200
    with pytest.raises(ValidationError, match="longest path of its calls"):
        service.full_clean()


def test_headers_left_out_are_none():
    assert make_service(headers=None).headers == {}


@pytest.mark.parametrize(
    "auth", [[], {"kind": "kerberos"}, {"kind": "bearer"}, {"kind": "bearer", "token": "hush"}, {"kind": ["a"]}]
)
def test_an_auth_is_refused_by_its_field(auth):
    with pytest.raises(ValidationError) as raised:
        make_service(auth=auth)
    assert raised.value.message_dict.keys() == {"auth"}


@pytest.mark.parametrize(
    "proxy",
    [
        "proxy.example",
        "ftp://proxy.example",
        "http://me:hush@proxy.example",
        "http://{{ secret.host }}:3128",
        "http://proxy.example/x",
        "http://me@you@proxy.example:99999",
    ],
)
def test_a_proxy_is_refused_by_its_field_without_its_password(proxy):
    with pytest.raises(ValidationError) as raised:
        make_service(proxy=proxy)
    assert raised.value.message_dict.keys() == {"proxy"}
    assert "hush" not in str(raised.value)
