"""Who may vote, in numbers: the roll of a vote that has opened, which nothing changes any more."""

from __future__ import annotations

from governance import standing
from governance.books import proposals
from governance.books.proposals import Proposal
from governance.modules.questions import Roll
from governance.rule import Rule
from ledger.state import State


def roll(state: State, proposal: Proposal, rule: Rule) -> Roll:
    """As announced; else as found before, beside the lock or for an earlier ballot; else from the members' traces."""
    if proposal.roll is not None:
        return proposal.roll
    return state.settled(question(proposal), lambda: read(state, proposal, rule), keep=True)


def question(proposal: Proposal) -> str:
    """What the roll is settled under: while a meeting lasts, another may take the chair and with it leave the roll."""
    return f"roll:{proposal.id}:{proposal.opened_index}:{proposal.chair or ''}"


def read(state: State, proposal: Proposal, rule: Rule) -> Roll:
    """From the members' traces at the opening, whatever was announced."""
    return rule.roll(standing.everyone(state, rule.needs, proposals.sight(proposal)), proposal.ask())
