"""A login of somebody who may do everything, for programs that measure or test a server of their own."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from apiclient.models import User

NAME = "bench"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin() -> str:
    """Make a session; its key."""
    user = owner()
    session = SessionStore()
    session.update({SESSION_KEY: user.pk, BACKEND_SESSION_KEY: BACKEND, HASH_SESSION_KEY: user.get_session_auth_hash()})
    session.create()
    return str(session.session_key)


def owner() -> User:
    """The somebody, made where there is none."""
    return User.objects.filter(username=NAME).first() or User.objects.create_superuser(NAME)
