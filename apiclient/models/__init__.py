"""The tables, one file per thing."""

from apiclient.models.any_of import AnyOf
from apiclient.models.batch import Batch
from apiclient.models.call import Call
from apiclient.models.due import Due
from apiclient.models.message import Message
from apiclient.models.outcome import Outcome, OutcomeDetail
from apiclient.models.pruned import Pruned
from apiclient.models.rollup import Rollup, Step
from apiclient.models.service import Service
from apiclient.models.user import User

__all__ = [
    "AnyOf",
    "Batch",
    "Call",
    "Due",
    "Message",
    "Outcome",
    "OutcomeDetail",
    "Pruned",
    "Rollup",
    "Service",
    "Step",
    "User",
]
