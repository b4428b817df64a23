"""What a check finds in an answer, and what it says of a check that cannot be read."""

from typing import NamedTuple


class Finding(NamedTuple):
    """``sentence`` says what must be and what is."""

    holds: bool
    sentence: str


class Result(NamedTuple):
    """What an answer was judged by; what does not hold fails it, or only degrades it where it ``degrades``."""

    sentence: str
    holds: bool
    degrades: bool = False


class Wrong(ValueError):
    """A check that cannot be read; ``where`` leads to the member that is meant: (1, "path")."""

    def __init__(self, sentence: str, *where: int | str) -> None:
        super().__init__(sentence)
        self.where = where

    @property
    def place(self) -> str:
        """``[1].path``"""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.where)
