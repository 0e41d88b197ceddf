"""Votes that are hidden until the close: nobody's ballot keeps them, or anything else, from being counted."""

from __future__ import annotations

from typing import Any

import pytest

from app.reading import reading_of
from app.sequencer import submission
from governance.books.proposals import Proposal
from ledger.compose import Private
from tests.app.decided.conftest import MINUTE, Deciding

NESTED: Any = "yes"
for _ in range(12):
    NESTED = [NESTED]


@pytest.mark.parametrize("value", ["x" * 8_001, "\0yes", "はい", {"yes": 1}, NESTED], ids=range(5))
async def test_what_is_no_choice_is_not_taken_in_sealed(coop: Deciding, value: Any) -> None:
    vote = await coop.call(await coop.draft("expel"))
    answer = await coop.post(coop.town.says("Taro", "ballot.cast/1", {"proposal": vote, "choice": Private(value)}))
    assert (answer.status_code, answer.json()["code"]) == (400, "ballot.unreadable")


async def test_a_ballot_that_can_t_be_published_holds_up_no_count(
    coop: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of its own vote nor of any that the clerk comes to after it."""
    monkeypatch.setattr(submission, "publishable", lambda _: True)
    vote, other = [await coop.call(await coop.draft(kind)) for kind in ("expel", "expel")]
    for name, value in (("Taro", "x" * 100_000), ("Jiro", NESTED), ("Hanako", "yes")):
        await coop.say(name, "ballot.cast/1", {"proposal": vote, "choice": Private(value)})
    await coop.say("Hanako", "ballot.cast/1", {"proposal": other, "choice": Private("yes")})
    await coop.passes(MINUTE)
    reading = await reading_of(coop.installation, coop.town.slug)
    for id_ in (vote, other):
        found = await reading.find(Proposal, id_)
        assert found is not None
        assert found.outcome is not None
        assert found.outcome.result == "passed"
        assert found.count_entry is not None
