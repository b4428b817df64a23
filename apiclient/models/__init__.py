"""The tables, one file per thing."""

from apiclient.models.answer import DocumentedAnswer
from apiclient.models.any_of import AnyOf
from apiclient.models.batch import Batch
from apiclient.models.cached import Cached
from apiclient.models.call import Call
from apiclient.models.delivery import Delivery
from apiclient.models.due import Due
from apiclient.models.first_seen import FirstSeen
from apiclient.models.heartbeat import Heartbeat, Tick
from apiclient.models.idempotency import Idempotency
from apiclient.models.location import Location
from apiclient.models.message import Message
from apiclient.models.outcome import Outcome, OutcomeDetail
from apiclient.models.pruned import Pruned
from apiclient.models.revision import Revision
from apiclient.models.rollup import Rollup, Step
from apiclient.models.secret import Secret
from apiclient.models.service import Service
from apiclient.models.standing import Hint, Standing
from apiclient.models.team import Team
from apiclient.models.token import Scope, Token, TokenError, UnknownTokenError
from apiclient.models.user import User
from apiclient.models.webhook import Webhook

__all__ = [
    "AnyOf",
    "Batch",
    "Cached",
    "Call",
    "Delivery",
    "DocumentedAnswer",
    "Due",
    "FirstSeen",
    "Heartbeat",
    "Hint",
    "Idempotency",
    "Location",
    "Message",
    "Outcome",
    "OutcomeDetail",
    "Pruned",
    "Revision",
    "Rollup",
    "Scope",
    "Secret",
    "Service",
    "Standing",
    "Step",
    "Team",
    "Tick",
    "Token",
    "TokenError",
    "UnknownTokenError",
    "User",
    "Webhook",
]
