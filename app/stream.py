"""The ledger as people read it: entries newest first, each as its plain sentence.

A reader to whom entries are not open still gets the own ones, and the number of those in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import msgspec

from app.access import OFFICIALS
from app.commons.called import names_of
from app.commons.telling import telling
from app.installation import Installation
from app.naming import ids_in, item_names, sees_titles, vote_parts
from app.storage.log import Stored
from app.texts import Catalogue
from app.texts.sentences import Sentences
from app.visit import Visit
from ledger import canonical, ids
from ledger.fold import TICK
from ledger.statement import Entry, parse_leaf

PAGE: Final = 20
_DAY: Final = 86_400_000
_NEWEST: Final = 2000
_NO_NEWS: Final = tuple(f'"type":"{prefix}' for prefix in ("ballot.", "proposal.roll/", "lot."))
"""Votes one by one, and what the clerk only works out. A hundred thousand of them are not read for five lines."""
_OPEN_TEXTS: Final = ("proposal.", "resource.", "coop.")
"""Types whose private texts are what the co-op publishes about itself."""


@dataclass(frozen=True)
class Line:
    """One entry of the stream."""

    index: int
    entry: Entry
    sentence: str

    @property
    def type(self) -> str:
        """The statement's type without its version, for headings."""
        return self.entry.statement.type.partition("/")[0]


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the stream for: entries below ``before``, of a book (``token``), of a member.

    ``news``: only what everybody may want to hear of, among the newest: who voted how belongs to the votes' own pages.
    ``most``: so many at most.
    """

    before: int | None = None
    book: str = ""
    who: str = ""
    ticks: bool = False
    news: bool = False
    most: int = PAGE


async def lines(installation: Installation, visit: Visit, texts: Catalogue, lang: str, wanted: Wanted) -> list[Line]:
    """The entries that are wanted and that the reader may see, newest first."""
    published = await installation.log.published(visit.reading.ledger)
    before = min(wanted.before if wanted.before is not None else published.size, published.size)
    who = wanted.who if visit.sees_entries else (visit.member.id if visit.member else "nobody")
    # Type and parties stand in the leaf's text; the author's own column narrows most of it.
    rows = await visit.reading.pool.fetch(
        "SELECT index, statement_id, received, leaf FROM entry WHERE ledger_id = $1 AND index < $2 "
        "AND ($3 = '' OR position(convert_to('\"type\":\"' || $3 || '.', 'UTF8') IN leaf) > 0) "
        "AND ($4 = '' OR position(convert_to('\"' || $4 || '\"', 'UTF8') IN leaf) > 0) "
        "AND ($5 OR author <> $6 OR position(convert_to($7, 'UTF8') IN leaf) = 0) "
        "AND NOT EXISTS (SELECT 1 FROM unnest($8::text[]) AS no WHERE position(convert_to(no, 'UTF8') IN leaf) > 0) "
        "AND index >= $9 ORDER BY index DESC LIMIT $10",
        visit.reading.ledger_id,
        before,
        wanted.book,
        who,
        wanted.ticks,
        ids.CLERK,
        f'"type":"{TICK}"',
        _NO_NEWS if wanted.news else (),
        before - _NEWEST if wanted.news else 0,
        wanted.most,
    )
    stored = [Stored(**row) for row in rows]
    return await spell(visit, texts, lang, stored)


async def spell(visit: Visit, catalogue: Catalogue, lang: str, stored: list[Stored]) -> list[Line]:
    """Entries with their sentences, as the reader may know names and texts."""
    entries = [(row.index, parse_leaf(row.leaf)) for row in stored]
    named: set[str] = set()
    for _, entry in entries:
        named |= ids_in(entry.statement_bytes.decode())
    say = await telling(visit, catalogue, lang)
    texts = await _texts(visit, [entry for _, entry in entries])
    names = await names_of(visit, say, named) | await item_names(visit, _ballots(entries, texts))
    names |= await vote_parts(visit.reading, _announced(entries))
    sentences = Sentences(lang, names=names, utc_offset=visit.coop.utc_offset, token=(say.token, 0))
    return [
        Line(index, entry, sentences.of(plain(entry), texts.get(canonical.b64(entry.id), {})))
        for index, entry in entries
    ]


def _ballots(entries: list[tuple[int, Entry]], texts: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """(proposal, choice) of the ballots among them whose choice the reader may see."""
    for _, entry in entries:
        if entry.statement.type.startswith("ballot.cast/"):
            body = entry.statement.body
            choice = texts.get(canonical.b64(entry.id), {}).get("choice", body.get("choice"))
            if isinstance(choice, str):
                yield str(body["proposal"]), choice


def _announced(entries: list[tuple[int, Entry]]) -> list[str]:
    """The proposals whose count is announced among them."""
    return [str(e.statement.body["proposal"]) for _, e in entries if e.statement.type.startswith("proposal.count/")]


def by_day(found: list[Line], utc_offset: int) -> list[list[Line]]:
    """The same lines, those of each local day together."""
    return [
        list(of_day) for _, of_day in groupby(found, lambda line: (line.entry.received + utc_offset * 60_000) // _DAY)
    ]


def plain(entry: Entry) -> dict[str, Any]:
    """The statement as JSON."""
    found: dict[str, Any] = msgspec.json.decode(entry.statement_bytes)
    return found


def may_read_texts(visit: Visit, entry: Entry) -> bool:
    """Whether the reader may see an entry's private texts: one's own, and what the co-op publishes.

    What an official has written about somebody else is theirs to read while they are one, and no longer.
    """
    statement = entry.statement
    if statement.type.startswith(_OPEN_TEXTS) and sees_titles(visit):
        return True
    if visit.member is None or visit.member.id not in (statement.author, statement.for_):
        return False
    about = visit.reading.books.subject(statement, entry.id, "")
    return about == visit.member.id or not ids.is_id(about, "mem") or visit.holds(*OFFICIALS, "auditor")


async def _texts(visit: Visit, entries: list[Entry]) -> dict[str, dict[str, Any]]:
    """Statement id (base64) → path → value, of the entries whose texts the reader may see."""
    open_ones = [entry.id for entry in entries if may_read_texts(visit, entry)]
    rows = await visit.reading.pool.fetch(
        "SELECT statement_id, path FROM private WHERE ledger_id = $1 AND statement_id = ANY($2)",
        visit.reading.ledger_id,
        open_ones,
    )
    places = [(canonical.b64(row["statement_id"]), row["path"]) for row in rows]
    found: dict[str, dict[str, Any]] = {}
    for (statement, path), value in (await visit.reading.texts(places)).items():
        found.setdefault(statement, {})[path] = value
    return found
