"""Standing delegations as they stand: whom a member has named for a subject, and for how many that lets one speak."""

from __future__ import annotations

from functools import partial

from governance.books import delegations as book
from governance.books.delegations import Named, Standing
from ledger.books.members import Member
from ledger.state import State, each


def named(state: State, member: str, topic: str) -> str | None:
    """Whom that member has named for a subject: for itself, else for all."""
    for subject in (topic, "") if topic else ("",):
        own = state.find(Standing, book.key(member, subject))
        if own is not None and own.delegate is not None:
            return own.delegate
    return None


def runs_in_a_circle(state: State, member: str, topic: str) -> bool:
    """Whether what that member has handed on comes to nobody, for it goes round."""
    seen = {member}
    at = named(state, member, topic)
    while at is not None and at not in seen:
        seen.add(at)
        at = named(state, at, topic)
    return at is not None


def carried(state: State, member: str, topic: str) -> tuple[int, int]:
    """How many votes would come to that member if they alone voted, and how many of them directly: found from them
    backwards, so that it takes no longer than there are such votes.
    """
    seen, wave, directly = {member}, [member], None
    while wave:
        found = zip(wave, each(partial(state.children, Named, at) for at in wave), strict=True)
        pairs = {(one.member, at): None for at, some in found for one in some if one.topic in ("", topic)}
        asked = [pair for pair in pairs if pair[0] not in seen]
        speaks = each(partial(_speaks, state, one, at, topic) for one, at in asked)
        wave = [one for (one, _), yes in zip(asked, speaks, strict=True) if yes]
        directly = len(wave) if directly is None else directly
        seen.update(wave)
    return len(seen) - 1, directly or 0


def _speaks(state: State, member: str, by: str, topic: str) -> bool:
    """Whether that member, who has a vote, has named this one to speak for them in a subject."""
    if named(state, member, topic) != by:
        return False
    record = state.find(Member, member)
    return record is not None and record.status == "active"
