import json
import re
from pathlib import Path

import pytest

from apiclient.catalogue.http_status import REGISTERED, SEED_TABLE, UNOFFICIAL

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference files are not beside the checkout")


def test_the_size_of_the_tables() -> None:
    assert [len(messages) for messages in SEED_TABLE.values()] == [16, 18, 6]
    assert (len(REGISTERED), len(UNOFFICIAL)) == (64, 40)


def test_the_registry_names_each_code_once_and_in_order() -> None:
    codes = [code for code, _, _ in REGISTERED]
    assert codes == sorted(set(codes))
    assert set(codes) >= {code for messages in SEED_TABLE.values() for code in messages}


def test_each_origin_says_whose_the_meaning_is() -> None:
    assert all(origin.startswith("IANA; ") for _, _, origin in REGISTERED)
    assert all(origin.startswith("unofficial") for _, _, origin in UNOFFICIAL)


@needs_reference
def test_the_rows_are_those_of_the_reference() -> None:
    rows = json.loads((REFERENCE / "codes.json").read_text())
    expected = [(row["code"], row["phrase"], row["origin"]) for row in rows if row["code"] != 0]
    assert list(REGISTERED + UNOFFICIAL) == expected


@needs_reference
def test_the_seed_table_is_that_of_the_reference() -> None:
    page = (REFERENCE / "http-response-codes.md").read_text()
    lines = [line.strip().strip("|").split("|") for line in page.splitlines() if re.match(r"\|\s*(\d{3}|)\s*\|", line)]
    cells = [[cell.strip() for cell in line] for line in lines]
    for column, messages in enumerate(SEED_TABLE.values()):
        pairs = [(line[2 * column], line[2 * column + 1]) for line in cells]
        assert {int(code): message for code, message in pairs if code.isdigit()} == messages
