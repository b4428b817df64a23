"""Chains: further requests of the same slot, with what is taken from one answer put into the next. Pure."""

from apiclient.chain.capture import Capture, Missing, captures_of
from apiclient.chain.follow import Build, Part, chain
from apiclient.chain.problem import problem_with_captures, problem_with_steps
from apiclient.chain.step import Planned, steps_of

__all__ = [
    "Build",
    "Capture",
    "Missing",
    "Part",
    "Planned",
    "captures_of",
    "chain",
    "problem_with_captures",
    "problem_with_steps",
    "steps_of",
]
