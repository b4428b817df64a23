"""Who signs in, in which roles, and the teams that say who sees which services."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from apiclient.models import Service, Team, User
from apiclient.models.team import everyone
from apiclient.roles import VIEWER
from dashboard.access import reach

MOST_NAMED = 10


class TeamsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A user's teams, which the table of teams keeps."""

    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whose services this user sees. Admins see every service, whatever their teams.",
    )

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self.instance.teams.set(self.cleaned_data["teams"])


class NewUserForm(TeamsForm, AdminUserCreationForm):  # type: ignore[type-arg]
    """A viewer of what everybody sees, unless something else is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("teams", everyone())
        self.initial.setdefault("groups", Group.objects.filter(name=VIEWER))


class UserForm(TeamsForm, UserChangeForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["teams"] = self.instance.teams.all()


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    form, add_form = UserForm, NewUserForm
    list_display = ("username", "email", "roles", "in_teams", "is_active", "is_superuser")
    list_filter = ("groups", "teams", "is_active", "is_staff", "is_superuser")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        ("Role and teams", {"fields": ("groups", "teams")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "time_zone", "theme")}),
        (
            "Beyond the role",
            {"fields": ("is_staff", "is_superuser", "user_permissions"), "classes": ("collapse",)},
        ),
        (None, {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2", "groups", "teams")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups", "teams")

    @admin.display(description="role")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description="teams")
    def in_teams(self, user: User) -> str:
        return ", ".join(team.name for team in user.teams.all())


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who may only look sees their own teams."""

    list_display = ("name", "slug", "number_of_members", "number_of_services")
    search_fields = ("name", "slug", "members__username", "services__name")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("members", "services")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        teams: QuerySet[Team] = super().get_queryset(request)
        user: Any = request.user
        own = teams if reach(request) is None else teams.filter(pk__in=user.teams.all())
        return own.annotate(people=Count("members", distinct=True), apis=Count("services", distinct=True))

    @admin.display(description="members", ordering="people")
    def number_of_members(self, team: Any) -> int:
        return int(team.people)

    @admin.display(description="services", ordering="apis")
    def number_of_services(self, team: Any) -> int:
        return int(team.apis)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._tell_what_is_left(request)

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        super().delete_model(request, obj)
        self._tell_what_is_left(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        super().delete_queryset(request, queryset)
        self._tell_what_is_left(request)

    def _tell_what_is_left(self, request: HttpRequest) -> None:
        """Whose services and which users are in no team: nobody would find out by looking."""
        for kind, what in ((Service, "Seen by admins alone, being in no team"), (User, "In no team")):
            left = list(kind.objects.filter(teams=None).order_by("pk")[: MOST_NAMED + 1])
            if left:
                names = ", ".join(map(str, left[:MOST_NAMED])) + (", ..." if len(left) > MOST_NAMED else "")
                self.message_user(request, f"{what}: {names}.", messages.WARNING)
