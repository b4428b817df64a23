"""The teams of a service, as a field of its form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apiclient.models import Team
from dashboard.access import NONE_LEFT, Sharing
from dashboard.forms.configured import ConfiguredForm


class SharedForm(ConfiguredForm):
    """``sharing`` says which teams may be chosen; those that may not be stay as they are."""

    sharing: Sharing
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Their members see it and what it answers.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        offered = [team.pk for team in self.sharing.teams]
        self.fields["teams"].queryset = Team.objects.filter(pk__in=offered)  # type: ignore[attr-defined]
        self.initial["teams"] = self.sharing.usual if self.is_new else list(self._chosen())
        if not self.sharing.required:
            self.fields["teams"].help_text += " Without any only admins do."

    def clean_teams(self) -> Any:
        if self.sharing.problem:
            raise ValidationError(self.sharing.problem)
        if self.sharing.required and not self.cleaned_data["teams"]:
            raise ValidationError(NONE_LEFT)
        return self.cleaned_data["teams"]

    def _chosen(self) -> Any:
        return self.instance.teams.filter(pk__in=[team.pk for team in self.sharing.teams])

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        if "teams" in self.fields:
            self.sharing.choose(self.instance, self.cleaned_data["teams"])
        elif self.is_new:
            self.instance.teams.set(self.sharing.usual)
