"""Standing delegations on pages: whom I have named to speak for me, in which subjects, and for how many I speak."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple

from litestar import Request, get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.commons.people import people_of
from app.installation import Installation
from app.labels import as_said, given_up, in_force
from app.pages.me import member_of
from app.pages.page import Page, show
from app.pages.proposals.common import words_of
from app.visit import Visit
from governance.books import delegations as book
from governance.books import rules
from governance.books.delegations import Named, Standing
from ledger.books.members import Member
from ledger.state import State, each

Asked = Request[Any, Any, Any]


class Line(NamedTuple):
    """One subject (empty: all): whom I have named, since when, whether they can vote, and whether it leads back to
    me.
    """

    topic: str
    delegate: str
    since: int | None
    active: bool
    loops: bool


class Spoken(NamedTuple):
    """For how many I would speak in a subject if I alone voted; of them so many named me themselves."""

    topic: str
    all: int
    directly: int


@get("/c/{slug:str}/delegations", opt={OPT: Access.MEMBER})
async def delegations(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]
) -> Page:
    """My delegations, and those to me."""
    me = member_of(visit).id
    words = words_of(request, visit)
    named = await in_force(visit.reading, "topics", words.texts, words.lang)
    gone = (await given_up(visit.reading, words.texts, words.lang))["topics"]
    topics = ("", *named)
    lines, spoken = await installation.ask(visit.reading.ledger, lambda state: _look(state, me, topics))
    # Whom I have named for a subject that there is no more can still be seen, and taken back.
    lines += (await installation.ask(visit.reading.ledger, lambda state: _look(state, me, tuple(gone))))[0]
    people = {p.id: p for p in await people_of(visit.reading, [line.delegate for line in lines if line.delegate])}
    return await show(
        request,
        visit,
        "delegations/mine.html",
        words=words,
        lines=[line for line in lines if line.delegate],
        free=[line.topic for line in lines if not line.delegate and line.topic not in gone],
        topics=topics,
        topic_names=named | gone,
        people=people,
        names={person.id: person.name for person in people.values()} | as_said({"topics": named | gone}),
        spoken=[one for one in spoken if one.all],
        kinds=[words.word("proposal_kind", kind) for kind in await installation.ask(visit.reading.ledger, _kinds)],
    )


def _look(state: State, me: str, topics: tuple[str, ...]) -> tuple[list[Line], list[Spoken]]:
    seen = each(partial(_subject, state, me, topic) for topic in topics)
    return [line for line, _ in seen], [spoken for _, spoken in seen]


def _subject(state: State, me: str, topic: str) -> tuple[Line, Spoken]:
    own = state.find(Standing, book.key(me, topic))
    delegate = (own.delegate if own is not None else None) or ""
    known = state.find(Member, delegate) if delegate else None
    line = Line(
        topic,
        delegate,
        own.since if own is not None and delegate else None,
        known is not None and known.status == "active",
        bool(delegate) and _runs_in_a_circle(state, me, topic),
    )
    return line, Spoken(topic, *_carried(state, me, topic))


def _named(state: State, member: str, topic: str) -> str | None:
    """Whom that member has named for a subject: for itself, else for all."""
    for subject in (topic, "") if topic else ("",):
        own = state.find(Standing, book.key(member, subject))
        if own is not None and own.delegate is not None:
            return own.delegate
    return None


def _runs_in_a_circle(state: State, me: str, topic: str) -> bool:
    seen = {me}
    at = _named(state, me, topic)
    while at is not None and at not in seen:
        seen.add(at)
        at = _named(state, at, topic)
    return at is not None


def _carried(state: State, me: str, topic: str) -> tuple[int, int]:
    """How many votes would come to me if I alone voted, and how many of them directly: found from me backwards, so that
    it takes no longer than there are such votes.
    """
    seen, wave, directly = {me}, [me], None
    while wave:
        named = zip(wave, each(partial(state.children, Named, at) for at in wave), strict=True)
        pairs = {(one.member, at): None for at, found in named for one in found if one.topic in ("", topic)}
        asked = [pair for pair in pairs if pair[0] not in seen]
        speaks = each(partial(_speaks, state, member, at, topic) for member, at in asked)
        wave = [member for (member, _), yes in zip(asked, speaks, strict=True) if yes]
        directly = len(wave) if directly is None else directly
        seen.update(wave)
    return len(seen) - 1, directly or 0


def _speaks(state: State, member: str, by: str, topic: str) -> bool:
    """Whether that member, who has a vote, has named this one to speak for them in a subject."""
    if _named(state, member, topic) != by:
        return False
    record = state.find(Member, member)
    return record is not None and record.status == "active"


def _kinds(state: State) -> list[str]:
    """The kinds of proposals whose rule allows delegations."""
    heads = {head.id for head in state.children(rules.RuleHead)}
    return [kind for kind in rules.ALL if kind in heads and rules.current(state, kind).rule().delegation.ALLOWED]


ROUTES: Final = (delegations,)
