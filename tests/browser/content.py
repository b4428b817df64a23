"""What the browser tests look at: a small installation with every kind of outcome, and texts that mean no good.

Run inside the installation that is filled: ``fill`` prints the addresses of what it made.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from apiclient import record, rollup, webhook
from apiclient.catalogue import Failure, MissedBecause
from apiclient.classify import verdict_of
from apiclient.clock import now_ms
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Phases
from apiclient.http.exchange import Certificate, Hop
from apiclient.models import Call, Outcome, Service, User, Webhook
from apiclient.slot import slot_id, to_ms
from apiclient.webhook import outbox
from tests.builders import (
    make_answer,
    make_call,
    make_location,
    make_outcome,
    make_secret,
    make_service,
    make_team,
    make_token,
    make_webhook,
    write,
)

PASSWORD = "correct horse battery"
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
HOSTILE = f"{MARKUP} \u202egnp.exe\u202c 👩\u200d👩\u200d👧 ünï"
LONG = "x" * 10_000
ODD = "X" * 60
EVERY = timedelta(minutes=10)
BACK = timedelta(hours=30)
CERTAIN = (200, 200, 200, 204, 200, 201)
MIXED = (200, 503, 200, 404, Failure.TIMEOUT, 200, 500, 302, 429, Failure.CONNECT_REFUSED, 101)


def fill() -> None:
    """Users, services, calls and thirty hours of outcomes; prints JSON of ids and of session keys."""
    shop = make_service(
        name="Shop", description="Orders and baskets.", base_url="http://shop.example", environment="staging",
        variables={"tenant": "acme"}, environments={"staging": {"tenant": "test"}, "production": {}},
    )  # fmt: skip
    secret = make_secret(shop, name="key", environment="staging")
    make_secret(shop, name="password")
    paid = make_service(name="Payments", base_url="https://payments.example", headers={"Authorization": "Bearer x"})
    orders = make_call(shop, name="Orders", path="/orders", interval_seconds=600, slow_after_ms=150)
    basket = make_call(
        shop, name="Basket", path="/basket", method="POST", body="{}", interval_seconds=600,
        headers={"X-Key": "{{ secret.key }}"},
    )  # fmt: skip
    charge = make_call(
        paid, name="Charge", path="/charge", interval_seconds=None, locations=[make_location(name="Paris")]
    )
    make_call(paid, name="Never asked", path="/never", interval_seconds=None)
    make_call(make_service(name="Paused", enabled=False), name="Nightly", interval_seconds=None, cron="0 3 * * *")
    for call, answers in ((orders, CERTAIN), (basket, MIXED), (charge, (200, 402, 200, Failure.DNS))):
        write(list(_history(call, answers)))
    write([record.missed(_slot(orders, minutes=4), shop.pk, MissedBecause.NO_FREE_WORKER)])
    _references(shop, basket)
    hooks = _webhooks()
    ids = _looked_at(orders, basket, charge) | _hostile() | hooks | {"secret": secret.pk}
    _send()
    rollup.close(now_ms())
    sessions = _sessions()
    _tokens([shop, paid])
    print(json.dumps({"ids": ids, "sessions": sessions}))  # noqa: T201


def _references(shop: Service, basket: Call) -> None:
    """Some of what came is documented, some is not, some that is documented never came; one text means no good."""
    make_answer(service=shop, codes="401, 403", message="Sign in first.", kind="error")
    make_answer(service=shop, codes="5xx", message="Try again in a minute.", source="shop.yaml")
    make_answer(call=basket, codes="200", message="The basket, empty or not.", kind="success")
    make_answer(call=basket, codes="404", message="There is no basket of that number.", kind="error")
    make_answer(call=basket, codes="409, 412-417, 422", message=HOSTILE + LONG[:300], kind="error")


def add(call_id: str, code: str) -> None:
    """One more outcome, of this moment; prints its id."""
    print(make_outcome(Call.objects.get(pk=call_id), int(code), due_at=timezone.now()).pk)  # noqa: T201


def _history(call: Call, answers: tuple[int | Failure, ...]) -> Iterator[record.Finished]:
    expectation, turn = Expectation.of(call.expected_codes, call.slow_after_ms), cycle(answers)
    due_at, now = timezone.now() - BACK, timezone.now() - timedelta(minutes=12)
    while (due_at := due_at + EVERY) < now:
        answer = next(turn)
        total = 20_000 + int(due_at.timestamp()) // 600 % 17 * 10_000
        phases = Phases(900, 2_000, 0, total * 7 // 10, total // 10, total)
        failure = answer if isinstance(answer, Failure) else None
        exchange = Exchange(status_code=None if failure else answer, failure=failure, phases=phases)
        verdict = verdict_of(exchange.status_code, total, expectation)
        yield record.Finished(slot_id(to_ms(due_at), call.pk), call.service_id, exchange, verdict, lag_ms=4)


def _looked_at(orders: Call, basket: Call, charge: Call) -> dict[str, int]:
    """The outcomes that have a page of their own in the tests."""
    json_text = (("Content-Type", "application/json"), ("Set-Cookie", "session=planted"))
    certificate = Certificate("CN=payments.example", "CN=R11", timezone.now() + timedelta(days=9, hours=1))
    found: dict[str, Outcome] = {
        "passed": make_outcome(orders, 200, due_at=_ago(9), http_version="1.1"),
        "late": make_outcome(orders, 200, due_at=_ago(8), total_us=900_000),
        "error": make_outcome(
            basket, 422, due_at=_ago(7), headers=json_text, body=b'{"message": "amount is required"}', body_bytes=33,
            http_version="2", remote_address="192.0.2.7", remote_port=443, reason="Unprocessable",
        ),
        "again": make_outcome(
            basket, 422, due_at=_ago(6), headers=json_text, body=b'{"message": "amount is required"}', body_bytes=33
        ),
        "redirected": make_outcome(
            charge, 500, due_at=_ago(5), interim=(103,), certificate=certificate,
            redirects=(Hop("https://payments.example/charge?token=planted", 302, "/login"),),
        ),
        "refused": make_outcome(charge, None, Failure.TLS, due_at=_ago(3), error="certificate has expired"),
    }  # fmt: skip
    others = {"orders": orders.pk, "basket": basket.pk, "message": found["error"].detail.message_id}
    return {name: outcome.pk for name, outcome in found.items()} | others


def _hostile() -> dict[str, int]:
    """A service, a call, a header and bodies that try to be something else than text."""
    service = make_service(
        name=HOSTILE, slug="hostile", description=f"{MARKUP} {LONG}", base_url="http://hostile.example"
    )
    call = make_call(service, name=HOSTILE, slug="call", path="/" + "a" * 1900, interval_seconds=None)
    long = make_call(service, name="W" * 120, slug="long", path="/x", interval_seconds=None)
    plain = (("Content-Type", "text/plain"), ("X-Odd", HOSTILE.encode().decode("latin-1")), ("X-Long", LONG))
    markup = make_outcome(
        call, 500, due_at=_ago(2), headers=plain, reason=MARKUP, body=f"{HOSTILE} {LONG}".encode(), body_bytes=10_100
    )
    make_outcome(long, 799, due_at=_ago(2), headers=plain[:1], body=LONG.encode(), body_bytes=10_000)
    said = make_outcome(call, None, Failure.PROTOCOL, due_at=_ago(1), error=f"{MARKUP} {LONG[:500]}")
    groups = {"hostile_message": markup.detail.message_id, "hostile_failure_message": said.detail.message_id}
    return {"hostile": markup.pk, "hostile_failure": said.pk} | groups


def _webhooks() -> dict[str, int]:
    """One that hears of everything below, one that is off, and one with a name that means no good."""
    root = User.objects.create_superuser("root")
    chat = make_webhook(name="On-call chat", url="https://chat.example/hooks/T0/B1?token=planted", owner=root)
    make_webhook(
        name="Mail", url="https://mail.example/", owner=root, enabled=False, services=[Service.objects.first()]
    )
    odd = make_webhook(name=HOSTILE[:120], url="https://hostile.example/" + "a" * 1900, owner=root)
    return {"webhook": chat.pk, "hostile_webhook": odd.pk}


def _send() -> None:
    """What changed is told, and received in every way that there is."""
    webhook.settle(now_ms())
    ends = cycle([(204, None, ""), (503, None, MARKUP), (None, Failure.BLOCKED, LONG[:500]), (410, None, "no more")])
    for delivery, (code, failure, said) in zip(outbox.take(now_ms()), ends, strict=False):
        outbox.end(outbox.Attempt(delivery.pk, 1, code, failure, 84_000, said), now_ms())
    Webhook.objects.filter(gone_at__isnull=False).update(enabled=True)


def _sessions() -> dict[str, str]:
    """Session keys of the people who look, by name."""
    admin = User.objects.create_superuser("admin", password=PASSWORD)
    ann = User.objects.create_user("ann")
    taras = User.objects.create_user("taras", time_zone="Europe/Kyiv")
    make_team([ann, taras], Service.objects.all(), name="Onlookers")
    return {user.username: _session(user) for user in (admin, ann, taras)}


def _tokens(services: list[Service]) -> None:
    """Of every kind that the list tells apart."""
    admin, ann = User.objects.get(username="admin"), User.objects.get(username="ann")
    make_token(admin, "read", "push", name="CI of the shop", services=services[:1], last_used_at=_ago(3))
    make_token(admin, "write", name=HOSTILE, services=services, expires_at=_ago(-60 * 24 * 30))
    make_token(ann, "read", name="W" * 120, expires_at=_ago(5))
    make_token(ann, "read", name="Notebook")[0].revoke()


def _session(user: Any) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return str(session.session_key)


def _ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def _slot(call: Call, minutes: float) -> int:
    return slot_id(to_ms(_ago(minutes)), call.pk)
