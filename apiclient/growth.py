"""How often a JSON Schema can look at one place of a document: what bounds the time it takes. Pure.

Only references inside the schema are followed. ``{"anyOf": [a, a]}`` looks twice, a reference to such a thing twice as
often again, and a recursive one at every level of the document.
"""

from collections.abc import Iterator
from typing import Any

LEVELS = 50
"""Documents nested deeper are not judged by schemas."""
SAME_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")
BELOW_EACH = (
    "patternProperties", "additionalProperties", "propertyNames", "items", "additionalItems", "contains",
    "unevaluatedProperties", "unevaluatedItems", "contentSchema",
)  # fmt: skip
BELOW_ONE = ("properties", "prefixItems")
MAPS = ("properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions")
REFUSED = ("$dynamicRef", "$recursiveRef")
INFINITE = 10**12


def looks(schema: Any) -> list[int]:
    """For documents of 0, 1, 2... LEVELS levels: how often one place is looked at, at most.

    ValueError with a sentence for references that are not followed, or that lead to themselves.
    """
    parts = dict(_parts(schema))
    costs = _Costs(schema, parts)
    return [costs.level(depth) for depth in range(LEVELS + 1)]


class _Costs:
    def __init__(self, root: Any, parts: dict[int, Any]) -> None:
        self._root, self._parts = root, parts
        self._below: dict[int, int] = {}
        self._here: dict[int, int] = {}

    def level(self, depth: int) -> int:
        """Every part's cost for documents of one level more than before; the root's."""
        self._here = {}
        try:
            for part in self._parts.values():
                self._of(part)
        except RecursionError:
            raise ValueError("The schema refers on and on: make it simpler.") from None
        self._below = self._here
        return self._here[id(self._root)]

    def _of(self, part: Any) -> int:
        if not isinstance(part, dict):
            return 1
        key = id(part)
        if key in self._here:
            if not self._here[key]:
                raise ValueError("The schema refers to itself without going deeper into the document.")
            return self._here[key]
        self._here[key] = 0
        cost = 1 + sum(self._of(each) for each in self._same_place(part)) + self._cost_below(part)
        again = any(name.startswith("unevaluated") for name in part)
        self._here[key] = min(INFINITE, cost * 2 if again else cost)
        return self._here[key]

    def _same_place(self, part: dict[str, Any]) -> Iterator[Any]:
        if "$ref" in part:
            yield self._resolved(part["$ref"])
        for name in SAME_PLACE:
            yield from _subschemas(name, part.get(name))

    def _cost_below(self, part: dict[str, Any]) -> int:
        each = sum(self._below.get(id(sub), 0) for name in BELOW_EACH for sub in _subschemas(name, part.get(name)))
        one = [self._below.get(id(sub), 0) for name in BELOW_ONE for sub in _subschemas(name, part.get(name))]
        return each + max(one, default=0)

    def _resolved(self, reference: Any) -> Any:
        found = self._root
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise ValueError(f"$ref {str(reference)[:80]!r}: use a place of this schema, such as #/$defs/a.")
        for step in reference[2:].split("/") if reference != "#" else ():
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and step.isascii() and step.isdigit() and int(step[:6]) < len(found):
                found = found[int(step[:6])]
            elif isinstance(found, dict) and step in found:
                found = found[step]
            else:
                raise ValueError(f"$ref {reference[:80]!r}: there is nothing there.")
        if isinstance(found, dict) and id(found) not in self._parts:
            raise ValueError(f"$ref {reference[:80]!r}: that is no schema; put it under $defs.")
        return found


def _parts(schema: Any) -> Iterator[tuple[int, Any]]:
    """Every subschema, by identity."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield id(part), part
        for name in REFUSED:
            if name in part:
                raise ValueError(f"{name} is not understood here: use $ref.")
        if part is not schema and any(isinstance(part.get(name), str) for name in ("$id", "id")):
            raise ValueError("$id inside a schema is not understood here: use $defs.")
        for name in (*SAME_PLACE, *BELOW_EACH, *BELOW_ONE, "$defs", "definitions"):
            waiting.extend(_subschemas(name, part.get(name)))


def _subschemas(name: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values()) if name in MAPS else [value]
    return []
