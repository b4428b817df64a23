"""CSV and NDJSON of the lists: the same outcomes, all of them, safe in a spreadsheet, in the memory of a few."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclient.catalogue import Failure, Verdict
from apiclient.models import Outcome
from apiclient.models.bulk import insert_rows
from apiclient.record import COLUMNS as STORED
from apiclient.slot import slot_id, to_ms
from dashboard.api import export, outcomes_file
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/outcomes/"
ROWS = 200_000
MIB = 1 << 20


@pytest.fixture
def outcomes():
    good, bad = make_call(make_service(name="Good")), make_call(make_service(name="Bad"), name="Odd, with comma")
    now = timezone.now()
    for minute in range(1, 8):
        make_outcome(good, 200, due_at=now - timedelta(minutes=minute), total_us=12_345)
        make_outcome(bad, None, failure=Failure.DNS, due_at=now - timedelta(minutes=minute), lag_ms=None)
    return good, bad


def text(answer):
    return b"".join(answer.streaming_content).decode()


def table(answer):
    return list(csv.DictReader(io.StringIO(text(answer), newline="")))


def fill(call, many, begin=None):
    """Plain rows, without what is counted of them."""
    first_ms = to_ms(begin or timezone.now() - timedelta(hours=20))
    rows = (
        (slot_id(first_ms + n, call.pk), call.pk, 0, 12_345, 1, 2, 3, 4, 0, 200, None, Verdict.PASSED, 0, None)
        for n in range(many)
    )
    insert_rows(Outcome, STORED, rows)


@pytest.mark.parametrize("by", ["word", "accept"])
def test_lines_are_the_objects_of_the_list(admin_client, outcomes, by):
    listed = admin_client.get(ADDRESS).json()["results"]
    if by == "word":
        answer = admin_client.get(f"{ADDRESS}?format=ndjson")
    else:
        answer = admin_client.get(ADDRESS, headers={"Accept": "application/x-ndjson"})
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in text(answer).splitlines()] == listed
    assert len(listed) == 14


def test_a_table_has_a_header_and_a_row_for_each(admin_client, outcomes):
    answer = admin_client.get(f"{ADDRESS}?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="outcomes-')
    assert "Accept" in answer.headers["Vary"]
    whole = text(answer)
    assert whole.startswith("id,service,service_slug,call,call_slug,location,due_at,started_at,lag_ms,status_code,")
    assert whole.count("\r\n") == whole.count("\n") == 15
    rows = list(csv.DictReader(io.StringIO(whole, newline="")))
    assert tuple(rows[0]) == outcomes_file.COLUMNS
    listed = admin_client.get(ADDRESS).json()["results"]
    assert [row["id"] for row in rows] == [row["id"] for row in listed]
    assert {row["call_slug"] for row in rows} == {outcomes[0].slug, "odd-with-comma"}
    ours, theirs = rows[0], listed[0]
    assert {name: ours[name] for name in ("due_at", "verdict", "message")} == {
        name: theirs[name] for name in ("due_at", "verdict", "message")
    }
    assert {row["lag_ms"] for row in rows} == {"3", ""}
    assert {row["total_ms"] for row in rows} == {"12.345", "12.0"}


def test_accept_chooses_and_the_word_overrules(admin_client, outcomes):
    def kind(accept, word=""):
        return admin_client.get(f"{ADDRESS}{word}", headers={"Accept": accept}).headers["Content-Type"].split(";")[0]

    assert kind("text/csv") == kind("text/csv;q=0.9, application/x-ndjson;q=0.5") == "text/csv"
    assert kind("*/*") == kind("text/html, */*;q=0.1") == kind("text/csv", "?format=json") == "application/json"
    assert kind("application/json", "?format=csv") == "text/csv"


def test_what_nothing_is_written_in_is_a_406_that_names_what_there_is(admin_client):
    answer = admin_client.get(ADDRESS, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (406, "application/problem+json")
    assert "Use one of application/json, text/csv, application/x-ndjson." in answer.json()["detail"]


def test_an_unknown_format_is_named(admin_client):
    answer = admin_client.get(f"{ADDRESS}?format=xlsx")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["parameter"]) == (400, "format")
    assert error["detail"] == "'xlsx' is not known. Use one of json, csv, ndjson."


@pytest.mark.parametrize("path", ["services/", "outcomes/1/", "codes/"])
def test_other_answers_are_json_only(admin_client, path):
    answer = admin_client.get(f"/api/v1/{path}?format=csv")
    assert answer.status_code in (400, 404)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("words", "count"),
    [("service=bad", 7), ("failure=dns&limit=3", 3), ("status_code=200", 7), ("location=pushed", 0), ("limit=100", 14)],
)
def test_the_filters_of_the_list_hold(admin_client, outcomes, words, count):
    rows = table(admin_client.get(f"{ADDRESS}?format=csv&{words}"))
    assert len(rows) == count


@pytest.mark.parametrize(
    ("words", "named"), [("limit=0", "limit"), ("limit=x", "limit"), ("cursor=abc", "cursor"), ("colour=red", "colour")]
)
def test_words_that_are_not_understood_are_named(admin_client, words, named):
    answer = admin_client.get(f"{ADDRESS}?format=csv&{words}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, named)


def test_portions_join_without_a_gap_or_a_double(admin_client, outcomes, monkeypatch):
    monkeypatch.setattr(outcomes_file, "PORTION", 3)
    monkeypatch.setattr(export, "AT_ONCE", 2)
    for words in ("", f"&call={outcomes[0].pk}"):
        ids = [row["id"] for row in table(admin_client.get(f"{ADDRESS}?format=csv{words}"))]
        assert ids == [row["id"] for row in admin_client.get(f"{ADDRESS}?{words}").json()["results"]]


def test_only_what_is_in_reach_is_exported(client, django_user_model, outcomes):
    client.force_login(django_user_model.objects.create_user("stranger"))
    assert table(client.get(f"{ADDRESS}?format=csv")) == []


def test_asking_for_the_head_alone_reads_nothing(admin_client, outcomes):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = admin_client.head(f"{ADDRESS}?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert not any("total_us" in query["sql"] for query in asked.captured_queries)


def test_texts_that_a_spreadsheet_would_run_are_made_safe():
    rows = [(text, -5, -0.5, None) for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=1", "", 'say "hi", ü')]
    read = list(csv.reader(io.StringIO("".join(export.csv_of(("t", "n", "f", "e"), rows)), newline="")))
    assert [row[0] for row in read[1:]] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "a=1", "", 'say "hi", ü']
    assert all(row[1:] == ["-5", "-0.5", ""] for row in read[1:])


def test_who_hangs_up_ends_the_work(admin_client, outcomes, monkeypatch):
    monkeypatch.setattr(outcomes_file, "PORTION", 2)
    monkeypatch.setattr(export, "AT_ONCE", 1)
    answer = admin_client.get(f"{ADDRESS}?format=ndjson")
    pieces = iter(answer.streaming_content)
    next(pieces)
    answer.close()
    with CaptureQueriesContext(connection) as asked:
        assert list(pieces) == []
    assert not asked.captured_queries


def test_what_goes_wrong_at_once_is_told_and_later_breaks_off(admin_client, outcomes, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 1)
    admin_client.raise_request_exception = False

    def broken(after):
        def rows(*_):
            yield from [("1",) * len(outcomes_file.COLUMNS)] * after
            raise RuntimeError("the database went away")

        return rows

    monkeypatch.setattr(outcomes_file, "rows", broken(0))
    assert admin_client.get(f"{ADDRESS}?format=csv").status_code == 500
    monkeypatch.setattr(outcomes_file, "rows", broken(2))
    answer = admin_client.get(f"{ADDRESS}?format=csv")
    assert answer.status_code == 200
    with pytest.raises(RuntimeError):
        text(answer)


def test_hundreds_of_thousands_of_rows_take_the_memory_of_a_few(admin_client):
    fill(make_call(interval_seconds=None), ROWS)
    for words, many in (("csv", ROWS), (f"ndjson&limit={ROWS // 4}", ROWS // 4)):
        pieces = iter(admin_client.get(f"{ADDRESS}?format={words}").streaming_content)
        lines, before, most = next(pieces).count(b"\n"), resident(), 0
        for piece in pieces:
            lines, most = lines + piece.count(b"\n"), max(most, resident() - before)
        assert lines in (many, many + 1)  # a table has a header
        assert most < 16 * MIB


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.parametrize(("path", "figure"), [("series", "count"), ("latency", "milliseconds")])
def test_series_and_latency_are_a_row_for_each_step_of_each_group(admin_client, outcomes, path, figure):
    words = "since=-1h&step=15m"
    whole = admin_client.get(f"/api/v1/{path}/?{words}").json()
    rows = table(admin_client.get(f"/api/v1/{path}/?{words}&format=csv"))
    assert tuple(rows[0]) == ("time", "key", "label", figure)
    expected = [
        (moment, group["key"], "" if value is None else value)
        for group in whole["groups"]
        for moment, value in zip(whole["times"], group["counts"], strict=True)
    ]
    read = [(row["time"], row["key"], row[figure] and float(row[figure])) for row in rows]
    assert read == expected
    lines = text(admin_client.get(f"/api/v1/{path}/?{words}&format=ndjson")).splitlines()
    assert [json.loads(line)["time"] for line in lines] == [row["time"] for row in rows]
