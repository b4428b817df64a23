"""docs/reference.md: the commands run as they stand there, and the API takes the row that it shows."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from apiclient.models import DocumentedAnswer
from tests.builders import make_call, make_outcome, make_service
from tests.sent import send

PAGE = (Path(__file__).parent.parent / "docs" / "reference.md").read_text()
pytestmark = pytest.mark.django_db


@pytest.fixture
def orders():
    return make_call(make_service(name="Shop"), name="Orders")


def block(language: str) -> str:
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(text)


def test_the_row_of_the_page_is_taken(admin_client, orders):
    answer = send(admin_client, "post", "/api/v1/answers/", json.loads(block("json")))
    assert answer.status_code == 201
    assert DocumentedAnswer.objects.get().call == orders


def test_its_commands_judge_history_again(orders, capsys):
    make_outcome(orders, 409)
    DocumentedAnswer.objects.create(service=orders.service, call=orders, codes="409", kind="success")
    commands = [line.split()[1:] for line in block("").splitlines()]
    assert [words[0] for words in commands] == ["reclassify", "reclassify"]
    for words in commands:
        call_command(*words)
    orders.outcomes.get().refresh_from_db()
    assert orders.outcomes.get().judgement.slug == "passed"
    assert capsys.readouterr().out.count("\n") >= 2
