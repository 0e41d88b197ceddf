"""Ballots entered for a member: from paper by two officials, or by a concierge with the member present."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app import pending
from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.people import Person, find_people, holders
from app.decisions.standing import on_roll
from app.installation import Installation
from app.pages.page import Page, show
from app.pages.proposals.common import (
    Asked,
    labels_of,
    need_member,
    need_proposal,
    rule_of,
    said_names,
    texts_of,
    words_of,
)
from app.pages.proposals.voting import voting
from app.visit import Visit
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from ledger.books.keys import COUNTERSIGNERS, OFFICIALS, active_keys
from ledger.statement import Statement

Way = Literal["paper", "assisted"]
_Text = Annotated[str, QueryParameter(max_length=100)]
ENTERING: Final[dict[Way, tuple[str, ...]]] = {"paper": OFFICIALS, "assisted": ("concierge",)}
SECOND: Final[dict[Way, tuple[str, ...]]] = {"paper": COUNTERSIGNERS, "assisted": ("concierge", *COUNTERSIGNERS)}


@get("/c/{slug:str}/proposals/{id:str}/paper", opt={OPT: Access.OFFICIAL})
async def paper(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    q: _Text = "",
    member: _Text = "",
    pile: _Text = "",
) -> Page:
    """A written ballot: whose, what it says, who countersigns; ``pile``: it came in a member's envelope for a meeting,
    of which there may be more to enter.
    """
    return await _entered(request, visit, installation, id, "paper", (q, member), pile=bool(pile))


@get("/c/{slug:str}/proposals/{id:str}/assisted", opt={OPT: Access.OFFICIAL})
async def assisted(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    q: _Text = "",
    member: _Text = "",
) -> Page:
    """A ballot of somebody who is present."""
    return await _entered(request, visit, installation, id, "assisted", (q, member))


async def _entered(
    request: Asked,
    visit: Visit,
    installation: Installation,
    id_: str,
    way: Way,
    asked: tuple[str, str],
    *,
    pile: bool = False,
) -> Page:
    words_asked, member = asked
    me = need_member(visit)
    if not visit.holds(*ENTERING[way]):
        raise Problem("access.role", 403)
    proposal = await need_proposal(visit, id_)
    _, rule = await rule_of(visit.reading, proposal)
    stage = proposal.stage(installation.clock.now())
    if stage != "voting" or way not in rule.channels:
        raise Problem("proposal.stage", 409, id=proposal.id, stage=stage)
    # Nobody enters their own ballot as somebody else's.
    roll = await on_roll(installation, visit.reading, proposal, rule) - {me}
    people = await find_people(visit.reading, words_asked, {member} & roll if member else roll)
    chosen = people[0] if member and people else None
    words = words_of(request, visit)
    title, _, options = await texts_of(visit, proposal)
    labels = await labels_of(visit, proposal, options)
    cast = await visit.reading.find_many(Ballot, [f"{proposal.id}/{person.id}" for person in people])
    waiting, names = await _waiting(installation, visit, proposal)
    seconds = await _seconds(installation, visit, way, me, chosen)
    parties = [*seconds, *([chosen] if chosen else [])]
    before = await _before(installation, visit, me, chosen, proposal) if pile and chosen else Before("", "")
    if before.second not in {person.id for person in seconds}:
        before = before._replace(second=seconds[0].id if len(seconds) == 1 else "")
    return await show(
        request,
        visit,
        "proposals/entered.html",
        way=way,
        proposal=proposal,
        title=title,
        q=words_asked,
        envelope=f"/c/{visit.slug}/meetings/{proposal.meeting}/returned" if pile and proposal.meeting else "",
        people=[(person, _state(cast.get(f"{proposal.id}/{person.id}"), person.id, waiting)) for person in people],
        waiting=waiting,
        parties=names,
        me=me,
        person=chosen,
        ballot=cast.get(f"{proposal.id}/{chosen.id}") if chosen else None,
        voting=await voting(visit, words, proposal, rule, labels, ""),
        sealed=rule.secrecy.SEALED,
        seconds=seconds,
        before=before,
        names=said_names(proposal, title, labels) | {person.id: person.name for person in parties},
    )


class Before(NamedTuple):
    """What was said of the paper at the item entered last, and who was to countersign; empty where there was none."""

    paper: str
    second: str


async def _before(installation: Installation, visit: Visit, me: str, person: Person, proposal: Proposal) -> Before:
    """Of the same member's paper for the same meeting, as it was entered by the same official: it is one sheet."""
    mine = [one for one in await pending.of(installation, visit.reading, me) if _on_paper(one.statement, me, person)]
    about = await visit.reading.find_many(Proposal, {str(one.statement.body["proposal"]) for one in mine})
    for one in reversed(mine):
        item = about.get(str(one.statement.body["proposal"]))
        if item is not None and item.meeting == proposal.meeting:
            said = {opening.path: opening.value for opening in one.openings}
            return Before(str(said.get("paper", "")), next(iter(one.statement.cosigners), ""))
    return Before("", "")


def _on_paper(statement: Statement, author: str, person: Person) -> bool:
    whose = (statement.type, statement.via, statement.author, statement.actor)
    return whose == ("ballot.cast/1", "paper", author, person.id)


async def _waiting(
    installation: Installation, visit: Visit, proposal: Proposal
) -> tuple[list[Statement], dict[str, str]]:
    """Ballots of this vote that wait for a countersignature, whoever entered them, and the names of all parties."""
    found = await pending.ballots(installation, visit.reading, proposal.id)
    names = await visit.reading.names({id_ for one in found for id_ in (*one.signers, one.actor)})
    # Whoever waits has not been judged by the ledger yet: it may name people that don't exist.
    return [one for one in found if {one.author, one.actor} <= names.keys()], names


def _state(ballot: Ballot | None, member: str, waiting: list[Statement]) -> str:
    """What stands in the way of entering a ballot, or that there is one already."""
    if ballot is not None and ballot.via is None:
        return "own"
    if ballot is not None and not ballot.counts:
        return "objected"
    if any(one.actor == member for one in waiting):
        return "waiting"
    return "entered" if ballot is not None else ""


async def _seconds(installation: Installation, visit: Visit, way: Way, me: str, chosen: Person | None) -> list[Person]:
    """Who could sign as the second: an official; with the member present, also the member, where there is a key."""
    if chosen is None:
        return []
    found = [person for person in await holders(visit.reading, *SECOND[way]) if person.id not in (me, chosen.id)]
    if way == "assisted":
        keys = await installation.ask(visit.reading.ledger, lambda state: active_keys(state, chosen.id))
        return [chosen, *found] if keys else found
    return found
