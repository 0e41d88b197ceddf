"""Paper cards: a member makes one; a concierge enters what its bearer, who is present, wants to say."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.listing import Listing
from app.installation import Installation
from app.pages.card_acts import acts_of
from app.pages.keys import Asked, root_kind
from app.pages.me import member_of
from app.pages.page import Page, show
from app.pages.proposals.common import labels_of, rule_of, said_names, texts_of, words_of
from app.pages.proposals.voting import Voting, voting
from app.visit import Visit
from governance.books import ballots
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from ledger.books.keys import Key
from ledger.books.members import Member

ROLE: Final = "concierge"


class Vote(NamedTuple):
    """A vote in which the bearer may say something: on what, by what form, and what it takes the place of."""

    proposal: Proposal
    title: str
    voting: Voting
    sealed: bool
    replaces: str
    names: dict[str, str]


@get("/c/{slug:str}/me/keys/card", opt={OPT: Access.MEMBER})
async def make(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """A card of mine, made on this device and printed."""
    member = member_of(visit)
    return await show(
        request,
        visit,
        "keys/card.html",
        name=(await visit.reading.names([member.id]))[member.id],
        signs_with=root_kind(visit, await visit.reading.children(Key, member.id)),
        address=request.app.state.web.address,
    )


@get("/c/{slug:str}/office/card", opt={OPT: Access.OFFICIAL})
async def read(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Where a concierge puts in a card. What stands on it never reaches the service."""
    _require_concierge(visit)
    return await show(request, visit, "keys/card_read.html")


@get("/c/{slug:str}/office/card/{key:str}", opt={OPT: Access.OFFICIAL})
async def bearer(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], key: FromPath[str]
) -> Page:
    """Whose card it is, and what its bearer may say now: part of the page above."""
    _require_concierge(visit)
    card = await visit.reading.find(Key, key)
    member = None if card is None else await visit.reading.find(Member, card.member)
    if card is None or member is None or card.with_role != ROLE or card.status != "active":
        raise Problem("card.unknown", 404)
    if member.status != "active":
        raise Problem("member.inactive", 409)
    if member.id == member_of(visit).id:
        raise Problem("card.own", 409)
    name = (await visit.reading.names([member.id]))[member.id]
    acts = await acts_of(request, visit, card, member, installation.clock.now())
    votes = await _votes(request, visit, installation, member) if "vote" in acts["may"] else []
    return await show(request, visit, "keys/_card_acts.html", member=member, name=name, votes=votes, **acts)


def _require_concierge(visit: Visit) -> None:
    if not visit.holds(ROLE):
        raise Problem("access.role", 403)


async def _votes(request: Any, visit: Visit, installation: Installation, member: Member) -> list[Vote]:
    words, found = words_of(request, visit), []
    for item in await Listing(visit.reading, member, installation.clock.now(), titles=True).voting():
        proposal = item.proposal
        _, rule = await rule_of(visit.reading, proposal)
        ballot = await visit.reading.find(Ballot, f"{proposal.id}/{member.id}")
        # What the member has said alone, or has objected to, is not for others to take the place of.
        over = ballot is not None and (ballot.via is None or not ballot.counts)
        if over or "assisted" not in rule.channels:
            continue
        weight = await installation.ask(
            visit.reading.ledger,
            lambda state, p=proposal, r=rule: ballots.voting_weight(state, p, r, member.id),  # type: ignore[misc]
        )
        if not weight:
            continue
        title, _, options = await texts_of(visit, proposal)
        labels = await labels_of(visit, proposal, options)
        # What was entered before is for the bearer to say again, not for the concierge to read.
        asked = await voting(visit, words, proposal, rule, labels, "")
        names = said_names(proposal, title, labels)
        found.append(Vote(proposal, title, asked, rule.secrecy.SEALED, ballot.statement if ballot else "", names))
    return found


ROUTES: Final = (make, read, bearer)
