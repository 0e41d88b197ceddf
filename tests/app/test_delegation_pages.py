"""The page of standing delegations: whom I have named, what becomes of it, and for how many I speak."""

from __future__ import annotations

import pytest

from app.pages.delegations import _look
from tests.governance.assembly import Assembly


@pytest.fixture
def coop() -> Assembly:
    return Assembly()


def name(coop: Assembly, member: str, to: str) -> None:
    coop.say(member, "delegation.give/1", {"to": coop.id(to)})


def told(coop: Assembly, who: str) -> tuple[str, bool, int, int]:
    lines, spoken = _look(coop.state, coop.id(who), ("",))
    names = {coop.id(one): one for one in ("Hanako", "Jiro", "Ume", "Kenta")}
    return names.get(lines[0].delegate, ""), lines[0].loops, spoken[0].all, spoken[0].directly


def test_chains_come_to_their_end(coop: Assembly) -> None:
    name(coop, "Ume", "Kenta")
    name(coop, "Kenta", "Jiro")
    name(coop, "Hanako", "Jiro")
    assert told(coop, "Jiro") == ("", False, 3, 2)
    assert told(coop, "Kenta") == ("Jiro", False, 1, 1)
    assert told(coop, "Ume") == ("Kenta", False, 0, 0)


def test_a_circle_is_told_to_those_in_it(coop: Assembly) -> None:
    name(coop, "Ume", "Kenta")
    name(coop, "Kenta", "Jiro")
    name(coop, "Jiro", "Kenta")
    assert told(coop, "Kenta")[1]
    assert told(coop, "Ume")[1]
    coop.say("Jiro", "delegation.revoke/1", {})
    assert told(coop, "Jiro") == ("", False, 2, 1)


def test_who_left_neither_speaks_nor_is_spoken_for(coop: Assembly) -> None:
    name(coop, "Ume", "Kenta")
    name(coop, "Kenta", "Jiro")
    coop.say("Kenta", "member.leave/1", {})
    lines, _ = _look(coop.state, coop.id("Ume"), ("",))
    assert not lines[0].active
    assert told(coop, "Jiro")[2:] == (0, 0)
