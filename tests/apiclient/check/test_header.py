"""A header is compared whole, its secrets never shown."""

import pytest

from apiclient.check import Wrong, checks_of
from tests.apiclient.check.judged import judged

JSON = {"kind": "header", "name": "content-type", "is": "contains", "value": "json"}


def test_its_name_is_of_any_case():
    result = judged(JSON, headers=[("Content-Type", "application/json")])
    assert result == ('The header content-type must contain "json": it is "application/json".', True, False)
    assert judged(JSON, headers=[("Content-Type", "text/html")]).holds is False


def test_one_that_is_not_there():
    assert judged(JSON) == ('The header content-type must contain "json", and is not there.', False, False)
    assert judged({"kind": "header", "name": "JasperServerError", "is": "absent"}).holds is True
    present = judged({"kind": "header", "name": "X", "is": "absent"}, headers=[("X", "y")])
    assert present.sentence == 'The header X must not be there: it is "y".'


def test_several_of_one_name_are_one():
    assert judged(
        JSON | {"is": "equals", "value": "a, b"}, headers=[("Content-Type", "a"), ("content-type", "b")]
    ).holds


def test_a_secret_one_is_masked_in_its_sentence():
    check = {"kind": "header", "name": "Set-Cookie", "is": "contains", "value": "theme"}
    assert "s3cr3t" not in judged(check, headers=[("Set-Cookie", "session=s3cr3t")]).sentence


@pytest.mark.parametrize("name", [None, "", "a b", "a:b", "é", 5, "x" * 101])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(Wrong, match="Name a header") as refused:
        checks_of([JSON | {"name": name}])
    assert refused.value.place == "[0].name"
