"""Planted secrets are found nowhere: not in the database, logs, pages, API, exports, webhooks or messages to workers.

The server repeats whatever it is sent, in every way that servers do.
"""

import base64
import html
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from celery.signals import before_task_publish
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apiclient import execute, webhook
from apiclient.clock import now_ms
from apiclient.execute import Runner, run_now
from apiclient.http import Guard
from apiclient.http.redact import SHORTEST_SECRET
from apiclient.models import Call, Delivery, Message, Outcome, OutcomeDetail
from apiclient.models.secret import LONGEST
from apiclient.prepare import prepare
from apiclient.webhook import outbox, sender
from dashboard.celery import app
from tests.builders import bearer, make_call, make_secret, make_service, make_token, make_webhook
from tests.target import Reply, Target

pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = {
    "part": "pl4nted-part-4f8a",
    "query": "pl4nted/query+7c%2B9",
    "header": 'pl4nted "header" ünï\\ 5d',
    "bearer": "pl4nted-bearer-3b",
    "password": "pl4nted:pass&word<9a>",
    "body": 'pl4nted "body"\n& ünï 6e',
    "inside": "pl4nted-inside-a-variable",
}
USER = "ann|acme"


def forms(secret: str) -> set[str]:
    """What nobody may find: written by other means than the product's own."""
    raw, coded = secret.encode(), set()
    for text in (secret, raw.decode("latin-1")):
        coded |= {text, quote(text), quote(text, safe=""), quote_plus(text), html.escape(text)}
        coded |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    inner = {base64.b64encode(b"\0" * lead + raw)[4:-4].decode() for lead in range(3)}  # wherever it begins
    basic = base64.b64encode(f"{USER}:{secret}".encode()).decode()
    return {basic, *coded, *inner}


FORMS = {form for secret in SECRETS.values() for form in forms(secret)}


def found_in(text: str) -> set[str]:
    return {form for form in FORMS if form in text}


def echo(reply: Reply) -> list[str]:
    """Every text of the request: its path, the values of its headers, its body."""
    return [reply.asked.path, *reply.asked.headers.values(), reply.asked.body.decode()]


class Parrot(Target):
    """``/moved/...`` leads to ``/told/...``, both with all that was asked; ``/told`` answers 500, ``/fine`` 200."""

    async def answer(self, reply: Reply) -> None:
        told = echo(reply)
        plain = [one.replace("\n", " ").encode("utf-8").decode("latin-1") for one in told]
        headers = [f"X-Echo-{nth}: {one}" for nth, one in enumerate(plain)]
        if "/moved" in reply.asked.path:
            target = reply.asked.path.replace("/moved", "/told", 1)
            await reply.send("307 Temporary Redirect", b"", f"Location: {target}", *headers)
            return
        body = self.body(told, reply.asked.path)
        code = "200 OK" if "/fine" in reply.asked.path else f"500 {plain[0]}"
        await reply.send(code, body, "Content-Type: application/json", *headers)

    def body(self, told: list[str], path: str) -> bytes:
        text = " ".join(told)
        if "utf16" in path:
            return json.dumps({"message": text}, ensure_ascii=False).encode("utf-16")
        coded = [quote(text), quote_plus(text), html.escape(text), base64.b64encode(text.encode()).decode()]
        said = {"message": text, "told": told, "coded": coded, "twice": json.dumps(told)}
        return json.dumps(said, ensure_ascii="plain" not in path).encode()


@pytest.fixture(scope="module")
def target() -> Iterator[Parrot]:
    with Parrot() as running:
        yield running


@pytest.fixture
def runner(monkeypatch, no_partitions):
    runner = Runner(Guard(["127.0.0.0/8"]), 100)
    monkeypatch.setattr(execute, "_runner", runner)
    yield runner
    runner.stop()


@pytest.fixture
def sent_to_workers(settings):
    """What is put on the broker, which needs no server here."""
    usual, seen = app.conf.broker_url, []

    def see(body, headers, **kwargs):
        seen.append(repr((body, headers)))

    app.conf.broker_url = "memory://"
    app._after_fork()
    before_task_publish.connect(see)
    yield seen
    before_task_publish.disconnect(see)
    app.conf.broker_url = usual
    app._after_fork()


@pytest.fixture
def service(target):
    found = make_service(
        name="Shop",
        base_url=target.url + "/{{ kind }}",
        headers={"Authorization": "Bearer {{ secret.bearer }}", "X-Tenant": "{{ tenant }}"},
        variables={"kind": "told", "tenant": "acme {{ secret.inside }}"},
    )
    for name, value in SECRETS.items():
        make_secret(found, name=name, value=value)
    return found


def planted_calls(service):
    whole = {"method": "POST", "headers": {"X-Thing": "a {{ secret.header }}"}, "body": '{"a": "{{ secret.body }}"}'}
    path = "/{{ secret.part }}?q={{ secret.query }}&d=1"
    basic = base64.b64encode(f"{USER}:{SECRETS['password']}".encode()).decode()
    make_secret(service, name="basic", value=basic)
    yield make_call(service, name="Told", path=path, interval_seconds=None, **whole)
    yield make_call(service, name="Plain", path=f"/plain{path}", interval_seconds=None, **whole)
    yield make_call(service, name="Wide", path=f"/utf16{path}", interval_seconds=None, **whole)
    yield make_call(service, name="Moved", path=f"/moved{path}", follow_redirects=True, **whole)
    yield make_call(service, name="Fine", path=f"/fine{path}", expected_codes="404", **whole)
    yield make_call(service, name="Basic", headers={"Authorization": "Basic {{ secret.basic }}"})
    login = {"kind": "basic", "user": USER, "password": "{{ secret.password }}"}
    yield make_call(service, name="Logged in", auth=login, method="POST", body="{{ secret.password }}")
    key = {"kind": "api_key", "in": "query", "name": "plain", "value": "{{ secret.header }}"}
    json_check = {"kind": "json", "path": "$.message", "is": "equals", "value": "fine"}
    header_check = {"kind": "header", "name": "X-Echo-0", "is": "lacks", "value": "told"}
    yield make_call(service, name="Key", auth=key, expected_codes="500", checks=[json_check, header_check])
    token = {"kind": "oauth2", "token_url": service.base_url.replace("{{ kind }}", "fine"), "client_id": "a"}
    yield make_call(service, name="Token", auth=token | {"client_secret": "{{ secret.password }}"}, method="POST")
    form = {"kind": "form", "path": "/login", "fields": {"a": "ann", "b": "{{ secret.password }}"}}
    yield make_call(service, name="Form", auth=form)
    yield make_call(service, name="Digest", auth={"kind": "digest", "user": USER, "password": "{{ secret.password }}"})
    step = {
        "name": "read",
        "method": "POST",
        "path": "/{{ secret.part }}/{{ all }}",
        "body": "{{ secret.body }} {{ all }}",
    }
    capture = {"name": "all", "from": "json", "expression": "$.told[0]"}
    yield make_call(
        service, name="Chain", path="/fine/{{ secret.query }}", expected_codes="500", checks=[json_check],
        steps=[step | {"checks": [json_check]}], captures=[capture],
    )  # fmt: skip
    yield make_call(service, name="Loud", headers={"X-Thing": "{{ secret.header }}" * 40}, path="/long" * 9)


def everything_stored() -> Iterator[tuple[str, str]]:
    """Each value of each column of each table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else None
                    yield table, str(value) if raw is None else raw.decode("utf-8", "replace")
                    if raw is not None:
                        yield table, raw.decode("utf-16", "replace")


def pages(outcomes: list[Outcome]) -> Iterator[str]:
    yield from (
        "/",
        "/services/shop/",
        "/outcomes/",
        "/messages/",
        "/failures/",
        "/codes/500/",
        "/webhooks/",
        "/metrics",
    )
    for name in ("told", "moved", "fine", "logged-in"):
        yield from (f"/services/shop/{name}/", f"/configure/calls/shop/{name}/")
    yield from ("/configure/services/shop/", "/configure/services/shop/secrets/", "/configure/services/shop/delete/")
    for outcome in outcomes:
        yield from (f"/outcomes/{outcome.pk}/", f"/outcomes/{outcome.pk}/answer/", f"/api/v1/outcomes/{outcome.pk}/")
        yield f"/admin/apiclient/outcome/{outcome.pk}/change/"
    yield from (f"/messages/{message.pk}/" for message in Message.objects.all())
    for name in ("services", "calls", "secrets", "messages", "outcomes", "series", "webhooks", "answers", "batches"):
        yield f"/api/v1/{name}/"
    yield from ("/api/v1/outcomes/?format=csv", "/api/v1/outcomes/?format=ndjson", "/api/v1/messages/?format=csv")
    yield from (f"/admin/apiclient/{name}/" for name in ("service", "call", "secret", "outcome", "message", "delivery"))
    for model, rows in (("delivery", Delivery.objects.all()),):
        yield from (f"/admin/apiclient/{model}/{row.pk}/change/" for row in rows)


def read(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace") + str(answer.headers)


def form_of(call) -> dict[str, object]:
    return {
        "service": call.service_id, "name": call.name, "slug": call.slug, "method": call.method, "path": call.path,
        "headers": json.dumps(call.headers), "body": call.body, "schedule": "demand", "timeout_ms": "5 s",
        "time_zone": "UTC", "enabled": "on", "verify_tls": "on", "try": "1",
    }  # fmt: skip


def test_planted_secrets_are_found_nowhere(
    service, target, runner, sent_to_workers, admin_client, admin_user, caplog, capsys
):
    caplog.set_level(logging.DEBUG)
    hook = make_webhook(url=f"{target.url}/fine/hook", owner=admin_user)
    calls = list(planted_calls(service))
    outcomes = [run_now(call) for call in calls]
    assert {one.status_code for one in outcomes} == {200, 500, None}
    heard = " ".join(" ".join([*one.headers.values(), one.path, one.body.decode()]) for one in target.requests)
    assert [name for name, secret in SECRETS.items() if not any(form in heard for form in forms(secret))] == []
    seen = [str(answer) for answer in told_to_programs(calls, admin_client, admin_user)]
    say_all()
    tell(hook)
    seen += [
        read(answer) for answer in (admin_client.get(page) for page in pages(outcomes)) if answer.status_code == 200
    ]
    assert OutcomeDetail.objects.count() >= len(calls) and Message.objects.count() and Delivery.objects.count()
    assert len(seen) > 60
    stored = {(table, found) for table, text in everything_stored() for found in found_in(text)}
    assert stored == set()
    shown = {(text[:200], found) for text in seen for found in found_in(text)}
    assert shown == set()
    said = "".join(capsys.readouterr())
    assert "{{ secret.bearer }}" in said and "failed" in said
    logged = "".join(caplog.messages) + caplog.text + said + "".join(sent_to_workers)
    assert sent_to_workers and found_in(logged) == set()
    assert "•••" in str(seen)


def say_all() -> None:
    """What the shell is shown."""
    for name in ("told", "key", "chain", "token"):
        for words in ((), ("--json",)):
            with suppress(SystemExit):  # of those that failed
                call_command("run_call", f"shop/{name}", *words)
    call_command("export")
    call_command("verify")


def told_to_programs(calls, admin_client, admin_user) -> Iterator[str]:
    """Tried in the page, run by the API, and told by another program that repeats the secrets."""
    for call in calls:
        tried = admin_client.post(f"/configure/calls/shop/{call.slug}/", form_of(call))
        assert "Tried only" in tried.content.decode(), call
        yield read(tried)
    ran = admin_client.post(f"/api/v1/calls/{calls[0].pk}/run/", content_type="application/json")
    assert ran.status_code == 202, ran.content
    yield read(ran)
    token = make_token(admin_user, "read", "write", "push")[1]
    said = " and ".join(SECRETS[name] for name in ("part", "query", "header", "bearer", "inside"))
    began = {"started_at": timezone.now().isoformat(), "timings_ms": {"total": 5}}
    pushed = [
        began | {"call": calls[0].pk, "status_code": 500, "message": said},
        began | {"call": calls[1].pk, "failure": "timeout", "message": said},
        began | {"call": calls[2].pk, "status_code": 502, "body": said, "content_type": "text/plain"},
    ]
    answer = admin_client.post(
        "/api/v1/outcomes/", json.dumps(pushed), content_type="application/json", headers=bearer(token)
    )
    assert answer.json().get("stored") == 3, answer.content
    yield read(answer)


def tell(hook) -> None:
    """Every change of a verdict, by webhook."""
    webhook.send_test(hook, now_ms())
    webhook.settle(now_ms())
    webhook.tell_news(now_ms())
    own = sender.Sender(Guard(["127.0.0.0/8"]))
    own.send(outbox.take(now_ms()))
    own.drain()
    own.stop()


def test_the_commands_of_the_page_about_secrets_do_what_it_says(live_server, everyone, admin_user):
    page = (Path(__file__).parent.parent / "docs" / "secrets.md").read_text()
    (commands,) = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
    token = make_token(admin_user, "read", "write")[1]
    environment = os.environ | {"AB": live_server.url, "TOKEN": token}
    done = subprocess.run(("bash", "-euc", commands), env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the key of" not in done.stdout
    call = Call.objects.get()
    request = prepare(call).request
    assert request.url == "https://staging.shop.example/v1/orders?tenant=acme"
    assert request.url in page
    assert request.headers == (("X-Api-Key", "the key of staging"),)


def test_the_page_about_secrets_says_how_long_a_value_may_be():
    page = (Path(__file__).parent.parent / "docs" / "secrets.md").read_text()
    assert f"{SHORTEST_SECRET} to {LONGEST} characters" in " ".join(page.split())
