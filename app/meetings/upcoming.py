"""The meetings that come next, and what one member can do about them now: what the home page says of meetings."""

from __future__ import annotations

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
    lines = await listing.coming(visit.reading, limit=SHOWN)
    return [await _next(visit, installation, line, visit.member.id) for line in lines]


async def _next(visit: Visit, installation: Installation, line: listing.Line, me: str) -> Next:
    meeting = line.meeting
    mine = await _mine(visit, installation, meeting, me)
    online = [f"{item}/{me}" for item, rule in mine.items() if "online" in rule.channels]
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


async def _mine(visit: Visit, installation: Installation, meeting: Meeting, me: str) -> dict[str, Rule]:
    """The rules of open items in which the member has a vote, by item."""
    now = installation.clock.now()

    def open_to_me(state: State, id_: str) -> Rule | None:
        item = state.need(Proposal, id_)
        if item.stage(now) != "voting":
            return None
        rule = proposals.pinned(state, item)
        # Before the opening was applied nobody knows who has a vote; the ledger judges.
        return rule if item.opened_index is None or ballots.voting_weight(state, item, rule, me) else None

    def question(state: State) -> dict[str, Rule]:
        found = zip(meeting.agenda, each(partial(open_to_me, state, id_) for id_ in meeting.agenda), strict=True)
        return {id_: rule for id_, rule in found if rule is not None}

    return await installation.ask(visit.reading.ledger, question)
