"""For whom a ballot speaks: everyone's own, and of those without one who has named whom.

A delegation is followed to the first member with a ballot (the end delegate). It leads nowhere when it runs in a
circle, into somebody who may not vote, who neither votes nor names anybody, or over more members than the rule
allows. A proxy for a meeting speaks for the one who gave it and hands nothing on, so a delegation ends there too.
One's own ballot goes before both, a proxy before a delegation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal

import msgspec

Why = Literal["proxy", "delegation", "loop", "no_vote", "silent", "too_deep"]
Names = Mapping[str, str]
"""Whom members name, of those who name anybody."""


class Path(msgspec.Struct, frozen=True, gc=False):
    """Where a voter's vote goes: whose ballot speaks for them (empty: nobody's), over how many members, and why."""

    holder: str
    steps: int
    why: Why


_LOOP: Final = Path("", 0, "loop")
_NO_VOTE: Final = Path("", 0, "no_vote")
_SILENT: Final = Path("", 0, "silent")


def follow(
    voters: Collection[str], ballots: Collection[str], proxies: Names, delegates: Names, depth: int | None
) -> dict[str, Path]:
    """Where the vote of everyone goes who has no ballot and has named somebody. In whatever order they come.

    ``voters``: all on the roll (who has a ballot may be left out). ``ballots``: those of them whose ballot counts.
    Linear in voters and chains, where it is quick to ask whether these hold somebody.
    """
    found: dict[str, Path] = {}
    for voter, holder in proxies.items():
        if voter in voters and voter not in ballots:
            found[voter] = Path(holder, 1, "proxy") if holder in ballots else _SILENT
    for voter in voters:
        if voter not in found and voter not in ballots and (named := delegates.get(voter)) is not None:
            _walk(voter, named, voters, ballots, proxies, delegates, found)
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
    at: str,
    voters: Collection[str],
    ballots: Collection[str],
    proxies: Names,
    delegates: Names,
    found: dict[str, Path],
) -> None:
    """Follow the chain from ``start``, who names ``at``, to its end, and tell everyone on it where that is."""
    chain = [start]
    while (end := found.get(at)) is None:
        if at in ballots:
            end = Path(at, 0, "delegation")
        elif at not in voters:
            end = _NO_VOTE
        elif (named := delegates.get(at)) is None:
            end = _SILENT
        else:
            # Whoever has been passed is in a circle, where the chain comes back to them.
            found[chain[-1]] = _LOOP
            chain.append(at)
            at = named
            continue
        break
    else:
        # A delegation ends at a proxy.
        end = _SILENT if at in proxies else end
    holder, steps = end.holder, end.steps
    for member in reversed(chain):
        steps += 1
        found[member] = Path(holder, steps, "delegation") if holder else end
