from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("apiclient", "0003_rollup_ladder")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("host", models.CharField(max_length=200)),
                ("process", models.IntegerField()),
                ("started_ms", models.BigIntegerField()),
                ("seen_ms", models.BigIntegerField()),
                ("open_slots", models.IntegerField()),
                ("capacity", models.IntegerField()),
                ("clock_ms", models.BigIntegerField(default=0)),
            ],
            options={"ordering": ["name", "pk"]},
        ),
        migrations.CreateModel(
            name="Tick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at_ms", models.BigIntegerField()),
            ],
        ),
    ]
