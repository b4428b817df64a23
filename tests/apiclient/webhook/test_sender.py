"""Events arrive over real sockets, signed; whatever receivers do, nobody else waits, and no secret is kept."""

import base64
import hashlib
import hmac
import json
import logging
import time

import pytest
from cryptography.fernet import Fernet

from apiclient import webhook
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.http import Guard
from apiclient.http.redact import MASK
from apiclient.models import Delivery
from apiclient.models.webhook import BOTH_SIGN
from apiclient.webhook import outbox, sender
from apiclient.webhook.outbox import LEASE_MS
from tests.builders import make_call, make_outcome, make_webhook
from tests.target import Target

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def target():
    with Target() as running:
        yield running


@pytest.fixture
def post(no_partitions, settings):
    """A sender of the test's own: sends what is due at a moment and waits."""
    own = sender.Sender(Guard(["127.0.0.0/8"]))

    def deliver(at_ms=None):
        taken = outbox.take(at_ms or now_ms())
        own.send(taken)
        own.drain()
        return len(taken)

    yield deliver
    own.stop()


def verified(asked, secret):
    """The event, once its signature is checked as a receiver would: with nothing of the product."""
    event_id, at, signatures = (asked.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    assert abs(int(at) - time.time()) < 60
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, f"{event_id}.{at}.".encode() + asked.body, hashlib.sha256).digest())
    assert f"v1,{expected.decode()}" in signatures.split(" ")
    event = json.loads(asked.body)
    assert event["id"] == event_id
    return event


def asked_for(target, path):
    return [asked for asked in target.requests if asked.path == path]


def test_an_event_arrives_signed_as_a_cloud_event(target, post):
    hook = make_webhook(url=f"{target.url}/status/204?first")
    call = make_call()
    outcome = make_outcome(call, 500)
    webhook.settle(now_ms())
    assert post() == 1
    (asked,) = asked_for(target, "/status/204?first")
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/cloudevents+json")
    event = verified(asked, hook.newest_secret)
    assert (event["specversion"], event["data"]["outcome"]["id"]) == ("1.0", str(outcome.pk))
    ended = Delivery.objects.get()
    assert (ended.state, ended.status_code, ended.attempts) == ("delivered", 204, 1)
    assert ended.took_us > 0


def test_after_a_change_of_the_secret_both_sign_for_a_day(target, post):
    hook = make_webhook(url=f"{target.url}/status/200?both")
    old = hook.newest_secret
    new = hook.change_secret()
    webhook.send_test(hook, now_ms())
    post()
    (asked,) = asked_for(target, "/status/200?both")
    assert verified(asked, old) == verified(asked, new)
    hook.secret_changed_at -= BOTH_SIGN
    assert hook.signing_secrets == [new]


def test_a_killed_worker_means_once_more_under_the_same_id(target, post):
    hook = make_webhook(url=f"{target.url}/status/200?killed")
    webhook.send_test(hook, now_ms())
    outbox.take(now_ms())  # and then it is gone
    assert post() == 0
    assert post(now_ms() + LEASE_MS) == 1
    (asked,) = asked_for(target, "/status/200?killed")
    verified(asked, hook.newest_secret)
    assert Delivery.objects.get().attempts == 2


def test_a_retry_has_the_same_id_and_body_and_a_signature_of_its_own_time(target, post):
    hook = make_webhook(url=f"{target.url}/status/500?again")
    webhook.send_test(hook, now_ms())
    post()
    post(now_ms() + 60_000)
    first, second = asked_for(target, "/status/500?again")
    assert first.body == second.body
    assert verified(first, hook.newest_secret) == verified(second, hook.newest_secret)
    assert Delivery.objects.get().state == "waiting"


def test_no_redirect_is_followed(target, post):
    webhook.send_test(make_webhook(url=f"{target.url}/redirect-to?url=/status/200"), now_ms())
    post()
    assert Delivery.objects.get().status_code == 302
    assert not asked_for(target, "/status/200")


def test_an_address_inside_is_refused_whatever_its_webhook_says(target):
    hook = make_webhook(url=f"{target.url}/status/200?inside")
    webhook.send_test(hook, now_ms())
    strict = sender.Sender(Guard([]))
    strict.send(outbox.take(now_ms()))
    strict.drain()
    strict.stop()
    ended = Delivery.objects.get()
    assert (ended.failure, ended.status_code) == (Failure.BLOCKED, None)
    assert "loopback" in ended.said
    assert not asked_for(target, "/status/200?inside")


def test_dead_and_slow_receivers_delay_no_other(target, no_partitions, monkeypatch):
    hanging = make_webhook(url=f"{target.url}/hang")
    quick = make_webhook(url=f"{target.url}/status/200?quick")
    own = sender.Sender(Guard(["127.0.0.0/8"]))
    for hook in (hanging, hanging, quick):
        webhook.send_test(hook, now_ms())
    own.send(outbox.take(now_ms()))
    for _ in range(500):
        if Delivery.objects.filter(webhook=quick, delivered_ms__isnull=False).exists():
            break
        time.sleep(0.01)
    states = {one.webhook_id: one.state for one in Delivery.objects.all()}
    assert states == {hanging.pk: "sending", quick.pk: "delivered"}
    own.stop()


@pytest.mark.parametrize("path", ["endless", "gzip-bomb", "headers-many", "reset", "close", "short-body", "nul-header"])
def test_hostile_answers_end_as_failures_or_codes(target, post, path):
    webhook.send_test(make_webhook(url=f"{target.url}/{path}"), now_ms())
    post()
    ended = Delivery.objects.get()
    assert ended.attempts == 1 and ended.state in ("waiting", "delivered")


def test_no_secret_is_kept_logged_or_shown(target, post, caplog):
    caplog.set_level(logging.DEBUG)
    hook = make_webhook(url=f"{target.url}/echo/path-that-is-secret?token=planted-token")
    webhook.send_test(hook, now_ms())
    post()
    kept = Delivery.objects.get()
    assert kept.status_code == 200 and MASK in kept.said
    texts = [kept.said, kept.body, caplog.text, repr(hook), str(hook), repr(kept), repr(outbox.take(now_ms()))]
    for secret in (
        hook.newest_secret,
        hook.newest_secret.removeprefix("whsec_"),
        "planted-token",
        "path-that-is-secret",
    ):
        assert not [text for text in texts if secret in text], secret


def test_what_cannot_be_sent_is_written_as_such(post):
    hook = make_webhook()
    webhook.send_test(hook, now_ms())
    type(hook).objects.update(secret="no secret")
    post()
    ended = Delivery.objects.get()
    assert (ended.failure, ended.state) == (Failure.INTERNAL, "waiting")


def test_text_that_a_database_cannot_keep_is_kept_as_far_as_it_goes(target, post):
    webhook.send_test(make_webhook(url=f"{target.url}/body?text=a%00b%FF"), now_ms())
    post()
    assert Delivery.objects.get().said == "a�b�"


def test_a_secret_that_cannot_be_decrypted_ends_the_attempt_and_a_new_one_goes_on(target, post, settings):
    hook = make_webhook(url=f"{target.url}/status/204")
    webhook.send_test(hook, now_ms())
    settings.ANSWERBACK_SECRETS_KEYS = [Fernet.generate_key().decode()]
    post()
    assert Delivery.objects.get().failure == Failure.INTERNAL
    hook.full_clean()
    new = hook.change_secret()
    assert hook.signing_secrets == [new]
