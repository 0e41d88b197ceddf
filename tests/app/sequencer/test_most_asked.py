"""How much the largest statements ask of a source that knows nothing yet: the lane fetches it one by one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import pytest

from app.sequencer.batch import MAX_FETCHES
from governance.books import drafts
from governance.books.convening import MAX_AGENDA
from governance.books.notices import MOST
from ledger import canonical
from ledger.compose import Private
from ledger.state import Memory, Record, State
from tests.governance.hall import Hall


class Counting:
    """A source that notes what it was asked."""

    def __init__(self, memory: Memory) -> None:
        self._memory, self.asked = memory, set[tuple[Any, ...]]()

    def get(self, kind: str, id_: str) -> Record | None:
        self.asked.add(("get", kind, id_))
        return self._memory.get(kind, id_)

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        self.asked.add(("scan", kind, parent))
        return self._memory.scan(kind, parent, limit)

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        self.asked.add(("traced", kind, subject, index, time))
        return self._memory.traced(kind, subject, index, time)

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        self.asked.add(("traces", kind, index, time))
        return self._memory.traces(kind, index, time)

    def known(self, question: str) -> Any:
        return self._memory.known(question)

    def remember(self, question: str, answer: Any) -> None:
        self._memory.remember(question, answer)


class Asking(Hall):
    """The hall, where what statements ask is noted."""

    @functools.cached_property
    def counting(self) -> Counting:
        return Counting(self.memory)

    @property
    def state(self) -> State:
        return State(self.counting)

    def asks(self, author: str, type_: str, body: dict[str, Any], **more: Any) -> int:
        self.counting.asked.clear()
        self.say(author, type_, body, **more)
        return len(self.counting.asked)


@pytest.fixture(scope="module")
def hall() -> Asking:
    made = Asking()
    for number in range(MOST):
        made.enter(f"m{number}")
    return made


def test_everyone_who_was_notified(hall: Asking) -> None:
    meeting = hall.convene()
    at = canonical.format_time(hall.time)
    members = [hall.id(f"m{number}") for number in range(MOST)]
    body = {"meeting": meeting, "by": "hand", "came": "received", "at": at, "members": members}
    asked = hall.asks("Hanako", "meeting.notified/1", body)
    assert 2 * MOST < asked <= MAX_FETCHES


def test_a_full_agenda(hall: Asking) -> None:
    drafted = [hall.draft(("Hanako", "Jiro")[number % 2]) for number in range(MAX_AGENDA)]
    body = {
        "kind": "general",
        "mode": "both",
        "title": Private("総会"),
        "starts_at": canonical.format_time(hall.time + 11 * 86_400_000),
        "chair": hall.id("Hanako"),
        "agenda": drafted,
    }
    assert MAX_AGENDA < hall.asks("Hanako", "meeting.convene/1", body) <= MAX_FETCHES


def test_all_whom_a_proposal_concerns(hall: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MAX_ON_WORD", drafts.MAX_INTERESTED)
    members = [hall.id(f"m{number}") for number in range(drafts.MAX_INTERESTED)]
    body = {"kind": "ordinary", "title": Private("題"), "text": Private("文"), "interested": members}
    asked = hall.asks("Ume", "proposal.draft/1", body, cosigners=("Hanako",))
    assert drafts.MAX_INTERESTED < asked <= MAX_FETCHES
