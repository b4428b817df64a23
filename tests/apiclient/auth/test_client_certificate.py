"""A client certificate is handed over in memory."""

import pytest

from apiclient import auth
from apiclient.http import ClientCertificate, Request

GIVEN = {"kind": "client_certificate", "certificate": "{{ secret.c }}", "key": "{{ secret.k }}"}
PEM = "-----BEGIN CERTIFICATE-----\nhush\n-----END CERTIFICATE-----\n"


def test_libcurl_is_told():
    request = auth.apply(Request("GET", "https://a.example/"), GIVEN, {"secret.c": PEM, "secret.k": PEM})
    assert request.credential == ClientCertificate(PEM.encode(), PEM.encode(), "")


@pytest.mark.parametrize(("url", "key"), [("https://a.example/", "hush"), ("http://a.example/", PEM)])
def test_what_cannot_be_shown_is_said(url, key):
    with pytest.raises(ValueError, match=r"^(key|certificate): ") as raised:
        auth.apply(Request("GET", url), GIVEN, {"secret.c": PEM, "secret.k": key})
    assert "hush" not in str(raised.value)
