"""What will happen to every line of a roster, and why. Nothing is decided here that the preview does not say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec

from app.roster import dates, forms
from app.roster.columns import JOINED, Line, Sheet
from app.roster.matching import Known, Register
from ledger.books.members import MemberType

MAX_VALUE: Final = 300
EXAMPLE: Final = ("(例)", "(example)")
"""How the name in the template's own line begins, in any width and case: nobody is called so."""
PRIVATE: Final = ("name", "kana", "alias", "number", "household", "group", "address", "contact")
Fate = Literal["new", "there", "twice", "refused"]
FATES: Final[tuple[str, ...]] = get_args(Fate)
_TYPES: Final[dict[str, MemberType]] = {
    "個人": "person", "person": "person", "individual": "person",
    "団体": "organisation", "法人": "organisation", "企業": "organisation", "事業所": "organisation",
    "organisation": "organisation", "organization": "organisation", "company": "organisation",
    "世帯": "household", "household": "household", "family": "household",
}  # fmt: skip
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_BREAKS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_GAIJI: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


class Choices(msgspec.Struct, frozen=True):
    """What whoever imports has said: the meaning of each column, the class of those without one, and of each word that
    stands in the class column (in the form of ``forms.same``; empty: such lines are refused).
    """

    fields: tuple[str, ...]
    cls: str
    classes: dict[str, str] = {}


class Planned(NamedTuple):
    """One line's fate. ``reason`` and ``params`` say why (``roster.why.…``); ``values``: private fields as typed."""

    line: int
    fate: Fate
    reason: str
    params: dict[str, Any]
    values: dict[str, str]
    cls: str
    type: MemberType
    joined_on: str | None

    def statement(self) -> dict[str, Any]:
        """What is said of a new member: a ``member.enter/1``, its private values by path."""
        body: dict[str, Any] = {"cls": self.cls, "profile": {}, "type": self.type}
        if self.joined_on is not None:
            body["joined_on"] = self.joined_on
        privates = {f"profile/{field}": value for field, value in sorted(self.values.items())}
        return {"body": body, "privates": privates, "type": "member.enter/1"}


class _Refused(Exception):
    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, params


def plan(sheet: Sheet, choices: Choices, known: Register[Known]) -> list[Planned]:
    """Every line's fate, in the file's order."""
    earlier = Register[int]()
    return [_fate(line, choices, known, earlier) for line in sheet.lines]


def totals(planned: Sequence[Planned]) -> dict[str, int]:
    """How many lines meet each fate."""
    counted = Counter(line.fate for line in planned)
    return {fate: counted[fate] for fate in FATES}  # type: ignore[index]


def class_words(sheet: Sheet, fields: Sequence[str]) -> list[str]:
    """The different words in the class column, each as first typed."""
    if "cls" not in fields:
        return []
    column = fields.index("cls")
    words = {forms.same(word): word for line in reversed(sheet.lines) if (word := forms.typed(line.cells[column]))}
    return sorted(words.values())


def is_type(word: str) -> bool:
    """Whether a word of the class column says what sort of member it is rather than the class."""
    return forms.same(word) in _TYPES


def guess_classes(words: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    """Class of each word that is none of the sorts, as far as ``named`` (word in ``forms.same`` → code) knows it."""
    return {forms.same(word): named.get(forms.same(word), "") for word in words if not is_type(word)}


def _fate(line: Line, choices: Choices, known: Register[Known], earlier: Register[int]) -> Planned:
    values = _values(line, choices.fields)
    kept = {field: value for field, value in values.items() if field in PRIVATE}
    cls, type_, joined_on = choices.cls, "person", None
    try:
        _check(line, kept)
        cls, type_ = _class(values.get("cls", ""), choices)
        joined_on = _joined(values.get("joined_on", ""))
        fate, reason, params = _meet(line.number, kept, known, earlier)
    except _Refused as refused:
        fate, reason, params = "refused", refused.reason, refused.params
    return Planned(line.number, fate, reason, params, kept, cls, type_, joined_on)  # type: ignore[arg-type]


def _values(line: Line, fields: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for field, cell in zip(fields, line.cells, strict=True):
        value = forms.typed(cell)
        if field and value:
            found.setdefault(field, []).append(value)
    return {field: JOINED.get(field, " ").join(parts) for field, parts in found.items()}


def _check(line: Line, values: Mapping[str, str]) -> None:
    if line.spills:
        raise _Refused("spills")
    if "name" not in values:
        raise _Refused("no_name")
    if unicodedata.normalize("NFKC", values["name"]).casefold().startswith(EXAMPLE):
        raise _Refused("example")
    for field, value in values.items():
        control = _CONTROL_BUT_BREAKS if field in ("address", "contact") else _CONTROL
        if control.search(value):
            raise _Refused("control", field=field)
        if _GAIJI.search(value):
            raise _Refused("gaiji", field=field)
        if "\ufffd" in value:
            raise _Refused("broken", field=field)
        if len(value) > MAX_VALUE:
            raise _Refused("too_long", field=field, limit=MAX_VALUE)


def _class(word: str, choices: Choices) -> tuple[str, MemberType]:
    plain = forms.same(word)
    if not plain:
        return choices.cls, "person"
    if plain in _TYPES:
        return choices.cls, _TYPES[plain]
    cls = choices.classes.get(plain, "")
    if not cls:
        raise _Refused("class", word=word)
    return cls, "person"


def _joined(text: str) -> str | None:
    if not text:
        return None
    try:
        return dates.read(text).isoformat()
    except dates.DateFault as fault:
        raise _Refused(f"date_{fault.reason}", text=text) from fault


def _meet(
    number: int, values: Mapping[str, str], known: Register[Known], earlier: Register[int]
) -> tuple[Fate, str, dict[str, Any]]:
    """Whether somebody on the roll, or further up in the file, is the same person."""
    who = (values["name"], values.get("kana", ""), values.get("number", ""))
    there = known.find(*who)
    if there is not None and not there.who.id:
        return "there", "waiting", {"name": there.who.name}
    if there is not None:
        person = {"id": there.who.id, "name": there.who.name}
        if there.how == "conflict":
            raise _Refused("number_taken", **person)
        return "there", there.how if there.who.active else "former", person
    above = earlier.find(*who)
    if above is not None:
        if above.how == "conflict":
            raise _Refused("number_twice", line=above.who)
        return "twice", above.how, {"line": above.who}
    earlier.add(number, *who)
    return "new", "new", {}
