"""What stands between a draft and its effect besides the vote itself, and what the reader can do about it."""

from __future__ import annotations

from typing import NamedTuple

from app.decisions.resting import Rests, resting
from app.decisions.words import Words
from app.installation import Installation
from app.naming import sees_names, sees_titles
from app.pages.proposals.common import paragraphs
from app.visit import Visit
from governance import effects, standing
from governance.books import calls
from governance.books.calls import Answer, Second
from governance.books.decided import CASTING, VetoCast
from governance.books.proposals import Proposal, Version
from governance.rule import Rule
from ledger.state import State


class Said(NamedTuple):
    """What a member whom it concerns has answered. ``paragraphs`` are empty where the reader may not see them."""

    name: str
    at: int
    paragraphs: list[str]


class Life(NamedTuple):
    """Times in ms. ``seconds`` of a draft: (found, needed), ``vetoes`` likewise; None where none of the kind is asked.

    ``deposit``: tokens that the call sets aside. ``earliest``: before that the vote can't be called. ``notice``: from
    the call to the opening at least. ``panel``: how many are drawn. ``casting``: until when the chair can decide a tie.
    ``rests``: what was rejected not long ago, so that this can't be put to the vote yet.
    """

    seconds: tuple[int, int] | None
    seconded: bool
    deposit: int
    earliest: int | None
    notice: int
    panel: int | None
    vetoes: tuple[int, int] | None
    casting: int | None
    answers: list[Said]
    rests: Rests | None = None

    @property
    def missing(self) -> int:
        """Seconders who are still missing."""
        return 0 if self.seconds is None else max(0, self.seconds[1] - self.seconds[0])


async def life_of(
    visit: Visit, installation: Installation, words: Words, proposal: Proposal, rule: Rule, versions: list[Version]
) -> Life:
    """Everything that the rule asks for before and after the vote."""
    now = installation.clock.now()
    stage, asked = proposal.stage(now), rule.admission.seconders()
    mine = None
    if asked and visit.member is not None:
        mine = await visit.reading.find(Second, f"{proposal.id}/{visit.member.id}")
    panel = rule.electorate.panel()
    deliberation = rule.timing.deliberation()
    needed = rule.veto.needed()
    return Life(
        seconds=(await _seconders(visit, installation, proposal, now), asked) if asked and stage == "draft" else None,
        seconded=mine is not None and mine.version == proposal.version,
        deposit=rule.admission.deposit(),
        earliest=versions[-1].at + deliberation if deliberation and versions else None,
        notice=max(rule.timing.delay(), effects.notice(proposal.parsed_effects())),
        panel=None if panel is None else panel.size,
        vetoes=(proposal.vetoes, needed) if needed else None,
        casting=(proposal.closes_at or 0) + CASTING if stage == "tied" and rule.tie.BREAKS == "chair" else None,
        answers=await _answers(visit, words, proposal) if proposal.interested else [],
        rests=await resting(visit, installation, proposal.decides, proposal.proposer, tuple(proposal.effects))
        if stage == "draft"
        else None,
    )


async def _seconders(visit: Visit, installation: Installation, proposal: Proposal, now: int) -> int:
    """As many as would count if it were put to the vote now."""
    return await installation.ask(
        visit.reading.ledger, lambda state: calls.seconders(state, proposal, (visit.size, now + 1))
    )


async def may_of(
    visit: Visit, installation: Installation, proposal: Proposal, rule: Rule, life: Life, now: int
) -> dict[str, bool]:
    """What this reader can do about it now; the ledger judges in the end."""
    stage, me = proposal.stage(now), visit.member
    if me is None:
        return dict.fromkeys(("second", "hear", "veto", "execute", "cast_tie"), False)
    until = proposal.executable_until
    locked = proposal.executes_at is not None and now < proposal.executes_at
    return {
        "second": stage == "draft" and life.seconds is not None and not life.seconded and me.id != proposal.proposer,
        "hear": stage in ("scheduled", "voting") and me.id in proposal.interested,
        "veto": stage == "passed" and locked and await _may_veto(visit, installation, proposal, rule),
        "execute": stage == "passed" and not locked and until is not None and now < until,
        "cast_tie": life.casting is not None and now < life.casting and _presides(visit, proposal, me.id),
    }


def _presides(visit: Visit, proposal: Proposal, me: str) -> bool:
    """Whether a tie is the reader's to decide: whoever was in the meeting's chair, else who has that role."""
    return visit.holds("chair") if proposal.meeting is None else me == proposal.chair


async def _may_veto(visit: Visit, installation: Installation, proposal: Proposal, rule: Rule) -> bool:
    if not rule.veto.needed() or visit.member is None:
        return False
    id_ = visit.member.id
    if await visit.reading.find(VetoCast, f"{proposal.id}/{id_}") is not None:
        return False

    def question(state: State) -> bool:
        member = standing.one(state, rule.needs, id_, (visit.size, installation.clock.now() + 1))
        return member is not None and rule.veto.entitles(member)

    return await installation.ask(visit.reading.ledger, question)


async def _answers(visit: Visit, words: Words, proposal: Proposal) -> list[Said]:
    found = await visit.reading.children(Answer, proposal.id)
    texts = await visit.reading.texts([(one.statement, "text") for one in found]) if sees_titles(visit) else {}
    names = await visit.reading.names([one.member for one in found]) if sees_names(visit) else {}
    return [
        Said(
            words.t("pages.person", name=names[one.member]) if one.member in names else words.member(one.member),
            one.at,
            list(paragraphs(str(texts.get((one.statement, "text"), "")))),
        )
        for one in found
    ]
