"""What is configured, as a form: one logic for the pages and the admin."""

from dashboard.forms.call import CallForm
from dashboard.forms.configured import ConfiguredForm
from dashboard.forms.fields import HeadersField
from dashboard.forms.secret import NewSecretForm, SecretForm, SecretValueForm
from dashboard.forms.service import ServiceForm
from dashboard.forms.shared import SharedForm
from dashboard.forms.token import TokenForm
from dashboard.forms.webhook import WebhookForm

__all__ = [
    "CallForm",
    "ConfiguredForm",
    "HeadersField",
    "NewSecretForm",
    "SecretForm",
    "SecretValueForm",
    "ServiceForm",
    "SharedForm",
    "TokenForm",
    "WebhookForm",
]
