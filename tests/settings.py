"""dashboard.settings made fast: plain static files, quick passwords; the database and broker of the environment."""

import os
import tempfile

os.environ.setdefault("ANSWERBACK_VAR_DIR", tempfile.mkdtemp(prefix="answerback-test-"))
os.environ.setdefault("ANSWERBACK_API_RATE", "0")
os.environ.setdefault("ANSWERBACK_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128")

from dashboard.settings import *  # noqa: F403
from dashboard.settings import CACHES, DATABASES, MIDDLEWARE, STORAGES, VAR_DIR

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
# Each process for itself, so that no test counts what another one asked; tests of the shared ones choose them.
CACHES = CACHES | {"shared": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "shared"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file as in production: threads that share a database in memory meet other locks than readers and writers do.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
