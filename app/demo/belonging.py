"""Where people of the sample village belong, and the shares some have paid up, as its officials record them."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any, Final

from app.demo import words
from app.demo.founding import AREAS
from app.demo.people import Villager
from app.demo.speaking import together
from app.demo.writer import Pen, made
from ledger.compose import Private

_AREAS: Final = dict(zip(words.GROUPS, (*AREAS, ""), strict=True))
"""Codes of the areas; who commutes to the village belongs to none."""
_FAMILIES: Final = 4
_SHARE: Final = 5_000
"""In yen."""


class Belonging:
    """``people[0]`` and ``people[1]`` are the administrators who record it."""

    def __init__(self, pen: Pen, random: Random, people: list[Villager]) -> None:
        self._pen, self._random, self._people = pen, random, people

    def record(self, day: int, at: int) -> None:
        """What is recorded on that day: families once, areas and shares in several sittings."""
        if day == 16:  # noqa: PLR2004
            self._families(at)
        if day in (24, 52, 80):
            there = [p for p in self._people if p.id and self._pen.state.get("belonging", p.id) is None]
            for person in self._random.sample(there, min(10, len(there))):
                self._belong(person, at)
        if day in (18, 38, 66, 122):
            there = [p for p in self._people[6:] if p.id and self._pen.state.get("shares", p.id) is None]
            for person in [*self._people[:8], *self._random.sample(there, 8)]:
                if self._pen.state.get("shares", person.id) is None:
                    self._pay(person, at)
        if day == 150:  # noqa: PLR2004
            self._return_one(at)

    def _families(self, at: int) -> None:
        """Some who bear one name share a household; the first of them votes for it where votes go by households."""
        named = defaultdict[str, list[Villager]](list)
        for person in self._people[6:]:
            if person.id and person.group != words.GROUPS[-1]:
                named[f"{person.name.split()[0]} {person.group}"].append(person)
        for family in [found for found in named.values() if len(found) in (2, 3)][:_FAMILIES]:
            household = self._belong(family[0], at, household="new")
            self._pen.publish()
            for other in family[1:]:
                self._belong(other, at, household=household, represents=False)

    def _belong(self, person: Villager, at: int, household: str = "", *, represents: bool = True) -> str:
        body = {"area": _AREAS[person.group], "household": household, "member": person.id, "represents": represents}
        author = together(self._people[0], self._people[1])
        written = self._pen.write(at, author, "member.belong/1", body)
        return made(written, "hh") if written else ""

    def _pay(self, person: Villager, at: int) -> None:
        shares = self._random.choice((1, 1, 1, 2, 2, 3, 5, 10))
        body: dict[str, Any] = {"member": person.id, "shares": shares, "yen": shares * _SHARE}
        if person is self._people[0]:
            author = together(person, self._people[1])
            body["paper"] = Private(f"出資の受取り {shares}口 {person.name}")
        elif person.key is None:
            author = together(self._people[0], self._people[1])
            body["paper"] = Private(f"出資の受取り {shares}口 {person.name}様")
        else:
            author = together(self._people[0], person)
        self._pen.write(at, author, "equity.payment/1", body)

    def _return_one(self, at: int) -> None:
        """Somebody takes a share back."""
        person = self._people[7]
        body = {"member": person.id, "note": Private("一口お返ししました。"), "shares": -1, "yen": -_SHARE}
        self._pen.write(at, together(self._people[0], person), "equity.payment/1", body)
