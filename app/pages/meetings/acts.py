"""What a member can do about a meeting now. The ledger judges; a page offers nothing that it would refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.commons.people import officials
from app.installation import Installation
from app.meetings.agenda import Item
from app.pages.meetings.door import may_show
from app.pages.proposals.common import need_member
from app.visit import Visit
from governance.books.attendance import Attendance
from governance.books.hands import SIGNERS
from governance.books.meetings import CONVENERS, RECEPTION, Meeting
from governance.books.proxies import Proxy
from ledger.books.keys import COUNTERSIGNERS, OFFICIALS


class Acts(NamedTuple):
    """``there``: whether and how the reader is checked in; ``scan``: whether they may come by the code in the room;
    ``code``: show that code; ``receive``: check others in; ``proxy``: the mandate given, if any; ``items``: what the
    chair can do with each item, by the proposal's id; ``seconds``: who can countersign that another takes the chair.
    """

    there: Attendance | None
    come: bool
    scan: bool
    code: bool
    receive: bool
    proxy: Proxy | None
    entrust: bool
    to_chair: bool
    open: bool
    preside: bool
    hand_over: bool
    seconds: list[str]
    cancel: bool
    items: dict[str, frozenset[str]]


async def acts(visit: Visit, installation: Installation, meeting: Meeting, items: Sequence[Item]) -> Acts:
    """What this reader can do here and now."""
    me, now, stage = need_member(visit), installation.clock.now(), meeting.stage()
    running = stage in ("convened", "open")
    there = await visit.reading.find(Attendance, f"{meeting.id}/{me}")
    there = there if there is not None and there.left_at is None else None
    receives = running and now >= meeting.starts_at - RECEPTION
    proxy = await visit.reading.find(Proxy, f"{meeting.id}/{me}")
    chairs, administers = me == meeting.chair, visit.holds("administrator")
    others = await officials(visit.reading, COUNTERSIGNERS, without={me, *meeting.signers})
    seconds = [*meeting.signers, *(one.id for one in others)]
    speaking = [item for item in items if item.stage == "voting" and item.rule.proxy.ALLOWED and item.mine]
    return Acts(
        there=there if running else None,
        come=receives and there is None and meeting.mode != "room",
        scan=receives and meeting.door is not None and (there is None or there.how == "online"),
        code=may_show(visit, meeting),
        receive=running and visit.holds(*OFFICIALS),
        proxy=proxy if proxy is not None and proxy.to is not None else None,
        entrust=running and bool(speaking),
        to_chair=not chairs and all(item.rule.proxy.to_chair() for item in speaking),
        open=stage == "convened" and now >= meeting.starts_at and (chairs or administers),
        preside=stage == "open" and chairs,
        hand_over=running and (chairs or administers),
        seconds=[id_ for id_ in seconds if id_ != me],
        cancel=stage == "convened" and visit.holds(*CONVENERS),
        items={item.proposal.id: _led(meeting, item) for item in items} if stage == "open" and chairs else {},
    )


def _led(meeting: Meeting, item: Item) -> frozenset[str]:
    """What the chair can do with an item: have hands counted, say that nobody objects, close it."""
    if item.stage != "voting":
        return frozenset()
    by_hand = {"hands", "unopposed"} & set(item.rule.channels) if len(meeting.signers) >= SIGNERS else set()
    return frozenset({"close", *by_hand})
