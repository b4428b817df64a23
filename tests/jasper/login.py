"""Signing in and out: what of it tells success and failure by the code, and what does not."""

import re
from dataclasses import replace

from tests.jasper.message import Asked, Said, empty, page, redirect, text
from tests.jasper.state import State

ANONYMOUS = re.compile(r"/rest_v2/(serverInfo|application\.wadl|bundles|settings)(/.*)?")
BROWSER = re.compile(r"Mozilla/|Opera/")


def cookie(session: str) -> tuple[str, str]:
    return "Set-Cookie", f"JSESSIONID={session}; Path=/jasperserver-pro; HttpOnly"


def outside(state: State, asked: Asked) -> Said | None:
    """Of paths that are asked before anybody has signed in; None where it is none of them."""
    paths = {
        ("POST", "/rest_v2/login"): login,
        ("GET", "/rest_v2/login"): login,
        ("POST", "/rest/login"): login_v1,
        ("POST", "/j_spring_security_check"): login_form,
        ("GET", "/logout.html"): logout,
        ("GET", "/GetEncryptionKey"): encryption_key,
    }
    answer = paths.get((asked.method, asked.path))
    return answer(state, asked) if answer else None


def login(state: State, asked: Asked) -> Said:
    given = asked.fields
    if asked.method == "GET" and not state.get_login:
        return page(405, "Method Not Allowed")
    for name in ("j_username", "j_password"):
        if name not in given:
            return text(400, f"{name} is missing")
    if state.users.get(given["j_username"]) != given["j_password"]:
        return empty(401)
    if state.licence_ended:
        return empty(403)
    return _signed_in(state, given["j_username"], Said(200))


def login_v1(state: State, asked: Asked) -> Said:
    """Gone since 7.1. An ended licence is a redirect here."""
    if tuple(map(int, state.version.split(".")[:2])) >= (7, 1):
        return page(404, "Not Found")
    if state.users.get(asked.fields.get("j_username", "")) != asked.fields.get("j_password"):
        return empty(401)
    if state.licence_ended:
        return redirect("/jasperserver-pro/licenseError.html")
    return _signed_in(state, asked.fields["j_username"], Said(200))


def login_form(state: State, asked: Asked) -> Said:
    """The form of the login page: 302 either way."""
    given = asked.fields
    if state.users.get(given.get("j_username", "")) != given.get("j_password"):
        return redirect("/jasperserver-pro/login.html?error=1")
    return _signed_in(state, given["j_username"], redirect("/jasperserver-pro/loginsuccess.html"))


def logout(state: State, asked: Asked) -> Said:
    """302, or the login page itself where the session is not ended."""
    state.close_session(asked.cookies.get("JSESSIONID", ""))
    return redirect("/jasperserver-pro/login.html?showPasswordChange=null")


def encryption_key(state: State, asked: Asked) -> Said:
    """The key pair is kept in a session."""
    if not state.keys_on:
        return text(200, "{Error: Key generation is off}")
    return _signed_in(state, "", text(200, '{"maxdigits":"131","e":"10001","n":"9a5f"}'))


def sign_in(state: State, asked: Asked) -> tuple[Asked, Said | None, str]:
    """Who asks, what to say at once instead of an answer, and the session that this request has opened."""
    session = asked.cookies.get("JSESSIONID", "")
    if session in state.sessions:
        return replace(asked, user=state.sessions[session], session=session), None, ""
    given = asked.basic
    if given is None and "j_username" in asked.query:
        given = (asked.query["j_username"], asked.query.get("j_password", ""))
    if given is None:
        return asked, None if ANONYMOUS.fullmatch(asked.path) else unknown(asked), ""
    if state.users.get(given[0]) != given[1]:
        return asked, empty(401), ""
    if state.licence_ended:
        return asked, empty(403), ""
    opened = state.open_session(given[0])
    return replace(asked, user=given[0], session=opened), None, opened


def rejected(state: State, asked: Asked) -> Said | None:
    """Cross-domain calls: 401, whoever has signed in."""
    domain = asked.headers.get("x-remote-domain")
    if domain and state.whitelist and not re.fullmatch(state.whitelist, domain):
        return page(401, f"Domain {domain} forbidden.")
    writes = asked.method in ("POST", "PUT", "DELETE")
    if writes and not domain and BROWSER.search(asked.headers.get("user-agent", "")):
        return page(401, "Unauthorized")
    return None


def unknown(asked: Asked) -> Said:
    """Nobody said who they are: the container's page, and what makes a browser ask."""
    said = page(401, "HTTP Status 401")
    if asked.headers.get("x-suppress-basic") != "true":
        said.headers.append(("WWW-Authenticate", 'Basic realm="Protected area"'))
    return said


def _signed_in(state: State, user: str, said: Said) -> Said:
    said.headers.append(cookie(state.open_session(user)))
    return said
