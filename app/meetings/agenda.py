"""What is on a meeting's agenda, how voters are present on each item, and what is missing to the quorum.

Nothing of how anybody votes is in it: a quorum that asks what ballots say is not shown before the count.
"""

from __future__ import annotations

from asyncio import Task, create_task, shield
from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from app.installation import Installation
from app.reading import Reading
from governance.books import presence, proposals, tallying
from governance.books.meetings import Meeting
from governance.books.presence import Turnout
from governance.books.proposals import Proposal
from governance.count import NOBODY, Count, Counted, Step, total
from governance.lifecycle import Stage
from governance.modules.questions import Poll, Quorum
from governance.modules.quorum.all_of import AllOf
from governance.modules.quorum.convocations import Convocations
from governance.modules.quorum.share import Heads, OfWeight
from governance.rule import Rule
from ledger.state import State, each

_UNCOUNTED: Final = Counted(tally={}, winners=(), support=NOBODY, rival=NOBODY, cast=NOBODY, abstained=NOBODY)


class Item(NamedTuple):
    """An item. ``rule``: the one that decides it; ``turnout`` and ``quorum`` live while it is open, else as of its
    close; None and empty before the vote has opened. ``quorum``: those of its tests that ask for presence alone.
    ``mine``: whether the reader is on its roll.
    """

    proposal: Proposal
    stage: Stage
    rule: Rule
    turnout: Turnout | None
    quorum: tuple[Step, ...]
    mine: bool


class _Seen(NamedTuple):
    """What everybody sees of an item alike. ``voters``: None before the vote has opened, or once it is withdrawn."""

    proposal: Proposal
    rule: Rule
    turnout: Turnout | None
    quorum: tuple[Step, ...]
    voters: frozenset[str] | None

    def item(self, member: str, now: int) -> Item:
        """To one reader, at that moment (ms)."""
        stage = self.proposal.stage(now)
        # Before the opening was applied nobody knows who has a vote; the ledger judges.
        mine = stage == "voting" if self.voters is None else member in self.voters
        return Item(self.proposal, stage, self.rule, self.turnout, self.quorum, mine)


_KEPT: Final = 16
"""Meetings whose agendas are kept: as many as go on at a time."""
_Kept = OrderedDict[tuple[int, str], tuple[int, Task[list[_Seen]]]]
"""By ledger and meeting: of how many entries at least it is, and what is seen."""
_kept: Final = WeakKeyDictionary[Installation, _Kept]()


async def agenda(installation: Installation, reading: Reading, meeting: Meeting, member: str, size: int) -> list[Item]:
    """The items in order, as ``member`` may see them; ``size``: of the ledger, up to which is looked.

    Everyone who is there asks whenever somebody comes, and all ask the same: it is found out once for each entry.
    """
    now, kept = installation.clock.now(), _kept.setdefault(installation, OrderedDict())
    place = (reading.ledger_id, meeting.id)
    of, asked = kept.get(place, (-1, None))
    if asked is None or of < size or (asked.done() and (asked.cancelled() or asked.exception() is not None)):
        asked = create_task(_look(installation, reading, meeting, size, now))
        kept[place] = (size, asked)
        kept.move_to_end(place)
        if len(kept) > _KEPT:
            kept.popitem(last=False)
    # Whoever goes away meanwhile must not take the others' answer with them.
    return [seen.item(member, now) for seen in await shield(asked)]


async def _look(installation: Installation, reading: Reading, meeting: Meeting, size: int, now: int) -> list[_Seen]:
    def question(state: State) -> list[_Seen]:
        seen = each(partial(_item, state, meeting, id_, size, now) for id_ in meeting.agenda)
        # Most items have the same voters: they are kept once, for there may be a million.
        rolls = {one.voters: one.voters for one in seen}
        return [one._replace(voters=rolls[one.voters]) for one in seen]

    return await installation.ask(reading.ledger, question)


def _item(state: State, meeting: Meeting, id_: str, size: int, now: int) -> _Seen:
    proposal = state.need(Proposal, id_)
    rule = proposals.pinned(state, proposal)
    if proposal.opened_index is None or proposal.stage(now) == "withdrawn":
        return _Seen(proposal, rule, None, (), None)
    # What happened at this very moment has happened.
    sight = (size, now + 1) if proposal.closed_index is None else proposals.closing(proposal)
    weights = tallying.roll_weights(state, proposal, rule)
    voted = {ballot.member for ballot in tallying.cast(state, proposal)}
    found = presence.assembled(state, proposal, rule, sight, weights.keys(), voted)
    represented = {who for who, holder in found.mandates.items() if holder in voted}
    there = found.attending() | voted | represented
    everyone = total(Count(1, weight) for _, weight in weights.values())
    present = total(Count(1, weights[who][1]) for who in there if who in weights)
    poll = Poll({"all": everyone, "present": present}, _UNCOUNTED)
    steps = tuple(step for quorum in _shares(rule.quorum, meeting.convocation) for step in quorum.test(poll))
    turnout = presence.turnout(found, weights.keys(), voted)
    return _Seen(proposal, rule, turnout, steps, frozenset(weights))


def _shares(quorum: Quorum, convocation: int) -> Iterator[Quorum]:
    """The parts that ask for nothing but presence."""
    match quorum:
        case Convocations():
            yield from _shares(quorum.first if convocation == 1 else quorum.second, convocation)
        case AllOf():
            for part in quorum.parts:
                yield from _shares(part, convocation)
        case Heads() | OfWeight():
            yield quorum
