"""Where one reader stands in one vote: on the roll or not, with which ballot; and who else is on the roll."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from app.decisions import delegated
from app.installation import Installation
from app.reading import Reading
from governance.books import ballots, rolls, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.count import Count
from governance.rule import Rule
from ledger.books.members import Member
from ledger.private import Commit
from ledger.state import State


@dataclass(frozen=True)
class Standing:
    """``roll``: everyone's heads and weight, None before the opening; ``weight``: the reader's, 0 when not on it.

    ``choice``: what the reader's ballot says, as far as it is still known; empty without a ballot. Where the rule
    allows delegations, ``delegate`` is what the one is called who speaks for the reader otherwise, and ``carried`` is
    for how many others the reader speaks at most: those of them who vote themselves are not among them.
    """

    roll: Count | None
    weight: int
    ballot: Ballot | None
    choice: str
    delegate: str = ""
    carried: int = 0


async def standing(
    installation: Installation, reading: Reading, proposal: Proposal, rule: Rule, member: Member | None
) -> Standing:
    """The reader's standing in that vote."""

    def question(state: State) -> tuple[Count | None, int]:
        if proposal.opened_index is None:
            return None, 0
        weight = ballots.voting_weight(state, proposal, rule, member.id) if member else 0
        return rolls.roll(state, proposal, rule), weight

    def entrusted(state: State) -> tuple[str | None, int]:
        if member is None or not weight or not rule.delegation.ALLOWED or proposal.outcome is not None:
            return None, 0
        topic = proposal.topic or ""
        return delegated.named(state, member.id, topic), delegated.carried(state, member.id, topic)[0]

    roll, weight = await installation.ask(reading.ledger, question)
    delegate, carried = await installation.ask(reading.ledger, entrusted)
    called = (await reading.names([delegate])).get(delegate, "") if delegate else ""
    ballot = await reading.find(Ballot, f"{proposal.id}/{member.id}") if member else None
    choice = "" if ballot is None else await said(reading, ballot)
    return Standing(roll, weight, ballot, choice, called, carried)


async def said(reading: Reading, ballot: Ballot) -> str:
    """What a ballot says: from the log when open, from its own voter's sealed value when confidential."""
    if isinstance(ballot.choice, Commit):
        return await reading.text(ballot.statement, "choice")
    return ballot.choice


async def on_roll(installation: Installation, reading: Reading, proposal: Proposal, rule: Rule) -> set[str]:
    """Ids of everyone who may vote on it.

    Between the moment of the opening and the entry that applies it, as of all that is recorded: the ledger judges.
    """
    opened = proposal
    if proposal.opened_index is None:
        opened = msgspec.structs.replace(proposal, opened_index=await reading.size())
    return await installation.ask(reading.ledger, lambda state: set(tallying.roll_weights(state, opened, rule)))
