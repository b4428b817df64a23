import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.catalogue import (
    Category,
    CodeClass,
    Failure,
    Meaning,
    all_meanings,
    category_of,
    class_of,
    lookup,
    seed_table,
)

SEED = """
success 100 Continue
success 101 Switching Protocols
success 200 OK
success 201 Created
success 202 Accepted
success 203 Non-Authoritative Information
success 204 No Content
success 205 Reset Content
success 206 Partial Content
success 300 Multiple Choices
success 301 Moved Permanently
success 302 Found
success 303 See Other
success 304 Not Modified
success 305 Use Proxy
success 307 Temporary Redirect
client_error 400 Bad Request
client_error 401 Unauthorized
client_error 402 Payment Required
client_error 403 Forbidden
client_error 404 Not Found
client_error 405 Method Not Allowed
client_error 406 Not Acceptable
client_error 407 Proxy Authentication Required
client_error 408 Request Time-out
client_error 409 Conflict
client_error 410 Gone
client_error 411 Length Required
client_error 412 Precondition Failed
client_error 413 Request Entity Too Large
client_error 414 Request URI Too Large
client_error 415 Unsupported Media Type
client_error 416 Requested Range Not Satisfiable
client_error 417 Expectation Failed
server_error 500 Internal Server Error
server_error 501 Not Implemented
server_error 502 Bad Gateway
server_error 503 Service Unavailable
server_error 504 Gateway Time-out
server_error 505 HTTP Version Not Supported
"""
SEED_ROWS = [tuple(line.split(" ", 2)) for line in SEED.split("\n") if line]


@pytest.mark.parametrize(("category", "code", "message"), SEED_ROWS)
def test_each_code_of_the_seed_has_its_message_and_column(category: str, code: str, message: str) -> None:
    meaning = lookup(int(code))
    assert (meaning.category, meaning.message) == (category, message)
    assert (meaning.code_class, meaning.valid, meaning.seed) == (f"{code[0]}xx", True, True)


def test_the_seed_table_has_forty_codes_in_three_columns() -> None:
    rows = [
        (str(column), str(meaning.code), meaning.message)
        for column, meanings in seed_table().items()
        for meaning in meanings
    ]
    assert rows == SEED_ROWS
    assert {meaning.code for meaning in all_meanings() if meaning.seed} == {int(code) for _, code, _ in SEED_ROWS}


def test_every_integer_and_none_has_a_meaning() -> None:
    for code in (*range(-1, 65536), None):
        meaning = lookup(code)
        assert meaning.code == code and meaning.message and meaning.origin
        assert meaning.code_class is class_of(code) and meaning.category is category_of(code)
        assert meaning.valid is (code is None or 100 <= code <= 599)


@given(st.integers())
def test_an_integer_of_any_size_has_a_meaning(code: int) -> None:
    assert lookup(code).category in set(Category) - {Category.NO_RESPONSE}


@pytest.mark.parametrize(
    ("code", "code_class", "category"),
    [
        (100, "1xx", "success"),
        (199, "1xx", "success"),
        (299, "2xx", "success"),
        (399, "3xx", "success"),
        (400, "4xx", "client_error"),
        (499, "4xx", "client_error"),
        (500, "5xx", "server_error"),
        (599, "5xx", "server_error"),
        (-1, "5xx", "server_error"),
        (0, "5xx", "server_error"),
        (99, "5xx", "server_error"),
        (600, "5xx", "server_error"),
        (None, "none", "no_response"),
    ],
)
def test_the_edges_of_the_classes(code: int | None, code_class: str, category: str) -> None:
    assert (class_of(code), category_of(code)) == (CodeClass(code_class), Category(category))


@pytest.mark.parametrize(
    ("code", "message", "phrases"),
    [
        (408, "Request Time-out", ("Request Timeout",)),
        (418, "(Unused)", ("(Unused)", "I'm a teapot")),
        (420, "Enhance Your Calm", ("Enhance Your Calm", "Method Failure")),
        (422, "Unprocessable Content", ("Unprocessable Content",)),
        (451, "Unavailable For Legal Reasons", ("Unavailable For Legal Reasons", "Redirect")),
        (
            463,
            "X-Forwarded-For header with more than 30 IP addresses",
            ("X-Forwarded-For header with more than 30 IP addresses", "Routing loop detected"),
        ),
        (499, "Client Closed Request", ("Client Closed Request", "Token Required")),
        (530, "Origin DNS / 1xxx Error", ("Origin DNS / 1xxx Error", "Site Is Frozen")),
        (783, "Unexpected Token", ("Unexpected Token",)),
        (999, "Request Denied", ("Request Denied",)),
        (477, "Unregistered 4xx code", ()),
        (600, "Not a status code: outside 100..599", ()),
    ],
)
def test_several_meanings_of_one_code_stay_several(code: int, message: str, phrases: tuple[str, ...]) -> None:
    meaning = lookup(code)
    assert meaning.message == message
    assert tuple(sense.phrase for sense in meaning.meanings) == phrases
    assert len({sense.origin for sense in meaning.meanings}) == len(phrases)


@pytest.mark.parametrize("code", [783, 999])
def test_a_known_code_outside_the_range_counts_as_a_server_error(code: int) -> None:
    meaning = lookup(code)
    assert (meaning.code_class, meaning.category, meaning.valid) == ("5xx", "server_error", False)


@pytest.mark.parametrize("failure", Failure)
def test_without_a_code_the_failure_speaks(failure: Failure) -> None:
    meaning = lookup(None, failure)
    assert (meaning.message, meaning.code_class, meaning.category) == (failure.label, "none", "no_response")


def test_without_code_and_failure_there_is_no_answer() -> None:
    assert lookup(None).message == "No answer"


def test_all_meanings_are_in_order_and_each_its_own_lookup() -> None:
    meanings = all_meanings()
    codes = [meaning.code for meaning in meanings if meaning.code is not None]
    assert codes == sorted(set(codes)) and len(codes) == len(meanings) == 98
    assert all(isinstance(meaning, Meaning) and lookup(meaning.code) is meaning for meaning in meanings)
