"""HEAD and OPTIONS, on every resource."""

import pytest

from tests.builders import bearer, make_token
from tests.dashboard.test_api_problem import RESOURCES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["", *(f"{name}/" for name in RESOURCES), "schema/"])
def test_options_tell_the_methods_and_nothing_of_forms(client, admin_user, name):
    _, text = make_token(admin_user, "read")
    answer = client.options(f"/api/v1/{name}", headers=bearer(text))
    assert answer.status_code == 200 and answer.content == b""
    reads = set() if name == "imports/" else {"GET", "HEAD"}
    assert reads | {"OPTIONS"} <= set(answer["Allow"].split(", "))
    assert client.options(f"/api/v1/{name}").status_code == 401


@pytest.mark.parametrize("name", ["", *(f"{name}/" for name in RESOURCES), "schema/", "nowhere/"])
def test_head_is_get_without_the_body(client, admin_user, name):
    _, text = make_token(admin_user, "write")
    got, head = (method(f"/api/v1/{name}", headers=bearer(text)) for method in (client.get, client.head))
    assert (head.status_code, head["Content-Type"]) == (got.status_code, got["Content-Type"])
    assert head.content == b""
