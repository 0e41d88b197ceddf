"""Who was notified of a meeting: what the ledger records of it, and what became of letters that went out by mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from app.post import listing
from app.post.letters import Notice as Mailing
from app.post.listing import Sent
from app.reading import Reading
from governance.books.meetings import Meeting
from governance.books.notices import MOST, Notice

KIND: Final = "meeting.convened"
CALLED_OFF: Final = "meeting.cancelled"
MANY: Final = 1_000_000
Progress = Literal["waiting", "sent", "failed", "unknown"]
PROGRESS: Final[Mapping[str, Progress]] = {
    "waiting": "waiting",
    "sending": "waiting",
    "handed": "waiting",
    "sent": "sent",
    "failed": "failed",
    "unknown": "unknown",
}
"""What states of a letter mean to the office; those that it will never hear of again are left out."""


class ToRecord(NamedTuple):
    """Members of whose letters the same can be said on the ledger, at most as many as one statement takes.

    ``at``: when the last of them came to that (ms). ``left``: how many more wait to be recorded after them.
    """

    came: Literal["sent", "failed"]
    at: int
    members: tuple[str, ...]
    left: int


class Known(NamedTuple):
    """Everything that is known: ``notices`` by member; ``letters``, of the meeting's current version, by member;
    ``earlier``: who was sent a letter of an earlier one; ``off``: letters that it is called off, by member.
    """

    notices: dict[str, list[Notice]]
    letters: dict[str, Sent]
    earlier: frozenset[str]
    off: dict[str, Sent]

    def progress(self, *, off: bool = False) -> Counter[Progress]:
        """How many letters are where; ``off``: of those that it is called off."""
        letters = self.off if off else self.letters
        return Counter(PROGRESS[one.state] for one in letters.values() if one.state in PROGRESS)

    def expecting(self) -> set[str]:
        """Who may think that it takes place: whoever was told of any version, or may have been."""
        recorded = {member for member, some in self.notices.items() if any(one.came != "failed" for one in some)}
        mailed = {member for member, one in self.letters.items() if one.state != "failed"}
        return recorded | mailed | self.earlier

    def failed(self) -> set[str]:
        """Whose letter of the current version did not go out."""
        return {member for member, one in self.letters.items() if one.state == "failed"}

    def told(self, meeting: Meeting) -> set[str]:
        """Who has been told of the meeting as it is now, in some way."""
        recorded = {
            member
            for member, some in self.notices.items()
            if any(one.came != "failed" and one.at >= meeting.changed_at for one in some)
        }
        return recorded | {member for member, one in self.letters.items() if one.state == "sent"}

    def behind(self, meeting: Meeting) -> set[str]:
        """Who was told of the meeting as it was, and not of what has been changed."""
        noticed = {member for member, some in self.notices.items() if any(one.came != "failed" for one in some)}
        return (noticed | self.earlier) - self.told(meeting)

    def to_record(self, meeting: Meeting) -> list[ToRecord]:
        """What of the letters' fate the ledger does not know yet."""
        found = []
        for came in ("sent", "failed"):
            open_ = [one for one in self.letters.values() if one.state == came and not self._recorded(meeting, one)]
            some = sorted(open_, key=lambda one: (one.changed, one.member))[:MOST]
            if some:
                members = tuple(one.member for one in some)
                found.append(ToRecord(came, some[-1].changed, members, len(open_) - len(some)))
        return found

    def _recorded(self, meeting: Meeting, letter: Sent) -> bool:
        return any(
            one.by == "mail" and one.came in (letter.state, "received") and one.at >= meeting.changed_at
            for one in self.notices.get(letter.member, ())
        )


def mailing(meeting: Meeting) -> Mailing:
    """The notice of the meeting as it is now: of every version one letter goes to each member."""
    return Mailing(meeting.id, KIND, meeting.version)


def calling_off(meeting: Meeting) -> Mailing:
    """The notice that it does not take place."""
    return Mailing(meeting.id, CALLED_OFF, meeting.version + 1)


async def known(reading: Reading, meeting: Meeting) -> Known:
    """What is known now."""
    notices: dict[str, list[Notice]] = {}
    for one in await reading.children(Notice, meeting.id, limit=MANY):
        notices.setdefault(one.member, []).append(one)
    every = await listing.about(reading.pool, reading.ledger_id, meeting.id)
    letters = [one for one in every if one.kind == KIND]
    current = {one.member: one for one in letters if one.version == meeting.version}
    earlier = frozenset(one.member for one in letters if one.version < meeting.version and one.state == "sent")
    return Known(notices, current, earlier, {one.member: one for one in every if one.kind == CALLED_OFF})
