"""The minutes as a paper: a version as it was signed, and below it what the log says, with the way to each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.steps import tell_step
from app.decisions.words import Words
from app.installation import Installation
from app.meetings import officers
from app.meetings.agenda import Item, agenda
from app.meetings.minutes import attended, convened
from app.meetings.signatures import signatures
from app.pages.meetings.common import need_meeting, titled
from app.pages.meetings.contents import Desk, desk
from app.pages.meetings.papers import printed
from app.pages.proposals.common import Asked, labels_of, need_member, texts_of
from app.pages.proposals.outcome import counts_of
from app.papers.minutes import Decided, Present, Signer, Tally
from app.papers.minutes import Minutes as Paper
from app.papers.paper import Code
from app.visit import Visit
from governance.books.attendance import Attendance
from governance.books.meetings import Hands, Meeting
from governance.books.minutes import Minutes
from governance.books.presence import Turnout
from governance.books.proposals import Found
from governance.count import NOBODY
from ledger.books.members import Member

MANY: Final = 100_000
JUDGED: Final = ("quorum", "quorum_answers", "quorum_approvals", "threshold", "tie")
LINES: Final = 12
"""Lines of a count on paper; longer ones (rankings), and parts of votes, stand on the proposal's page alone."""


@get("/c/{slug:str}/meetings/{id:str}/minutes/{version:int}/minutes.pdf", opt={OPT: Access.MEMBER})
async def pdf(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    version: FromPath[int],
) -> Response[bytes]:
    """One version, with who has signed it so far."""
    meeting = await need_meeting(visit, id)
    found = await visit.reading.find(Minutes, f"{meeting.id}/{version}")
    if found is None:
        raise Problem("http.not_found", 404)
    made = await desk(request, visit, meeting, installation.clock.now())
    content = await paper(request, visit, installation, made, found)
    return await printed(request, content, made.words.fmt, f"minutes-{found.version}")


async def paper(request: Asked, visit: Visit, installation: Installation, made: Desk, version: Minutes) -> Paper:
    """That version, with all that is known of the meeting."""
    meeting, words = made.meeting, made.words
    items = await agenda(installation, visit.reading, meeting, need_member(visit), visit.size)
    records = Records(f"{request.app.state.web.address}/c/{visit.slug}/ledger", words)
    present = await officers.there(visit.reading, meeting)
    people = (meeting.chair, meeting.convener, version.author, *meeting.signers, *present)
    names = await visit.reading.names(people)
    decided = [await _decided(visit, made, records, number, item) for number, item in enumerate(items, 1)]
    reported = [
        Decided(name=words.t("papers.item.report", n=number), title=report, text="")
        for number, report in enumerate(made.texts.reports, 1)
    ]
    return Paper(
        house=await made.house(made.wishes({})),
        dated=version.drafted_at,
        meeting=made.title,
        starts=meeting.opened_at or meeting.starts_at,
        ends=meeting.closed_at,
        place="\n".join(filter(None, (made.texts.place, _mode(made)))),
        convened=convened(words, meeting, names),
        present=await _present(visit, meeting, items),
        chair=names[meeting.chair],
        officers=tuple(titled_officers(words, present, names)),
        author=names[version.author],
        kept=_kept(words, version),
        items=(*decided, *reported),
        signers=await _signers(visit, made, records, version, names),
        text=await visit.reading.text(version.statement, "text"),
        annexes=tuple(made.texts.documents),
        version=words.t(
            "meetings.minutes.final" if version.final_at else "meetings.minutes.version", n=version.version
        ),
        receipts=(records.code(meeting.index), records.code(version.index)),
    )


def titled_officers(words: Words, present: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> list[str]:
    """Officers' names with what they are, in the order in which they are given."""
    return [
        words.t(
            "paperwork.officer",
            office=words.joined([words.t(f"paperwork.officer.{role}") for role in roles]),
            name=names[member],
        )
        for member, roles in present.items()
    ]


class Records:
    """Where entries of the ledger are read, as codes on paper."""

    def __init__(self, address: str, words: Words) -> None:
        self._address, self._words = address, words

    def code(self, entry: int) -> Code:
        """Of one entry."""
        return Code(f"{self._address}/{entry}", self._words.t("paperwork.entry", n=self._words.fmt.integer(entry)))


def _mode(made: Desk) -> str:
    """How one could attend, where that was not in the room alone."""
    mode = made.meeting.mode
    return "" if mode == "room" else made.words.t(f"meetings.mode.{mode}")


def _kept(words: Words, version: Minutes) -> str:
    if version.final_at is None or version.keep_years is None:
        return ""
    return words.t("paperwork.kept_years", n=version.keep_years, day=words.fmt.day(version.final_at))


async def _present(visit: Visit, meeting: Meeting, items: list[Item]) -> Present:
    """As on the item on which most were present; without one, whoever was checked in."""
    turnouts = [item.turnout for item in items if item.turnout is not None]
    if turnouts:
        most: Turnout = max(turnouts, key=lambda one: one.present)
        return Present(**most._asdict())
    came = await visit.reading.children(Attendance, meeting.id, limit=MANY)
    members = await visit.reading.count_marked(Member, "active")
    room = sum(one.how == "room" for one in came)
    return Present(electorate=members, in_person=room, online=len(came) - room, proxy=0, written=0)


async def _decided(visit: Visit, made: Desk, records: Records, number: int, item: Item) -> Decided:
    words, proposal = made.words, item.proposal
    ((_, title),) = await titled(visit, [item])
    found = await visit.reading.find(Found, proposal.id)
    hands = await visit.reading.find(Hands, proposal.id)
    options = (await texts_of(visit, proposal))[2] if item.rule.chooses else []
    winners = proposal.outcome.winners if proposal.outcome and item.rule.chooses else ()
    tally = {} if found is None else found.counted.tally
    labels = await labels_of(visit, proposal, options, *winners, *tally)
    choices = list(tally) if item.rule.chooses else ["yes", "no", "abstain"]
    whole = found is not None and found.counted.unit == 1
    shown = choices if whole and len(choices) <= LINES else []
    chosen = words.joined([words.choice(winner, labels) for winner in winners])
    return Decided(
        name=words.t("papers.item.vote", n=number),
        title=title or words.t("proposals.untitled", id=proposal.id[:11]),
        text="\n".join(await _steps(visit, words, item, found)),
        method=_method(words, found, hands),
        tallies=tuple(Tally(words.choice(one, labels), tally.get(one, NOBODY).weight) for one in shown),
        outcome=" ".join(part for part in (words.t(f"proposals.stage.{item.stage}"), chosen) if part),
        receipts=(records.code(proposal.index if found is None else found.index),),
    )


async def _steps(visit: Visit, words: Words, item: Item, found: Found | None) -> list[str]:
    """How many were present, what the rule asked for and what there was, and that the chair decided a tie."""
    told = [] if item.turnout is None else [attended(words, item.turnout)]
    outcome, rule = item.proposal.outcome, item.rule
    if outcome is None or found is None:
        steps = [tell_step(words, step, words.fmt.integer, chooses=rule.chooses, met=True) for step in item.quorum]
    else:
        counts = await counts_of(visit, words, item.proposal, rule, found.counted)
        steps = [
            tell_step(
                words,
                step,
                lambda weight: counts.measured(weight, found.counted.unit),
                chooses=rule.chooses,
                met=True,
                several=item.proposal.seats > 1,
                method=rule.method.NAME,
                tie=words.t(rule.tie.KEYS[0]),
            )
            for step in outcome.steps
            if step.name in JUDGED
        ]
    told += [words.t("paperwork.step", title=step.title, asked=step.asked, found=step.found) for step in steps]
    if rule.tie.BREAKS == "chair" and item.proposal.order:
        told.append(words.t(f"paperwork.casting.{item.proposal.order[0]}"))
    return told


def _method(words: Words, found: Found | None, hands: Hands | None) -> str:
    """How it was decided: by hands, by ballots, or by both; empty before it was."""
    if hands is None:
        return "" if found is None else words.t("paperwork.method.ballots")
    raised = words.t(f"paperwork.method.{hands.how}")
    counted = 0 if found is None else sum(count.heads for count in found.counted.tally.values())
    return raised if counted <= hands.heads else words.t("paperwork.method.both", hands=raised)


async def _signers(
    visit: Visit, made: Desk, records: Records, version: Minutes, names: dict[str, str]
) -> tuple[Signer, ...]:
    signed = await signatures(visit.reading, version)

    def signer(title: str, member: str) -> Signer:
        one = signed.get(member)
        return Signer(
            title=made.words.t(title),
            name=names[member],
            signed=None if one is None else one.at,
            receipt=None if one is None else records.code(one.entry),
        )

    others = [signer("paperwork.signer", id_) for id_ in made.meeting.signers]
    return (signer("papers.meeting.chair", made.meeting.chair), *others)


ROUTES: Final = (pdf,)
