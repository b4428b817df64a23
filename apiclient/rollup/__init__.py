"""Counts and latency histograms over spans of time, and the ladder of their steps.

Cells add up, so writing one is an insert and nobody waits. A minute's cells count a service and are inserted with
the outcomes they count. A quarter hour's are made from the outcomes once it is closed, for each call, its service
and everything; an hour's, six hours' and a day's from the step below. An outcome that comes later still recounts
its quarter and what is above it in its own transaction.
"""

from apiclient.rollup.cell import Cell, Cells, Key, cell_of, insert, minute_key
from apiclient.rollup.closed import Bounds, ClosedMeanwhile, bounds, change, closed_until_s, give_up, hold
from apiclient.rollup.deletion import forget
from apiclient.rollup.folding import fold
from apiclient.rollup.ladder import close, late_keys, recount
from apiclient.rollup.thinning import thin

__all__ = [
    "Bounds",
    "Cell",
    "Cells",
    "ClosedMeanwhile",
    "Key",
    "bounds",
    "cell_of",
    "change",
    "close",
    "closed_until_s",
    "fold",
    "forget",
    "give_up",
    "hold",
    "insert",
    "late_keys",
    "minute_key",
    "recount",
    "thin",
]
