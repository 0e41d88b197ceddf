"""What an invitation by mail says, and how the record of notices is told: on the page and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from app.decisions.words import Words
from app.meetings.notified import PROGRESS, Known
from app.pages.meetings.contents import Desk
from app.papers.notified import Came, How, Notified
from app.papers.notified import Notice as Line
from app.papers.paper import House
from app.post.calendar import Occasion, Person, cancel, request
from app.post.letters import Letter, one_line
from app.post.people import Reached
from app.roll import Person as Member
from governance.books.meetings import notice_by
from governance.books.notices import Notice

_CAME: dict[str, Came] = {"waiting": "unknown", "sent": "sent", "failed": "failed", "unknown": "unknown"}


class Row(NamedTuple):
    """One notice to one member, or that there is none: then ``how`` is ``none``. ``at`` in ms."""

    member: Member
    how: How
    came: Came
    at: int | None
    proof: str
    entry: int | None


def invitation(made: Desk, told: Occasion, host: Person, head: str, origin: str, member: str, to: Reached) -> Letter:
    """The letter: when, where, what about, where to read more; with the meeting for the receiver's calendar.

    ``head``: who calls it together, as papers have it.
    """
    words = made.words
    t, fmt = words.t, words.fmt
    # What a member writes as a title could otherwise look like the co-op's own next paragraph.
    items = [f"{t('papers.item.vote', n=n)} {one_line(matter.title)}" for n, matter in enumerate(made.matters, 1)]
    items += [f"{t('papers.item.report', n=n)} {report}" for n, report in enumerate(made.texts.reports, 1)]
    files = [" ".join(filter(None, (file.name, file.address))) for file in made.texts.files]
    subject = "paperwork.changes.subject" if made.changes else "papers.convocation.title"
    parts = [
        t("papers.address.to", name=to.name),
        made.letter or t("papers.convocation.letter", meeting=made.title),
        "\n".join(made.facts()),
        "\n".join([t("papers.convocation.agenda"), *items]) if items else "",
        "\n".join([t("meetings.documents"), *files]) if files else "",
        "\n".join([t("paperwork.mail.page" if made.matters else "paperwork.mail.read"), made.url]),
        t("paperwork.mail.forms", when=fmt.moment(made.back_by())) if made.has_forms else "",
        f"{host.name}\n{head}",
    ]
    letter = _letter(words, host, origin, member, to, t(subject, meeting=made.title), parts)
    calendar = request(told, host, Person(to.name, to.address)).decode()
    return msgspec.structs.replace(letter, calendar=calendar, method="REQUEST")


def cancellation(made: Desk, told: Occasion, host: Person, origin: str, member: str, to: Reached) -> Letter:
    """The letter that it does not take place, and what takes it out of the receiver's calendar."""
    words, when = made.words, made.words.fmt.moment(made.meeting.starts_at)
    t = words.t
    parts = [
        t("papers.address.to", name=to.name),
        t("paperwork.off.letter", meeting=one_line(made.title), when=when),
        t("paperwork.off.forms") if made.has_forms else "",
        "\n".join([t("paperwork.mail.read"), made.url]),
        host.name,
    ]
    letter = _letter(words, host, origin, member, to, t("paperwork.off.subject", meeting=made.title), parts)
    calendar = cancel(told, host, Person(to.name, to.address)).decode()
    return msgspec.structs.replace(letter, calendar=calendar, method="CANCEL")


def _letter(
    words: Words, host: Person, origin: str, member: str, to: Reached, subject: str, parts: Iterable[str]
) -> Letter:
    """To that member, with those paragraphs; empty ones are none."""
    return Letter(
        member=member,
        address=to.address,
        name=to.name,
        coop=one_line(host.name),
        origin=origin,
        subject=one_line(subject),
        text="\n\n".join(part for part in parts if part) + "\n",
        lang="en" if words.lang == "en" else "ja",
    )


def rows(people: Iterable[Member], found: Known, words: Words) -> list[Row]:
    """For everyone, each notice that is recorded or under way; one line for whom there is none."""
    listed = []
    for person in people:
        some = [_recorded(person, one, words) for one in found.notices.get(person.id, ())]
        letter = found.letters.get(person.id)
        if letter is not None and letter.state in PROGRESS and not any(one.how == "mail" for one in some):
            state = PROGRESS[letter.state]
            at = None if state == "waiting" else letter.changed
            proof = words.t(f"paperwork.mail.{state}.proof", code=letter.code)
            some.append(Row(person, "mail", _CAME[state], at, proof, None))
        listed += some or [Row(person, "none", "unknown", None, "", None)]
    return listed


def record(house: House, made: Desk, listed: Sequence[Row], now: int) -> Notified:
    """The list on paper."""
    notices = (
        Line(number=one.member.number, name=one.member.name, how=one.how, at=one.at, came=one.came, proof=one.proof)
        for one in listed
    )
    return Notified(
        house=house,
        dated=now,
        meeting=made.title,
        starts=made.meeting.starts_at,
        due=notice_by(made.meeting.starts_at, made.meeting.notice, made.words.fmt.utc_offset),
        notices=tuple(notices),
    )


def _recorded(person: Member, one: Notice, words: Words) -> Row:
    proof = words.t("paperwork.entry", n=words.fmt.integer(one.index))
    return Row(person, one.by, one.came, one.at, proof, one.index)
