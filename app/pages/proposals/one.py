"""One proposal: what it is, what it would do, how it is decided, how to vote, and what came of it."""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.backtests.showing import beside
from app.decisions.drawn import order_of, panel_of
from app.decisions.effect_words import EffectWords
from app.decisions.standing import Standing, standing
from app.decisions.words import Words
from app.installation import Installation
from app.labels import ever
from app.meetings.mandates import held
from app.naming import sees_names, sees_titles
from app.pages.page import Page, show
from app.pages.proposals.common import (
    Asked,
    area_words_of,
    labels_of,
    need_proposal,
    paragraphs,
    rule_of,
    said_names,
    texts_of,
)
from app.pages.proposals.life import life_of, may_of
from app.pages.proposals.outcome import outcome_of
from app.pages.proposals.voting import voting
from app.visit import Visit
from governance.books.meetings import CONVENERS, Meeting
from governance.books.proposals import Proposal, Version
from governance.books.rules import BUDGET
from governance.rule import Rule
from ledger.books.keys import COUNTERSIGNERS, OFFICIALS

STEPS: Final = ("draft", "scheduled", "voting", "counting", "decided")


@get("/c/{slug:str}/proposals/{id:str}", opt={OPT: Access.COOP})
async def proposal(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """The page of one proposal."""
    found = await need_proposal(visit, id)
    words = await area_words_of(request, visit)
    now = installation.clock.now()
    stage = found.stage(now)
    version, rule = await rule_of(visit.reading, found)
    title, text, options = await texts_of(visit, found)
    mine = await standing(installation, visit.reading, found, rule, visit.member)
    labels = await labels_of(visit, found, options, mine.choice)
    versions = await visit.reading.children(Version, found.id)
    life = await life_of(visit, installation, words, found, rule, versions)
    may = _may(visit, found, stage, rule, mine) | await may_of(visit, installation, found, rule, life, now)
    partial = bool(request.headers.get("hx-request"))
    return await show(
        request,
        visit,
        "proposals/_one.html" if partial else "proposals/one.html",
        proposal=found,
        stage=stage,
        stages=STEPS,
        stage_number=_number(stage),
        now=now,
        titles=sees_titles(visit),
        title=title or words.t("proposals.untitled", id=found.id[:11]),
        names=said_names(found, title, labels),
        paragraphs=paragraphs(text),
        options=options,
        proposer=await _person(visit, words, found.proposer),
        meeting=await _meeting(visit, words, found),
        kinds=words.joined([words.word("meeting", kind) for kind in rule.venue.kinds()]),
        effects=await EffectWords(visit.reading, words, names=sees_names(visit)).of(found),
        rule_version=version,
        rule=rule,
        rule_lines=words.rule(rule),
        versions=versions,
        life=life,
        mine=mine,
        voting=await voting(visit, words, found, rule, labels, mine.choice) if may["vote"] else None,
        my_choice=words.choice(mine.choice, labels) if mine.choice else "",
        entrusted=await _entrusted(visit, words, found, rule) if may["vote"] else "",
        may=may,
        backtest=await beside(visit, installation, words, found, stage),
        topics=(await ever(visit.reading, words.texts, words.lang))["topics"],
        panel=await panel_of(visit, installation, words, found),
        order=await order_of(visit, installation, words, found, await labels_of(visit, found, options, *found.order)),
        **await outcome_of(visit, installation, words, found, rule),
    )


def _number(stage: str) -> int:
    """How far along: the position of the current step, or past the last one."""
    return STEPS.index(stage) if stage in STEPS else len(STEPS)


async def _person(visit: Visit, words: Words, member: str) -> str:
    named = await visit.reading.names([member]) if sees_names(visit) else {}
    if member in named:
        return words.t("pages.person", name=named[member])
    return words.t("ledger.signer.member", id=member[4:10])


async def _meeting(visit: Visit, words: Words, proposal: Proposal) -> str:
    """What the meeting is called that decides on it; empty where there is none."""
    if proposal.meeting is None:
        return ""
    found = await visit.reading.find(Meeting, proposal.meeting) if sees_titles(visit) else None
    title = "" if found is None else await visit.reading.text(found.statement, "title")
    return title or words.t("meetings.untitled", id=proposal.meeting[:10])


async def _entrusted(visit: Visit, words: Words, proposal: Proposal, rule: Rule) -> str:
    """For whom the reader's ballot speaks too, by proxy; empty for nobody else."""
    meeting = await visit.reading.find(Meeting, proposal.meeting) if proposal.meeting else None
    if meeting is None or visit.member is None or not rule.proxy.ALLOWED:
        return ""
    givers = await held(visit.reading, meeting, visit.member.id)
    return words.joined([await _person(visit, words, id_) for id_ in givers])


def _may(visit: Visit, proposal: Proposal, stage: str, rule: Rule, mine: Standing) -> dict[str, bool]:
    """What this reader can do here now."""
    own = visit.member is not None and visit.member.id == proposal.proposer
    voting = stage == "voting" and visit.signed_in
    entered = mine.ballot is not None and mine.ballot.via is not None
    return {
        "amend": own and stage in ("draft", "scheduled"),
        "open": own and stage == "draft" and (not rule.venue.kinds() or rule.venue.or_all()),
        "convene": stage == "draft" and bool(rule.venue.kinds()) and visit.holds(*CONVENERS),
        "items": proposal.decides == BUDGET and stage in ("draft", "scheduled") and visit.signed_in,
        "withdraw": own and stage in ("draft", "scheduled"),
        # Before the opening was applied nobody's weight is known; the ledger judges.
        "vote": voting and "online" in rule.channels and (mine.weight > 0 or mine.roll is None),
        "object": voting and entered and mine.ballot is not None and mine.ballot.counts,
        "paper": stage == "voting" and "paper" in rule.channels and visit.holds(*OFFICIALS),
        "assisted": stage == "voting" and "assisted" in rule.channels and visit.holds("concierge"),
        "countersign": visit.holds(*COUNTERSIGNERS),
    }
