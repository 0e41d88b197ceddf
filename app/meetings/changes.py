"""What has been changed about a meeting since it was called together: its versions, and what differs between two.

After an accident (a flood, a hall that is closed) a meeting has to be moved at once, so the ledger does not refuse it;
whoever was told of the one before is told anew, and everybody sees when it was changed and by whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from app.decisions.words import Words
from app.reading import Reading
from governance.books.meetings import Meeting
from ledger import canonical
from ledger.statement import Statement, parse_leaf

_ONE: Final = ("title", "place", "notes")
_MANY: Final = ("reports", "documents")


class Version(NamedTuple):
    """What was said, when it was recorded (ms) and as which entry. ``texts``: private values by path."""

    statement: Statement
    at: int
    entry: int
    texts: Mapping[str, str]

    @property
    def by(self) -> str:
        """Who said it."""
        return self.statement.author


class Difference(NamedTuple):
    """One thing that is not as it was, as people read it: empty where it is longer than a line, or was not said."""

    name: str
    before: str
    after: str


async def versions(reading: Reading, meeting: Meeting) -> list[Version]:
    """All of them, the convocation first."""
    found: list[Version] = []
    wanted: str | None = meeting.statement
    while wanted is not None:
        row = await reading.pool.fetchrow(
            "SELECT index, received, leaf FROM entry WHERE ledger_id = $1 AND statement_id = $2",
            reading.ledger_id,
            canonical.unb64(wanted, 32),
        )
        statement = parse_leaf(row["leaf"]).statement
        texts = await reading.texts([(wanted, path) for path in _paths(statement.body)])
        said = {path: str(text) for (_, path), text in texts.items()}
        found.append(Version(statement, row["received"], row["index"], said))
        wanted = statement.replaces
    return found[::-1]


def differences(before: Version, after: Version, words: Words) -> list[Difference]:
    """What ``after`` says otherwise, in the order of a convocation."""
    t = words.t
    pairs = [
        (t("meetings.new.title"), _text(before, "title"), _text(after, "title")),
        (t("meetings.starts"), _time(before, "starts_at", words), _time(after, "starts_at", words)),
        (t("meetings.ends"), _time(before, "ends_at", words), _time(after, "ends_at", words)),
        (t("meetings.mode"), _mode(before, words), _mode(after, words)),
        (t("meetings.place"), _text(before, "place"), _text(after, "place")),
    ]
    found = [Difference(*pair) for pair in pairs if pair[1] != pair[2]]
    longer = {
        "agenda": (list(before.statement.body.get("agenda", ())), list(after.statement.body.get("agenda", ()))),
        "reports": (_texts(before, "reports"), _texts(after, "reports")),
        "documents": (_texts(before, "documents"), _texts(after, "documents")),
        "new.notes": (_text(before, "notes"), _text(after, "notes")),
    }
    return found + [Difference(t(f"meetings.{name}"), "", "") for name, (old, new) in longer.items() if old != new]


def told(found: Iterable[Difference], words: Words) -> list[str]:
    """Each on a line."""
    return [
        words.t("meetings.changes.to", name=one.name, before=one.before or "–", after=one.after or "–")
        if one.before or one.after
        else words.t("meetings.changes.changed", name=one.name)
        for one in found
    ]


def _paths(body: Mapping[str, Any]) -> list[str]:
    return [*_ONE, *(f"{name}/{n}" for name in _MANY for n in range(len(body.get(name, ()))))]


def _text(version: Version, path: str) -> str:
    return version.texts.get(path, "")


def _texts(version: Version, name: str) -> list[str]:
    return [_text(version, f"{name}/{n}") for n in range(len(version.statement.body.get(name, ())))]


def _time(version: Version, name: str, words: Words) -> str:
    said = version.statement.body.get(name)
    return words.fmt.moment(canonical.parse_time(said)) if said else ""


def _mode(version: Version, words: Words) -> str:
    return words.t(f"meetings.mode.{version.statement.body['mode']}")
