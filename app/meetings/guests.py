"""Who is called to a meeting, and where their letters go."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple

from app.installation import Installation
from app.reading import Reading
from app.roll import Person
from app.roster import forms
from governance.books import proposals, tallying
from governance.books.meetings import Meeting
from governance.books.proposals import Proposal
from ledger.books.belonging import Belonging
from ledger.state import State, each

SEATS: Final = {"board": ("chair", "director", "auditor"), "delegates": ("delegate",)}
"""By kind of meeting: whose seats it is made of."""
_THREE, _FOUR, _DASH = "([0-9０-９]{3})", "([0-9０-９]{4})", "[-‐‑–−－ー]"
_POSTCODE: Final = re.compile(rf"\s*(?:〒\s*{_THREE}{_DASH}?{_FOUR}|{_THREE}{_DASH}{_FOUR})(?![0-9０-９])\s*")


class Home(NamedTuple):
    """Who shares a letter box. ``postcode``: ``123-4567``, empty where the address has none at its beginning."""

    people: list[Person]
    postcode: str
    address: str

    @property
    def group(self) -> str:
        """The neighbourhood group of the first of them."""
        return self.people[0].group


async def voters(installation: Installation, reading: Reading, meeting: Meeting) -> frozenset[str]:
    """Who has a vote on an item, as far as the votes have opened: a chair without a vote has none (生協法41の3)."""

    def question(state: State) -> frozenset[str]:
        items = each(partial(state.need, Proposal, id_) for id_ in meeting.agenda)
        opened = [one for one in items if one.opened_index is not None and one.withdrawn_at is None]
        rules = each(partial(proposals.pinned, state, one) for one in opened)
        rolls = each(partial(tallying.roll_weights, state, *two) for two in zip(opened, rules, strict=True))
        return frozenset(id_ for roll in rolls for id_ in roll)

    return await installation.ask(reading.ledger, question)


async def guests(
    installation: Installation, reading: Reading, meeting: Meeting, people: Iterable[Person]
) -> list[Person]:
    """The active members who have a vote on an item, a seat, or a part in leading it; all of them where nobody is known
    to have a vote or a seat.
    """
    called = set(await voters(installation, reading, meeting))
    seats = SEATS.get(meeting.gathers, ())
    held = await reading.offices() if seats else []
    called |= {role.member for role in held if role.active and role.role in seats}
    called |= {meeting.chair, *meeting.signers} if called else set()
    active = [person for person in people if person.member.status == "active"]
    return [person for person in active if person.id in called] or active


async def households(reading: Reading, people: Iterable[Person]) -> dict[str, str]:
    """The ids of the households that members are recorded in, by member."""
    found = await reading.find_many(Belonging, [person.id for person in people])
    return {id_: one.household for id_, one in found.items() if one.household}


def homes(people: Iterable[Person], recorded: Mapping[str, str]) -> list[Home]:
    """Those of one household at one address together, in the order of groups and readings.

    A household is the one that is ``recorded`` (by member), else the name that the roll has for it.
    """

    def key(person: Person) -> tuple[str, str, str]:
        if person.id in recorded:
            return recorded[person.id], "", forms.same(person.address)
        name = forms.same(person.household)
        return "", name or person.id, forms.same(person.address)

    listed = list(people)
    first: dict[tuple[str, str, str], int] = {}
    for at, person in enumerate(listed):
        first.setdefault(key(person), at)
    ordered = sorted(enumerate(listed), key=lambda one: (first[key(one[1])], one[0]))
    found = [_home([person for _, person in some]) for _, some in groupby(ordered, key=lambda one: key(one[1]))]
    return sorted(found, key=lambda home: forms.same(home.group))


def _home(people: list[Person]) -> Home:
    address = people[0].address.strip()
    found = _POSTCODE.match(address)
    if found is None:
        return Home(people, "", address)
    digits = [unicodedata.normalize("NFKC", part) for part in found.groups() if part]
    return Home(people, "-".join(digits), address[found.end() :].strip())
