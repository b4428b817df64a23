"""Webhooks: a call's verdict changes, and who asked for it is told, at least once.

Recording leaves a hint where a verdict may have changed, which is an insert and waits for nobody. ``settle`` looks at
the hints one after another, and writes a delivery for each change and webhook in the same transaction in which it
moves the standing of the call: so each change is found once. ``deliver`` leases what is due and puts it on the wire; a
delivery whose worker vanished is due again when its lease has ended. ``tell_news`` does the same for codes that a call
has never answered before.
"""

from apiclient.webhook.change import is_hinted, settle
from apiclient.webhook.hint import leave_hints
from apiclient.webhook.news import is_news, tell_news
from apiclient.webhook.old import forget, old_deliveries
from apiclient.webhook.outbox import is_waiting, send_again, send_test
from apiclient.webhook.scope import of_user
from apiclient.webhook.sender import deliver, drain

__all__ = [
    "deliver",
    "drain",
    "forget",
    "is_hinted",
    "is_news",
    "is_waiting",
    "leave_hints",
    "of_user",
    "old_deliveries",
    "send_again",
    "send_test",
    "settle",
    "tell_news",
]
