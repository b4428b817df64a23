"""Who is not logged in is sent to the login, whole pages and parts of them alike."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_page_is_asked_for_again_after_the_login(client):
    answer = client.get("/codes/?since=-7d")
    assert answer.status_code == 302 and answer["Location"] == "/accounts/login/?next=/codes/%3Fsince%3D-7d"


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(client):
    answer = client.get("/codes/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/outcomes/?q=x"})
    assert answer["HX-Redirect"] == "/accounts/login/?next=/outcomes/%3Fq%3Dx"
    assert b"password" not in answer.content
