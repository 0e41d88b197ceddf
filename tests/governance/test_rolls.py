"""The roll of a vote is read from the traces of all members once, however many ballots ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books import rolls
from tests.governance.assembly import Assembly
from tests.governance.documents import document, quorum
from tests.governance.test_calls import PHASED

LATE = PHASED | {"late_quorum_seconds": 3600, "early_close": True}
WATCHED = document(timing=LATE, quorum=quorum("heads", "3/5", strict=False))
HOUSES = document(weight={"module": "houses/1", "shares": {"member": 2, "supporter": 1}})


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The proposals whose roll has been read."""
    found: list[str] = []
    read = rolls.read

    def noted(state: Any, proposal: Any, rule: Any) -> Any:
        found.append(proposal.id)
        return read(state, proposal, rule)

    monkeypatch.setattr(rolls, "read", noted)
    return found


@pytest.mark.parametrize("rule", [WATCHED, HOUSES], ids=["watched", "houses"])
def test_ballots_that_come_before_it_is_announced_read_it_once(rule: dict[str, Any], readings: list[str]) -> None:
    coop = Assembly(ordinary=rule)
    one, other = coop.voting(), coop.voting()
    for name in ("Ume", "Kenta", "Jiro"):
        coop.vote(name, one, "yes")
        coop.vote(name, other, "no")
    assert readings == [one, other]
    coop.close()
    assert (coop.stage(one), coop.stage(other)) == ("passed", "failed")
    assert readings == [one, other]
    assert coop.folded_again() == coop.records()
