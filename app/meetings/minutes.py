"""What the log itself can say in the minutes: where writing them begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.decisions.words import Words
from app.meetings.agenda import Item
from governance.books.meetings import Hands, Meeting
from governance.books.presence import Turnout
from governance.count import NOBODY, Counted

_ANSWERS = ("yes", "no", "abstain")


class Matter(NamedTuple):
    """An item with its title, its count where there is one, and what its options are called by number.

    ``hands``: those that were counted among it.
    """

    item: Item
    title: str
    counted: Counted | None
    labels: Mapping[int, str]
    hands: Hands | None


class Texts(NamedTuple):
    """What the convocation said; ``place`` may be empty."""

    title: str
    place: str
    reports: Sequence[str]


class People(NamedTuple):
    """``names`` by member; ``officers`` who were there, with their titles; who is about to write: their name."""

    names: Mapping[str, str]
    officers: list[str]
    writer: str


def begin(words: Words, meeting: Meeting, texts: Texts, matters: Sequence[Matter], people: People) -> str:
    """Time, place, convocation, chair, signers, officers and writer, what was reported, then each item with who was
    present and what was decided.
    """
    t, fmt = words.t, words.fmt
    ends = fmt.moment(meeting.closed_at) if meeting.closed_at else t("meetings.draft.going_on")
    head = [
        t("meetings.draft.title", title=texts.title),
        t("meetings.draft.when", start=fmt.moment(meeting.opened_at or meeting.starts_at), end=ends),
        *([t("meetings.draft.where", place=texts.place)] if texts.place else []),
        t("meetings.draft.convened", told=convened(words, meeting, people.names)),
        t("meetings.draft.chair", name=people.names[meeting.chair]),
        *([t("meetings.draft.officers", names=words.joined(people.officers))] if people.officers else []),
        t("meetings.draft.signers", names=words.joined([people.names[id_] for id_ in meeting.signers]) or "-"),
        t("meetings.draft.writer", name=people.writer),
    ]
    reported = ["\n".join([t("meetings.reports"), *texts.reports])] if texts.reports else []
    decided = [_matter(words, n, matter) for n, matter in enumerate(matters, 1)]
    return "\n\n".join(["\n".join(head), *reported, *decided])


def convened(words: Words, meeting: Meeting, names: Mapping[str, str]) -> str:
    """By whom it was called together, and on which day."""
    day = words.fmt.day(meeting.convened_at)
    return words.t("meetings.convened", who=names[meeting.convener], when=day)


def attended(words: Words, there: Turnout) -> str:
    """How many were present on an item, in which ways."""
    counts = {
        "all": there.electorate,
        "present": there.present,
        "room": there.in_person,
        "online": there.online,
        "proxy": there.proxy,
        "written": there.written,
    }
    return words.t("meetings.turnout.then", **{name: words.fmt.integer(count) for name, count in counts.items()})


def answers(words: Words, counted: Counted) -> str:
    """How many said yes, no, and neither."""
    counts = [(words.t(f"proposals.choice.{answer}"), counted.tally.get(answer, NOBODY).weight) for answer in _ANSWERS]
    return words.joined([f"{name} {words.fmt.integer(count)}" for name, count in counts])


def _matter(words: Words, number: int, matter: Matter) -> str:
    item, t, fmt = matter.item, words.t, words.fmt
    told = [t("meetings.item", n=number, title=matter.title)]
    if item.turnout is not None:
        told.append(attended(words, item.turnout))
    if matter.counted is not None and not item.rule.chooses:
        told.append(answers(words, matter.counted))
    if matter.hands is not None:
        raised = {answer: fmt.integer(getattr(matter.hands, answer)) for answer in _ANSWERS}
        told.append(t("meetings.draft.among", told=t(f"meetings.hands.{matter.hands.how}", **raised)))
    # What was carried out since is no part of what the meeting decided.
    decided = "passed" if item.stage == "executed" else item.stage
    told.append(t("meetings.draft.result", result=t(f"proposals.stage.{decided}")))
    winners = () if item.proposal.outcome is None or not item.rule.chooses else item.proposal.outcome.winners
    if winners:
        told.append(words.joined([words.choice(winner, matter.labels) for winner in winners]))
    return "\n".join(told)
