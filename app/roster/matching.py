"""Who is who: by member's number, else by name and reading, in forms that forgive how things were typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Literal, NamedTuple, TypeVar

from app.roster import forms

T = TypeVar("T")
How = Literal["number", "name", "conflict"]


class Known(NamedTuple):
    """A member, as far as matching goes. ``active``: still a member, or suspended; False for a former one. Without an
    id: somebody whose entry waits for the second official's signature.
    """

    id: str
    name: str
    kana: str
    number: str
    active: bool = True


class _Entry(NamedTuple, Generic[T]):
    who: T
    name: str
    kana: str
    number: str


class Match(NamedTuple, Generic[T]):
    """Who it is and how that shows; ``conflict``: the number is theirs, but the name is another."""

    who: T
    how: How


class Register(Generic[T]):
    """People to be found again."""

    def __init__(self) -> None:
        self._by_number: dict[str, _Entry[T]] = {}
        self._by_name: dict[str, list[_Entry[T]]] = {}

    def add(self, who: T, name: str, kana: str, number: str) -> None:
        """Someone who may be found from now on."""
        entry = _Entry(who, forms.same(name), forms.same(kana), forms.number(number) if number else "")
        if entry.number:
            self._by_number.setdefault(entry.number, entry)
        self._by_name.setdefault(entry.name, []).append(entry)

    def find(self, name: str, kana: str, number: str) -> Match[T] | None:
        """Who has that number, else that name and reading; what only one side has is no difference."""
        wanted = _Entry(None, forms.same(name), forms.same(kana), forms.number(number) if number else "")
        holder = self._by_number.get(wanted.number)
        if holder is not None:
            return Match(holder.who, "number" if holder.name == wanted.name else "conflict")
        for entry in self._by_name.get(wanted.name, ()):
            numbers = not (entry.number and wanted.number)
            readings = entry.kana == wanted.kana or not (entry.kana and wanted.kana)
            if numbers and readings:
                return Match(entry.who, "name")
        return None


def register(known: Iterable[Known]) -> Register[Known]:
    """Everyone on the roll; those who still belong are found before those who once did."""
    found = Register[Known]()
    for person in sorted(known, key=lambda person: not person.active):
        found.add(person, person.name, person.kana, person.number)
    return found
