"""What proves who asks is shown by nothing."""

import pytest

from apiclient.http import ClientCertificate, Credential, Digest, Request, Signature


@pytest.mark.parametrize(
    "credential",
    [Digest("me", "hush"), Signature("me", "hush", "r", "s"), ClientCertificate(b"hush", b"hush", "hush")],
)
def test_no_secret_is_shown(credential: Credential) -> None:
    assert "hush" not in repr(credential) + repr(Request("GET", "http://a.example/", credential=credential))
