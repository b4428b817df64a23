"""The door of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
application = get_wsgi_application()

import dashboard.urls  # noqa: E402, F401  (with all pages, which a first request would wait for)

# What is loaded stays: no request shall wait while Python looks through all of it for garbage.
gc.collect()
gc.freeze()
