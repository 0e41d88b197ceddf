"""A draft rule over a year of a co-op of a thousand: sixty decisions with 300 to 600 ballots each.

    python -m benchmarks.backtest [MEMBERS] [DECISIONS] [RUNS]

Prints the median of the runs (of one process: seconds of processor time) for drafts of different kinds, how power is
spread under them included. Records and traces are in memory, as an auditor finds them once a copy is folded.
"""

from __future__ import annotations

import random
import sys
from functools import partial
from typing import Any, Final

from benchmarks import measure
from benchmarks.count import document, row
from governance import backtest, outcome, rule
from governance.books import delegations, proposals, rolls, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Found, Proposal
from governance.books.rules import RuleHead, RuleVersion
from ledger.private import Commit
from ledger.state import Memory, State, Trace

_NOTHING: Final = Commit("A" * 43 + "=")
_WEEK: Final = 7 * 86_400_000
_TARGET: Final = 5.0
DRAFTS: Final[dict[str, dict[str, Any]]] = {
    "another quorum and threshold": {
        "quorum": {"module": "heads/1", "fraction": "1/2", "strict": False},
        "threshold": {"module": "fraction/1", "fraction": "2/3", "strict": False, "of": "cast"},
    },
    "standing delegation": {"delegation": {"module": "standing/1", "depth": None}},
    "weight by contribution, a year with decay": {
        "weight": {
            "module": "contribution/1", "period_seconds": 2_592_000, "periods": 12, "keep": "9/10", "base": 1,
            "cap": 50,
        },
    },
    "houses": {"weight": {"module": "houses/1", "shares": {"member": 3, "user": 2, "supporter": 1}}},
}  # fmt: skip


def year(members: int, decisions: int) -> State:
    """The co-op after that many decisions."""
    chance, memory = random.Random(1), Memory()  # noqa: S311
    state = State(memory)
    plain = document()
    state.put(
        RuleVersion(id="ordinary/1", index=0, decides="ordinary", version=1, document=plain, adopted=0, proposal=None)
    )
    state.put(RuleHead(id="ordinary", index=0, version=1))
    classes = {f"mem_{number}": chance.choice(("member", "user", "supporter")) for number in range(members)}
    for member, cls in classes.items():
        state.trace(Trace("member", member, 1, 1, {"active": True, "class": cls, "joined": 1}))
        if chance.random() < 0.2:  # noqa: PLR2004  (a fifth delegates)
            to = f"mem_{chance.randrange(members)}"
            state.trace(Trace(delegations.TRACE, delegations.key(member, ""), 1, 1, to))
        for month in range(12):
            state.trace(Trace("contributed", member, 2 + month, 2 + month * _WEEK * 4, month * chance.randrange(20)))
    memory.absorb(state)
    for number in range(decisions):
        _decide(memory, number, classes, chance)
    return State(memory)


def _decide(memory: Memory, number: int, classes: dict[str, str], chance: random.Random) -> None:
    state, id_ = State(memory), f"prop_{number}"
    opened = (100 + 1000 * number, (number + 1) * _WEEK)
    proposal = Proposal(
        id=id_, index=opened[0], decides="ordinary", proposer="mem_0", version=1, statement="", title=_NOTHING,
        text=_NOTHING, options=(), effects=(), drafted_at=1, called_at=1, rule="ordinary/1", opens_at=opened[1],
        closes_at=opened[1] + _WEEK, opened_index=opened[0], closed_index=opened[0] + 900,
    )  # fmt: skip
    yes = chance.uniform(0.3, 0.9)
    for member in chance.sample(sorted(classes), len(classes) * chance.randint(30, 60) // 100):
        state.put(
            Ballot(
                id=f"{id_}/{member}", index=opened[0] + 1, proposal=id_, member=member, cls=classes[member], weight=1,
                choice="yes" if chance.random() < yes else "no", statement="", entry=opened[0] + 1, cast_at=opened[1],
                via=None,
            )
        )  # fmt: skip
    found = rule.parse(document())
    roll = rolls.read(state, proposal, found)
    counted, decided = outcome.decide(
        found, roll, tallying.gather(state, proposal, found).votes, proposals.paper(state, proposal)
    )
    state.put(proposals.change(state, proposal, roll=roll, tally=counted.tally, outcome=decided))
    state.put(Found(id=id_, index=opened[0] + 900, counted=counted, announced=False))
    memory.absorb(state)


def main() -> None:
    """Run all drafts."""
    members, decisions, runs = (int(text) for text in (*sys.argv[1:], *("1000", "60", "3")[len(sys.argv) - 1 :]))
    state = year(members, decisions)
    now = (10**9, (decisions + 2) * _WEEK)
    print(f"{members:,} members, {decisions} decisions; target: below {_TARGET} s")
    rows = []
    for name, answers in DRAFTS.items():
        draft = backtest.draft(document(**answers))
        found = backtest.run(state, draft, ("ordinary",), now)
        assert found.compared == decisions
        told = f"{name} ({found.flips} flip)"
        rows.append(row(told, runs, partial(backtest.run, state, draft, ("ordinary",), now)))
    measure.table(("draft", "processor seconds, median (range)", "yardsticks"), rows)


if __name__ == "__main__":
    main()
