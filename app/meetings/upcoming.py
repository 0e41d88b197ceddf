"""The meetings that come next, and what one member can do about them now: what the home page says of meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from app.installation import Installation
from app.meetings import listing
from app.visit import Visit
from governance.books import ballots, proposals
from governance.books.attendance import Attendance
from governance.books.ballots import Ballot
from governance.books.meetings import RECEPTION, Meeting
from governance.books.proposals import Proposal
from governance.books.proxies import Proxy
from governance.rule import Rule
from ledger.state import State, each

SHOWN: Final = 3
"""Meetings on the home page."""


class Next(NamedTuple):
    """The meeting, and of the reader: ``votes``: items open to them on which they have no ballot; ``there``: whether
    they are checked in; ``come``: whether they can be, online; ``scan``: by the code in the room; ``proxy``: whether
    they have named one; ``entrust``: whether they can.
    """

    line: listing.Line
    votes: int
    there: bool
    come: bool
    scan: bool
    proxy: bool
    entrust: bool


async def upcoming(visit: Visit, installation: Installation) -> list[Next]:
    """The meetings that go on or begin next, to a member; none to others."""
    if visit.member is None:
        return []
    lines, me = await listing.coming(visit.reading, limit=SHOWN), visit.member.id
    rules = await _mine(visit, installation, [line.meeting for line in lines], me)
    # All at once, so that they are at hand then.
    await visit.reading.find_many(Ballot, (one for mine in rules for one in _ballots(mine, me)))
    for kind in (Attendance, Proxy):
        await visit.reading.find_many(kind, (f"{line.meeting.id}/{me}" for line in lines))
    return [await _next(visit, installation, *one, me) for one in zip(lines, rules, strict=True)]


def _ballots(mine: Mapping[str, Rule], me: str) -> list[str]:
    """Where the ballots are that a member may have cast on their own device."""
    return [f"{item}/{me}" for item, rule in mine.items() if "online" in rule.channels]


async def _next(
    visit: Visit, installation: Installation, line: listing.Line, mine: Mapping[str, Rule], me: str
) -> Next:
    meeting, online = line.meeting, _ballots(mine, me)
    cast = await visit.reading.find_many(Ballot, online)
    found = await visit.reading.find(Attendance, f"{meeting.id}/{me}")
    given = await visit.reading.find(Proxy, f"{meeting.id}/{me}")
    there, proxy = found is not None and found.left_at is None, given is not None and given.to is not None
    receives = installation.clock.now() >= meeting.starts_at - RECEPTION and not there
    return Next(
        line=line,
        votes=len(online) - len(cast),
        there=there,
        come=receives and meeting.mode != "room",
        scan=receives and meeting.mode != "online" and meeting.door is not None,
        proxy=proxy,
        entrust=not proxy and not there and any(rule.proxy.ALLOWED for rule in mine.values()),
    )


async def _mine(
    visit: Visit, installation: Installation, meetings: Sequence[Meeting], me: str
) -> list[dict[str, Rule]]:
    """Of each meeting the rules of open items in which the member has a vote, by item."""
    now = installation.clock.now()

    def open_to_me(state: State, id_: str) -> Rule | None:
        item = state.need(Proposal, id_)
        if item.stage(now) != "voting":
            return None
        rule = proposals.pinned(state, item)
        # Before the opening was applied nobody knows who has a vote; the ledger judges.
        return rule if item.opened_index is None or ballots.voting_weight(state, item, rule, me) else None

    def question(state: State) -> dict[str, Rule | None]:
        items = [id_ for meeting in meetings for id_ in meeting.agenda]
        return dict(zip(items, each(partial(open_to_me, state, id_) for id_ in items), strict=True))

    found = await installation.ask(visit.reading.ledger, question) if meetings else {}
    return [{id_: rule for id_ in meeting.agenda if (rule := found[id_])} for meeting in meetings]
