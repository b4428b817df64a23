"""What other programs tell, read strictly: every value is a submission or a reason, with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.catalogue import Failure
from apiclient.http import Phases
from apiclient.submission import FAILURES, LONGEST_MS, MEMBERS, Refused, read

GOOD = {"call": 7, "started_at": "2026-11-22T10:00:00.250Z", "status_code": 503, "timings_ms": {"total": 12.5}}


def refused(**members):
    with pytest.raises(Refused) as caught:
        read(GOOD | members)
    return caught.value.pointer, caught.value.sentence


def test_an_outcome_is_read_as_it_stands():
    told = read(GOOD | {"message": "out of beans", "request_id": "abc-1"})
    assert (told.call, told.status_code, told.failure, told.phases) == (7, 503, None, Phases(total=12_500))
    assert (told.message, told.body, told.request_id) == ("out of beans", "", "abc-1")


def test_a_call_is_named_by_the_slugs_of_its_service_and_itself():
    assert read(GOOD | {"service": "shop", "call": "pay"}).call == ("shop", "pay")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T10:00:00.250Z",
        "2026-11-22T12:00:00.250+02:00",
        "2026-11-22 10:00:00.250",
        "2026-11-22t10:00:00.250999",
    ],
)
def test_moments_of_any_zone_are_the_same_to_the_millisecond(text):
    assert read(GOOD | {"started_at": text}).started_ms == read(GOOD).started_ms


def test_the_total_is_the_sum_of_the_phases_where_it_is_not_given():
    phases = {"dns": 1, "connect": 2, "tls": 3, "wait": 4.5, "transfer": 0.25}
    assert read(GOOD | {"timings_ms": phases}).phases == Phases(1000, 2000, 3000, 4500, 250, 10_750)


def test_phases_rounded_one_by_one_may_pass_their_total_a_little():
    assert read(GOOD | {"timings_ms": {"wait": 10.6, "transfer": 0.4, "total": 10.5}}).phases.total == 10_500


def test_what_is_null_is_not_given():
    rest = dict.fromkeys(["service", "failure", "message", "body", "content_type", "request_id"])
    assert read(GOOD | rest) == read(GOOD)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.slug)
def test_a_failure_that_a_program_can_meet(failure):
    assert read(GOOD | {"status_code": None, "failure": failure.slug}).failure is failure


@pytest.mark.parametrize("failure", [Failure.MISSED, Failure.WORKER_LOST, Failure.INTERNAL, Failure.BLOCKED])
def test_a_failure_of_our_own_is_refused(failure):
    pointer, sentence = refused(status_code=None, failure=failure.slug)
    assert pointer == "/failure"
    assert "dns, connect_refused" in sentence


@pytest.mark.parametrize(
    ("members", "pointer", "sentence"),
    [
        ({"call": None}, "/call", "Give a call's id"),
        ({"call": True}, "/call", "Give a call's id"),
        ({"call": 0}, "/call", "There is no call 0."),
        ({"call": 10**30}, "/call", "There is no call 1000"),
        ({"service": "shop"}, "/call", "Give the slugs"),
        ({"service": 3, "call": "pay"}, "/service", "Give the slugs"),
        ({"service": "a\x00b", "call": "pay"}, "/service", "Give the slugs"),
        ({"started_at": None}, "/started_at", "Give a moment in ISO 8601"),
        ({"started_at": 1_700_000_000}, "/started_at", "Give a moment"),
        ({"started_at": ["2"] * 10 + ["T"]}, "/started_at", "Give a moment"),
        ({"started_at": "yesterday at noon"}, "/started_at", "'yesterday at noon' is not a moment"),
        ({"started_at": "2026-11-22"}, "/started_at", "is not a moment"),
        ({"started_at": "2026-11-22T25:00:00Z"}, "/started_at", "is not a moment"),
        ({"status_code": None}, "/status_code", "Give either"),
        ({"failure": "dns"}, "/status_code", "Give either"),
        ({"status_code": 99}, "/status_code", "from 100 to 999"),
        ({"status_code": 200.0}, "/status_code", "from 100 to 999"),
        ({"status_code": True}, "/status_code", "from 100 to 999"),
        ({"status_code": None, "failure": "sadness"}, "/failure", "Use one of dns"),
        ({"timings_ms": None}, "/timings_ms", "Give an object"),
        ({"timings_ms": {}}, "/timings_ms", "Give an object"),
        ({"timings_ms": {"dns": None}}, "/timings_ms", "Give the total"),
        ({"timings_ms": {"total": -1}}, "/timings_ms/total", "from 0 to"),
        ({"timings_ms": {"total": float("nan")}}, "/timings_ms/total", "from 0 to"),
        ({"timings_ms": {"total": float("inf")}}, "/timings_ms/total", "from 0 to"),
        ({"timings_ms": {"total": 10**400}}, "/timings_ms/total", "from 0 to"),
        ({"timings_ms": {"wait": LONGEST_MS, "tls": LONGEST_MS}}, "/timings_ms/total", "add up to"),
        ({"timings_ms": {"wait": 20, "total": 10}}, "/timings_ms/total", "The phases add up to 20 ms"),
        ({"timings_ms": {"to/tal~": 1}}, "/timings_ms/to~1tal~0", "There is no member 'to/tal~' here"),
        ({"message": 5}, "/message", "at most 2000 characters"),
        ({"message": "x" * 2001}, "/message", "at most 2000 characters"),
        ({"message": "a", "body": "b"}, "/body", "not both"),
        ({"body": "half \ud800"}, "/body", "Character 6 is half of one"),
        ({"content_type": "text/html"}, "/content_type", "there is none"),
        ({"body": "b", "content_type": "text/html\r\nX: y"}, "/content_type", "printable"),
        ({"request_id": "x" * 201}, "/request_id", "at most 200"),
        ({"latency": 5}, "/latency", "There is no member 'latency' here. Known are call, service"),
        ({"\ud800": 5}, "/\\ud800", "There is no member"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(members, pointer, sentence):
    place, said = refused(**members)
    assert place == pointer
    assert sentence in said
    said.encode()
    place.encode()


@pytest.mark.parametrize("value", [None, 5, "text", [], [GOOD]])
def test_an_outcome_is_an_object(value):
    with pytest.raises(Refused, match="is an object"):
        read(value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=5), anything, max_size=8), st.booleans())
def test_garbage_gives_a_reason(members, otherwise_good):
    try:
        told = read(GOOD | members if otherwise_good else members)
    except Refused as refused:
        assert refused.sentence.endswith(".")
        refused.pointer.encode()
    else:
        assert 0 <= told.phases.total <= LONGEST_MS * 1000
        assert (told.status_code is None) != (told.failure is None)


def test_moments_at_the_ends_of_the_calendar_are_read():
    assert read(GOOD | {"started_at": "0001-01-01T00:00:00+23:59"}).started_ms < 0
    assert read(GOOD | {"started_at": "9999-12-31T23:59:59-23:59"}).started_ms > 2**47
