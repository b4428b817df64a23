"""A form that tells when somebody else has saved the same thing since it was shown."""

from typing import Any

from django import forms

from dashboard.version import told, version


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]
    """``conflict`` says who was faster, '' when nobody was; what was typed is kept, to be saved knowingly."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict = ""
        if self.instance.pk:
            self.initial["version"] = version(self.instance)

    def is_overtaken(self) -> bool:
        """Whether it was saved since the form was shown. To be asked where no other edit can come between."""
        now = type(self.instance).objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        shown = self.cleaned_data.get("version")
        if now is None or not shown or shown == version(now):
            return False
        self.conflict = told(now)
        sent: Any = self.data.copy()  # type: ignore[attr-defined]  # as a browser sends it: a QueryDict
        sent["version"] = version(now)
        self.data = sent
        return True
