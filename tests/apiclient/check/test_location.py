"""Where the answer points, which alone tells a login that failed from one that did not."""

from apiclient.http import Hop
from tests.apiclient.check.judged import judged

NO_ERROR = {"kind": "location", "is": "lacks", "value": "error=1", "codes": "302"}


def test_what_the_location_holds():
    assert judged(NO_ERROR, headers=[("Location", "/home.html")]).holds
    wrong = judged(NO_ERROR, headers=[("Location", "/login.html?error=1")])
    assert wrong == ('Its Location must not contain "error=1": it is "/login.html?error=1".', False, False)


def test_one_that_is_not_there():
    assert judged(NO_ERROR).holds
    assert judged({"kind": "location", "is": "present"}).sentence == "Its Location must be there, and is not there."


def test_that_of_the_last_redirect_that_was_followed():
    hops = (Hop("http://h/a", 302, "/b"), Hop("http://h/b", 302, "/login?error=1"))
    assert judged(NO_ERROR, redirects=hops).holds is False


def test_secrets_in_it_are_masked():
    check = {"kind": "location", "is": "contains", "value": "home"}
    assert "s3cr3t" not in judged(check, headers=[("Location", "/login?token=s3cr3t")]).sentence
