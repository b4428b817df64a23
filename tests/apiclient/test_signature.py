"""Signatures are what Standard Webhooks asks for, checked by the example of its own libraries and by hand."""

import base64
import hashlib
import hmac

import pytest

from apiclient.signature import key_of, make_secret, problem_with_secret, signed

EXAMPLE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_standard_libraries():
    headers = dict(signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [EXAMPLE]))
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_several_secrets_sign_side_by_side():
    secrets = [make_secret(), EXAMPLE]
    signatures = dict(signed("a", 1, b"b", secrets))["webhook-signature"].split(" ")
    for secret, signature in zip(secrets, signatures, strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert signature == "v1," + base64.b64encode(hmac.new(key, b"a.1.b", hashlib.sha256).digest()).decode()


def test_a_secret_made_here_is_a_good_one_and_never_the_same():
    assert problem_with_secret(make_secret()) is None
    assert len(key_of(make_secret())) == 32
    assert make_secret() != make_secret()


@pytest.mark.parametrize("length", [0, 23, 65, 1000])
def test_a_secret_of_another_length_is_refused(length):
    secret = "whsec_" + base64.b64encode(bytes(length)).decode()
    assert f"holds {length}." in problem_with_secret(secret)


@pytest.mark.parametrize(
    "text", ["", "whsec", "secret", "whsec_!!!!", "whsec_ünï", EXAMPLE[6:], EXAMPLE + "\n", EXAMPLE + " " + EXAMPLE]
)
def test_what_is_no_secret_is_refused_without_repeating_it(text):
    problem = problem_with_secret(text)
    assert "base64 of 24 to 64 bytes" in problem
    assert len(text) < 10 or text not in problem
    with pytest.raises(ValueError):
        key_of(text)


@pytest.mark.parametrize("length", [24, 64])
def test_the_shortest_and_the_longest_are_taken(length):
    assert problem_with_secret("whsec_" + base64.b64encode(bytes(length)).decode()) is None
