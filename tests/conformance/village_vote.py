"""The same votes held in a ledger of ours: statements signed, folded, and due when they are due.

Two things are put into the ledger by hand, since how they come there is other books' matter: the rule, and the tokens
that weigh.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from governance.books import rules, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.standing import BALANCE
from ledger import canonical, fold, ids
from ledger.compose import Private
from ledger.errors import LedgerError
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
_STATEMENTS: Final = ("vote", "recast", "propose", "cancel")
"""What somebody says in a ledger; the rest happens to it, or nowhere."""
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
    vote = _Vote(document, weights)
    return [vote.do(act, later) for act in acts]


def hold_to_the_end(
    document: dict[str, Any], weights: Sequence[int], acts: Sequence[Act]
) -> tuple[list[Act], list[Seen]]:
    """As ``hold``; among the acts is then what a governor needs for a decision to take effect as early as possible.

    When that is we say ourselves: a governor that sees another deadline says so after the act that moved it.
    """
    vote, waiting, done = _Vote(document, weights), deque(acts), list[tuple[Act, Seen]]()
    deadline: int = document["timing"]["delay_seconds"] + document["timing"]["voting_seconds"]
    while waiting and waiting[0].at <= deadline:
        act = waiting.popleft()
        done.append((act, vote.do(act)))
        deadline = deadline if done[-1][1].deadline is None else done[-1][1].deadline
    closed, effective = deadline + 1, deadline + 1 + document["timing"]["timelock_seconds"]
    after = [
        Act(deadline, "look"),
        Act(closed, "queue"),
        Act(effective - 1, "look"),
        Act(effective, "execute"),
        Act(effective + 100, "look"),
    ]
    rest = [act for act in waiting if act.at < effective]
    done += [(act, vote.do(act)) for act in sorted(rest + after, key=lambda act: act.at)]
    return [act for act, _ in done], [seen for _, seen in done]


class _Vote:
    def __init__(self, document: dict[str, Any], weights: Sequence[int]) -> None:
        self._village = copy.deepcopy(_village(), dict(_unchanging()))
        self._weights = [0] * MEMBERS
        self._village.time = _PROPOSED - SECOND
        self._put(document, [*enumerate(weights)])
        self._village.time = _PROPOSED
        drafted = self._village.say("0", "proposal.draft/1", _draft(self._village))
        self._proposal = ids.object_id("prop", drafted.id)
        opens_at = canonical.format_time(_PROPOSED + (document["timing"]["delay_seconds"] + 1) * SECOND)
        self._village.time = _PROPOSED
        self._village.say("0", "proposal.open/1", {"proposal": self._proposal, "opens_at": opens_at})

    def do(self, act: Act, later: int = 0) -> Seen:
        now = _PROPOSED + act.at * SECOND
        if act.kind not in _STATEMENTS:
            self._tick(now)  # else what is due is done with what is said
        self._village.time = now
        done = self._done(act)
        now += later
        self._tick(now)
        return self._seen(now, done=done)

    def _tick(self, now: int) -> None:
        """Where something is due by now, the clerk says so."""
        due = fold.next_due(self._village.state)
        if due is not None and due.at <= now:
            self._village.time = now
            self._village.wait(0)

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
        moment = fold.Moment(state, self._village.size, self._village.time)
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
def _unchanging() -> dict[int, Any]:
    """By its id, all in that village which never changes: copies of the village share it."""
    village = _village()
    memory = village.memory
    rows = [row for subjects in memory._rows.values() for rows in subjects.values() for row in rows]
    kept = [village.books, village.keys, *memory.records.values(), *rows]
    kept += [*village._entries.values(), *village.openings.values(), *village._nonces]
    return {id(one): one for one in kept}


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
