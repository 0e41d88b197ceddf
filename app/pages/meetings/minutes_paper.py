"""The minutes as PDF: a version as it was signed, and below it what the log says, each with the way to its record."""

from __future__ import annotations

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.words import Words
from app.installation import Installation
from app.meetings.agenda import Item, agenda
from app.meetings.signatures import signatures
from app.pages.meetings.common import need_meeting, titled
from app.pages.meetings.contents import Desk, desk
from app.pages.meetings.papers import printed
from app.pages.proposals.common import Asked, labels_of, need_member, texts_of
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
    items = await agenda(installation, visit.reading, meeting, need_member(visit), visit.size)
    records = Records(f"{request.app.state.web.address}/c/{visit.slug}/ledger", made.words)
    names = await visit.reading.names([meeting.chair, *meeting.signers])
    content = Paper(
        house=await made.house(made.wishes({})),
        dated=found.drafted_at,
        meeting=made.title,
        starts=meeting.opened_at or meeting.starts_at,
        ends=meeting.closed_at,
        place=made.texts.place,
        present=await _present(visit, meeting, items),
        chair=names[meeting.chair],
        items=tuple([await _decided(visit, made, records, number, item) for number, item in enumerate(items, 1)]),
        signers=await _signers(visit, made, records, found, names),
        text=await visit.reading.text(found.statement, "text"),
        annexes=tuple(made.texts.documents),
        version=made.words.t(
            "meetings.minutes.final" if found.final_at else "meetings.minutes.version", n=found.version
        ),
        receipts=(records.code(meeting.index), records.code(found.index)),
    )
    return await printed(request, content, made.words.fmt, f"minutes-{found.version}")


class Records:
    """Where entries of the ledger are read, as codes on paper."""

    def __init__(self, address: str, words: Words) -> None:
        self._address, self._words = address, words

    def code(self, entry: int) -> Code:
        """Of one entry."""
        return Code(f"{self._address}/{entry}", self._words.t("paperwork.entry", n=self._words.fmt.integer(entry)))


async def _present(visit: Visit, meeting: Meeting, items: list[Item]) -> Present:
    """As on the item on which most were present; without one, whoever was checked in."""
    turnouts = [item.turnout for item in items if item.turnout is not None]
    if turnouts:
        most: Turnout = max(turnouts, key=lambda one: one.present)
        return Present(**most._asdict())
    came = await visit.reading.children(Attendance, meeting.id, limit=MANY)
    members = await visit.reading.pool.fetchval(
        "SELECT count(*) FROM record WHERE ledger_id = $1 AND kind = $2 AND data->>'status' = 'active'",
        visit.reading.ledger_id,
        Member.kind,
    )
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
        text="",
        method=_method(words, found, hands),
        tallies=tuple(Tally(words.choice(one, labels), tally.get(one, NOBODY).weight) for one in shown),
        outcome=" ".join(part for part in (words.t(f"proposals.stage.{item.stage}"), chosen) if part),
        receipts=(records.code(proposal.index if found is None else found.index),),
    )


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
