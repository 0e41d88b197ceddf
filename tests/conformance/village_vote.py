"""The same votes held in a ledger of ours: statements signed, folded, and due when they are due.

Two things are put into the ledger by hand, since how they come there is other books' matter: the rule, and the tokens
that weigh.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from governance.books import rules, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.standing import BALANCE
from ledger import canonical, ids
from ledger.compose import Private
from ledger.errors import LedgerError
from ledger.fold import Moment
from tests.conformance.governors import Act
from tests.simulator import START, Village

SECOND: Final = 1000
MEMBERS: Final = 6
STATES: Final = {
    "scheduled": "pending",
    "voting": "active",
    "withdrawn": "canceled",
    "no_quorum": "defeated",
    "failed": "defeated",
    "tied": "defeated",
    "passed": "succeeded",
    "executed": "executed",
}
"""Our stages by the name that a governor has for them."""
_SAID: Final = {"for": "yes", "against": "no", "abstain": "abstain"}
_PROPOSED: Final = START + 3600 * SECOND


class Seen(NamedTuple):
    """What the ledger says after an act, and whether it took it. ``deadline``: the last second to vote, as ``Act.at``;
    None where there is none any more.
    """

    done: bool
    state: str
    deadline: int | None
    against: int
    in_favour: int
    abstain: int


def hold(document: dict[str, Any], weights: Sequence[int], acts: Sequence[Act], later: int = 0) -> list[Seen]:
    """What is seen ``later`` ms after each act, of a proposal to make somebody facilitator, under that rule.

    A governor begins to count in the second after its delay, so our vote is called for that second.
    """
    vote = _Vote(document, weights, document["timing"]["delay_seconds"])
    return [vote.do(act, later) for act in acts]


class _Vote:
    def __init__(self, document: dict[str, Any], weights: Sequence[int], delay: int) -> None:
        founded = _village()
        self._village = copy.deepcopy(founded, {id(kept): kept for kept in (founded.books, founded.keys)})
        self._weights = [0] * MEMBERS
        self._village.time = _PROPOSED - SECOND
        self._put(document, [*enumerate(weights)])
        self._village.time = _PROPOSED
        drafted = self._village.say("0", "proposal.draft/1", _draft(self._village))
        self._proposal = ids.object_id("prop", drafted.id)
        opens_at = canonical.format_time(_PROPOSED + (delay + 1) * SECOND)
        self._village.time = _PROPOSED
        self._village.say("0", "proposal.open/1", {"proposal": self._proposal, "opens_at": opens_at})

    def do(self, act: Act, later: int) -> Seen:
        # What is due is done, also where the act itself will be refused.
        self._village.time = now = _PROPOSED + act.at * SECOND
        self._village.wait(0)
        self._village.time = now
        done = self._done(act)
        if later:
            self._village.time = now = now + later
            self._village.wait(0)
        return self._seen(now, done=done)

    def _done(self, act: Act) -> bool:
        match act.kind:
            case "vote":
                body = {"proposal": self._proposal, "choice": _SAID[act.choice]}
                return self._said(str(act.member), "ballot.cast/1", body)
            case "recast":
                body = {"proposal": self._proposal, "choice": _SAID[act.choice]}
                before = self._village.state.need(Ballot, f"{self._proposal}/{self._village.id(str(act.member))}")
                return self._said(str(act.member), "ballot.cast/1", body, before.statement)
            case "propose":
                return self._said(str(act.member), "proposal.draft/1", _draft(self._village))
            case "cancel":
                return self._said(str(act.member), "proposal.withdraw/1", {"proposal": self._proposal})
            case "give" | "take":
                change = act.amounts[0] if act.kind == "give" else -act.amounts[0]
                if self._weights[act.member] + change < 0:
                    return False
                self._put(None, [(act.member, change)])
        return True

    def _said(self, author: str, type_: str, body: dict[str, Any], replaces: str | None = None) -> bool:
        try:
            self._village.say(author, type_, body, replaces=replaces)
        except LedgerError:
            return False
        return True

    def _put(self, document: dict[str, Any] | None, weights: Sequence[tuple[int, int]]) -> None:
        state = self._village.state
        moment = Moment(state, self._village.size, self._village.time)
        if document is not None:
            rules.adopt(moment, "role", document, None)
        for member, change in weights:
            self._weights[member] += change
            moment.trace(BALANCE, self._village.id(str(member)), self._weights[member])
        self._village.memory.absorb(state)

    def _seen(self, now: int, *, done: bool) -> Seen:
        proposal = self._village.state.need(Proposal, self._proposal)
        tally = _tally(self._village, proposal)
        return Seen(
            done,
            STATES.get(proposal.stage(now), "pending"),
            None if proposal.closes_at is None else (proposal.closes_at - _PROPOSED - 1) // SECOND,
            *(tally.get(choice, 0) for choice in ("no", "yes", "abstain")),
        )


def _tally(village: Village, proposal: Proposal) -> dict[str, int]:
    found: dict[str, int] = {}
    for ballot in tallying.cast(village.state, proposal):
        found[str(ballot.choice)] = found.get(str(ballot.choice), 0) + ballot.weight
    return found


@cache
def _village() -> Village:
    village = Village("0")
    for number in range(1, MEMBERS):
        village.join(str(number))
    return village


def _draft(village: Village) -> dict[str, Any]:
    always = {"from": None, "until": None}
    return {
        "effects": [{"effect": "role", "member": village.id("0"), "role": "facilitator", "scope": "coop"} | always],
        "kind": "role",
        "text": Private("理由"),
        "title": Private("議案"),
    }
