"""The small template language of sentences about statements; `app/static/js/template.js` is its other half.

    {path}            a value, written as its kind suggests        {path|format}  {path|format:argument}
    {?path}…{:}…{/}   the first part where the value is there      {?path=text}   …where it equals that text
    {!path}…{/}       the other way round                          {-path}        left unsaid, on purpose
    {*path}…{/}       once for each item, in a row: the first MAX_ITEMS, then how many more there are
    {+path}…{/}       once for each item, however many there are   {=path}…{/}    once for all items that are equal

A path is relative to the statement's body, or to the item inside `{*…}`; `/author` starts at the statement itself,
`/actor` is whose act it is, `.` is the item, and `@` its key where items are the members of an object (the keys of
all, where equal ones are together). A value is "there" unless it is missing, null, false, empty text or an empty list:
0 is there. What a template names and the statement lacks is an error: nobody is to sign a sentence with a hole in it.

A scope keeps what was said of it, so that whoever renders a template can add what it leaves unsaid (``unsaid``).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from ledger import canonical

MAX_ITEMS = 200
"""Items of a list that a sentence says one by one: no policy holds more kinds, so nothing signed is left out."""
SIBLING = frozenset(("choice", "quantity", "ratio", "votes"))
"""Formats whose argument is another value beside the one that is written."""

_TAG = re.compile(r"\{([^{}]*)\}")
_VALUE = re.compile(r"([^|]+)(?:\|([a-z]+)(?::(.+))?)?\Z")
_TEST = re.compile(r"([?!])([^=]+)(?:=(.*))?\Z")


class SentenceError(ValueError):
    """A template that does not fit the statement, or is no template; `code` is stable."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code = code


@dataclass(frozen=True)
class Text:
    """Literal text."""

    text: str


@dataclass(frozen=True)
class Value:
    """A placeholder."""

    path: str
    format: str
    argument: str


@dataclass(frozen=True)
class Test:
    """A part that depends on a value; `equals` None asks whether it is there."""

    path: str
    equals: str | None
    negated: bool
    then: "Nodes"
    otherwise: "Nodes"


@dataclass(frozen=True)
class Each:
    """A part written once for each item; `how` is the sign that the tag began with."""

    path: str
    how: str
    body: "Nodes"


@dataclass(frozen=True)
class Silence:
    """What is left unsaid on purpose."""

    path: str


Node = Text | Value | Test | Each | Silence
Nodes = tuple[Node, ...]


@dataclass(frozen=True)
class Scope:
    """Where paths start: the statement, and the value in hand with its own path in the body and its keys.

    `said`: the paths in the body that have been said so far, each with all that stands below it.
    """

    statement: Mapping[str, Any]
    value: Any
    path: str = ""
    keys: tuple[str, ...] = ()
    said: set[str] = field(default_factory=set)

    def at(self, value: Any, path: str, keys: tuple[str, ...] = ()) -> "Scope":
        """Another value of the same statement."""
        return Scope(self.statement, value, path, keys, self.said)

    def find(self, path: str) -> "Scope | None":
        """What stands at `path`, or None."""
        if path == ".":
            return self
        if path == "@":
            return self.at(self.keys[0] if len(self.keys) == 1 else list(self.keys), path)
        if path == "/actor":
            return self.at(self.statement.get("for", self.statement["author"]), path)
        start: Any = self.statement if path.startswith("/") else self.value
        for step in path.lstrip("/").split("/"):
            start = _step(start, step)
            if start is _MISSING:
                return None
        return self.at(start, path if path.startswith("/") or not self.path else f"{self.path}/{path}")

    def below(self) -> list["Scope"]:
        """The items of a list, or the members of an object by key; SentenceError `sentence.value` for anything else."""
        if isinstance(self.value, list):
            return [self.at(item, _join(self.path, str(place))) for place, item in enumerate(self.value)]
        if isinstance(self.value, dict):
            return [self.at(item, _join(self.path, key), (key,)) for key, item in sorted(self.value.items())]
        raise SentenceError("sentence.value", self.path)


def is_commit(value: Any) -> bool:
    """Whether a private value's commitment stands there."""
    return isinstance(value, dict) and set(value) == {"commit"} and isinstance(value["commit"], str)


def is_said(path: str, said: set[str]) -> bool:
    """Whether what stands at `path`, or anything around it, is among `said`."""
    steps = path.split("/")
    return "" in said or any("/".join(steps[:n]) in said for n in range(1, len(steps) + 1))


class Writer(Protocol):
    """Turns single values into words."""

    def write(self, scope: Scope, format_: str, argument: Scope | str | None) -> str:
        """The value of `scope` in that format ("" is the one its kind suggests)."""

    def join(self, parts: list[str], more: int = 0) -> str:
        """Items of a list in a row, and how many more there are."""


@cache
def parse(template: str) -> Nodes:
    """Reads a template; SentenceError `sentence.template` where brackets do not match."""
    tags = _tokens(template)
    nodes, end = _parse(tags, template)
    if end:
        raise SentenceError("sentence.template", template)
    return nodes


def render(nodes: Nodes, scope: Scope, writer: Writer) -> str:
    """The sentence."""
    return "".join(_render(node, scope, writer) for node in nodes)


def present(scope: Scope | None) -> bool:
    """Whether a value counts as there."""
    return scope is not None and not (scope.value is None or scope.value is False or scope.value in ("", [], {}))


def _render(node: Node, scope: Scope, writer: Writer) -> str:
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Value):
        argument = scope.find(node.argument) if node.format in SIBLING else node.argument or None
        return writer.write(_say(_need(scope, node.path)), node.format, argument)
    if isinstance(node, Each):
        return _each(node, scope, writer)
    found = scope.find(node.path)
    if isinstance(node, Silence):
        if found is not None:
            _say(found)
        return ""
    holds = present(found) if node.equals is None else found is not None and _spelled(found.value) == node.equals
    if found is not None and (holds if node.equals is not None else _is_told_by_asking(found.value, node)):
        _say(found)
    return render(node.then if holds != node.negated else node.otherwise, scope, writer)


def _each(node: Each, scope: Scope, writer: Writer) -> str:
    groups = [[item] for item in _need(scope, node.path).below()]
    if node.how == "=":
        groups = _alike([item for [item] in groups])
    told = groups[:MAX_ITEMS] if node.how == "*" else groups
    for [item] in groups[len(told) :]:
        _say(item)  # by the number of all that are left
    parts = []
    for group in told:
        keys = tuple(key for item in group for key in item.keys)
        # Every one is rendered, so that each has been said; the words of the first are the words of all.
        said = [render(node.body, item.at(item.value, item.path, keys), writer) for item in group]
        parts.append(said[0])
    return writer.join(parts, len(groups) - len(told)) if node.how == "*" else "".join(parts)


def _alike(items: list[Scope]) -> list[list[Scope]]:
    groups: dict[bytes, list[Scope]] = {}
    for item in items:
        groups.setdefault(canonical.encode(item.value), []).append(item)
    return list(groups.values())


def _say(found: Scope) -> Scope:
    if not found.path.startswith(("/", "@")):
        found.said.add(found.path)
    return found


def _is_told_by_asking(value: Any, test: Test) -> bool:
    """Of a yes or no, of nothing and of a commitment the answer says all; of an empty list, where there are words."""
    if value is None or isinstance(value, bool) or is_commit(value):
        return True
    return value in ("", [], {}) and bool(test.then if test.negated else test.otherwise)


def _need(scope: Scope, path: str) -> Scope:
    found = scope.find(path)
    if found is None or found.value is None:
        raise SentenceError("sentence.path", path)
    return found


def _join(path: str, step: str) -> str:
    return f"{path}/{step}" if path else step


_MISSING = object()


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, _MISSING)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return _MISSING


def _spelled(value: Any) -> str | None:
    """As JSON spells it, text without its quotes; None for lists and objects, which equal no text."""
    if isinstance(value, (dict, list)):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _tokens(template: str) -> Iterator[tuple[bool, str]]:
    position = 0
    for match in _TAG.finditer(template):
        if match.start() > position:
            yield False, template[position : match.start()]
        yield True, match[1]
        position = match.end()
    if position < len(template):
        yield False, template[position:]


def _parse(tokens: Iterator[tuple[bool, str]], template: str) -> tuple[Nodes, str]:
    """Nodes up to a closing tag, and that tag ("" at the end of the template)."""
    nodes: list[Node] = []
    for is_tag, text in tokens:
        if is_tag and text in ("/", ":"):
            return tuple(nodes), text
        nodes.append(_section(text, tokens, template) if is_tag else Text(text))
    return tuple(nodes), ""


def _section(tag: str, tokens: Iterator[tuple[bool, str]], template: str) -> Node:
    if tag.startswith(("*", "+", "=")):
        body, end = _parse(tokens, template)
        _require(end == "/", template)
        return Each(tag[1:], tag[0], body)
    if tag.startswith("-"):
        return Silence(tag[1:])
    test = _TEST.match(tag)
    if test:
        then, end = _parse(tokens, template)
        otherwise: Nodes = ()
        if end == ":":
            otherwise, end = _parse(tokens, template)
        _require(end == "/", template)
        return Test(test[2], test[3], test[1] == "!", then, otherwise)
    value = _VALUE.match(tag)
    _require(value is not None, template)
    return Value(value[1], value[2] or "", value[3] or "") if value else Text("")


def _require(holds: bool, template: str) -> None:  # noqa: FBT001
    if not holds:
        raise SentenceError("sentence.template", template)


def paths(nodes: Nodes, prefix: str = "") -> Iterator[str]:
    """Every path that a template says, `*` standing for an item's number; one that it only asks for ends in `?`."""
    for node in nodes:
        if isinstance(node, Text):
            continue
        path = (
            prefix.rstrip("/") if node.path == "." else node.path if node.path.startswith("/") else prefix + node.path
        )
        if isinstance(node, (Value, Silence)):
            yield path
        elif isinstance(node, Each):
            yield from paths(node.body, f"{path}/*/")
        else:
            yield path if node.equals is not None else f"{path}?"
            yield from paths(node.then, prefix)
            yield from paths(node.otherwise, prefix)
