import pytest

from apiclient.catalogue.verdict import Verdict


def test_the_stored_numbers_words_and_labels_never_change() -> None:
    assert [(int(each), each.slug, each.label) for each in Verdict] == [
        (1, "passed", "Passed"),
        (2, "degraded", "Degraded"),
        (3, "failed", "Failed"),
    ]


@pytest.mark.parametrize("verdict", Verdict)
def test_a_slug_leads_back_to_its_verdict(verdict: Verdict) -> None:
    assert Verdict.from_slug(verdict.slug) is verdict


def test_an_unknown_slug_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(ValueError, match="verdict: 'ok' is not one of passed, degraded, failed"):
        Verdict.from_slug("ok")
