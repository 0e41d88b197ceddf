"""A general meeting of the sample village as it is held: reception, ballots, hands, what is decided."""

from __future__ import annotations

from random import Random
from typing import Final

from app.demo import agendas, founding
from app.demo.agendas import Item
from app.demo.people import Villager, seed_key
from app.demo.speaking import entered, said, together
from app.demo.writer import Pen, Said
from governance.books import proposals, proxies, tallying
from governance.books.proposals import Proposal
from ledger import ids
from ledger.compose import public_of
from ledger.state import State

MINUTE: Final = 60_000
_ASSISTED: Final = 8
"""How many come who have no device."""


class Assembly:
    """Of those who ``could`` come some do. ``people``: everyone, with the officials in the first places."""

    def __init__(self, pen: Pen, seed: int, random: Random, could: list[Villager], people: list[Villager]) -> None:
        self._pen, self._people = pen, people
        self._chair, self._signers = people[1], (people[7], people[8])
        self._door = seed_key(seed, "door")
        officials = [people[number] for number in (0, 1, 3, 6, 7, 8, 9)]
        others = [p for p in could if p not in officials]
        keyed, without = [p for p in others if p.key], [p for p in others if not p.key]
        self._room = officials + random.sample(keyed, agendas.ROOM - len(officials) - _ASSISTED)
        self._assisted = random.sample(without, _ASSISTED)
        self._online = random.sample([p for p in keyed if p not in self._room], agendas.SCREEN)
        self._holders = [self._chair, people[6], people[9]]
        """Who speaks for others, and therefore votes by a ballot."""

    def hold(self, meeting: str, items: list[tuple[Item, str]], begins: int) -> None:
        """All of it; ``begins`` in ms."""
        self._receive(meeting, begins - 50 * MINUTE)
        self._pen.publish()
        at = begins + 2 * MINUTE
        self._pen.write(at, said(self._chair), "meeting.open/1", {"door": self._door_id, "meeting": meeting})
        for item, id_ in items:
            at += 15 * MINUTE
            self._decide(item, id_, at)
            self._pen.publish()
            body = {"meeting": meeting, "proposal": id_}
            self._pen.write(at + 5 * MINUTE, said(self._chair), "meeting.close_item/1", body)
        self._pen.write(at + 10 * MINUTE, said(self._online[0]), "meeting.leave/1", {"meeting": meeting})
        self._pen.write(at + 20 * MINUTE, said(self._chair), "meeting.close/1", {"meeting": meeting})
        self._pen.publish()

    @property
    def _door_id(self) -> str:
        return ids.key_id(public_of(self._door))

    def _receive(self, meeting: str, at: int) -> None:
        """With the code at the door, at the reception desk, or from elsewhere."""
        self._pen.write(at, said(self._chair), "meeting.door/1", {"door": self._door_id, "meeting": meeting})
        body = {"how": "room", "meeting": meeting}
        for person in self._room:
            author = Said(person.id, (founding.key(person), self._door), cosigners=(self._door_id,))
            self._pen.write(at + MINUTE, author, "meeting.attend/1", body)
        for person in self._assisted:
            author = entered(self._people[3], self._people[0], person, "room")
            self._pen.write(at + MINUTE, author, "meeting.attend/1", body)
        for person in self._online:
            self._pen.write(at + MINUTE, said(person), "meeting.attend/1", {"how": "online", "meeting": meeting})

    def _decide(self, item: Item, id_: str, at: int) -> None:
        """Who speaks for others votes by ballot; the others raise their hands, or nobody objects."""
        for voter in self._holders:
            self._pen.write(at, said(voter), "ballot.cast/1", {"choice": "yes", "proposal": id_})
        chair = together(self._chair, *self._signers)
        if item.how == "unopposed":
            self._pen.write(at + MINUTE, chair, "meeting.unopposed/1", {"proposal": id_})
            return
        for voter in self._online:
            self._pen.write(at, said(voter), "ballot.cast/1", {"choice": "yes", "proposal": id_})
        hands = len(self._room) + len(self._assisted) - len(self._holders)
        yes = self._short(id_, hands, at) if item.how == "short" else hands * item.motion.yes // 100
        abstain = min(1, hands - yes)
        body = {"abstain": abstain, "no": hands - yes - abstain, "proposal": id_, "yes": yes}
        self._pen.write(at + MINUTE, chair, "meeting.hands/1", body)

    def _short(self, id_: str, hands: int, at: int) -> int:
        """So many hands that one vote is missing to two thirds of those present."""
        state = self._pen.state
        proposal = state.need(Proposal, id_)
        rule, now = proposals.pinned(state, proposal), (self._pen.size, at)
        ballots = {ballot.member: ballot.choice for ballot in tallying.cast(state, proposal)}
        voters = tallying.roll_weights(state, proposal, rule).keys()
        holders = proxies.mandates(state, proposal, rule, now, ballots.keys(), voters).values()
        for_ = sum(choice == "yes" for choice in ballots.values())
        for_ += sum(ballots.get(holder) == "yes" for holder in holders)
        needed = -(-2 * tallying.turnout(state, proposal, rule, now).present // 3)
        return max(0, min(hands, needed - 1 - for_))


def told(state: State, number: int, item: Item, id_: str) -> str:
    """What the minutes say of an item."""
    proposal = state.need(Proposal, id_)
    rule = proposals.pinned(state, proposal)
    there = tallying.turnout(state, proposal, rule, proposals.closing(proposal))
    tally = proposal.tally or {}
    counts = "、".join(f"{word}{tally[key].weight}" for key, word in _ANSWERS if key in tally)
    result = agendas.RESULTS.get("" if proposal.outcome is None else proposal.outcome.result, "定足数に足りず")
    return (
        f"第{number}号議案 {item.motion.title}\n"
        f"出席 {there.present}({there.electorate}人のうち。会場 {there.in_person}、オンライン {there.online}、"
        f"委任 {there.proxy}、書面など {there.written})。{counts}。{result}した。"
    )


_ANSWERS: Final = (("yes", "賛成"), ("no", "反対"), ("abstain", "棄権"))
