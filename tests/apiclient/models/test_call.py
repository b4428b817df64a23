"""Bad input is told by field with what is allowed, and nothing of it is saved."""

import pytest
from django.core.exceptions import ValidationError

from apiclient.models import Call, Due
from apiclient.slot import CALL_MASK
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db

BAD = [
    ({"path": "health"}, "path", "A path begins with /"),
    ({"path": "http://other.example/"}, "path", "A path begins with /"),
    ({"path": "/a b"}, "path", "a space"),
    ({"path": "/a\r\nb"}, "path", "a carriage return"),
    ({"path": "/" + "x" * 2_000}, "path", "at most 2000"),
    ({"method": "FETCH"}, "method", "not a valid choice"),
    ({"method": "CONNECT"}, "method", "not a valid choice"),
    ({"headers": ["a"]}, "headers", "JSON object"),
    ({"headers": "text"}, "headers", "JSON object"),
    ({"headers": {"X-A": 1}}, "headers", "JSON object"),
    ({"headers": {"X-A": "a\rb"}}, "headers", "a carriage return"),
    ({"headers": {"X-A": "a\nb"}}, "headers", "a line feed"),
    ({"headers": {"X-A": "a\0b"}}, "headers", "NUL"),
    ({"headers": {"X A": "b"}}, "headers", "header name"),
    ({"headers": {"Host": "b"}}, "headers", "not allowed"),
    ({"body": "x"}, "body", "must be empty for GET"),
    ({"method": "HEAD", "body": "x"}, "body", "must be empty for HEAD"),
    ({"method": "POST", "body": "x" * 300_000}, "body", "At most 262144 bytes"),
    ({"interval_seconds": 0}, "interval_seconds", "Use 1 to 2592000 seconds"),
    ({"interval_seconds": -5}, "interval_seconds", "greater than or equal to 0"),
    ({"interval_seconds": 2_592_001}, "interval_seconds", "Use 1 to 2592000 seconds"),
    ({"cron": "* * * * *"}, "cron", "Give either an interval or a cron expression"),
    ({"interval_seconds": None, "cron": "0 * * * * *"}, "cron", "five fields"),
    ({"interval_seconds": None, "cron": "61 * * * *"}, "cron", "five fields"),
    ({"interval_seconds": None, "cron": "0 0 30 2 *"}, "cron", "Bad day-of-month"),
    ({"interval_seconds": None, "cron": "0 0 * * *", "time_zone": "Mars/Base"}, "time_zone", "IANA list"),
    ({"time_zone": "../etc/passwd"}, "time_zone", "IANA list"),
    ({"timeout_ms": 99}, "timeout_ms", "greater than or equal to 100"),
    ({"timeout_ms": 120_001}, "timeout_ms", "less than or equal to 120000"),
    ({"expected_codes": "20x"}, "expected_codes", "Use codes, ranges and classes"),
    ({"expected_codes": "504-500"}, "expected_codes", "runs backwards"),
    ({"slow_after_ms": -1}, "slow_after_ms", "greater than or equal to 0"),
    ({"name": ""}, "name", "cannot be blank"),
    ({"name": "x" * 121}, "name", "at most 120"),
    ({"name": "!!!"}, "slug", "Give a short name of letters"),
    ({"slug": "a b"}, "slug", "valid"),
]


@pytest.mark.parametrize(("fields", "field", "sentence"), BAD)
def test_bad_input_names_the_field_and_what_is_allowed(fields, field, sentence):
    service = make_service()
    with pytest.raises(ValidationError) as error:
        make_call(service, **fields)
    assert list(error.value.message_dict) == [field]
    assert sentence in " ".join(error.value.message_dict[field])
    assert not Call.objects.exists() and not Due.objects.exists()


@pytest.mark.parametrize("field", ["name", "slug"])
def test_a_taken_name_is_told_and_free_in_another_service(field):
    first = make_call(name="Health", slug="health")
    other = {"name": "Other", "slug": "other"} | {field: getattr(first, field)}
    with pytest.raises(ValidationError) as error:
        make_call(first.service, **other)
    assert f"This service already has a call with the {field}" in str(error.value.message_dict[field])
    assert Call.objects.count() == 1
    make_call(name="Health", slug="health")
    first.full_clean()


def test_a_slug_is_made_of_the_name():
    assert make_call(name="Größe & more").slug == "groe-more"


@pytest.mark.parametrize("cron", ["*/5 * * * *", "@daily", "0 9 * * MON-FRI"])
def test_cron_expressions_are_taken(cron):
    assert make_call(interval_seconds=None, cron=cron, time_zone="Europe/Kyiv").dues.get().due_ms


@pytest.mark.parametrize("seconds", [1, 2_592_000])
def test_the_shortest_and_longest_interval_are_taken(seconds):
    assert make_call(interval_seconds=seconds).next_due_at


def test_a_call_without_a_timetable_runs_on_demand_only():
    call = make_call(interval_seconds=None)
    assert call.next_due_at is None
    assert not call.cadence.next_slot(call.pk, 0)


def test_a_call_stays_with_its_service():
    call, other = make_call(), make_service()
    call.service = other
    with pytest.raises(ValidationError, match="stays with its service"):
        call.full_clean()


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("http://h", "", "http://h"),
        ("http://h/", "/x", "http://h/x"),
        ("http://h/v1/", "/x?a=b", "http://h/v1/x?a=b"),
        ("http://h/v1", "?a=b", "http://h/v1?a=b"),
    ],
)
def test_the_path_is_added_to_the_base_url(base, path, url):
    assert make_call(make_service(base_url=base), path=path).url == url


def test_an_id_too_large_for_a_slot_is_not_saved():
    service = make_service()
    with pytest.raises(OverflowError, match=str(CALL_MASK)):
        Call(pk=CALL_MASK + 1, service=service, name="Too many").save()
    assert not Call.objects.exists() and not Due.objects.exists()


@pytest.mark.parametrize("auth", [[], {"kind": "kerberos"}, {"kind": "bearer", "token": "hush"}])
def test_an_auth_is_refused_by_its_field(auth):
    with pytest.raises(ValidationError) as raised:
        make_call(auth=auth)
    assert raised.value.message_dict.keys() == {"auth"}


def test_an_auth_without_members_is_the_services():
    assert make_call(auth={}).auth is None
    assert make_call(auth={"kind": "none"}).auth == {"kind": "none"}
