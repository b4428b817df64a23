"""calls/{id}/run/: a call run now, and its outcome waited for."""

import threading

import pytest
from django.db import connection
from kombu.exceptions import OperationalError

from apiclient.models import Batch, Idempotency
from apiclient.slot import from_ms
from dashboard.api import run
from tests.builders import make_call, make_outcome, make_service
from tests.sent import pointers, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(db):
    return make_call(make_service(name="Shop"), name="List", headers={"Cookie": "planted"})


@pytest.fixture
def address(call):
    return f"/api/v1/calls/{call.pk}/run/"


@pytest.fixture
def announced(monkeypatch):
    sent = []
    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", lambda args, queue: sent.extend(args))
    return sent


@pytest.fixture
def broker_down(monkeypatch):
    def refuse(args, queue):
        raise OperationalError("connection refused")

    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", refuse)


def test_a_run_says_where_its_outcome_will_be(admin_client, call, address, announced):
    answer = send(admin_client, "post", address, "")
    batch = Batch.objects.get()
    assert (answer.status_code, announced) == (202, [batch.pk])
    assert answer.json() == {"outcome": str(batch.slots[0]), "url": answer["Location"]}
    waiting = admin_client.get(answer["Location"])
    assert (waiting.status_code, waiting.json(), waiting["Retry-After"]) == (202, answer.json(), "1")
    make_outcome(call, 404, due_at=from_ms(batch.slots[0] >> 22))
    assert admin_client.get(answer["Location"]).json()["status_code"] == 404


def test_an_outcome_that_nothing_waits_for_is_not_there(admin_client, call):
    assert admin_client.get(f"/api/v1/outcomes/{call.pk}/").status_code == 404
    assert admin_client.get(f"/api/v1/outcomes/{2**63 + 5}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_outcome_that_comes_in_time_is_the_answer(admin_client, call, address, monkeypatch, no_partitions):
    def work(args, queue):
        def record():
            (slot,) = Batch.objects.get(pk=args[0]).slots
            make_outcome(call, 500, due_at=from_ms(slot >> 22), body=b"no beans")
            connection.close()

        worker.append(threading.Thread(target=record))
        worker[0].start()

    worker: list[threading.Thread] = []
    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", work)
    answer = send(admin_client, "post", f"{address}?wait=30", "", **{"Idempotency-Key": "a"})
    worker[0].join()
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status_code"], answer.json()["detail"]["body"]) == (500, "no beans")
    assert b"planted" not in answer.content
    again = send(admin_client, "post", f"{address}?wait=30", "", **{"Idempotency-Key": "a"})
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (200, answer.json(), "true")


def test_what_does_not_come_in_time_is_promised(admin_client, call, address, announced):
    assert send(admin_client, "post", f"{address}?wait=1", "").status_code == 202


def test_who_finds_no_place_to_wait_is_told_at_once(admin_client, call, address, announced, monkeypatch):
    monkeypatch.setattr(run, "_places", threading.BoundedSemaphore(1))
    with run._places:
        assert send(admin_client, "post", f"{address}?wait=30", "").status_code == 202


@pytest.mark.parametrize("wait", ["0", "31", "-1", "1.5", "ten", "٣", "9" * 5000, ""])
def test_other_waits_are_refused_and_nothing_runs(admin_client, address, announced, wait):
    answer = send(admin_client, "post", f"{address}?wait={wait}", "")
    assert answer.status_code == 400
    assert "from 1 to 30" in answer.json()["errors"][0]["detail"]
    assert not Batch.objects.exists() and announced == []


def test_a_body_is_refused(admin_client, address, announced):
    assert pointers(send(admin_client, "post", address, {"wait": 10})) == {"": "Nothing is read here. Send no body."}
    assert send(admin_client, "post", address, {}).status_code == 202


def test_a_paused_call_runs_when_it_is_asked_to(admin_client, call, address, announced):
    call.enabled = False
    call.save()
    assert send(admin_client, "post", address, "").status_code == 202


def test_with_the_broker_down_nothing_runs_now_or_later(admin_client, address, broker_down):
    answer = send(admin_client, "post", address, "", **{"Idempotency-Key": "a"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "was not run" in answer.json()["detail"]
    assert not Batch.objects.exists() and not Idempotency.objects.exists()


def test_asked_twice_with_one_key_it_runs_once(admin_client, address, announced):
    first, second = (send(admin_client, "post", address, "", **{"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second["Location"] == first["Location"] and second["Idempotency-Replayed"] == "true"
    assert Batch.objects.count() == len(announced) == 1


def test_viewers_run_nothing(client, django_user_model, address, announced):
    client.force_login(django_user_model.objects.create_user("ann"))
    assert send(client, "post", address, "").status_code == 403
    assert announced == []
