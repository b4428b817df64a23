"""Somebody who edits calls in the admin as fast as it answers, and remembers what was said to be saved."""

import re
import urllib.error
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from itertools import count
from threading import Event, Thread
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.database import Database
from tests.faults.scene import Scene
from tests.faults.server import free_port

PASSWORD = "edits-of-a-fault"
MAKE_LOGIN = f"""
from django.contrib.auth import get_user_model
get_user_model()._default_manager.create_superuser("admin", password="{PASSWORD}")
"""
EDITED_CALLS = 5
ROWS = "SELECT id, path, slow_after_ms FROM apiclient_call"
UNREACHABLE = (OSError, HTTPException)


class Form(HTMLParser):
    """The fields of a page's form as a browser would send them back."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._name = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("submit", "file"):
            if given.get("type") != "checkbox" or "checked" in given:
                self.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._name = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._name:
            # A browser leaves out the line break after the tag.
            self.fields[self._name] += data.removeprefix("\r").removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._name = ""


class Edits:
    """``with Edits(scene):`` starts the web server and saves edit after edit, each in two fields of one call.

    ``saved`` holds the newest edit of each call that the server said it had saved.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.port = free_port()
        self.saved: dict[int, int] = {}
        self.count = 0
        self._ended = Event()
        self._thread = Thread(target=self._save_on, daemon=True)

    def __enter__(self) -> "Edits":
        self.scene.installation.manage("collectstatic", "--no-input", "-v0")
        self.scene.installation.python(MAKE_LOGIN)
        with Database(self.scene.database_url) as database:
            self._calls = [row[0] for row in database.rows("SELECT id FROM apiclient_call ORDER BY id")][:EDITED_CALLS]
        self.start_web()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def start_web(self) -> None:
        self.scene.installation.start_web(self.port)

    def problems(self) -> list[str]:
        """Edits that are saved in one field and not in the other, or that are gone."""
        with Database(self.scene.database_url) as database:
            rows = {pk: (path, slow) for pk, path, slow in database.rows(ROWS) if pk in self._calls}
        found = []
        for pk, (path, slow) in rows.items():
            number = int(re.search(r"edit=(\d+)", path)[1]) if "edit=" in path else 0  # type: ignore[index]
            if number != (slow or 1000) - 1000:
                found.append(f"call {pk} is half saved: {path} with slow after {slow}")
            if number < self.saved.get(pk, 0):
                found.append(f"edit {self.saved[pk]} of call {pk} was saved and is gone: {path}")
        return found

    def _save_on(self) -> None:
        for number in count(1):
            if self._ended.is_set():
                return
            try:
                for pk in self._edits(number):
                    self.saved[pk] = number
                    self.count += 1
            except UNREACHABLE:
                self._ended.wait(0.2)

    def _edits(self, number: int) -> Iterator[int]:
        """One edit of each call, by a session of its own; the ids of those saved."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        base = f"http://127.0.0.1:{self.port}"
        login = f"{base}/accounts/login/"
        form = Form(opener.open(login, timeout=10).read().decode()).fields
        opener.open(login, urlencode(form | {"username": "admin", "password": PASSWORD}).encode(), timeout=10).close()
        for pk in self._calls:
            address = f"{base}/admin/apiclient/call/{pk}/change/"
            fields = Form(opener.open(address, timeout=10).read().decode()).fields
            path = fields["path"].partition("&edit=")[0] + f"&edit={number}"
            edit = fields | {"path": path, "slow_after_ms": str(1000 + number), "_save": "Save"}
            with opener.open(address, urlencode(edit).encode(), timeout=10) as answer:
                if answer.url == address:  # not led away: the form was refused
                    raise urllib.error.URLError("the edit was refused")
            yield pk
