"""Roles and a first team: whoever and whatever is there stays as visible as it was."""

from django.db import migrations
from django.db.models import Q

from apiclient.roles import ADMIN, VIEWER, grant


def give_roles_and_a_team(apps, schema_editor):
    using = schema_editor.connection.alias
    grant(apps, using)
    Group, User, Team, Service = (
        apps.get_model(name) for name in ("auth.Group", "apiclient.User", "apiclient.Team", "apiclient.Service")
    )
    users = User.objects.using(using)
    staff = Q(is_staff=True) | Q(is_superuser=True)
    Group.objects.using(using).get(name=ADMIN).user_set.add(*users.filter(staff))
    Group.objects.using(using).get(name=VIEWER).user_set.add(*users.exclude(staff))
    # A database that never held anybody or anything gets the team too: it is where new ones begin.
    team, _ = Team.objects.using(using).get_or_create(slug="everyone", defaults={"name": "Everyone"})
    team.members.add(*users.all())
    team.services.add(*Service.objects.using(using).all())


class Migration(migrations.Migration):
    dependencies = [
        ("apiclient", "0009_teams"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give_roles_and_a_team, migrations.RunPython.noop)]
