"""Every example of docs/checks.md is a check that holds for the answer on that page."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apiclient.check import KINDS, Subject, checks_of
from apiclient.comparison import WORDS
from apiclient.http import Certificate
from tests.apiclient.check.judged import answer

PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text()
EXAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.S)]


def test_each_example_holds_for_the_answer_of_the_page():
    now = datetime.now(UTC)
    head, _, body = re.findall(r"```http\n(.*?)```", PAGE, re.S)[0].partition("\n\n")
    headers = [tuple(line.split(": ", 1)) for line in head.splitlines()[1:]]
    certificate = Certificate("CN=h", "CN=ca", now + timedelta(days=20))
    subject = Subject(answer(body.encode(), headers, certificate=certificate), now)
    for check in checks_of(EXAMPLES):
        assert check.judge(subject).holds, check.judge(subject).sentence


def test_every_kind_and_every_word_is_on_the_page():
    assert {example["kind"] for example in EXAMPLES} == set(KINDS)
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.M)))) - {"is"} == set(WORDS)
