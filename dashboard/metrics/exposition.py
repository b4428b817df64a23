"""Prometheus's text format, version 0.0.4. Pure."""

from collections.abc import Iterable, Iterator
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

    def lines(self) -> Iterator[str]:
        """As they are sent; none at all where there is no sample."""
        head = f"# HELP {self.name} {self.about}\n# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            if head:
                yield head
                head = ""
            yield f"{self.name}{labels} {number(value)}"


def text(families: Iterable[Family]) -> str:
    return "".join(f"{line}\n" for family in families for line in family.lines())


def labels(**pairs: str) -> str:
    """`{name="value",...}`, whatever the values hold."""
    return "{" + ",".join(f'{name}="{escape(value)}"' for name, value in pairs.items()) + "}"


def escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def number(value: float) -> str:
    """Whole numbers without a point, others to the precision that a float has."""
    return str(int(value)) if value == int(value) else repr(float(value))
