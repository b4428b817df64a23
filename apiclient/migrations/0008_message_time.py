"""Outcomes of a message group by time, and which groups are new.

Building the index holds up whoever records failures: count on a second for each million of texts kept.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("apiclient", "0007_preferences"),
    ]

    operations = [
        migrations.AddIndex("outcomedetail", models.Index(
            condition=models.Q(("message__isnull", False)), fields=["message", "outcome"], name="detail_message_time",
        )),
        migrations.AlterField("outcomedetail", "message", models.ForeignKey(
            db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL,
            related_name="details", to="apiclient.message",
        )),
        migrations.AddIndex("message", models.Index(fields=["first_seen"], name="message_first_seen")),
    ]
