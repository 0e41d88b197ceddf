"""A rule as a form: one question after the other, with the fields of the chosen answer; and back to a document.

Fields are named by their path in the document (``quorum/fraction``), so that a fault found there is shown there.
What the modules' structs declare is all this knows about them: a new module needs texts, no code here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin

import msgspec

from governance.modules.questions import Module
from governance.rule import CHANNELS, QUESTIONS

Values = Mapping[str, Sequence[str]]
"""A submitted form: every field's values."""
UNIT: Final = "/unit"
"""A length of time stands in two fields: a number, and beside it the seconds that one of it has."""
LENGTHS: Final = {"days": 86_400, "hours": 3600, "minutes": 60}
FRACTIONS: Final = ("1/10", "1/5", "1/4", "1/3", "1/2", "2/3", "3/4", "4/5", "9/10", "1/1")


class Control(NamedTuple):
    """One field of an answer. ``kind``: fraction, boolean, word, classes, weights, length or number."""

    path: str
    kind: str
    value: Any
    options: tuple[str, ...] = ()


class Answer(NamedTuple):
    """One question: its modules to choose from, the chosen one, and that one's fields."""

    question: str
    modules: tuple[str, ...]
    chosen: str
    controls: tuple[Control, ...]


def answers(document: Mapping[str, Any], classes: Sequence[str]) -> list[Answer]:
    """The questions with the answers of a document, which may be faulty; ``classes``: the co-op's class codes."""
    found = []
    for question, modules in QUESTIONS.items():
        answer = document.get(question)
        answer = answer if isinstance(answer, dict) else {}
        chosen = next((module for module in modules if answer.get("module") == module.NAME), modules[0])
        controls = tuple(_control(question, field, answer, classes) for field in msgspec.structs.fields(chosen))
        found.append(Answer(question, tuple(module.NAME for module in modules), chosen.NAME, controls))
    return found


def channels(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels a document allows, as far as there are such."""
    named = document.get("channels")
    return tuple(channel for channel in CHANNELS if isinstance(named, list) and channel in named)


def document(values: Values) -> dict[str, Any]:
    """The document that a submitted form spells. What can't be read stays as it is, for the rule to refuse."""
    spelt: dict[str, Any] = {"channels": [channel for channel in CHANNELS if channel in values.get("channels", ())]}
    for question, modules in QUESTIONS.items():
        named = _one(values, f"{question}/module")
        chosen = next((module for module in modules if named == module.NAME), modules[0])
        spelt[question] = {"module": chosen.NAME} | {
            field.encode_name: _spell(values, f"{question}/{field.encode_name}", field.type, chosen)
            for field in msgspec.structs.fields(chosen)
        }
    return spelt


def split_length(seconds: Any) -> tuple[str, int]:
    """A length as a number and the seconds of its unit: the largest unit that divides it."""
    if not isinstance(seconds, int):
        return str(seconds), LENGTHS["days"]
    unit = next((size for size in LENGTHS.values() if seconds % size == 0), 1)
    return str(seconds // unit), unit


def number(text: str) -> int | str:
    """A whole number in any width of digits, or the text as it was."""
    plain = text.strip().replace(",", "")
    return int(plain) if plain.lstrip("-").isdecimal() else text


def seconds(values: Values, path: str) -> int | str:
    """The length that stands in a number's and a unit's field."""
    count = number(_one(values, path))
    unit = number(_one(values, path + UNIT) or "1")
    return count * unit if isinstance(count, int) and isinstance(unit, int) else _one(values, path)


def _control(
    question: str, field: msgspec.structs.FieldInfo, answer: Mapping[str, Any], classes: Sequence[str]
) -> Control:
    path, kind, value = f"{question}/{field.encode_name}", _kind(field), answer.get(field.encode_name)
    if kind == "fraction":
        # The co-op's own fraction stands among the usual ones.
        own = [value] if isinstance(value, str) and value not in FRACTIONS else []
        return Control(path, kind, value or "1/2", tuple(sorted({*FRACTIONS, *own}, key=_size)))
    if kind == "boolean":
        return Control(path, kind, value is not False)
    if kind == "word":
        words = tuple(get_args(field.type))
        return Control(path, kind, value if value in words else words[0], words)
    if kind == "classes":
        chosen = value if isinstance(value, list) else []
        return Control(path, kind, chosen, tuple(dict.fromkeys([*classes, *map(str, chosen)])))
    if kind == "weights":
        weights = value if isinstance(value, dict) else {}
        return Control(path, kind, weights, tuple(dict.fromkeys([*classes, *weights])))
    if kind == "length":
        return Control(path, kind, split_length(value if value is not None else 0))
    return Control(path, kind, 1 if value is None else value)


def _kind(field: msgspec.structs.FieldInfo) -> str:
    if field.type is Fraction:
        return "fraction"
    if field.type is bool:
        return "boolean"
    if get_origin(field.type) is Literal:
        return "word"
    if get_origin(field.type) is tuple:
        return "classes"
    if get_origin(field.type) is dict:
        return "weights"
    return "length" if field.encode_name.endswith("_seconds") else "number"


def _spell(values: Values, path: str, type_: Any, module: type[Module]) -> Any:
    field = next(f for f in msgspec.structs.fields(module) if path.endswith(f"/{f.encode_name}"))
    kind = _kind(field)
    if kind == "boolean":
        return _one(values, path) != "false"
    if kind == "classes":
        return list(values.get(path, ()))
    if kind == "weights":
        named = {key.rpartition("/")[2]: _one(values, key) for key in values if key.startswith(path + "/")}
        return {code: number(text) for code, text in named.items() if text.strip()}
    if kind == "length":
        return seconds(values, path)
    if kind == "number":
        return number(_one(values, path) or "1")
    if kind == "fraction":
        return _one(values, path) or "1/2"
    return _one(values, path) or get_args(type_)[0]


def _size(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _one(values: Values, path: str) -> str:
    found = values.get(path, ())
    return found[-1] if found else ""
