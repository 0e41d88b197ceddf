"""A draft rule over past decisions: what each of them would have come to, and who holds how much power under it.

Shown before a change of rules is voted on. What is counted again, and what is not, is ``counted_again``'s to say; how
power is told, ``spread``'s and ``power``'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from governance import rule as rules
from governance import spread
from governance.books import rules as rule_book
from governance.books.proposals import Proposal
from governance.books.rules import RuleVersion
from governance.counted_again import Again, Draft, ValueOf, again
from governance.modules.questions import Result
from governance.spread import Spread
from governance.standing import Sight
from ledger.errors import FormatError, Refusal
from ledger.state import State


class Backtest(NamedTuple):
    """All decisions by when they closed, and power as of now: under the draft, and as it is by the rule in force.

    ``spread`` is None where the draft's voters are drawn by lot, or nothing of what it looks at is recorded.
    """

    decisions: tuple[Again, ...]
    spread: Spread | None
    in_force: Spread | None

    @property
    def compared(self) -> int:
        """How many decisions could be counted again."""
        return sum(one.after is not None for one in self.decisions)

    @property
    def flips(self) -> int:
        """How many of those would have come out otherwise."""
        return sum(one.flips for one in self.decisions)

    def changes(self) -> Counter[tuple[Result, Result]]:
        """How many went from which result to which, equal ones among them."""
        return Counter(
            (one.before.outcome.result, one.after.outcome.result) for one in self.decisions if one.after is not None
        )


def draft(document: Any) -> Draft:
    """Read it; FormatError ``rule.invalid`` with the path to the fault."""
    return Draft(document, rules.parse(document))


def fitting(document: Any) -> tuple[str, ...]:
    """The kinds of proposals that the rule could decide; none where it is no rule."""
    found = []
    for kind in rule_book.ALL:
        try:
            rule_book.check(kind, document)
        except FormatError:
            continue
        found.append(kind)
    return tuple(found)


def decisions(state: State, kinds: Iterable[str]) -> list[Proposal]:
    """What has been decided of those kinds, by when it closed."""
    wanted = set(kinds)
    found = [one for one in state.children(Proposal) if one.decides in wanted and one.outcome is not None]
    return sorted(found, key=lambda one: (one.closes_at or 0, one.id))


def run(state: State, tried: Draft, kinds: Iterable[str], now: Sight, value_of: ValueOf | None = None) -> Backtest:
    """All of it at once. ``now``: as of when power is told."""
    kinds = tuple(kinds)
    found = tuple(again(state, one, tried, value_of) for one in decisions(state, kinds))
    return Backtest(found, *power_now(state, tried, kinds, now))


def power_now(state: State, tried: Draft, kinds: Iterable[str], now: Sight) -> tuple[Spread | None, Spread | None]:
    """How power is spread under the draft, and under the rule in force where it is the rule of one kind."""
    in_force = [version for kind in kinds if (version := current(state, kind)) is not None]
    today = in_force[0] if len(in_force) == 1 else None
    return (
        spread.spread(state, tried.rule, tried.document, now),
        None if today is None else spread.spread(state, today.rule(), today.document, now),
    )


def current(state: State, kind: str) -> RuleVersion | None:
    """The rule in force; None where the co-op has none for that kind of proposal."""
    try:
        return rule_book.current(state, kind)
    except Refusal:
        return None
