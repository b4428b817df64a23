"""A value that a schema allows, as far as one can be made without knowing what it means. Pure and bounded."""

from dataclasses import dataclass, field
from typing import Any

from apiclient.importers.part import Part

DEEPEST = 10
MOST = 400
"""Values in one sample."""
_TEXTS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "url": "https://example.org/",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
NOTHING: Any = object()
"""No value is given: None may be one."""


def given(part: Part) -> Any:
    """The example, default or only value that a parameter, media type or schema names; NOTHING where it has none."""
    value = part.value
    if not isinstance(value, dict):
        return NOTHING
    for key in ("example", "x-example", "const", "default"):
        if value.get(key) is not None:
            return value[key]
    examples = value.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    if isinstance(examples, dict):
        for _, example in part.at("examples").members():
            if isinstance(example.value, dict) and "value" in example.value:
                return example.value["value"]
    choices = value.get("enum")
    return choices[0] if isinstance(choices, list) and choices else NOTHING


def sample(schema: Part) -> Any:
    """A value of this schema: required members, recursion cut off, at most MOST values."""
    return _Maker().make(schema, 0)


@dataclass(slots=True)
class _Maker:
    left: int = MOST
    above: list[int] = field(default_factory=list)

    def make(self, schema: Part, depth: int) -> Any:
        self.left -= 1
        known = given(schema)
        if known is not NOTHING:
            return known
        if not isinstance(schema.value, dict) or depth > DEEPEST or self.left < 0 or id(schema.value) in self.above:
            return None
        self.above.append(id(schema.value))
        made = self._combined(schema, depth)
        self.above.pop()
        return made

    def _combined(self, schema: Part, depth: int) -> Any:
        for key in ("oneOf", "anyOf"):
            if key in schema:
                choices = [choice for choice in schema.at(key).items() if not _is_null(choice)]
                made = self.make(choices[0], depth + 1) if choices else None
                own = self._typed(schema, depth) if "properties" in schema else None
                return {**own, **made} if isinstance(own, dict) and isinstance(made, dict) else made
        if "allOf" not in schema:
            return self._typed(schema, depth)
        parts = [self.make(part, depth + 1) for part in schema.at("allOf").items()]
        parts.append(self._typed(schema, depth) if "properties" in schema else None)
        objects = [part for part in parts if isinstance(part, dict)]
        merged = {key: value for part in objects for key, value in part.items()}
        return merged if objects else next((part for part in parts if part is not None), None)

    def _typed(self, schema: Part, depth: int) -> Any:
        kind = _type_of(schema)
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            made = self.make(schema.at("items"), depth + 1) if "items" in schema else None
            return [] if made is None else [made]
        if kind == "string":
            return _text(schema)
        if kind in ("integer", "number"):
            least = schema.value.get("minimum")
            return least if isinstance(least, int | float) and not isinstance(least, bool) else 1
        return True if kind == "boolean" else None

    def _object(self, schema: Part, depth: int) -> dict[str, Any]:
        required = _required(schema)
        made: dict[str, Any] = {}
        for name, member in schema.at("properties").members():
            if self.left < 0:
                break
            is_wanted = name in required if required else True
            if is_wanted and not (isinstance(member.value, dict) and member.value.get("readOnly") is True):
                made[name] = self.make(member, depth + 1)
        return made


def _required(schema: Part) -> set[str]:
    """Their names. Old drafts say ``required: true`` of one member, which names none."""
    names = schema.value.get("required")
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()


def _is_null(schema: Part) -> bool:
    return isinstance(schema.value, dict) and schema.value.get("type") == "null"


def _type_of(schema: Part) -> str:
    kind = schema.value.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "array" if "items" in schema else ""


def _text(schema: Part) -> str:
    shape = schema.value.get("format")
    text = _TEXTS.get(shape, "string") if isinstance(shape, str) else "string"
    least = schema.value.get("minLength")
    return text.ljust(min(least, 200), "x") if isinstance(least, int) else text
