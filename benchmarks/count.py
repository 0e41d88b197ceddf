"""The count of one large vote: a million voters, ballots of some, delegations of the others in chains of every length.

    python -m benchmarks.count [VOTERS] [RUNS]

Prints the median of the runs (of one process: seconds of processor time, and how many times a fixed piece of Python,
``measure.yardstick``, would fit into it) for yes or no, without and with delegation, and for ranked ballots; and what
the roll takes, which is announced when voting opens and so known when it closes. Records and traces are in memory, as
an auditor's or the clerk's question finds them once they are read.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from benchmarks import measure
from governance import rule
from governance.books import delegations, proposals, rolls, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.outcome import decide
from governance.rule import Rule
from ledger.private import Commit
from ledger.state import Memory, State, Trace

_OPENED, _CLOSED = (1000, 1_000_000), (9_000_000, 2_000_000)
_NOTHING = Commit("A" * 43 + "=")
_OPTIONS = 12
_STANDING = {"module": "standing/1", "depth": None}


def document(**answers: Any) -> dict[str, Any]:
    """A plain rule with other answers."""
    return {
        "electorate": {"module": "all_active/1"},
        "weight": {"module": "one_member_one_vote/1"},
        "method": {"module": "yes_no_abstain/1"},
        "quorum": {"module": "heads/1", "fraction": "1/3", "strict": False},
        "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "cast"},
        "tie": {"module": "fails/1"},
        "timing": {"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 0, "timelock_seconds": 0},
        "secrecy": {"module": "open/1"},
        "channels": ["online"],
    } | answers


def vote(voters: int, share: float, choices: Callable[[random.Random], str]) -> tuple[State, Proposal]:
    """A closed vote in which that share of the voters cast a ballot, and everyone else has named somebody."""
    chance, memory = random.Random(1), Memory()  # noqa: S311
    state = State(memory)
    proposal = Proposal(
        id="prop_a", index=1, decides="ordinary", proposer="mem_0", version=1, statement="", title=_NOTHING,
        text=_NOTHING, options=(_NOTHING,) * _OPTIONS, effects=(), drafted_at=0, called_at=1, opens_at=_OPENED[1],
        closes_at=_CLOSED[1], opened_index=_OPENED[0], closed_index=_CLOSED[0],
    )  # fmt: skip
    facts = {"active": True, "class": "member", "joined": 1}
    for number in range(voters):
        member = f"mem_{number}"
        state.trace(Trace("member", member, 2, 2, facts))
        if chance.random() < share:
            state.put(
                Ballot(
                    id=f"prop_a/{member}", index=2000, proposal="prop_a", member=member, choice=choices(chance),
                    cls="member", weight=1, statement="", entry=2000 + number, cast_at=1_500_000, via=None,
                )
            )  # fmt: skip
        else:
            # Now and then in a circle, or far away: chains of every length.
            step = chance.choice((-1, -1, -1, 1, chance.randrange(voters)))
            to = f"mem_{(number + step) % voters}"
            state.trace(Trace(delegations.TRACE, delegations.key(member, ""), 2, 2, to))
    memory.absorb(state)
    return State(memory), proposal


def row(label: str, runs: int, act: Callable[[], object]) -> tuple[str, ...]:
    """Median and range in seconds, and the median in yardsticks."""
    took, shares = [], []
    for _ in range(runs):
        gc.collect()
        before = measure.yardstick()
        begun = time.process_time()
        act()
        took.append(time.process_time() - begun)
        shares.append(took[-1] / ((before + measure.yardstick()) / 2))
    return label, measure.spread(took, 2), f"{statistics.median(shares):.1f}"


def count(state: State, proposal: Proposal, found: Rule) -> object:
    """The whole count, and with it what the roll takes where that has not been announced."""
    votes = tallying.gather(state, proposal, found).votes
    roll = proposal.roll or rolls.read(state, proposal, found)
    return decide(found, roll, votes, proposals.paper(state, proposal))


def main() -> None:
    """Run all."""
    voters = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3  # noqa: PLR2004
    measure.introduce(f"One vote of {voters:,}")
    plain, delegated = (rule.parse(document(**more)) for more in ({}, {"delegation": _STANDING}))
    state, proposal = vote(voters, 1.0, _yes_or_no)
    rows = [row(f"roll of {voters:,}", runs, lambda: rolls.read(state, proposal, plain))]
    proposal = msgspec.structs.replace(proposal, roll=rolls.read(state, proposal, plain))
    rows.append(row("every voter's own ballot", runs, lambda: count(state, proposal, plain)))
    for share in (0.5, 0.1):
        state, proposal = vote(voters, share, _yes_or_no)
        label = f"{share:.0%} ballots, the others delegate"
        rows.append(row(f"{label}, roll not announced", runs, partial(count, state, proposal, delegated)))
        proposal = msgspec.structs.replace(proposal, roll=rolls.read(state, proposal, delegated))
        rows.append(row(label, runs, partial(count, state, proposal, delegated)))
    for method in ({"module": "irv/1"}, {"module": "schulze/1", "equal": False}, {"module": "stv/1"}):
        found = rule.parse(document(method=method, threshold={"module": "relative_majority/1"}))
        state, proposal = vote(voters, 1.0, _ranking)
        proposal = msgspec.structs.replace(proposal, roll=rolls.read(state, proposal, found))
        rows.append(row(f"{method['module']}, {_OPTIONS} options", runs, partial(count, state, proposal, found)))
    measure.table(("count", "processor seconds, median (range)", "yardsticks"), rows)


def _yes_or_no(chance: random.Random) -> str:
    return chance.choice(("yes", "no", "abstain"))


def _ranking(chance: random.Random) -> str:
    return ">".join(map(str, chance.sample(range(1, _OPTIONS + 1), chance.randint(1, _OPTIONS))))


if __name__ == "__main__":
    main()
