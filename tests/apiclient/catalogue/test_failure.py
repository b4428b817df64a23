import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.catalogue.failure import Failure, failure_for

STORED = {
    "dns": 1,
    "connect_refused": 2,
    "connect_timeout": 3,
    "unreachable": 4,
    "tls": 5,
    "timeout": 6,
    "reset": 7,
    "protocol": 8,
    "too_large": 9,
    "too_many_redirects": 10,
    "blocked": 11,
    "bad_url": 12,
    "worker_lost": 13,
    "missed": 14,
    "internal": 15,
    "proxy": 16,
    "auth": 17,
}


def test_the_stored_numbers_never_change() -> None:
    assert {failure.slug: int(failure) for failure in Failure} == STORED


@pytest.mark.parametrize("failure", Failure)
def test_each_failure_says_what_it_is_and_what_to_check(failure: Failure) -> None:
    assert failure.label[0].isupper() and len(failure.label) <= 30
    assert failure.advice.startswith("Check ") and failure.advice.endswith(".") and "\n" not in failure.advice
    assert Failure.from_slug(failure.slug) is failure is Failure(int(failure))


def test_an_unknown_slug_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(ValueError, match=r"failure: 'nope' is not one of dns, connect_refused, .*internal"):
        Failure.from_slug("nope")


@pytest.mark.parametrize(
    ("curl_error", "failure"),
    [
        (6, Failure.DNS),
        (5, Failure.PROXY),
        (97, Failure.PROXY),
        (7, Failure.CONNECT_REFUSED),
        (28, Failure.TIMEOUT),
        (35, Failure.TLS),
        (60, Failure.TLS),
        (52, Failure.RESET),
        (56, Failure.RESET),
        (18, Failure.RESET),
        (1, Failure.PROTOCOL),
        (63, Failure.TOO_LARGE),
        (47, Failure.TOO_MANY_REDIRECTS),
        (42, Failure.BLOCKED),
        (3, Failure.BAD_URL),
        (27, Failure.INTERNAL),
        (9999, Failure.PROTOCOL),
    ],
)
def test_libcurl_errors_lead_to_failures(curl_error: int, failure: Failure) -> None:
    assert failure_for(curl_error) is failure


@given(st.integers())
def test_any_libcurl_error_has_a_failure(curl_error: int) -> None:
    assert isinstance(failure_for(curl_error), Failure)


def test_no_libcurl_error_stands_in_two_rows() -> None:
    numbers = [number for failure in Failure for number in failure.curl_errors]
    assert len(numbers) == len(set(numbers))


def test_the_numbers_carry_libcurls_own_names() -> None:
    pycurl = pytest.importorskip("pycurl")
    for failure in Failure:
        for number, name in failure.curl_errors.items():
            known = getattr(pycurl, name.replace("CURLE_", "E_"), number)
            assert known == number, f"{failure.slug}: {name} is {known}"


def test_a_failure_survives_copy_and_pickle() -> None:
    assert copy.deepcopy(Failure.DNS) is Failure.DNS
    assert Failure.DNS.__reduce_ex__(5) == (Failure, (1,))
