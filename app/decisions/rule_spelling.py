"""The document that a rule's form spells. What can't be read stays as it is, for the rule to refuse at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, get_args

import msgspec

from app.decisions.rule_form import FRACTIONS, MOST_PARTS, OTHER, kind_of, module_of, question_of
from governance.modules.questions import Module
from governance.rule import CHANNELS, QUESTIONS, UNANSWERED

Values = Mapping[str, Sequence[str]]
"""A submitted form: every field's values."""
UNIT: Final = "/unit"
"""A length of time stands in two fields: a number, and beside it the seconds that one of it has."""
ACT: Final = "act"
"""The button pressed: ``add:electorate/parts`` puts a condition there, ``remove:electorate/parts/1`` takes one out."""
READ: Final = "read"
"""Beside a share: which one, and how read, it was when the form was made. Another usual one is read as is customary,
until somebody chooses otherwise: a majority is more than half, two thirds are enough."""
_MAJORITY: Final = "1/2"
_DAY: Final = 86_400
_BEGINS: Final[Mapping[str, Any]] = {
    "base": 0, "credits": 100, "execution_seconds": 0, "deliberation_seconds": 0, "delay_seconds": 0, "grades": 6,
    "highest": 5, "late_quorum_seconds": 0, "member_seconds": 90 * _DAY, "most": 5, "period_seconds": 0, "points": 100,
    "size": 30, "timelock_seconds": 0, "tokens": 10, "voting_seconds": 7 * _DAY, "wait_seconds": 30 * _DAY,
}  # fmt: skip
"""What fields begin with when their answer has just been chosen. Numbers not named begin with 1."""
_WHOLE: Final = frozenset(("keep",))
"""Shares that begin with the whole; others with a half."""
_OFF: Final = frozenset(("early_close", "equal", "motions", "to_chair"))
"""What is not wanted unless somebody wants it."""
_CODES: Final = re.compile(r"[\s,、,]+")


def document(values: Values) -> dict[str, Any]:
    """The document, after what the button that was pressed does. Answers that go without saying are left out."""
    spelt: dict[str, Any] = {"channels": [channel for channel in CHANNELS if channel in values.get("channels", ())]}
    for question in QUESTIONS:
        answer = _answer(values, question, question)
        if question not in UNANSWERED or answer["module"] != UNANSWERED[question].NAME:
            spelt[question] = answer
    verb, _, path = one(values, ACT).partition(":")
    if verb in ("add", "remove") and path:
        _change(spelt, verb, path.split("/"))
    return spelt


def blank(question: str) -> dict[str, Any]:
    """The first answer to a question, with what its fields begin with."""
    return _answer({}, question, question)


def one(values: Values, path: str) -> str:
    """A field's value; nothing where there is no such field."""
    found = values.get(path, ())
    return found[-1] if found else ""


def number(text: str) -> int | str:
    """A whole number in any width of digits, or the text as it was."""
    plain = text.strip().replace(",", "")
    return int(plain) if plain.lstrip("-").isdecimal() else text


def seconds(values: Values, path: str) -> int | str:
    """The length that stands in a number's and a unit's field."""
    count = number(one(values, path))
    unit = number(one(values, path + UNIT) or "1")
    return count * unit if isinstance(count, int) and isinstance(unit, int) else one(values, path)


def _answer(values: Values, path: str, question: str) -> dict[str, Any]:
    module = module_of({"module": one(values, f"{path}/module")}, question)
    spelt: dict[str, Any] = {"module": module.NAME}
    for field in msgspec.structs.fields(module):
        name = field.encode_name
        value = _field(values, f"{path}/{name}", field, module)
        if field.default is msgspec.NODEFAULT or value != field.default:
            spelt[name] = value
    was, _, strict = one(values, f"{path}/{READ}").partition(" ")
    share = one(values, f"{path}/fraction")
    if "strict" in spelt and share in FRACTIONS and was not in ("", share) and strict == one(values, f"{path}/strict"):
        spelt["strict"] = question == "threshold" and share == _MAJORITY
    return spelt


def _field(values: Values, path: str, field: msgspec.structs.FieldInfo, module: type[Module]) -> Any:
    kind = kind_of(field)
    if kind in ("answer", "answers"):
        return _nested(values, path, field, module)
    # A list of boxes of which none is ticked is not sent at all.
    if path in values or kind in ("codes", "weights", "fractions"):
        return _READ[kind](values, path)
    return _begin(kind, field)


def _begin(kind: str, field: msgspec.structs.FieldInfo) -> Any:
    """What a field is set to when its answer has just been chosen."""
    name = field.encode_name
    begins: Mapping[str, Any] = {
        "texts": [],
        "boolean": name not in _OFF,
        "word": next(iter(get_args(field.type)), None),
        "fraction": "1/1" if name in _WHOLE else "1/2",
    }
    if kind.startswith("optional"):
        return None
    return begins[kind] if kind in begins else _BEGINS.get(name, 1)


def _share(values: Values, path: str) -> str:
    chosen = one(values, path)
    return one(values, f"{path}/own").strip() or OTHER if chosen == OTHER else chosen


def _table(values: Values, path: str, read: Callable[[Values, str], Any]) -> dict[str, Any]:
    """What is set for each class or member; who has nothing set is not named."""
    named = {key.removeprefix(f"{path}/"): key for key in values if key.startswith(f"{path}/")}
    return {code: read(values, key) for code, key in named.items() if "/" not in code and one(values, key).strip()}


def _whole(values: Values, path: str) -> int | str:
    return number(one(values, path))


_READ: Final[Mapping[str, Callable[[Values, str], Any]]] = {
    "boolean": lambda values, path: one(values, path) != "false",
    "codes": lambda values, path: list(values.get(path, ())),
    "fraction": _share,
    "fractions": lambda values, path: _table(values, path, _share),
    "length": seconds,
    "number": _whole,
    "optional_fraction": lambda values, path: _share(values, path) or None,
    "optional_number": lambda values, path: _whole(values, path) if one(values, path).strip() else None,
    "texts": lambda values, path: [code for text in values[path] for code in _CODES.split(text) if code],
    "weights": lambda values, path: _table(values, path, _whole),
    "word": one,
}
"""How each kind of field is read back."""


def _nested(values: Values, path: str, field: msgspec.structs.FieldInfo, module: type[Module]) -> Any:
    question = question_of(field.type)
    if question is None:
        raise TypeError(path)
    if kind_of(field) == "answer":
        if f"{path}/module" in values:
            return _answer(values, path, question)
        first = _plain(question, module, set())
        # Of two that stand beside each other the second is another one.
        inner = [one.name for one in msgspec.structs.fields(module) if question_of(one.type) is not None]
        return first if inner[0] == field.name else _plain(question, module, {first["module"]})
    rows = 0
    while f"{path}/{rows}/module" in values:
        rows += 1
    if rows:
        return [_answer(values, f"{path}/{row}", question) for row in range(rows)]
    first = _plain(question, module, set())
    return [first, _plain(question, module, {first["module"]})]


def _plain(question: str, around: type[Module], used: set[str]) -> dict[str, Any]:
    """An answer to stand inside another: the first that is no composition itself and is not there yet."""
    simple = [one for one in QUESTIONS[question] if one is not around and not _composes(one)]
    module = next((one for one in simple if one.NAME not in used), simple[0])
    return _answer({f"{question}/module": [module.NAME]}, question, question)


def _composes(module: type[Module]) -> bool:
    return any(question_of(field.type) for field in msgspec.structs.fields(module))


def _change(document: dict[str, Any], verb: str, path: list[str]) -> None:
    """Put a condition at the end of a row, or take one out; of two the other is left to stand alone."""
    *above, last = path if verb == "remove" else [*path, ""]
    *trail, name = above
    around = _at(document, trail)
    rows = around.get(name) if isinstance(around, dict) else None
    if not isinstance(rows, list) or not trail:
        return
    if verb == "add" and len(rows) < MOST_PARTS:
        rows.append(_plain(path[0], module_of(around, path[0]), {part["module"] for part in rows}))
    elif verb == "remove" and last.isdecimal() and int(last) < len(rows):
        del rows[int(last)]
        if len(rows) == 1:
            *further, place = trail
            holder = _at(document, further)
            holder[int(place) if isinstance(holder, list) else place] = rows[0]


def _at(document: Any, path: list[str]) -> Any:
    """What stands there; None where nothing does."""
    found = document
    for step in path:
        if isinstance(found, list):
            found = found[int(step)] if step.isdecimal() and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found
