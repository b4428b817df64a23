"""The example of docs/chains.md is made through the API and run as it stands there."""

import json
import re
from pathlib import Path

import pytest

from apiclient import execute
from apiclient.catalogue import Verdict
from apiclient.execute import Runner
from apiclient.http import Guard
from apiclient.models import Call, Outcome
from tests.builders import make_secret, make_service
from tests.sent import send
from tests.shop import PASSWORD, Shop

PAGE = Path(__file__).parents[3] / "docs" / "chains.md"


@pytest.mark.django_db(transaction=True)
def test_the_example_orders_and_tidies_up(admin_client, monkeypatch):
    example = re.search(r"```json\n(.*?)```", PAGE.read_text(), re.S)
    assert example
    runner = Runner(Guard(["127.0.0.0/8"]), 100)
    monkeypatch.setattr(execute, "_runner", runner)
    with Shop() as shop:
        make_secret(make_service(name="Shop", base_url=shop.url), name="password", value=PASSWORD)
        made = send(admin_client, "post", "/api/v1/calls/", json.loads(example[1]))
        assert made.status_code == 201, made.json()
        execute.run_now(Call.objects.get())
        runner.stop()
    outcome = Outcome.objects.get()
    assert outcome.verdict == Verdict.PASSED, outcome.detail.steps
    assert [step["status_code"] for step in outcome.detail.steps] == [200, 201, 200, 204, 204]
    assert not shop.orders and not shop.tokens and PASSWORD not in str(outcome.detail.__dict__)
