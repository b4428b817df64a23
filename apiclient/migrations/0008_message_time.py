"""Outcomes of a message group by time, which groups are new, and the days on which an answer came.

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
        migrations.AddIndex("rollup", models.Index(
            condition=models.Q(("call__isnull", True), ("step", 86400)),
            fields=["status_code", "failure", "service", "start_s"], name="rollup_answer",
        )),
        migrations.AddIndex("message", models.Index(fields=["first_seen"], name="message_first_seen")),
    ]
