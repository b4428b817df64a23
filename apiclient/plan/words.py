"""Changes in words for a terminal, and as JSON for programs. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from apiclient.plan.change import Action, Change, Difference, Thing

SIGNS = {Action.CREATE: "+", Action.CHANGE: "~", Action.DELETE: "-"}
LONGEST = 100


def lines(changes: Iterable[Change]) -> Iterator[str]:
    """A line for each thing and each member: ``~ call Shop / Orders``, ``      path: /orders -> /v2/orders``."""
    for change in changes:
        place = " / ".join(filter(None, (change.service, change.call, change.codes)))
        yield f"{SIGNS[change.action]} {change.thing} {readable(place)}"
        for one in change.differences:
            yield f"      {one.member}: {difference(one, change.action)}"


def difference(one: Difference, action: Action) -> str:
    """``60 -> 30``; of something new what it is."""
    after = brief(one.after)
    return after if action is Action.CREATE else f"{brief(one.before)} -> {after}"


def brief(value: Any) -> str:
    """A value in one line of bounded length; a text as it is, where that can be read."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    text = readable(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def readable(text: str) -> str:
    """Without characters that a terminal would obey."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def summary(changes: Iterable[Change], *, done: bool) -> str:
    """``3 created, 1 changed, 0 deleted.``"""
    counts = Counter(change.action for change in changes)
    if not counts:
        return "Nothing to do."
    words = ("created", "changed", "deleted") if done else ("to create", "to change", "to delete")
    return ", ".join(f"{counts[action]} {word}" for action, word in zip(Action, words, strict=True)) + "."


def report(changes: Sequence[Change], notes: Iterable[str], *, done: bool) -> str:
    """All of it for a terminal."""
    return "\n".join([*lines(changes), *map(readable, notes), summary(changes, done=done)])


def as_object(changes: Sequence[Change], notes: Iterable[str], *, dry_run: bool) -> dict[str, Any]:
    """All of it for programs: ``{"dry_run", "changes": [...], "counts", "notes"}``."""
    return {"dry_run": dry_run, "changes": as_json(changes), "counts": counts(changes), "notes": list(notes)}


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """JSON values with the members of ``Change``."""
    return [asdict(change) | {"action": str(change.action), "thing": str(change.thing)} for change in changes]


def counts(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """How many, by thing and action: ``{"service": {"create": 1, ...}, ...}``."""
    found = Counter((change.thing, change.action) for change in changes)
    return {str(thing): {str(action): found[thing, action] for action in Action} for thing in Thing}
