"""Who signs what people of the sample village say: themselves, several together, or officials for somebody."""

from __future__ import annotations

from app.demo import founding
from app.demo.people import Villager
from app.demo.writer import Said


def said(person: Villager, replaces: str | None = None) -> Said:
    """The person says it with the own key."""
    return Said(person.id, (founding.key(person),), replaces=replaces)


def together(person: Villager, *others: Villager, replaces: str | None = None) -> Said:
    """The person says it, and others sign it with them."""
    keys = tuple(founding.key(one) for one in (person, *others))
    return Said(person.id, keys, cosigners=tuple(other.id for other in others), replaces=replaces)


def entered(official: Villager, second: Villager, member: Villager, via: str) -> Said:
    """An official enters it for a member, and a second one countersigns."""
    return Said(
        official.id,
        (founding.key(official), founding.key(second)),
        cosigners=(second.id,),
        for_=member.id,
        via=via,
    )
