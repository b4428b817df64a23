"""The admin interface: what is configured is edited here; what came of it is only read."""

from dashboard.admin import configured, people, secret, token, webhook, written  # noqa: F401  (register their tables)
