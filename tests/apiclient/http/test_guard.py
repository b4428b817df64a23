"""Addresses that reach inside are refused in every spelling; metadata addresses whatever is allowed."""

from ipaddress import ip_network

import pytest

from apiclient.http.guard import DENIED, METADATA, Guard

PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450::1"]
PUBLIC_WRAPPED = ["::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]

INSIDE = [
    *["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1"],
    *["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"],  # noqa: S104
    *["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
    *["::ffff:10.0.0.1", "::192.168.0.1", "::ffff:0:10.0.0.1"],
    *["169.254.0.1", "fe80::1", "fe80::1%eth0", "fe80::1%25lo", "febf::1", "fec0::1", "feff::1"],
    *["100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.170", "198.18.0.1", "198.19.255.255", "192.88.99.1"],
    *["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "100::1", "2001:2::1"],
    *["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1", "240.0.0.1", "255.255.255.255"],
    *["fc00::1", "fd12:3456::1"],
    *["64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "64:ff9b:1::7f00:1"],
    *["2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:1::1"],
    *["2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:7f00:1::1", "2001:0:101:101:0:0:f5ff:fffe"],
]

METADATA_FORMS = [
    *METADATA,
    *["::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe"],
    *["2002:a9fe:a9fe::", "2001:0:a9fe:a9fe::1", "::ffff:100.100.100.200", "::ffff:192.0.0.192"],
]


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_WRAPPED)
def test_public_addresses_may_be_called(address: str) -> None:
    assert Guard().refusal(address) is None


@pytest.mark.parametrize("address", INSIDE + METADATA_FORMS)
def test_inside_addresses_are_refused_by_default(address: str) -> None:
    refusal = Guard().refusal(address)
    assert refusal is not None and address in refusal


@pytest.mark.parametrize("network", [network for network, _ in DENIED])
def test_both_ends_of_every_denied_network_are_refused(network: str) -> None:
    ends = ip_network(network)
    assert Guard().refusal(str(ends[0]))
    assert Guard().refusal(str(ends[-1]))


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_allowed_may_be_called(address: str) -> None:
    assert Guard(["0.0.0.0/0", "::/0"]).refusal(address) is None


@pytest.mark.parametrize("address", METADATA_FORMS)
def test_metadata_stays_refused_whatever_is_allowed(address: str) -> None:
    guard = Guard(["0.0.0.0/0", "::/0", address.removeprefix("::ffff:")])
    assert "never called" in str(guard.refusal(address))


@pytest.mark.parametrize("address", ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"])
def test_a_wrapped_address_is_allowed_with_the_address_it_stands_for(address: str) -> None:
    assert Guard(["127.0.0.0/8"]).refusal(address) is None
    assert Guard(["10.0.0.0/8"]).refusal(address)


def test_one_allowed_address_opens_no_other() -> None:
    guard = Guard(["127.0.0.1", "::1/128"])
    assert guard.refusal("127.0.0.1") is None
    assert guard.refusal("::1") is None
    assert guard.refusal("127.0.0.2")
    assert guard.refusal("10.0.0.1")


def test_the_refusal_names_the_address_its_kind_and_the_setting() -> None:
    refusal = Guard().refusal("::ffff:10.0.0.5")
    assert refusal == (
        "::ffff:10.0.0.5 stands for 10.0.0.5, which is a private address;"
        " it is called only if ANSWERBACK_ALLOWED_NETWORKS lists it."
    )


@pytest.mark.parametrize("text", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "", "①.1.1.1"])
def test_text_that_is_no_address_is_refused(text: str) -> None:
    assert Guard(["0.0.0.0/0"]).refusal(text)


@pytest.mark.parametrize("network", ["10.0.0.1/8", "ten", "10.0.0.0/33", "", "example.org"])
def test_a_bad_network_is_named_with_what_is_allowed(network: str) -> None:
    with pytest.raises(ValueError, match="ANSWERBACK_ALLOWED_NETWORKS") as raised:
        Guard([network])
    assert repr(network) in str(raised.value) and "10.0.0.0/8" in str(raised.value)
