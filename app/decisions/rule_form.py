"""A rule as a form: one question after the other, with the fields of the chosen answer; and back to a document.

Fields are named by their path in the document (``quorum/parts/0/fraction``), so that a fault found there is shown
there. What the modules' structs declare is all this knows about them: a new module needs texts, no code here. How a
field is read back is ``rule_spelling``'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import NoneType
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin

import msgspec

from governance import documents
from governance.count import Paper
from governance.documents import Bounds, Fault
from governance.modules.questions import MEETINGS, Module
from governance.rule import CHANNELS, PARTS, QUESTIONS
from ledger.books.roles import ROLES

LENGTHS: Final = {"days": 86_400, "hours": 3600, "minutes": 60}
FRACTIONS: Final = ("1/20", "1/10", "1/5", "1/4", "1/3", "1/2", "2/3", "3/4", "4/5", "9/10", "1/1")
OTHER: Final = "other"
"""The choice for a share that is not among the usual ones: then it is written beside it, in the field ``…/own``."""
MOST_PARTS: Final = 8


class Control(NamedTuple):
    """One field of an answer: ``kind`` of ``kind_of``, ``options`` to choose from.

    ``name`` is the field's, ``module`` and ``question`` those of the answer that it belongs to. Where answers nest,
    ``answers`` are the inner ones. ``bounds``: of a number, where it has any.
    """

    path: str
    kind: str
    value: Any
    question: str
    module: str
    options: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    bounds: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The field's name in the document."""
        return self.path.rpartition("/")[2]


class Answer(NamedTuple):
    """One question, at its place in the document: its modules to choose from, the chosen one, and that one's fields."""

    path: str
    question: str
    modules: tuple[str, ...]
    chosen: str
    controls: tuple[Control, ...]

    @property
    def reading(self) -> str:
        """The share with whether it has to be exceeded (``2/3 false``); empty where the answer has none."""
        values = {control.name: control.value for control in self.controls}
        return f"{values['fraction']} {values['strict']}" if {"fraction", "strict"} <= values.keys() else ""


class Offered(NamedTuple):
    """What the co-op has to choose from: its codes, and answers that ballots of the chosen method can give."""

    classes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def answers(document: Mapping[str, Any], classes: Iterable[str], areas: Iterable[str] = ()) -> list[Answer]:
    """The questions with the answers of a document, which may be faulty; ``classes``, ``areas``: the co-op's."""
    offered = Offered(tuple(classes), tuple(areas), _ballots(document.get("method")))
    return [_answer(document.get(question), question, question, offered) for question in QUESTIONS]


def channels(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The channels a document allows, as far as there are such."""
    named = document.get("channels")
    return tuple(channel for channel in CHANNELS if isinstance(named, list) and channel in named)


def paths(answers: Iterable[Answer]) -> set[str]:
    """Every place of the form at which a fault can be shown."""
    found = {"channels"}
    for answer in answers:
        found |= {answer.path, f"{answer.path}/module"}
        for control in answer.controls:
            found |= {control.path, *(f"{control.path}/{option}" for option in control.options)}
            found |= paths(control.answers)
    return found


def split_length(seconds: Any) -> tuple[str, int]:
    """A length as a number and the seconds of its unit: the largest unit that divides it."""
    if not isinstance(seconds, int):
        return str(seconds), LENGTHS["days"]
    unit = next((size for size in LENGTHS.values() if seconds % size == 0), 1)
    return str(seconds // unit), unit


def module_of(answer: Any, question: str) -> type[Module]:
    """The module that an answer names; the question's first where it names none that there is."""
    modules = QUESTIONS[question]
    named = answer.get("module") if isinstance(answer, dict) else None
    return next((module for module in modules if named == module.NAME), modules[0])


def question_of(type_: Any) -> str | None:
    """The question that a nested answer, or a row of them, answers; None for any other field."""
    inner = get_args(type_)[0] if get_origin(type_) is tuple else type_
    return PARTS.get(inner) if isinstance(inner, type) else None


def kind_of(field: msgspec.structs.FieldInfo) -> str:
    """Of what kind a field is: an ``optional_…`` one may be None."""
    type_, optional = field.type, ""
    if NoneType in get_args(type_):
        type_, optional = next(one for one in get_args(type_) if one is not NoneType), "optional_"
    if question_of(type_) is not None:
        return "answers" if get_origin(type_) is tuple else "answer"
    if type_ is Fraction:
        return f"{optional}fraction"
    if type_ is bool:
        return "boolean"
    if get_origin(type_) is Literal:
        return "word"
    if get_origin(type_) is tuple:
        return "texts" if field.encode_name == "areas" else "codes"
    if get_origin(type_) is dict:
        return "fractions" if get_args(type_)[1] is Fraction else "weights"
    return "length" if field.encode_name.endswith("_seconds") else f"{optional}number"


def _answer(answer: Any, path: str, question: str, offered: Offered) -> Answer:
    chosen = module_of(answer, question)
    given = answer if isinstance(answer, dict) else {}
    controls = tuple(
        _control(path, question, chosen, field, given, offered) for field in msgspec.structs.fields(chosen)
    )
    return Answer(path, question, tuple(module.NAME for module in QUESTIONS[question]), chosen.NAME, controls)


def _control(
    path: str,
    question: str,
    module: type[Module],
    field: msgspec.structs.FieldInfo,
    answer: Mapping[str, Any],
    offered: Offered,
) -> Control:
    kind, own = kind_of(field), f"{path}/{field.encode_name}"
    if kind == "texts" and offered.areas:
        kind = "codes"  # those that there are, to be ticked
    stem = module.NAME.partition("/")[0]
    default = None if field.default is msgspec.NODEFAULT else field.default
    value = answer.get(field.encode_name, default)
    if inner := question_of(field.type):
        rows = [value] if kind == "answer" else value if isinstance(value, list) else []
        places = [own] if kind == "answer" else [f"{own}/{row}" for row in range(len(rows))]
        nested = tuple(_answer(row, place, inner, offered) for row, place in zip(rows, places, strict=True))
        return Control(own, kind, len(rows), question, stem, answers=nested)
    shown, options = _shown(kind, field, value, offered)
    return Control(own, kind, shown, question, stem, options, bounds=_bounds(field.type))


def _bounds(type_: Any) -> tuple[int, int] | None:
    """Of a number, which may be optional."""
    if get_origin(type_) is Annotated:
        return next(((one.least, one.most) for one in type_.__metadata__ if isinstance(one, Bounds)), None)
    inner = [_bounds(one) for one in get_args(type_)] if NoneType in get_args(type_) else []
    return next(filter(None, inner), None)


def _shown(kind: str, field: msgspec.structs.FieldInfo, value: Any, offered: Offered) -> tuple[Any, tuple[str, ...]]:
    """The value as its control holds it, and what can be chosen."""
    match kind:
        case "fraction" | "optional_fraction":
            return value, usual(value)
        case "boolean":
            return "false" if value is False else "true", ("true", "false")
        case "word":
            return value, tuple(get_args(field.type))
        case "codes":
            chosen = [str(code) for code in value] if isinstance(value, list) else []
            return chosen, tuple(dict.fromkeys([*_codes(field.encode_name, offered), *chosen]))
        case "texts":
            return " ".join(map(str, value)) if isinstance(value, list) else "", ()
        case "weights" | "fractions":
            given = value if isinstance(value, dict) else {}
            return given, tuple(dict.fromkeys([*offered.classes, *given]))
        case "length":
            return split_length(0 if value is None else value), ()
        case _:
            return "" if value is None else value, ()


def usual(own: Any) -> tuple[str, ...]:
    """The usual shares, with the document's own one in its place among them, where it is one."""
    return tuple(sorted({*FRACTIONS, *([own] if _is_share(own) else [])}, key=Fraction))


def _codes(name: str, offered: Offered) -> Sequence[str]:
    """Everything that may stand in a list of that name."""
    named = {
        "areas": offered.areas,
        "classes": offered.classes,
        "counts": offered.answers,
        "kinds": MEETINGS,
        "roles": ROLES,
    }
    return named.get(name, ())


def _ballots(answer: Any) -> tuple[str, ...]:
    """What ballots of that method can say where everything can be listed whatever the proposal."""
    method = module_of(answer, "method")
    if method.OPTIONS != (0, 0):  # type: ignore[attr-defined]
        return ()
    return tuple(method().choices(Paper()))  # type: ignore[attr-defined]


def _is_share(own: Any) -> bool:
    try:
        return isinstance(own, str) and bool(documents.fraction(own))
    except Fault:
        return False
