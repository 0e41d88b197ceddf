"""What is on a meeting's agenda, how voters are present on each item, and what is missing to the quorum.

Nothing of how anybody votes is in it: a quorum that asks what ballots say is not shown before the count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

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
from ledger.state import State

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


async def agenda(installation: Installation, reading: Reading, meeting: Meeting, member: str, size: int) -> list[Item]:
    """The items in order, as ``member`` may see them; ``size``: of the ledger, up to which is looked."""
    now = installation.clock.now()

    def question(state: State) -> list[Item]:
        return [_item(state, meeting, state.need(Proposal, id_), member, size, now) for id_ in meeting.agenda]

    return await installation.ask(reading.ledger, question)


def _item(state: State, meeting: Meeting, proposal: Proposal, member: str, size: int, now: int) -> Item:
    stage, rule = proposal.stage(now), proposals.pinned(state, proposal)
    if proposal.opened_index is None or stage == "withdrawn":
        # Before the opening was applied nobody knows who has a vote; the ledger judges.
        return Item(proposal, stage, rule, None, (), mine=stage == "voting")
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
    return Item(proposal, stage, rule, turnout, steps, mine=member in weights)


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
