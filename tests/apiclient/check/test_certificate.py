"""Days that a certificate has left."""

from datetime import timedelta

import pytest

from apiclient.check import Wrong, checks_of
from apiclient.http import Certificate
from tests.apiclient.check.judged import NOW, judged

LEFT = {"kind": "certificate", "value": 14}


@pytest.mark.parametrize(
    ("days", "holds", "said"),
    [
        (14, True, "it is for 14."),
        (13.9, False, "it is for 13."),
        (0, False, "it is for 0."),
        (-1, False, "has expired"),
    ],
)
def test_whole_days_are_counted(days, holds, said):
    result = judged(LEFT, certificate=Certificate("CN=h", "CN=ca", NOW + timedelta(days=days)))
    assert result.holds is holds and said in result.sentence
    assert result.sentence.startswith("The certificate must be valid for 14 more days: ")


def test_no_certificate_is_told():
    assert judged(LEFT) == (
        "The certificate must be valid for 14 more days: the answer came without one.",
        False,
        False,
    )
    assert judged(LEFT, certificate=Certificate("CN=h", "CN=ca", None)).holds is False


@pytest.mark.parametrize("value", [None, "", "soon", 0, -1, 3651, True, 1.5, "9" * 9])
def test_what_is_no_number_of_days_is_refused(value):
    with pytest.raises(Wrong, match="1 to 3650"):
        checks_of([LEFT | {"value": value}])
    assert checks_of([LEFT | {"value": "30"}])
