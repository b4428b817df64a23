"""A call tried from a form, as its result is shown."""

from dataclasses import dataclass

from apiclient.models import Call
from apiclient.reason import reason
from apiclient.trial import BusyError, Trial, try_out
from dashboard.charts import Phase
from dashboard.pages.outcome import phases
from dashboard.pages.steps import Step, steps

WHOLE_FORM = {"HX-Retarget": "#configure", "HX-Reselect": "#configure", "HX-Reswap": "outerHTML"}
"""What tells script to replace the form, for its errors, and not the result beside it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it; ``trial`` is None when it could not even begin, and ``problem`` says why."""

    trial: Trial | None = None
    reason: str = ""
    phases: tuple[Phase, ...] = ()
    steps: tuple[Step, ...] = ()
    problem: str = ""


def attempt(call: Call) -> Attempt:
    """Send the request of this call, which need not be saved, and wait for the answer."""
    try:
        trial = try_out(call)
    except BusyError as error:
        return Attempt(problem=str(error))
    return Attempt(
        trial,
        reason(trial.outcome, trial.detail),
        phases=tuple(phases(trial.outcome)),
        steps=tuple(steps(trial.detail)),
    )
