"""How votes came in: by one's own ballot, through somebody else's, or lost on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from app.installation import Installation
from app.reading import Reading
from governance.books import tallying
from governance.books.proposals import Proposal
from governance.rule import Rule
from ledger.state import State

MOST: Final = 20_000
"""Members on a roll of whom every page view may follow the delegations; of larger ones the recount tells it."""


class Spoken(NamedTuple):
    """``through``: votes that somebody else's ballot carried; ``lost``: those that led nowhere, by why."""

    own: int
    through: int
    lost: Mapping[str, int]


async def spoken(installation: Installation, reading: Reading, proposal: Proposal, rule: Rule) -> Spoken | None:
    """Of a vote that has closed; None where nobody could vote for another, or there are too many to follow."""
    if not (rule.delegation.ALLOWED or rule.proxy.ALLOWED) or proposal.roll is None or proposal.roll.heads > MOST:
        return None

    def question(state: State) -> Spoken:
        ballots = tallying.cast(state, proposal)
        paths = tallying.gather(state, proposal, rule, lambda ballot: ballot.id).paths.values()
        lost = Counter[str](path.why for path in paths if not path.holder)
        return Spoken(len(ballots), sum(bool(path.holder) for path in paths), lost)

    return await installation.ask(reading.ledger, question)
