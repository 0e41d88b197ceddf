"""For whom a ballot speaks: everyone's own, and of those without one who has named whom.

A delegation is followed to the first member with a ballot (the end delegate). It leads nowhere when it runs in a
circle, into somebody who may not vote, who neither votes nor names anybody, or over more members than the rule
allows. A proxy for a meeting speaks for the one who gave it and hands nothing on. One's own ballot goes before both,
a proxy before a delegation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final, Literal, NamedTuple

Why = Literal["own", "proxy", "delegation", "loop", "no_vote", "silent", "too_deep"]
LOST: Final = ("loop", "no_vote", "silent", "too_deep")


class Path(NamedTuple):
    """Where a voter's vote goes: whose ballot speaks for them (empty: nobody's), over how many members, and why."""

    holder: str
    steps: int
    why: Why


def follow(
    voters: Collection[str],
    ballots: Collection[str],
    proxies: Callable[[str], str | None],
    delegates: Callable[[str], str | None],
    depth: int | None,
) -> dict[str, Path]:
    """Where the vote of everyone goes who has no ballot and has named somebody.

    ``voters``: all on the roll. ``ballots``: those of them whose ballot counts. Linear in voters and chains.
    """
    found: dict[str, Path] = {}
    # Without a limit first: who stands behind whom does not depend on it, and each chain is walked once.
    for voter in voters:
        if voter in ballots or voter in found:
            continue
        if _by_proxy(voter, ballots, proxies, found):
            continue
        if delegates(voter) is not None:
            _walk(voter, voters, ballots, proxies, delegates, found)
    if depth is not None:
        for voter, path in found.items():
            if path.why == "delegation" and path.steps > depth:
                found[voter] = Path("", path.steps, "too_deep")
    return found


def speaks_for(paths: Iterable[Path]) -> dict[str, int]:
    """For how many others each ballot speaks."""
    count: dict[str, int] = {}
    for path in paths:
        if path.holder:
            count[path.holder] = count.get(path.holder, 0) + 1
    return count


def _by_proxy(
    voter: str, ballots: Collection[str], proxies: Callable[[str], str | None], found: dict[str, Path]
) -> bool:
    holder = proxies(voter)
    if holder is None:
        return False
    found[voter] = Path(holder, 1, "proxy") if holder in ballots else Path("", 1, "silent")
    return True


def _walk(
    start: str,
    voters: Collection[str],
    ballots: Collection[str],
    proxies: Callable[[str], str | None],
    delegates: Callable[[str], str | None],
    found: dict[str, Path],
) -> None:
    """Follow the chain from ``start`` to its end, and tell everyone on it where it ends."""
    chain: list[str] = []
    place: dict[str, int] = {}
    at = start
    end: Path
    while True:
        if at in place:
            end = Path("", 0, "loop")
            break
        if at not in voters:
            end = Path("", 0, "no_vote")
            break
        if at in ballots:
            end = Path(at, 0, "delegation")
            break
        if at in found:
            end = found[at]
            if end.why == "proxy":
                # A proxy is one member's for one meeting: whoever delegated to them has not given it.
                end = Path("", 0, "silent")
            break
        place[at] = len(chain)
        chain.append(at)
        if proxies(at) is not None and at != start:
            _by_proxy(at, ballots, proxies, found)
            chain.pop()
            end = Path("", 0, "silent")
            break
        further = delegates(at)
        if further is None:
            end = Path("", 0, "silent")
            chain.pop()
            break
        at = further
    steps = end.steps
    for member in reversed(chain):
        steps += 1
        found[member] = Path(end.holder, steps, end.why)
