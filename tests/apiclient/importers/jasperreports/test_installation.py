"""One JasperReports Server: who signs in, and which options are refused by name."""

import pytest

from apiclient.importers.jasperreports import Installation, encoded

BASE = "https://reports.example.org/jasperserver"


def test_the_organisation_stands_behind_a_bar():
    assert Installation(BASE, "jasperadmin", "organization_1").login == "jasperadmin|organization_1"
    assert Installation(BASE, "superuser").login == "superuser"


@pytest.mark.parametrize(
    ("base", "organisation", "is_pro"),
    [(BASE, "", False), (f"{BASE}-pro", "", True), (f"{BASE}-pro/", "", True), (BASE, "organization_1", True)],
)
def test_the_edition_is_told_from_the_path_or_the_organisation(base, organisation, is_pro):
    assert Installation(base, "x", organisation).is_pro is is_pro


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"user": " "}, "user: give the name"),
        ({"user": "jasperadmin|organization_1"}, "| is not allowed"),
        ({"user": "x", "organisation": "a:b"}, ": is not allowed"),
        ({"user": "x", "job": "nightly"}, "job: 'nightly' is not the id of a job"),
    ],
)
def test_a_wrong_option_is_named(options, said):
    assert said in str(Installation(BASE, **options).problem())


def test_right_options_have_no_problem():
    assert Installation(BASE, "jürgen", "org", report="/a/b", job="17").problem() is None


def test_a_form_spells_what_a_body_would_misread():
    assert encoded("a&b=c|ü +") == "a%26b%3Dc%7C%C3%BC+%2B"
