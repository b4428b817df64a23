"""Finding: what one check found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """``said`` is a sentence of what was found; ``advice`` says what to do, '' where nothing is to be done."""

    name: str
    level: Level
    said: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.level:<8} {self.name:<11} {self.sentence}"

    @property
    def sentence(self) -> str:
        return f"{self.said} {self.advice}".strip()


def worst(findings: list[Finding]) -> Level:
    return max((finding.level for finding in findings), key=list(Level).index, default=Level.OK)
