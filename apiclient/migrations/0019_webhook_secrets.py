"""What signs webhooks is stored encrypted."""

from django.db import migrations

import apiclient.models.encrypted
from apiclient.seal import PREFIX, Sealed, seal


def encrypt(apps, schema_editor):
    webhooks = apps.get_model("apiclient", "Webhook").objects
    for pk, kept in list(webhooks.values_list("pk", "secret")):
        if kept.stored and not kept.stored.startswith(PREFIX):
            webhooks.filter(pk=pk).update(secret=seal(kept.stored))


def decrypt(apps, schema_editor):
    webhooks = apps.get_model("apiclient", "Webhook").objects
    for pk, kept in list(webhooks.values_list("pk", "secret")):
        if kept.stored.startswith(PREFIX):
            webhooks.filter(pk=pk).update(secret=Sealed(kept.open()))


class Migration(migrations.Migration):

    dependencies = [
        ('apiclient', '0018_first_seen'),
    ]

    operations = [
        migrations.AlterField(
            model_name='webhook',
            name='secret',
            field=apiclient.models.encrypted.EncryptedField(editable=False),
        ),
        migrations.RunPython(encrypt, decrypt),
    ]
