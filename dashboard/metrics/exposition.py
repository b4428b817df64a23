"""Prometheus's text format, version 0.0.4. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[str, float]
"""Labels as `labels` writes them, and a value. A name's suffix may stand before the labels: `_sum{a="b"}`."""


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: ``kind`` is counter, gauge or histogram."""

    name: str
    kind: str
    about: str
    samples: Iterable[Sample]

    def __str__(self) -> str:
        """As it is sent; nothing where there is no sample."""
        lines = [f"{self.name}{labels} {number(value)}\n" for labels, value in self.samples]
        head = f"# HELP {self.name} {self.about}\n# TYPE {self.name} {self.kind}\n"
        return head + "".join(lines) if lines else ""


def text(families: Iterable[Family]) -> str:
    return "".join(map(str, families))


def labels(**pairs: str) -> str:
    """`{name="value",...}`, whatever the values hold."""
    return "{" + ",".join(f'{name}="{escape(value)}"' for name, value in pairs.items()) + "}"


def escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def number(value: float) -> str:
    """Whole numbers without a point, others to the precision that a float has."""
    return str(int(value)) if value == int(value) else repr(float(value))
