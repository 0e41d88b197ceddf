"""For whom a ballot speaks: everyone's own, and of those without one who has named whom.

A delegation is followed to the first member with a ballot (the end delegate). It leads nowhere when it runs in a
circle, into somebody who may not vote, who neither votes nor names anybody, or over more members than the rule
allows. A proxy for a meeting speaks for the one who gave it and hands nothing on, so a delegation ends there too.
One's own ballot goes before both, a proxy before a delegation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Literal, NamedTuple

Why = Literal["proxy", "delegation", "loop", "no_vote", "silent", "too_deep"]
Names = Callable[[str], str | None]
"""Whom a member names, if anybody."""


class Path(NamedTuple):
    """Where a voter's vote goes: whose ballot speaks for them (empty: nobody's), over how many members, and why."""

    holder: str
    steps: int
    why: Why


def follow(
    voters: Collection[str], ballots: Collection[str], proxies: Names, delegates: Names, depth: int | None
) -> dict[str, Path]:
    """Where the vote of everyone goes who has no ballot and has named somebody. In whatever order they come.

    ``voters``: all on the roll. ``ballots``: those of them whose ballot counts. Linear in voters and chains, where it
    is quick to ask whether these hold somebody.
    """
    found: dict[str, Path] = {}
    for voter in voters:
        if voter in ballots or voter in found:
            continue
        holder = proxies(voter)
        if holder is not None:
            found[voter] = Path(holder, 1, "proxy") if holder in ballots else Path("", 0, "silent")
        elif delegates(voter) is not None:
            _walk(voter, voters, ballots, proxies, delegates, found)
    if depth is None:
        return found
    # Last, because who stands behind whom does not depend on it, and so each chain is walked once.
    deep = (voter for voter, path in found.items() if path.why == "delegation" and path.steps > depth)
    return found | {voter: Path("", 0, "too_deep") for voter in deep}


def speaks_for(paths: Iterable[Path]) -> dict[str, int]:
    """For how many others each ballot speaks."""
    count: dict[str, int] = {}
    for path in paths:
        if path.holder:
            count[path.holder] = count.get(path.holder, 0) + 1
    return count


def _walk(
    start: str,
    voters: Collection[str],
    ballots: Collection[str],
    proxies: Names,
    delegates: Names,
    found: dict[str, Path],
) -> None:
    """Follow the chain from ``start``, who delegates, to its end, and tell everyone on it where that is."""
    chain: dict[str, None] = {}
    at: str | None = start
    while True:
        if at is None:
            # Whoever came last names nobody: the chain ends with them, who have no path of their own.
            chain.popitem()
            end = Path("", 0, "silent")
        elif at in ballots:
            end = Path(at, 0, "delegation")
        elif at in chain:
            end = Path("", 0, "loop")
        elif at not in voters:
            end = Path("", 0, "no_vote")
        elif proxies(at) is not None:
            end = Path("", 0, "silent")
        elif at in found:
            end = found[at]
        else:
            chain[at] = None
            at = delegates(at)
            continue
        break
    steps = end.steps
    for member in reversed(chain):
        steps += 1
        found[member] = Path(end.holder, steps if end.holder else 0, end.why)
