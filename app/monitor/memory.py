"""What a monitor remembers besides each ledger's own desk: alarms under way, and the outbox of what must be told.

An alarm and what is to be told of it are written in one transaction, so that a crash loses no event and makes none
twice. Whoever is told may still hear the same event again, after a crash between being told and this being noted:
events have ids for that.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.monitor.look import Alarm
from app.monitor.targets import Watched

FILE: Final = "monitor.sqlite3"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS alarm (url TEXT, kind TEXT, since INTEGER, digest TEXT, evidence TEXT,
    PRIMARY KEY (url, kind));
CREATE TABLE IF NOT EXISTS heard (url TEXT PRIMARY KEY, since INTEGER, last INTEGER);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT, id TEXT, body BLOB,
    tries INTEGER NOT NULL DEFAULT 0, UNIQUE (hook, id));
"""
LATCHED: Final = ("split_view",)
"""What never ends by itself: two signatures do not unsign themselves."""


class Event(NamedTuple):
    """Something that is told once. ``type``: ``alarm.raised``, ``alarm.changed`` or ``alarm.cleared``; time in ms."""

    id: str
    type: str
    kind: str
    watched: Watched
    time: int
    details: dict[str, Any]
    evidence: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document that webhooks get."""
        return {
            "details": self.details,
            "evidence": self.evidence,
            "id": self.id,
            "kind": self.kind,
            "ledger": {"name": self.watched.name, "url": self.watched.url},
            "time": self.time,
            "type": self.type,
            "v": 1,
        }


class Letter(NamedTuple):
    """An event on its way to one hook."""

    number: int
    hook: str
    id: str
    body: bytes
    tries: int


class Memory:
    """In one SQLite file; used by one thread."""

    def __init__(self, folder: Path, hooks: Sequence[str] = ()) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._hooks = folder, tuple(hooks)
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def first_asked(self, url: str, now: int) -> int:
        """Since when something has been wanted from there."""
        self._connection.execute("INSERT OR IGNORE INTO heard VALUES (?, ?, NULL)", (url, now))
        row = self._connection.execute("SELECT since, last FROM heard WHERE url = ?", (url,)).fetchone()
        return int(row[0] if row[1] is None else row[1])

    def answered(self, url: str, now: int) -> None:
        """It has answered."""
        self._connection.execute("INSERT OR REPLACE INTO heard VALUES (?, ?, ?)", (url, now, now))

    def alarms(self, url: str) -> dict[str, int]:
        """The alarms under way there, and since when."""
        return dict(self._connection.execute("SELECT kind, since FROM alarm WHERE url = ?", (url,)).fetchall())

    def any_alarm(self) -> bool:
        """Whether there is one anywhere."""
        return self._connection.execute("SELECT 1 FROM alarm LIMIT 1").fetchone() is not None

    def take(self, watched: Watched, alarms: Iterable[Alarm], kinds: Iterable[str], now: int) -> list[Event]:
        """Note the alarms there are now, of those ``kinds``; what is news, which lies in the outbox from here on."""
        found = {alarm.kind: alarm for alarm in alarms}
        rows = self._connection.execute("SELECT kind, since, digest FROM alarm WHERE url = ?", (watched.url,))
        known = {kind: (since, digest) for kind, since, digest in rows}
        events = []
        for kind in kinds:
            alarm, before = found.get(kind), known.get(kind)
            if alarm is not None and (before is None or before[1] != alarm.digest):
                events.append(self._raised(watched, alarm, now, new=before is None))
            elif alarm is None and before is not None and kind not in LATCHED:
                events.append(Event(_id(watched.url, kind, "cleared", now), "alarm.cleared", kind, watched, now, {}))
        if events:
            self._note(watched, found, events, now)
        return events

    def letters(self, hook: str, limit: int = 1) -> list[Letter]:
        """What is still to be told to a hook, oldest first."""
        rows = self._connection.execute(
            "SELECT number, hook, id, body, tries FROM outbox WHERE hook = ? ORDER BY number LIMIT ?", (hook, limit)
        )
        return [Letter(*row) for row in rows]

    def waiting(self, hook: str) -> int:
        """How many letters to a hook are under way."""
        return int(self._connection.execute("SELECT count(*) FROM outbox WHERE hook = ?", (hook,)).fetchone()[0])

    def told(self, letter: Letter) -> None:
        """It has arrived."""
        self._connection.execute("DELETE FROM outbox WHERE number = ?", (letter.number,))

    def failed(self, letter: Letter) -> None:
        """It has not, and stays."""
        self._connection.execute("UPDATE outbox SET tries = tries + 1 WHERE number = ?", (letter.number,))

    def _raised(self, watched: Watched, alarm: Alarm, now: int, *, new: bool) -> Event:
        id_ = _id(watched.url, alarm.kind, alarm.digest, now)
        path = None if alarm.evidence is None else str(self._save(alarm, id_))
        type_ = "alarm.raised" if new else "alarm.changed"
        return Event(id_, type_, alarm.kind, watched, now, alarm.details, path)

    def _save(self, alarm: Alarm, id_: str) -> Path:
        folder = self._folder / "evidence"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{alarm.kind}-{id_}.json"
        path.write_text(json.dumps(alarm.evidence, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path.resolve()

    def _note(self, watched: Watched, found: dict[str, Alarm], events: list[Event], now: int) -> None:
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for event in events:
                key = (watched.url, event.kind)
                if event.type == "alarm.cleared":
                    self._connection.execute("DELETE FROM alarm WHERE url = ? AND kind = ?", key)
                else:
                    row = (*key, now, found[event.kind].digest, event.evidence)
                    self._connection.execute(
                        "INSERT INTO alarm VALUES (?, ?, ?, ?, ?) ON CONFLICT (url, kind) DO UPDATE SET "
                        "digest = excluded.digest, evidence = excluded.evidence",
                        row,
                    )
                body = json.dumps(event.to_json(), ensure_ascii=False, sort_keys=True).encode()
                letters = [(hook, event.id, body) for hook in self._hooks]
                self._connection.executemany("INSERT INTO outbox (hook, id, body) VALUES (?, ?, ?)", letters)


def _id(*of: Any) -> str:
    return hashlib.sha256("\n".join(map(str, of)).encode()).hexdigest()[:32]
