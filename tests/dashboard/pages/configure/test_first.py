"""First use: paste, look, save."""

import pytest
from django.contrib.auth.models import Group

from apiclient.models import Call, Outcome, Service
from apiclient.roles import EDITOR
from tests.builders import make_service, make_team

FIRST = "/configure/first/"
pytestmark = pytest.mark.django_db


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_installation_leads_here(admin_client):
    assert f'href="{FIRST}"' in text(admin_client.get("/"))
    assert "Your first call" in text(admin_client.get(FIRST))


def test_a_url_is_tried_and_saved(admin_client, target):
    url = f"{target.url}/status/404?deep=1"
    content = text(admin_client.post(FIRST, {"pasted": url, "try": "1"}))
    assert "404" in content and "Save and run every minute" in content and url in content
    assert not Service.objects.exists() and not Outcome.objects.exists()
    answer = admin_client.post(FIRST, {"pasted": url, "save": "1"})
    call = Call.objects.get()
    assert answer.url == f"/services/{call.service.slug}/{call.slug}/"
    assert (call.service.base_url, call.path, call.interval_seconds) == (target.url, "/status/404?deep=1", 60)
    assert (call.name, call.slug) == ("GET /status/404", "get-status-404")
    assert call.service.name == target.url.removeprefix("http://") and call.next_due_at is not None


def test_a_curl_command_is_kept_with_all_it_says(admin_client, target):
    pasted = f"curl -k -L -m 3 {target.url}/echo -H 'Authorization: Bearer hush-hush' --json '{{\"a\": 1}}'"
    content = text(admin_client.post(FIRST, {"pasted": pasted, "try": "1"}))
    assert target.requests[-1].body == b'{"a": 1}'
    assert "Save, to be run on demand" in content and "is not repeated by itself" in content
    admin_client.post(FIRST, {"pasted": pasted, "save": "1"})
    call = Call.objects.get()
    assert (call.method, call.body, call.interval_seconds) == ("POST", '{"a": 1}', None)
    assert (call.follow_redirects, call.verify_tls, call.timeout_ms) == (True, False, 3000)
    assert call.headers["Authorization"] == "Bearer hush-hush"


def test_a_service_with_that_base_url_is_used_again(admin_client, target):
    kept = make_service(name="Shop", base_url=f"{target.url}/", headers={"X-Kept": "1"})
    content = text(admin_client.post(FIRST, {"pasted": f"{target.url}/echo", "try": "1"}))
    assert "is there already" in content and target.requests[-1].headers["x-kept"] == "1"
    for _ in range(2):
        admin_client.post(FIRST, {"pasted": f"{target.url}/echo", "save": "1"})
    assert set(Call.objects.values_list("service", "name")) == {(kept.pk, "GET /echo"), (kept.pk, "GET /echo 2")}


def test_a_host_whose_name_is_taken_gets_a_number(admin_client):
    make_service(name="api.example.org", base_url="http://api.example.org")
    admin_client.post(FIRST, {"pasted": "https://api.example.org/x", "save": "1"})
    assert Service.objects.get(base_url="https://api.example.org").name == "api.example.org 2"


def test_a_query_with_a_secret_is_no_name(admin_client):
    admin_client.post(FIRST, {"pasted": "https://a.example/x?token=planted", "save": "1"})
    assert Call.objects.get().name == "GET /x"


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "Paste a URL"),
        ("two words", "neither one URL"),
        ("ftp://a.example", "http:// or https://"),
        ("https://ann:secret@a.example", "user name or password"),
        ("https://", "no host"),
        ("https://[broken", "Invalid IPv6 URL"),
        ("https://a.example/\u202ex", "U+202E"),
        ("https://" + "a" * 10_000, "most 2000"),
        ("https://a.example/" + "a" * 10_000, "most 2000"),
        ("curl -F a=b https://a.example", "sends a form in parts"),
        ("curl --nonsense https://a.example", "--nonsense is not known"),
        ("curl -X PROPFIND https://a.example", "PROPFIND"),
        ("curl -X GET -d a=1 https://a.example", "must be empty for GET"),
        ("curl -H 'X A: b' https://a.example", "without spaces"),
        ('curl "https://a.example/$TOKEN"', "only your shell knows"),
        ("<script>alert(1)</script>", "not a host name"),
        ("x" * 400_000, "at most"),
    ],
)
@pytest.mark.parametrize("button", ["try", "save"])
def test_what_cannot_be_kept_is_said_and_stays_in_the_field(admin_client, pasted, says, button):
    answer = admin_client.post(FIRST, {"pasted": pasted, button: "1"})
    content = text(answer)
    assert says in str(answer.context["form"].errors["pasted"].as_text())
    assert answer.context["form"]["pasted"].value() == pasted and "<script>alert" not in content
    assert not Service.objects.exists() and answer["HX-Retarget"] == "#configure"


def test_only_who_may_edit(client, django_user_model):
    assert client.get(FIRST).status_code == 302
    client.force_login(django_user_model.objects.create_user("ann"))
    assert client.get(FIRST).status_code == 403
    assert client.post(FIRST, {"pasted": "http://127.0.0.1", "try": "1"}).status_code == 403


def test_a_service_out_of_reach_is_neither_told_nor_joined(client, django_user_model, target):
    theirs = make_service(name="Theirs", base_url=target.url)
    ann = django_user_model.objects.create_user("ann")
    ann.groups.add(Group.objects.get(name=EDITOR))
    team = make_team([ann])
    client.force_login(ann)
    assert "Your first call" in text(client.get(FIRST))
    content = text(client.post(FIRST, {"pasted": f"{target.url}/echo", "try": "1"}))
    assert "is there already" not in content and "Theirs" not in content
    client.post(FIRST, {"pasted": f"{target.url}/echo", "save": "1"})
    made = Call.objects.get().service
    assert made != theirs and list(made.teams.all()) == [team]
    assert not theirs.calls.exists() and client.get(f"/services/{made.slug}/").status_code == 200
