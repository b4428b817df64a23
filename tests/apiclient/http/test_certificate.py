"""A certificate is read out of what libcurl lists, whatever that is."""

from datetime import UTC, datetime

import pytest

from apiclient.http.certificate import Certificate

SERVER = (
    (b"Subject", b"CN = api.example"),
    (b"Issuer", b"CN = Some\x00 CA"),
    (b"Expire date", b"Nov 26 06:33:48 2026 GMT"),
)


def test_it_is_that_of_the_server_and_not_of_its_issuer():
    found = Certificate.of([SERVER, ((b"Subject", b"CN = Some CA"),)])
    assert found == Certificate("CN = api.example", "CN = Some CA", datetime(2026, 11, 26, 6, 33, 48, tzinfo=UTC))


@pytest.mark.parametrize("chain", [None, [], ()])
def test_no_chain_is_no_certificate(chain):
    assert Certificate.of(chain) is None


@pytest.mark.parametrize("date", [b"", b"tomorrow", b"Nov 99 06:33:48 2026 GMT", b"\xff"])
def test_a_date_that_cannot_be_read_is_none(date):
    assert Certificate.of([((b"Expire date", date),)]) == Certificate("", "", None)
