"""What is promised of size: up to there it works, one more is refused by its code.

The million ballots of a whole vote, with their delegations, are ``benchmarks.count``; here they come as the profile
that a count of them is handed. Chains of any shape are in ``test_reach``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from governance import outcome
from governance.books.proposals import Proposal
from governance.count import ABSTAIN, MAX_OPTIONS, MAX_PROJECTS, Count, Paper, option, options
from governance.modules.method import MODULES
from governance.modules.questions import Roll
from governance.outcome import Votes
from governance.rule import parse
from ledger.compose import Private
from ledger.state import State
from tests.governance.assembly import Assembly
from tests.governance.documents import CHOICE
from tests.governance.test_calls import code

MILLION = 1_000_000
ROLL = Roll(MILLION, MILLION)
_UP, _DOWN = range(1, MAX_OPTIONS + 1), range(MAX_OPTIONS, 0, -1)
_TEN = range(1, 11)


def _ranked(numbers: range) -> str:
    return ">".join(map(str, numbers))


def _rising(most: int) -> str:
    """So much for the first, and one for every other."""
    return ",".join([f"1:{most}", *(f"{number}:1" for number in _UP[1:])])


def _all_but_first(each: int) -> str:
    return ",".join(f"{number}:{each}" for number in _UP[1:])


RANKED = (_ranked(_UP), _ranked(_DOWN), "201")
CHOSEN: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "irv/1": ({}, RANKED),
    "stv/1": ({}, RANKED),
    "borda/1": ({"equal": False}, RANKED),
    "copeland/1": ({"equal": False}, RANKED),
    "schulze/1": ({"equal": False}, RANKED),
    "single_choice/1": ({}, ("option_1", "option_200", "option_201")),
    "approval/1": ({"most": None}, (",".join(map(str, _UP)), "1", "1,201")),
    "score/1": ({"highest": 100}, (_rising(100), _all_but_first(100), "201:1")),
    "majority_judgement/1": ({"grades": 10}, (_rising(9), _all_but_first(1), "201:1")),
    "weighted/1": ({"points": 1000}, (_rising(801), "2:1000", "1:999,201:1")),
    "quadratic/1": ({"credits": 10_000}, (_rising(99), "2:100", "201:1")),
}
"""Settings of each method for options, and three ballots: of as many options as it takes, another, one beyond them.

Three of the first against two of the second: the first option wins."""


@pytest.mark.parametrize("name", CHOSEN)
def test_two_hundred_options_are_chosen_from_and_one_more_is_refused(name: str) -> None:
    settings, (most, others, beyond) = CHOSEN[name]
    coop = Assembly(choice=CHOICE | {"method": {"module": name, **settings}})
    texts = [Private(f"案{number}") for number in range(MAX_OPTIONS + 1)]
    assert code(coop.draft, kind="choice", options=texts) == "proposal.options"
    vote = coop.voting("choice", options=texts[1:])
    assert code(coop.vote, "Ume", vote, beyond) == "ballot.choice"
    for voter in ("Ume", "Kenta", "Jiro"):
        coop.vote(voter, vote, most)
    coop.vote("Hanako", vote, others)
    coop.paper("Matsu", vote, others)
    coop.close()
    found = coop.proposal(vote).outcome
    assert found is not None
    assert (found.result, found.winners) == ("passed", ("option_1",))
    assert len(coop.tally(vote)) == MAX_OPTIONS + 1  # and who abstained


BUDGETS: dict[str, dict[str, Any]] = {
    "greedy_budget/1": {"most": 1000, "by": "votes"},
    "equal_shares/1": {"most": 1000, "completion": "greedy"},
}


def test_every_method_is_held_to_its_limit() -> None:
    choosing = {module.NAME: module.OPTIONS for module in MODULES if module.OPTIONS != (0, 0)}
    assert choosing == dict.fromkeys(CHOSEN, (2, 200)) | dict.fromkeys(BUDGETS, (1, 10_000))


@pytest.mark.parametrize("name", BUDGETS)
def test_ten_thousand_projects_are_proposed_and_one_more_is_refused(name: str) -> None:
    coop = Assembly(budget=CHOICE | {"method": {"module": name, **BUDGETS[name]}})
    vote = coop.draft(kind="budget", budget=100)
    # Nearly all of them have been proposed already, by others.
    state = State(coop.memory)
    state.put(msgspec.structs.replace(state.need(Proposal, vote), items=MAX_PROJECTS - 1))
    coop.memory.absorb(state)
    body = {"proposal": vote, "title": Private("街灯"), "text": Private("通学路に。"), "cost": 5}
    coop.say("Kenta", "proposal.item/1", body)
    assert coop.proposal(vote).items == MAX_PROJECTS
    assert code(coop.say, "Kenta", "proposal.item/1", body) == "proposal.items_full"


@pytest.mark.parametrize(
    ("name", "bought"),
    [("greedy_budget/1", range(1, 101)), ("equal_shares/1", [1000 * ten + one for ten in range(10) for one in _TEN])],
)
def test_a_million_ballots_over_ten_thousand_projects(name: str, bought: Iterable[int]) -> None:
    """Ten camps, each for a thousand projects of its own, with money for a hundred projects: in turn the lot decides
    alone, by equal shares each camp gets its ten.
    """
    rule = parse(CHOICE | {"method": {"module": name, **BUDGETS[name]}})
    camps = [",".join(str(1000 * ten + one) for one in range(1, 1001)) for ten in range(10)]
    profile = dict.fromkeys(camps, Count(MILLION // 10, MILLION // 10))
    paper = Paper(MAX_PROJECTS, 1, (100,) * MAX_PROJECTS, 100 * 100)
    assert all(rule.method.accepts(camp, paper) for camp in camps)
    counted, decided = outcome.decide(rule, ROLL, Votes({"": profile}), paper, options(paper))
    assert set(decided.winners) == {option(number) for number in bought}
    assert (decided.result, counted.cast) == ("passed", Count(MILLION, MILLION))


@pytest.mark.parametrize("name", CHOSEN)
def test_a_million_ballots(name: str) -> None:
    """Three fifths and two fifths of them, over as many options as there can be."""
    settings, (most, others, _) = CHOSEN[name]
    rule = parse(CHOICE | {"method": {"module": name, **settings}})
    profile = {most: Count(600_000, 600_000), others: Count(399_999, 399_999), ABSTAIN: Count(1, 1)}
    counted, decided = outcome.decide(rule, ROLL, Votes({"": profile}), Paper(MAX_OPTIONS))
    assert (decided.result, decided.winners) == ("passed", ("option_1",))
    assert (counted.cast, counted.abstained) == (Count(MILLION, MILLION), Count(1, 1))
