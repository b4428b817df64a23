"""What would change if services and calls became what a file describes, and the change itself, all or nothing."""

from apiclient.plan.carry import Refused, Result, carry_out, look
from apiclient.plan.change import Action, Change, Difference, Thing

__all__ = ["Action", "Change", "Difference", "Refused", "Result", "Thing", "carry_out", "look"]
