"""The small template language of sentences about statements; `app/static/js/template.js` is its other half.

    {path}            a value, written as its kind suggests        {path|format}  {path|format:argument}
    {?path}…{:}…{/}   the first part where the value is there      {?path=text}   …where it equals that text
    {!path}…{/}       the other way round                          {*path}…{/}    once for each item, joined

A path is relative to the statement's body, or to the item inside `{*…}`; `/author` starts at the statement itself,
`/actor` is whose act it is, and `.` is the item. A value is "there" unless it is missing, null, false, empty text or an
empty list: 0 is there. What a template names and the statement lacks is an error: nobody is to sign a sentence with a
hole in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

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
    """A part written once for each item of a list."""

    path: str
    body: "Nodes"


Node = Text | Value | Test | Each
Nodes = tuple[Node, ...]


@dataclass(frozen=True)
class Scope:
    """Where paths start: the statement, and the value in hand with its own path in the body."""

    statement: Mapping[str, Any]
    value: Any
    path: str = ""

    def find(self, path: str) -> "Scope | None":
        """What stands at `path`, or None."""
        if path == ".":
            return self
        if path == "/actor":
            return Scope(self.statement, self.statement.get("for", self.statement["author"]))
        start: Any = self.statement if path.startswith("/") else self.value
        for step in path.lstrip("/").split("/"):
            start = _step(start, step)
            if start is _MISSING:
                return None
        return Scope(self.statement, start, path if path.startswith("/") or not self.path else f"{self.path}/{path}")


class Writer(Protocol):
    """Turns single values into words."""

    def write(self, scope: Scope, format_: str, argument: Scope | str | None) -> str:
        """The value of `scope` in that format ("" is the one its kind suggests)."""

    def join(self, parts: list[str]) -> str:
        """Items of a list in a row."""


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
        argument = scope.find(node.argument) if node.format in ("quantity", "choice") else node.argument or None
        return writer.write(_need(scope, node.path), node.format, argument)
    if isinstance(node, Each):
        items = _need(scope, node.path)
        inner = [Scope(scope.statement, item, f"{items.path}/{n}") for n, item in enumerate(items.value)]
        return writer.join([render(node.body, item, writer) for item in inner])
    found = scope.find(node.path)
    holds = present(found) if node.equals is None else found is not None and _spelled(found.value) == node.equals
    return render(node.then if holds != node.negated else node.otherwise, scope, writer)


def _need(scope: Scope, path: str) -> Scope:
    found = scope.find(path)
    if found is None or found.value is None:
        raise SentenceError("sentence.path", path)
    return found


_MISSING = object()


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, _MISSING)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return _MISSING


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
    if tag.startswith("*"):
        body, end = _parse(tokens, template)
        _require(end == "/", template)
        return Each(tag[1:], body)
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
        if isinstance(node, Value):
            yield path
        elif isinstance(node, Each):
            yield from paths(node.body, f"{path}/*/")
        else:
            yield path if node.equals is not None else f"{path}?"
            yield from paths(node.then, prefix)
            yield from paths(node.otherwise, prefix)
