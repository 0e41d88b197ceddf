"""The people of the sample village: who they are, which keys they hold, and how much they join in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Final

from nacl.signing import SigningKey

from app.demo import words

MEMBERS: Final = 240
WITH_KEY: Final = 150


@dataclass
class Villager:
    """One villager. ``day``: when they join (days from the founding). ``id``: the member id, once there is one."""

    number: int
    name: str
    kana: str
    group: str
    cls: str
    day: int
    zeal: float
    key: SigningKey | None
    role: str = ""
    id: str = ""

    @property
    def greeting(self) -> str:
        """The name as files and addresses carry it."""
        return f"{self.number:03d}"


CAST: Final = (
    ("administrator", 0, 0), ("administrator", 0, 1), ("auditor", 0, 3), ("facilitator", 2, 4),
    ("concierge", 3, 5), ("steward", 4, 6), ("", 5, 7), ("", 6, 12),
)  # fmt: skip
"""Role, day of joining and given name of those whom the role switcher offers; the first two are founders."""


def seed_key(seed: int, label: str) -> SigningKey:
    """The key that the seed gives to a label."""
    return SigningKey(hashlib.sha256(f"yui sample village {seed} {label}".encode()).digest())


def villagers(seed: int) -> list[Villager]:
    """All of them, in the order of joining; the first are the cast."""
    random = Random(f"people {seed}")  # noqa: S311  (a sample, not a secret)
    names = [(s, g) for s in words.SURNAMES for g in words.GIVEN]
    random.shuffle(names)
    people = [_cast(seed, number, entry) for number, entry in enumerate(CAST)]
    taken = {person.name for person in people}
    for (surname, surname_kana), (given, given_kana) in names:
        if len(people) == MEMBERS:
            break
        name = f"{surname} {given}"
        if name in taken:
            continue
        number = len(people)
        keyed = number < WITH_KEY
        people.append(
            Villager(
                number,
                name,
                f"{surname_kana} {given_kana}",
                random.choice(words.GROUPS),
                "supporter" if random.random() < 0.12 else "member",  # noqa: PLR2004
                # Those without a device stand on the paper roll from the first days.
                min(150, int(random.expovariate(1 / 30))) if keyed else 3,
                random.betavariate(1.2, 3) if keyed else 0.0,
                seed_key(seed, f"villager {number}") if keyed else None,
            )
        )
    return people


def _cast(seed: int, number: int, entry: tuple[str, int, int]) -> Villager:
    role, day, given = entry
    # Other families have the offices in each village; in the first (seed 7) the list begins with them.
    surname, surname_kana = words.SURNAMES[(number + 4 * (seed % 7)) % len(words.SURNAMES)]
    first, first_kana = words.GIVEN[given]
    return Villager(
        number,
        f"{surname} {first}",
        f"{surname_kana} {first_kana}",
        words.GROUPS[number % 5],
        "member",
        day,
        0.9,
        seed_key(seed, f"villager {number}"),
        role,
    )
