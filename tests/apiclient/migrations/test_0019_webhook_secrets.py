"""Secrets of webhooks that were stored plain are encrypted, and come back plain."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apiclient.models import Webhook
from apiclient.signature import make_secret

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "0019_webhook_secrets"


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("apiclient", name)])
    return executor.loader.project_state([("apiclient", name)]).apps


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM apiclient_webhook")
        return cursor.fetchone()[0]


def test_what_was_plain_is_encrypted_and_back():
    graph = MigrationExecutor(connection).loader.graph
    newest = graph.leaf_nodes("apiclient")[0][1]
    before = next(parent.key[1] for parent in graph.node_map["apiclient", NAME].parents if parent.key[0] == "apiclient")
    secret = make_secret()
    try:
        old = migrate(before)
        owner = old.get_model("apiclient", "User").objects.create(username="ann")
        old.get_model("apiclient", "Webhook").objects.create(name="a", url="http://h/", secret=secret, owner=owner)
        assert stored() == secret
        migrate(NAME)
        assert secret not in stored()
        migrate(before)
        assert stored() == secret
    finally:
        migrate(newest)
    assert Webhook.objects.get().newest_secret == secret
