"""Calls run in locations, each with its own slots; services have a limit; missed slots say why."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Min


def make_default_location(apps, schema_editor):
    apps.get_model("apiclient", "Location").objects.create(number=0, name="Default", slug="default")


def keep_places(apps, schema_editor):
    """Each call goes on in the default location, where it stood."""
    places = apps.get_model("apiclient", "OldDue").objects.order_by("pk")
    Due = apps.get_model("apiclient", "Due")
    fields = ("call_id", "due_ms", "since_ms", "cadence")
    rows = (Due(**row, location_id=0) for row in places.values(*fields).iterator(chunk_size=2_000))
    Due.objects.bulk_create(rows, batch_size=2_000)


def keep_one_place(apps, schema_editor):
    """Backwards: a call keeps its place in the default location, else in the first of its others, planned anew."""
    Due, OldDue = apps.get_model("apiclient", "Due"), apps.get_model("apiclient", "OldDue")
    first = dict(Due.objects.order_by().values_list("call_id").annotate(first=Min("location_id")))
    rows = [
        OldDue(
            call_id=row.call_id,
            # With an offset its slots are not those of the old timetable: the next save plans it.
            **({"due_ms": row.due_ms, "cadence": row.cadence} if row.location_id == 0 else {"due_ms": None}),
            since_ms=row.since_ms,
        )
        for row in Due.objects.order_by("pk")
        if first[row.call_id] == row.location_id
    ]
    OldDue.objects.bulk_create(rows, batch_size=2_000)


def location():
    """The location in tables that grow: two bytes, no constraint, no index."""
    return models.ForeignKey(
        db_constraint=False, db_default=0, db_index=False, default=0, related_name="+", to="apiclient.location",
        on_delete=django.db.models.deletion.DO_NOTHING,
    )


def concurrency(**more):
    return models.PositiveIntegerField(
        "concurrent calls", blank=True, null=True,
        help_text="At most so many at once from each worker process; further ones wait up to 5 s. Blank: no limit.",
        validators=[
            django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100_000)
        ],
        **more,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("apiclient", "0004_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Location",
            fields=[
                ("number", models.SmallAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, unique=True)),
                ("slug", models.SlugField(blank=True, help_text="Names the queue; made from the name. Once changed, workers must be started with the new queue.", max_length=80, unique=True)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gte", 0), ("number__lte", 199)), name="location_number")
                ],
            },
        ),
        migrations.RunPython(make_default_location, migrations.RunPython.noop),
        migrations.AddField("call", "locations", models.ManyToManyField(
            blank=True, help_text="Where it runs, once in each. None: in the default one.", related_name="calls",
            to="apiclient.location",
        )),
        migrations.AddField("batch", "location", location()),
        migrations.AddField("outcome", "location", location()),
        migrations.AddField("outcome", "missed_because", models.SmallIntegerField(null=True)),
        migrations.AddIndex("outcome", models.Index(
            condition=models.Q(("missed_because__isnull", False)), fields=["id", "missed_because"], name="outcome_missed",
        )),
        # A service that is there already goes on without a limit.
        migrations.AddField("service", "concurrency", concurrency()),
        migrations.AlterField("service", "concurrency", concurrency(default=50)),
        migrations.RenameModel("Due", "OldDue"),
        migrations.AlterField("olddue", "call", models.OneToOneField(
            on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False,
            to="apiclient.call",
        )),
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_ms", models.BigIntegerField(null=True)),
                ("since_ms", models.BigIntegerField()),
                ("cadence", models.CharField(blank=True, max_length=200)),
                ("call", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="dues", to="apiclient.call")),
                ("location", models.ForeignKey(db_index=False, default=0, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="apiclient.location")),
            ],
            options={
                "verbose_name_plural": "due",
                "indexes": [models.Index(fields=["due_ms"], name="due_next")],
                "constraints": [models.UniqueConstraint(fields=("call", "location"), name="due_once_per_location")],
            },
        ),
        migrations.RunPython(keep_places, keep_one_place),
        migrations.DeleteModel("OldDue"),
    ]
