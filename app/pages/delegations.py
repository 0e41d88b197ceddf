"""Standing delegations on pages: whom I have named to speak for me, in which subjects, and for how many I speak."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple

from litestar import Request, get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.commons.people import people_of
from app.decisions.delegated import carried, runs_in_a_circle
from app.installation import Installation
from app.labels import as_said, given_up, in_force
from app.pages.me import member_of
from app.pages.page import Page, show
from app.pages.proposals.common import words_of
from app.visit import Visit
from governance.books import delegations as book
from governance.books import rules
from governance.books.delegations import Standing
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
        bool(delegate) and runs_in_a_circle(state, me, topic),
    )
    return line, Spoken(topic, *carried(state, me, topic))


def _kinds(state: State) -> list[str]:
    """The kinds of proposals whose rule allows delegations."""
    heads = {head.id for head in state.children(rules.RuleHead)}
    return [kind for kind in rules.ALL if kind in heads and rules.current(state, kind).rule().delegation.ALLOWED]


ROUTES: Final = (delegations,)
