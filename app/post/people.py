"""Where members are written to: the mail address in what they, or the office, gave as contact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.post.letters import address_in
from app.reading import Reading, short
from ledger.books.members import Member


class Reached(NamedTuple):
    """A member's name, and mail address: empty where there is none, and paper has to do."""

    name: str
    address: str


async def reach(reading: Reading, members: Iterable[str]) -> dict[str, Reached]:
    """By member id; whom the ledger does not know is left out."""
    records = await reading.find_many(Member, members)
    fields = ("name", "contact")
    places = {
        (one.id, field): (one.profile, f"{one.profile_path}/{field}") for one in records.values() for field in fields
    }
    texts = await reading.texts(list(places.values()))
    return {
        id_: Reached(
            str(texts.get(places[id_, "name"], short(id_))),
            address_in(str(texts.get(places[id_, "contact"], ""))),
        )
        for id_ in records
    }
