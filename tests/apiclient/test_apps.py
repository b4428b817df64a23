"""What each connection to the database is told."""

import pytest
from django.db import connection

from apiclient.apps import IDLE_TRANSACTION_S


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite frees the locks of a process that is gone, no other")
@pytest.mark.django_db
def test_postgresql_ends_a_transaction_that_stands_still():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == (f"{IDLE_TRANSACTION_S}s",)
