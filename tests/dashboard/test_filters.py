"""The query words: an address in, a selection and what was wrong with it out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apiclient.catalogue import Category, CodeClass, Failure, Verdict
from apiclient.models.rollup import Closed
from apiclient.report import auto_step
from apiclient.selection import Selection
from apiclient.slot import to_ms
from dashboard import filters
from dashboard.filters import MOST_NAMES, parse_step
from tests.builders import make_call, make_service

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def parse(params, also=(), reach=None):
    return filters.parse(params, reach, also)


def test_no_word_means_the_last_24_hours_of_everything():
    query = parse({})
    assert query.selection.until - query.selection.since == timedelta(hours=24)
    assert query.problems == {}
    assert not (query.selection.services or query.selection.status_codes or query.selection.q)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T12:00:00Z", NOON),
        ("2026-11-22T14:00:00+02:00", NOON),
        ("2026-11-22T14:00:00 02:00", NOON),
        ("2026-11-22T12:00", NOON),
        ("2026-11-22 12:00", NOON),
        ("2026-11-22", NOON - timedelta(hours=12)),
    ],
)
def test_moments_are_iso_8601_and_utc_without_a_zone(text, moment):
    query = parse({"since": text, "until": "2026-11-23T00:00Z"})
    assert (query.selection.since, query.problems) == (moment, {})


@pytest.mark.parametrize(("text", "hours"), [("-90m", 1.5), ("-1h", 1), ("-2d", 48), ("-1w", 168)])
def test_moments_may_be_a_time_ago(text, hours):
    selection = parse({"since": text}).selection
    assert selection.until - selection.since == timedelta(hours=hours)


def test_until_alone_shows_the_24_hours_before_it():
    query = parse({"until": "2026-11-22T12:00Z"})
    assert (query.selection.since, query.selection.until) == (NOON - timedelta(hours=24), NOON)
    assert query.problems == {}


@pytest.mark.parametrize(
    "text",
    [
        "banana",
        "2026-13-45",
        "2026-13-45T00:00",
        "24h",
        "-24",
        "-0x1h",
        "1969-01-01",
        "-99999w",
        "9999-12-31",
        "\x00",
        "-١y",
    ],
)
def test_a_moment_that_is_none_is_named_and_the_last_24_hours_are_shown(text):
    query = parse({"since": text})
    assert list(query.problems) == ["since"]
    assert query.problems["since"].endswith((".", "allowed."))
    assert query.selection.until - query.selection.since == timedelta(hours=24)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"since": "-1h", "until": "-2h"}, "since"),
        ({"since": "2021-01-01", "until": "2036-01-01"}, "since"),
        ({"until": "2020-01-01"}, "until"),
    ],
)
def test_a_span_that_cannot_be_is_named(words, named):
    query = parse(words)
    assert list(query.problems) == [named]
    assert query.selection.until > query.selection.since


def test_codes_classes_categories_failures_and_verdicts_are_lists():
    selection = parse(
        {
            "status_code": "404, 500-502",
            "code_class": "4xx,none",
            "category": "no_response",
            "failure": "dns,tls",
            "verdict": "failed, degraded",
        }
    ).selection
    assert selection.status_codes == {404, 500, 501, 502}
    assert selection.code_classes == {CodeClass.CLIENT_ERROR, CodeClass.NONE}
    assert selection.categories == {Category.NO_RESPONSE}
    assert selection.failures == {Failure.DNS, Failure.TLS}
    assert selection.verdicts == {Verdict.FAILED, Verdict.DEGRADED}


@pytest.mark.parametrize(
    ("word", "text", "allowed"),
    [
        ("status_code", "9-", "500-504"),
        ("status_code", "504-500", "backwards"),
        ("code_class", "7xx", "1xx, 2xx, 3xx, 4xx, 5xx, none"),
        ("category", "bad", "client_error"),
        ("failure", "2", "connect_refused"),
        ("verdict", "PASSED", "passed, degraded, failed"),
        ("q", "x" * 201, "200 characters"),
        ("q", "a\x00b", "NUL"),
    ],
)
def test_a_word_that_is_not_understood_says_what_is_allowed_and_is_left_out(word, text, allowed):
    query = parse({word: text})
    assert list(query.problems) == [word] and allowed in query.problems[word]
    assert query.selection == parse({}).selection.__class__(query.selection.since, query.selection.until)


def test_an_unknown_word_is_named_unless_the_view_reads_it_itself():
    assert list(parse({"colour": "red"}).problems) == ["colour"]
    assert parse({"step": "1h"}, also=["step"]).problems == {}


def test_words_without_text_are_open():
    query = parse({"service": "", "status_code": "  ", "q": ""})
    assert query.problems == {}


@pytest.mark.django_db
def test_services_and_calls_are_named_by_id_or_slug():
    shop = make_service(name="Shop")
    listing = make_call(shop, name="List")
    for words in ({"service": "shop"}, {"service": str(shop.pk)}, {"service": f"shop, {shop.pk}"}):
        assert parse(words).selection.services == {shop.pk}
    for words in ({"call": "shop/list"}, {"call": str(listing.pk)}):
        assert parse(words).selection.calls == {listing.pk}


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["nobody", "0", "9" * 15, "9" * 40, "a/b/c", "-1", "\x00", "shop/", "٣", "x" * 9000])
def test_a_name_of_nothing_is_said_on_every_database(text):
    assert list(parse({"service": text}).problems) == ["service"]
    assert list(parse({"call": text}).problems) == ["call"]


@pytest.mark.django_db
def test_no_more_names_than_can_be_looked_up_quickly(django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_NAMES):
        assert list(parse({"service": ",".join(map(str, range(1000)))}).problems) == ["service"]


@pytest.mark.django_db
def test_a_step_is_a_word_that_keeps_the_bars_few():
    day = Selection(NOON - timedelta(days=1), NOON)
    assert [parse_step(text, day) for text in ("", "auto", "1m", "6h")] == [None, None, 60, 21_600]
    with pytest.raises(ValueError, match="Use one of auto, 1m"):
        parse_step("1s", day)
    with pytest.raises(ValueError, match="more than"):
        parse_step("1m", Selection(NOON - timedelta(days=300), NOON))


@pytest.mark.django_db
def test_a_step_that_is_kept_no_more_is_refused_with_what_helps():
    Closed.objects.create(pk=1, until_s=to_ms(NOON) // 1000, minutes_from_s=to_ms(NOON) // 1000 - 3600)
    day, hour = Selection(NOON - timedelta(days=1), NOON), Selection(NOON - timedelta(hours=1), NOON)
    with pytest.raises(ValueError, match=r"Minutes are kept for 7 days. Use 15m or longer, begin later"):
        parse_step("5m", day)
    assert parse_step("15m", day) == 900
    assert parse_step("1m", hour) == 60
    assert parse_step("5m", replace(day, calls=frozenset({1}))) == 300
    assert auto_step(Selection(NOON - timedelta(hours=10), NOON)) == 900
    assert auto_step(hour) == 60


@pytest.mark.django_db
def test_what_is_out_of_reach_is_neither_selected_nor_known():
    mine, other = make_call(), make_call()
    reach = frozenset({mine.service_id})
    assert parse({}, reach=reach).selection.services == reach
    assert parse({}, reach=frozenset()).selection.services == {0}
    assert parse({"call": str(mine.pk)}, reach=reach).problems == {}
    for words in ({"service": other.service.slug}, {"call": str(other.pk)}):
        refused = parse(words, reach=reach)
        assert "There is no" in next(iter(refused.problems.values()))
        assert refused.selection.services == reach
