"""docs/configuration.md is true: its file can be applied, checked by its schema, and is exported as what it says."""

import json
import re
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command

from apiclient.importers.document import load
from apiclient.models import Call

DOCS = Path(__file__).parent.parent / "docs" / "configuration.md"


@pytest.mark.django_db
def test_the_file_of_the_page_does_what_the_page_says(tmp_path):
    (text,) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    said = StringIO()
    call_command("export", "--schema", stdout=said)
    jsonschema.validate(load(text), json.loads(said.getvalue()))
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "shop.yaml").write_text(text)
    said = StringIO()
    call_command("apply", str(folder), stdout=said)
    assert said.getvalue().startswith("+ service Shop\n") and "{{ secret.shop_token }} has no value" in said.getvalue()
    assert set(Call.objects.filter(enabled=True).values_list("name", flat=True)) == {"Strangers are refused"}
    again = StringIO()
    call_command("apply", str(folder), stdout=again)
    assert "Nothing to do." in again.getvalue()
    call_command("export", "shop", "--into", str(folder / "shop.yaml"), stdout=StringIO())
    assert "# which call it is" in (folder / "shop.yaml").read_text()
    again = StringIO()
    call_command("apply", str(folder), stdout=again)
    assert "Nothing to do." in again.getvalue()
