"""Sessions: every request of a slot stays in the one that the first opened, and the last ends it."""

from apiclient.importers.jasperreports.session import COOKIE, log_out, step


def test_a_step_sends_the_cookie_beside_its_own_headers():
    made = step("Status", "GET", "/x", "200", headers={"Accept": "text/csv"}, always=True)
    assert made["headers"] == {"Cookie": "JSESSIONID={{ session }}", "Accept": "text/csv"}
    assert made["always"] is True


def test_logging_out_happens_whatever_came_before_and_shares_nothing():
    assert log_out()["always"] is True
    log_out()["headers"]["Cookie"] = "changed"
    assert COOKIE == {"Cookie": "JSESSIONID={{ session }}"}
