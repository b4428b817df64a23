"""services/: listed and shown, secrets masked."""

import pytest

from tests.builders import make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/services/"


def test_a_service_shows_what_is_configured(admin_client):
    service = make_service(name="Shop", base_url="https://shop.example/api", headers={"Accept": "text/plain"})
    shown = admin_client.get(f"{ADDRESS}{service.pk}/").json()
    assert shown["slug"] == "shop"
    assert shown["base_url"] == "https://shop.example/api"
    assert shown["headers"] == {"Accept": "text/plain"}
    assert shown["created_at"].endswith("Z")


def test_secret_headers_are_masked(admin_client):
    make_service(headers={"Authorization": "Bearer planted-secret", "X-Api-Key": "planted-secret"})
    answer = admin_client.get(ADDRESS)
    assert answer.json()["results"][0]["headers"] == {"Authorization": "•••", "X-Api-Key": "•••"}
    assert b"planted" not in answer.content


def test_pages_are_walked_by_their_links_there_and_back(admin_client):
    wanted = [make_service().pk for _ in range(5)]
    address, seen, pages = f"{ADDRESS}?limit=2", [], []
    while address:
        answer = admin_client.get(address)
        pages.append(answer.json())
        seen += [row["id"] for row in pages[-1]["results"]]
        address = pages[-1]["next"]
    assert seen == wanted
    assert [page["previous"] is None for page in pages] == [True, False, False]
    before = admin_client.get(pages[2]["previous"]).json()
    assert before["results"] == pages[1]["results"]
    first = admin_client.get(before["previous"]).json()
    assert first["results"] == pages[0]["results"]
    assert first["previous"] is None


def test_link_headers_say_what_the_body_says(admin_client):
    for _ in range(3):
        make_service()
    answer = admin_client.get(f"{ADDRESS}?limit=1")
    assert answer["Link"] == f'<{answer.json()["next"]}>; rel="next"'
    middle = admin_client.get(answer.json()["next"])
    assert middle["Link"] == f'<{middle.json()["next"]}>; rel="next", <{middle.json()["previous"]}>; rel="prev"'


def test_a_page_of_fifty_takes_as_many_queries_as_one_of_one(admin_client, django_assert_num_queries):
    for _ in range(20):
        make_service()
    with django_assert_num_queries(3):
        assert len(admin_client.get(ADDRESS).json()["results"]) == 20
