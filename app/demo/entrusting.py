"""Whom people of the sample village let speak for them where they don't vote: by subject, or in everything."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from app.demo.people import Villager
from app.demo.speaking import entered, said
from app.demo.writer import Pen
from ledger.compose import Private

VISITOR: Final = 6
"""Whom the role switcher shows as a member: others have entrusted their votes to them."""
_ME: Final = -1
CHAINS: Final = (
    (40, 0, 1, "water"), (41, 1, 2, "water"), (44, 2, _ME, "water"), (45, 3, _ME, "water"),
    (50, 4, _ME, "care"), (52, 5, _ME, "care"), (56, 6, 5, "care"), (57, 7, 6, "care"),
    (60, _ME, 13, "money"), (70, 8, _ME, ""), (84, 9, 8, ""),
)  # fmt: skip
"""Day, who, whom and in what: one after the other they lead to the visitor, who names somebody too. Numbers count early
members.
"""
LOOP: Final = ((90, 10, 11, "festivals"), (92, 11, 12, "festivals"), (95, 12, 10, "festivals"))
"""Three friends who each left it to the next: nobody's vote goes anywhere, which the pages say."""
_EARLY: Final = 36
"""The day by which somebody has joined who is meant here."""
_FIRST: Final = 45
_LAST: Final = 150
_TOPICS: Final = ("", "", "care", "money", "festivals")


class Entrusting:
    """The village's standing delegations."""

    def __init__(self, pen: Pen, random: Random, people: list[Villager]) -> None:
        self._pen, self._random, self._people = pen, random, people
        self._early = [*(p for p in people[10:] if p.key and p.day <= _EARLY), people[VISITOR]]

    def entrust(self, day: int, at: int) -> None:
        """What is entrusted on that day, some of it on paper, and taken back."""
        for when, who, whom, topic in (*CHAINS, *LOOP):
            if when == day:
                self._give(self._early[who], self._early[whom], topic, at)
        if _FIRST <= day <= _LAST and day % 7 == 0:
            self._give_any(at)
        if day == 110:  # noqa: PLR2004
            # Who had left it all to one, and then thinks again.
            self._pen.write(at, said(self._early[9]), "delegation.revoke/1", {"topic": ""})
            self._give(self._early[9], self._early[_ME], "money", at)

    def _give_any(self, at: int) -> None:
        there = [p for p in self._people[22:] if p.id]
        giver = self._random.choice(there)
        trusted = [p for p in there if p.key and p.zeal > 0.4 and p is not giver]  # noqa: PLR2004
        if trusted:
            self._give(giver, self._random.choice(trusted), self._random.choice(_TOPICS), at)

    def _give(self, giver: Villager, to: Villager, topic: str, at: int) -> None:
        if not giver.id or not to.id:
            return
        body: dict[str, Any] = {"to": to.id, "topic": topic}
        author = said(giver) if giver.key else entered(self._people[3], self._people[0], giver, "paper")
        if giver.key is None:
            body["paper"] = Private(f"おまかせの届け {giver.name}様")
        self._pen.write(at, author, "delegation.give/1", body)
