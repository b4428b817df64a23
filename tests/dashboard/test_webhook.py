"""Addresses of webhooks are shown with their secrets masked, and the mask keeps what it stands for."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apiclient.models import Webhook
from dashboard import webhook


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://a.example/?token=•••", "https://a.example/?token=hush"),
        ("https://a.example/", "https://a.example/"),
        ("https://b.example/?token=new", "https://b.example/?token=new"),
    ],
)
def test_what_is_sent_back_as_shown_is_kept(sent, kept):
    assert webhook.whole_url(sent, "https://a.example/?token=hush") == kept


def test_a_mask_at_another_address_is_refused():
    for before in ("", "https://a.example/?token=hush"):
        with pytest.raises(ValueError, match="whole address"):
            webhook.whole_url("https://evil.example/?token=•••", before)


def test_who_may_not_change_it_sees_the_host_alone(rf, django_user_model):
    request = rf.get("/")
    request.user = AnonymousUser()
    hook = Webhook(url="https://user:pass@hooks.example.com:8443/T0/secret?key=secret")
    assert webhook.shown_url(request, hook) == "https://hooks.example.com:8443/•••"
    request.user = django_user_model(is_staff=True, is_superuser=True)
    assert webhook.shown_url(request, hook) == "https://•••@hooks.example.com:8443/T0/secret?key=•••"
