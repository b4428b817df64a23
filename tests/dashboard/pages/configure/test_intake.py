"""The page that imports: choose, look, save."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apiclient.models import Call, Service
from dashboard.upload import MOST_BYTES
from tests.apiclient.management.test_import import PETS

pytestmark = pytest.mark.django_db
PATH = "/configure/import/"


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def hidden(content: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(packed|seen)" value="([^"]+)">', content))


def test_the_overview_and_the_first_page_lead_here(admin_client):
    for path in ("/", "/configure/first/"):
        assert f'href="{PATH}"' in text(admin_client.get(path))
    assert "Postman" in text(admin_client.get(PATH))


def test_an_uploaded_file_is_previewed_and_then_saved(admin_client):
    file = SimpleUploadedFile("pets.json", json.dumps(PETS).encode())
    content = text(admin_client.post(PATH, {"file": file}))
    assert "What would change" in content and "https://pets.example/v1" in content and not Service.objects.exists()
    answer = admin_client.post(PATH, hidden(content), follow=True)
    assert "Imported: " in text(answer) and answer.redirect_chain[-1][0] == "/services/pets/"
    assert Call.objects.count() == 2
    again = text(admin_client.post(PATH, {"pasted": json.dumps(PETS), "source": "openapi"}))
    assert "Nothing to do." in again and "Everything is there already" in again


def test_a_second_version_shows_before_and_after(admin_client):
    admin_client.post(PATH, hidden(text(admin_client.post(PATH, {"pasted": json.dumps(PETS)}))))
    second = json.dumps(PETS).replace('"None"', '"No pets"')
    content = text(admin_client.post(PATH, {"pasted": second}))
    assert "<del><bdi>None</bdi></del>" in content and "<bdi>No pets</bdi>" in content


def test_what_cannot_be_saved_says_why_and_where(admin_client):
    wrong = PETS | {"servers": [{"url": "ftp://pets.example"}]}
    content = text(admin_client.post(PATH, {"pasted": json.dumps(wrong)}))
    assert "This cannot be saved" in content and "Pets / base_url" in content and not hidden(content)
    content = text(admin_client.post(PATH, {"pasted": "services: [{nam: x}]"}))
    assert "services[0].nam" in content
    content = text(admin_client.post(PATH, {"pasted": "<script>alert(1)</script>", "source": "openapi"}))
    assert "<script>alert" not in content


def test_neither_and_both_are_refused(admin_client):
    file = SimpleUploadedFile("a.json", b"{}")
    for body in ({"source": "openapi"}, {"file": file, "pasted": "x"}, {"pasted": "hello"}):
        assert "field-error" in text(admin_client.post(PATH, body))


def test_a_preview_that_is_not_true_any_more_is_shown_anew(admin_client):
    sent = hidden(text(admin_client.post(PATH, {"pasted": json.dumps(PETS)})))
    admin_client.post(PATH, sent)
    Call.objects.filter(method="GET").delete()
    content = text(admin_client.post(PATH, sent))
    assert "saved in the meantime" in content and not Call.objects.filter(method="GET").exists()


def test_a_forged_preview_is_refused(admin_client):
    answer = admin_client.post(PATH, {"packed": "forged", "seen": "x"}, follow=True)
    assert "This preview is too old" in text(answer) and not Service.objects.exists()


def test_a_file_that_is_too_large_is_refused(admin_client):
    file = SimpleUploadedFile("large.json", b" " * (MOST_BYTES + 1))
    assert admin_client.post(PATH, {"file": file}).status_code in (400, 413)


def test_secrets_are_not_shown(admin_client):
    own = "services: [{name: A, base_url: 'https://a.example', headers: {Authorization: planted-secret}}]"
    content = text(admin_client.post(PATH, {"pasted": own}))
    assert "planted-secret" not in content.replace(own.replace("'", "&#x27;"), "") and "•••" in content
