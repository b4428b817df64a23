"""What is described -> text: a new file, or an old one brought up to date with its comments and its order. Pure.

ruamel.yaml keeps comments, order, quotes and anchors; PyYAML, which reads thirty times as fast, keeps none of them.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, ScalarString

from apiclient.importers.answerback.member import CALL, NOTHING, PARTS, REQUIRED, SERVICE, Kind, Member
from apiclient.importers.answerback.read import read
from apiclient.importers.described import Answer, DescribedCall, DescribedService

_BARE = re.compile(r"(?!(?:null|true|false)$)[A-Za-z/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*", re.IGNORECASE)
_LINES = re.compile(r"(?!\s)[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+\n", re.DOTALL)
_FIRST_ITEM = re.compile(r"^services:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)
_TYPED = frozenset({"int", "float", "bool", "timestamp"})
Thing = DescribedService | DescribedCall | Answer


def write(services: Sequence[DescribedService], blank: DescribedService, text: str = "", schema: str = "") -> str:
    """YAML that says these services, all of whose members are given; ``blank`` is one, with a call, by default.

    With the ``text`` of a file it is that file: what it says already stays as it is written, what differs is changed,
    what is not among the services is taken out, and what is new stands at the end. ValueError where it is no such
    file. ``schema`` is where editors find the schema.
    """
    writer = _Writer(blank)
    if not text.strip():
        head = f"# yaml-language-server: $schema={schema}\n" if schema else ""
        return head + _dumped(CommentedMap(services=writer.made(services, Kind.SERVICES)), offset=2)
    old = read(text)
    document = _yaml(0).load(text)
    if document.get("services") is None:
        document["services"] = CommentedSeq()
    writer.list(document["services"], old.services, services, Kind.SERVICES)
    found = _FIRST_ITEM.search(text)
    offset = len(found[1]) if found else 2
    written = _dumped(document, offset)
    if not _says(written, services, blank):  # comments at odd places: better they are lost than what is meant
        document["services"] = writer.made(services, Kind.SERVICES)
        written = _dumped(document, offset)
    return written


def _says(text: str, services: Sequence[DescribedService], blank: DescribedService) -> bool:
    try:
        found = read(text).services
    except ValueError:
        return False
    wanted = {one.name: one for one in services}
    return len(found) == len(wanted) and all(_is_told(one, wanted.get(one.name), blank) for one in found)


def _is_told(told: Any, wanted: Any, blank: Any) -> bool:
    """Whether all members are as wanted, those that are not said by default."""
    if wanted is None:
        return False
    for name in type(told).__slots__:
        said, value = getattr(told, name), getattr(wanted, name)
        if name == "calls":
            calls = {one.name: one for one in value}
            if len(said) != len(calls) or not all(_is_told(one, calls.get(one.name), blank.calls[0]) for one in said):
                return False
        elif name == "answers":
            if sorted(said or (), key=_codes) != sorted(value or (), key=_codes):
                return False
        elif said is None and not (name == "interval_seconds" and wanted.cron):
            if value not in (getattr(blank, name), None):
                return False
        elif said is not None and said != value:
            return False
    return True


def _codes(answer: Answer) -> str:
    return answer.codes


class _Writer:
    def __init__(self, blank: DescribedService) -> None:
        self.blanks: dict[Kind, Thing] = {
            Kind.SERVICES: blank,
            Kind.CALLS: blank.calls[0],
            Kind.ANSWERS: Answer(""),
        }

    def list(self, node: Any, old: Sequence[Any], new: Sequence[Any], kind: Kind) -> None:
        """Bring a list of things in line: the same order, less what is gone, then what is new."""
        pairs = dict(_paired(old, new, REQUIRED[kind]))
        for at in range(len(old) - 1, -1, -1):
            if at in pairs:
                self.thing(node[at], old[at], new[pairs[at]], kind)
            else:
                del node[at]
        there = set(pairs.values())
        for at, one in enumerate(new):
            if at not in there:
                node.append(self.thing(CommentedMap(), None, one, kind))

    def made(self, things: Iterable[Any], kind: Kind) -> CommentedSeq:
        return CommentedSeq([self.thing(CommentedMap(), None, one, kind) for one in things])

    def thing(self, node: CommentedMap, old: Any, new: Any, kind: Kind) -> CommentedMap:
        """One of them: members that say something else are changed, those that it lacks are put in their place."""
        for name, member in PARTS[kind].items():
            said, wanted = getattr(old, name, None), getattr(new, name)
            if member.kind in PARTS:
                self.things(node, name, said, wanted, member.kind)
            elif said is None:
                if self._has_to_be_said(name, old, new, kind):
                    _put(node, name, _value(wanted, member), PARTS[kind])
            elif said != wanted:
                node[name] = _merged(node[name], _value(wanted, member))
        return node

    def things(self, node: CommentedMap, name: str, said: Any, wanted: Any, kind: Kind) -> None:
        if said and node.get(name) is not None:
            self.list(node[name], said, wanted or (), kind)
        elif wanted:
            order = SERVICE if "calls" in node or kind is Kind.CALLS else CALL
            _put(node, name, self.made(wanted, kind), order)

    def _has_to_be_said(self, name: str, old: Any, new: Any, kind: Kind) -> bool:
        value = getattr(new, name)
        if name == "interval_seconds" and new.cron:
            return False  # the cron expression says it
        if name in ("name", "codes", "slug", "base_url", "path") and old is None:
            return bool(value)
        return value is not None and value != getattr(self.blanks[kind], name)


def _paired(old: Sequence[Any], new: Sequence[Any], key: str) -> list[tuple[int, int]]:
    """Places of the same thing: of the same name, else of the same short name."""
    by_name = {getattr(one, key): at for at, one in enumerate(new)}
    by_slug = {one.slug: at for at, one in enumerate(new) if getattr(one, "slug", None)}
    pairs = {at: by_name[getattr(one, key)] for at, one in enumerate(old) if getattr(one, key) in by_name}
    taken = set(pairs.values())
    for at, one in enumerate(old):
        found = by_slug.get(getattr(one, "slug", None))
        if at not in pairs and found is not None and found not in taken:
            pairs[at] = found
            taken.add(found)
    return list(pairs.items())


def _put(node: CommentedMap, name: str, value: Any, order: Mapping[str, Member]) -> None:
    """Behind the last of the members that come before it."""
    before = list(order)[: list(order).index(name)]
    places = [at for at, key in enumerate(node) if key in before]
    node.insert(max(places) + 1 if places else 0, name, value)


def _value(value: Any, member: Member) -> Any:
    if member.may_be_absent and value == NOTHING[member.kind]:
        return None
    return _written(value)


def _written(value: Any) -> Any:
    """Texts quoted unless anybody sees that they are texts; several lines as a block. All else as a plain scalar."""
    if isinstance(value, dict):
        return CommentedMap({_key(key): _written(one) for key, one in value.items()})
    if isinstance(value, list | tuple):
        return CommentedSeq([_written(one) for one in value])
    if value is None:
        return None
    if not isinstance(value, str):
        return json.dumps(value)
    if _BARE.fullmatch(value):
        return value
    if "\n" in value and _LINES.fullmatch(value) and not any(line.endswith(" ") for line in value.split("\n")):
        return LiteralScalarString(value)
    return DoubleQuotedScalarString(value)


def _key(key: str) -> str:
    # ruamel folds what ends a line of Unicode in quotes of its own choice.
    return key if key.isascii() and key.isprintable() else DoubleQuotedScalarString(key)


def _merged(node: Any, value: Any) -> Any:
    """The value, written into the node as far as it is the same, so that comments inside it stay."""
    if not value:  # ruamel loses its way where comments stand in what becomes empty
        return value
    if isinstance(node, CommentedMap) and isinstance(value, CommentedMap) and not _is_shared(node):
        for key in [key for key in node if key not in value]:
            del node[key]
        for key, one in value.items():
            if key not in node or not _is_same(node[key], one):
                node[key] = _merged(node.get(key), one)
        return node
    if isinstance(node, CommentedSeq) and isinstance(value, CommentedSeq) and not _is_shared(node):
        for at, one in enumerate(value[: len(node)]):
            if not _is_same(node[at], one):
                node[at] = _merged(node[at], one)
        del node[len(value) :]
        node.extend(value[len(node) :])
        return node
    return value


def _is_same(node: Any, value: Any) -> bool:
    """Whether both stand for the same, however it is written."""
    if isinstance(node, dict) and isinstance(value, dict):
        return node.keys() == value.keys() and all(_is_same(node[key], one) for key, one in value.items())
    if isinstance(node, list) and isinstance(value, list):
        return len(node) == len(value) and all(map(_is_same, node, value))
    if not isinstance(node, str) or not isinstance(value, str):
        return node is None and value is None
    is_text, is_wanted = (isinstance(one, ScalarString) or bool(_BARE.fullmatch(one)) for one in (node, value))
    return node == value and is_text == is_wanted


def _is_shared(node: Any) -> bool:
    """Whether it may stand elsewhere too, or takes from elsewhere: then it is written anew, not changed there."""
    return bool(node.yaml_anchor() or getattr(node, "merge", None))


class _Representer(RoundTripRepresenter):
    """Nothing is written as null, which is easier to see than nothing."""

    def represent_none(self, data: None) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _Representer.represent_none)


class _Resolver(VersionedResolver):
    """Numbers and the like stay the text that somebody wrote: ruamel would round long ones."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        found = super().resolve(kind, value, implicit)
        return self.DEFAULT_SCALAR_TAG if str(found).rpartition(":")[2] in _TYPED else found


def _yaml(offset: int) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _Resolver
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _dumped(document: Any, offset: int) -> str:
    stream = StringIO()
    _yaml(offset).dump(document, stream)
    return stream.getvalue()
