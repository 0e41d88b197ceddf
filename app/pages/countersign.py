"""What others have entered and wait for my signature on: read, compare with the paper, sign or decline."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
from litestar import get
from litestar.di import NamedDependency

from app import pending
from app.access import OPT, Access
from app.commons.called import names_of
from app.commons.telling import telling_of
from app.installation import Installation
from app.meetings import reception
from app.naming import ids_in
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member
from app.pending import Pending
from app.texts.sentences import Sentences
from app.visit import Visit
from governance.books.proposals import Proposal

AT_A_MEETING: Final = ("meeting.attend/1", "meeting.hands/1", "meeting.unopposed/1", "proxy.give/1")
"""Types that count on an item only where they are signed before its vote is closed."""
TOGETHER: Final = (pending.ENTER, reception.ATTEND, reception.LEAVE)
"""Types of which one official enters many, for another who checks them against one list."""


class Waiting(NamedTuple):
    """One waiting statement as it is shown; times in ms. ``missing``: ids of who has yet to sign. ``meets``: whether it
    comes too late once the chair of a meeting has closed the vote.
    """

    id: str
    type: str
    sentence: str
    paper: str
    author: str
    missing: list[str]
    created: int
    expires: int
    meets: bool


@get("/c/{slug:str}/office/countersign", opt={OPT: Access.MEMBER})
async def countersign(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]
) -> Page:
    """For whoever is named as a signer: an official mostly, or a member whose concierge has entered something."""
    me = need_member(visit)
    found = await pending.of(installation, visit.reading, me)
    say = await telling_of(request, visit)
    names = await names_of(visit, say, {id_ for one in found for id_ in ids_in(one.data.decode())})
    sentences = Sentences(say.lang, names=names, utc_offset=visit.coop.utc_offset, token=(say.token, 0))
    met = await _met(visit, found)
    asked = _batches([_shown(one, sentences, met) for one in found if me in one.missing])
    others = _batches([_shown(one, sentences, met) for one in found if me not in one.missing])
    return await show(request, visit, "proposals/countersign.html", asked=asked, others=others, names=names)


async def _met(visit: Visit, found: list[Pending]) -> set[str]:
    """Of the proposals that these are about, those that a meeting decides."""
    about = {str(one.statement.body.get("proposal", "")) for one in found}
    proposals = await visit.reading.find_many(Proposal, sorted(about - {""}))
    return {proposal.id for proposal in proposals.values() if proposal.meeting is not None}


def _batches(found: list[Waiting]) -> list[list[Waiting]]:
    """What is signed with one confirmation: lines of a roster, or who came to a meeting; everything else by itself."""
    batches: dict[tuple[str, ...], list[Waiting]] = {}
    for one in found:
        key = (one.type, one.author, *one.missing) if one.type in TOGETHER else (one.id,)
        batches.setdefault(key, []).append(one)
    return list(batches.values())


def _shown(one: Pending, sentences: Sentences, met: set[str]) -> Waiting:
    statement: dict[str, Any] = msgspec.json.decode(one.data)
    private = {opening.path: opening.value for opening in one.openings}
    return Waiting(
        id=one.id.hex(),
        type=one.statement.type,
        sentence=sentences.of(statement, private),
        paper=str(private.get("paper", "")),
        author=one.statement.author,
        missing=one.missing,
        created=one.created,
        expires=one.expires,
        meets=one.statement.type in AT_A_MEETING or one.statement.body.get("proposal") in met,
    )


ROUTES = (countersign,)
