"""JSONPath as RFC 9535 has it, bounded: by steps, by depth, and with RE2 for match() and search(). Pure."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import local
from typing import Any, ClassVar

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathMatch
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import RelativeFilterQuery, RootFilterQuery
from jsonpath.function_extensions import ExpressionType, FilterFunction
from jsonpath.parse import Parser

from apiclient import pattern

LONGEST = 1_000
MOST_STEPS = 300_000
"""Places visited and comparisons made in one document: about a second of Python at worst."""
DEEPEST = 100
SEARCHED_PER_STEP = 50
"""Characters that match() and search() read in the time of a step."""

_spent = local()


class TooMuch(ValueError):
    """The path visits more of the document than is allowed, or the document is nested too deep for it."""


class Path:
    """One path; ``values`` are what it finds in a document read from JSON, in order."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str, compiled: Any) -> None:
        self.text = text
        self._compiled = compiled

    def values(self, document: object) -> list[Any]:
        """All of them; TooMuch with a sentence where that would take too long."""
        _spent.steps = 0
        try:
            return [node.obj for node in self._compiled.finditer(document)]
        except (JSONPathError, RecursionError):
            raise TooMuch(f"The answer is nested deeper than the {DEEPEST} levels that a JSONPath may visit.") from None

    def first(self, document: object) -> Any:
        """The first of them, None where there is none; TooMuch as above."""
        return next(iter(self.values(document)), None)


@lru_cache(maxsize=256)
def compile(text: str) -> Path:
    """The path, ready to use; ValueError with a sentence when it is none."""
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"A JSONPath has 1 to {LONGEST} characters, such as $.items[0].state.")
    try:
        return Path(text, _ENVIRONMENT.compile(text))
    except (JSONPathError, RecursionError, ValueError) as error:
        said = str(error).partition("\n")[0] or "it is nested too deep"
        raise ValueError(f"{text[:80]!r} is no JSONPath (RFC 9535), such as $.items[0].state: {said}.") from None


def _step(steps: int = 1) -> None:
    _spent.steps += steps
    if _spent.steps > MOST_STEPS:
        raise TooMuch(f"The path visits more than {MOST_STEPS} places of the answer: make it more exact.")


class _Node(JSONPathMatch):
    """A place in the document, counted; it knows no way back, which nobody asks for and would fill memory."""

    __slots__ = ()

    def new_child(self, obj: object, key: int | str) -> "_Node":
        _step()
        return _Node(filter_context={}, obj=obj, parent=None, parts=(), path="", root=self.root)

    def add_child(self, *children: JSONPathMatch) -> None:
        pass


class _Bounded(JSONPath):
    """A path whose places are counted, and which takes a text for a text instead of reading it as JSON."""

    def finditer(self, data: Any, *, filter_context: object = None) -> Iterable[JSONPathMatch]:
        _step()
        nodes: Iterable[JSONPathMatch] = [_Node(filter_context={}, obj=data, parent=None, parts=(), path="", root=data)]
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return nodes


class _Parser(Parser):
    def parse_absolute_query(self, stream: Any) -> RootFilterQuery:
        stream.next()
        return RootFilterQuery(_Bounded(env=self.env, segments=self.parse_query(stream)))

    def parse_relative_query(self, stream: Any) -> RelativeFilterQuery:
        stream.next()
        return RelativeFilterQuery(_Bounded(env=self.env, segments=self.parse_query(stream)))


class _Regular(FilterFunction):
    """match() or search(); an expression that is none matches nothing, as the RFC says."""

    arg_types: ClassVar = [ExpressionType.VALUE, ExpressionType.VALUE]
    return_type = ExpressionType.LOGICAL

    def __init__(self, judge: Callable[[pattern.Pattern, str], bool]) -> None:
        self._judge = judge

    def __call__(self, value: object, expression: object) -> bool:
        if not isinstance(value, str) or not isinstance(expression, str):
            return False
        _step(1 + (len(value) + len(expression)) // SEARCHED_PER_STEP)
        try:
            return self._judge(pattern.compile(expression), value)
        except ValueError:
            return False


class _Environment(JSONPathEnvironment):
    parser_class = _Parser
    max_recursion_depth = DEEPEST

    def compile(self, path: str) -> JSONPath:
        tree = super().compile(path)
        if not isinstance(tree, JSONPath):
            raise ValueError("paths cannot be joined")
        return _Bounded(env=self, segments=tree.segments)

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Regular(pattern.Pattern.is_all_of)
        self.function_extensions["search"] = _Regular(pattern.Pattern.found_in)

    def is_truthy(self, obj: object) -> bool:
        _step()
        return super().is_truthy(obj)

    def compare(self, left: object, operator: str, right: object) -> bool:
        _step(1 + len(left) if isinstance(left, list | dict) else 1)
        return super().compare(left, operator, right)


_ENVIRONMENT = _Environment(strict=True)
