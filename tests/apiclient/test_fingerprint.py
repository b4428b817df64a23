import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.fingerprint import fingerprint, template_of


@pytest.mark.parametrize(
    ("message", "template"),
    [
        ("Gateway Time-out", "Gateway Time-out"),
        ("Timed out after 30 s", "Timed out after <n> s"),
        ("Used 98.5% of 1,024 MB, -3 left", "Used <n> of <n> MB, <n> left"),
        ("node17 is down", "node<n> is down"),
        ("Row 12345678901234567890", "Row <n>"),
        ("No job 3f2b8c1e-0d4a-4f6b-9a7c-1e2d3c4b5a69", "No job <id>"),
        ("No job 3F2B8C1E0D4A4F6B9A7C1E2D3C4B5A69", "No job <id>"),
        ("at 0x7ffe12ab", "at <id>"),
        ("request req_011CSHoEeqs5C35K2UUqR7Fy failed", "request <id> failed"),
        ("decade facade", "decade facade"),
        ("Since 2026-11-23", "Since <time>"),
        ("Since 2026-11-23T00:31:37.123Z", "Since <time>"),
        ("Since 2026-11-23 00:31:37,123 +0100", "Since <time>"),
        ("Since Mon, 23 Nov 2026 00:31:37 GMT", "Since <time>"),
        ("Since Mon Nov 23 00:31:37 UTC 2026", "Since <time>"),
        ("Since Nov 23, 2026", "Since <time>"),
        ("Since 23/Nov/2026:00:31:37 +0100", "Since <time>"),
        ("Since 11/23/2026 4:05 PM", "Since <time>"),
        ("Since 23.11.2026", "Since <time>"),
        ("Since 04:05:06", "Since <time>"),
        ('No column "age" here', "No column <quoted> here"),
        ("No column 'it is' here", "No column <quoted> here"),
        ("No column “age”, `x` or «y»", "No column <quoted>, <quoted> or <quoted>"),
        ("Can't do, won't do", "Can't do, won't do"),
        ("See https://api.test/v1/a?b=1#c now", "See <url> now"),
        ("Mail ops+api@example.co.uk now", "Mail <email> now"),
        ("No file /var/lib/x.conf: gone", "No file <path> gone"),
        (r"No file C:\data\x.txt here", "No file <path> here"),
        ("No resource reports/samples/All", "No resource <path>"),
        ("read/write and/or text/plain", "read/write and/or text/plain"),
        ("connect to 10.0.0.1:8080 failed", "connect to <address> failed"),
        ("connect to [2001:db8::1]:8080 failed", "connect to <address> failed"),
        ("connect to fe80::1 failed", "connect to <address> failed"),
        ("std::string and Foo::Bar", "std::string and Foo::Bar"),
        ("", ""),
    ],
)
def test_what_changes_becomes_a_word(message: str, template: str) -> None:
    assert template_of(message) == template


JASPER = "The server has encountered an error. Error UID: {}. Resource {} not found for user {}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            JASPER.format("8f14e45f-ceea-467f-a8d6-0c1b2d3e4f50", "/public/Samples/Reports/1.1", '"joeuser"'),
            JASPER.format("00000000-1111-4222-8333-444455556666", "/organizations/x_y", '"jasperadmin|org"'),
        ),
        ("Illegal parameter value. Value 'a' for limit", "Illegal parameter value. Value 'b c' for limit"),
        ("Connection to 10.0.0.7:5432 refused", "Connection to [2001:db8::7]:5432 refused"),
        ("Deadlock of process 4711 at 10:20:30", "Deadlock of process 12 at 01:02:03.5"),
        ("trace 8f14e45fceea467f", "trace 00d6a1b2c3d4e5f6"),
    ],
)
def test_what_changes_each_time_is_ignored(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("User 7 not found", "Role 7 not found"),
        ("Access denied", "Access granted"),
        ("a/b", "a-b"),
        ("Limit is 5", "Limit is"),
        ("", " x"),
    ],
)
def test_what_differs_in_words_is_told_apart(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_the_number_is_the_same_on_every_machine() -> None:
    assert fingerprint("User 7 not found") == fingerprint("User <n> not found") == 8192436212408591488


def test_a_cut_message_is_the_same_wherever_the_cut_fell() -> None:
    tail = " of the very many rows that there are in this table of ours" * 10
    one, other = (f"Bad row {row}{tail}"[:499] + "…" for row in ("7", "1234567890"))
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(one.replace("Bad", "Good"))


def test_a_quotation_that_was_cut_off_is_one() -> None:
    assert template_of('No such query "select a from b where…') == "No such query <quoted>"


@given(st.integers(0, 10**30), st.uuids(), st.datetimes())
def test_numbers_ids_and_times_of_any_value_are_ignored(number: int, uid: object, moment: object) -> None:
    assert template_of(f"Row {number} of {uid} at {moment}") == "Row <n> of <id> at <time>"


@given(st.text(st.characters(), max_size=600) | st.text("0aF:.-/'\"[]@ \\x…", max_size=600))
def test_any_text_has_a_number_that_fits_the_column(message: str) -> None:
    assert -(2**63) <= fingerprint(message) < 2**63
    assert fingerprint(message) == fingerprint(message)


@pytest.mark.parametrize("piece", ["1", "a.", "0:", "::", "/a", "'", '"', "a@", "1.", "f0", "-", "[", "mon ", "://"])
def test_a_hostile_message_ends(piece: str) -> None:
    assert template_of(piece * 50_000) is not None
