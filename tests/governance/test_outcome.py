"""Worked numbers: what a count comes to, and the steps that are shown for it."""

from __future__ import annotations

from typing import Any

import pytest

from governance import rule
from governance.count import Count, Step
from tests.governance.deciding import decide
from tests.governance.documents import CHOICE, document, quorum, share

HALF_AND_TWO_THIRDS = document(
    quorum=quorum("heads", "1/2", strict=False), threshold=share("2/3", "present", strict=False)
)
"""生協法42: at least half of all members present, at least two thirds of their votes."""
TWO_THIRDS_OF_ALL = document(quorum=quorum("heads", "1/2", strict=False), threshold=share("2/3", "all", strict=False))
"""一般法人法49-2 with one vote each: two thirds of all votes are then two thirds of all heads."""
ORDINARY = document(quorum=quorum("weight", "1/2", strict=True), threshold=share("1/2", "present", strict=True))
"""一般法人法49-1: a majority of all votes present, and a majority of those."""
MAJORITY_OF_CAST = document(threshold=share("1/2", "cast", strict=True))
HALF_OF_YES_NO = document(threshold=share("1/2", "yes_no", strict=False))
UNANIMITY = document(threshold=share("1/1", "all", strict=False))
MORE_YES_OR_TIED = document(tie={"module": "status_quo/1"})


def votes(**choices: int) -> dict[str, Count]:
    """One vote each."""
    return {choice: Count(heads, heads) for choice, heads in choices.items()}


@pytest.mark.parametrize(
    ("what", "roll", "yes", "no", "abstain", "result"),
    [
        (HALF_AND_TWO_THIRDS, 100, 34, 16, 0, "passed"),
        (HALF_AND_TWO_THIRDS, 100, 33, 17, 0, "failed"),
        (HALF_AND_TWO_THIRDS, 100, 33, 16, 1, "failed"),
        (HALF_AND_TWO_THIRDS, 100, 49, 0, 0, "no_quorum"),
        (HALF_AND_TWO_THIRDS, 101, 50, 0, 0, "no_quorum"),
        (HALF_AND_TWO_THIRDS, 101, 34, 17, 0, "passed"),
        (TWO_THIRDS_OF_ALL, 100, 67, 0, 0, "passed"),
        (TWO_THIRDS_OF_ALL, 100, 66, 0, 0, "failed"),
        (TWO_THIRDS_OF_ALL, 99, 66, 33, 0, "passed"),
        (TWO_THIRDS_OF_ALL, 3, 2, 1, 0, "passed"),
        (ORDINARY, 10, 5, 0, 0, "no_quorum"),
        (ORDINARY, 10, 4, 2, 0, "passed"),
        (ORDINARY, 10, 3, 2, 1, "failed"),
        (ORDINARY, 11, 6, 0, 0, "passed"),
        (MAJORITY_OF_CAST, 9, 1, 0, 0, "passed"),
        (MAJORITY_OF_CAST, 9, 2, 1, 1, "failed"),
        (MAJORITY_OF_CAST, 9, 2, 2, 0, "failed"),
        (MAJORITY_OF_CAST, 9, 0, 0, 0, "failed"),
        (MAJORITY_OF_CAST, 0, 0, 0, 0, "failed"),
        (HALF_OF_YES_NO, 9, 2, 2, 0, "passed"),
        (HALF_OF_YES_NO, 9, 0, 0, 5, "failed"),
        (UNANIMITY, 4, 4, 0, 0, "passed"),
        (UNANIMITY, 4, 3, 0, 0, "failed"),
        (MORE_YES_OR_TIED, 9, 3, 3, 1, "tied"),
        (MORE_YES_OR_TIED, 9, 0, 0, 4, "failed"),
        (MORE_YES_OR_TIED, 9, 3, 4, 1, "failed"),
    ],
)
def test_yes_and_no(what: dict[str, Any], roll: int, yes: int, no: int, abstain: int, result: str) -> None:
    found = decide(rule.parse(what), Count(roll, roll), votes(yes=yes, no=no, abstain=abstain), 0)
    assert (found.result, found.winners) == (result, ("yes",) if result == "passed" else ())


def test_steps_show_the_count() -> None:
    found = decide(rule.parse(HALF_AND_TWO_THIRDS), Count(101, 101), votes(yes=33, no=18, abstain=0), 0)
    assert found.result == "failed"
    assert found.steps == (
        Step("quorum", "heads", 51, "at_least", "1/2", "all", 101, 51, True),  # noqa: FBT003
        Step("threshold", "weight", 33, "at_least", "2/3", "present", 51, 34, False),  # noqa: FBT003
    )


def test_a_missed_quorum_is_the_last_step() -> None:
    found = decide(rule.parse(ORDINARY), Count(10, 10), votes(yes=5), 0)
    assert [(step.name, step.have, step.need, step.holds) for step in found.steps] == [("quorum", 5, 6, False)]


def test_a_tie_is_a_step_of_its_own() -> None:
    found = decide(rule.parse(MORE_YES_OR_TIED), Count(9, 9), votes(yes=3, no=3, abstain=0), 0)
    assert [(step.name, step.have, step.base) for step in found.steps] == [("threshold", 3, 6), ("tie", 3, 3)]


def test_heads_and_weight_are_counted_apart() -> None:
    by_heads, by_weight = (
        rule.parse(document(quorum=quorum(unit, "1/2", strict=False))) for unit in ("heads", "weight")
    )
    # Two of ten heads hold 60 of 100 votes.
    few_but_heavy = {"yes": Count(2, 60), "no": Count(0, 0), "abstain": Count(0, 0)}
    assert decide(by_heads, Count(10, 100), few_but_heavy, 0).result == "no_quorum"
    assert decide(by_weight, Count(10, 100), few_but_heavy, 0).result == "passed"


def test_invalid_sealed_ballots_are_present_but_not_cast() -> None:
    tally = votes(yes=3, no=2, abstain=0, invalid=1)
    of_present = rule.parse(document(threshold=share("1/2", "present", strict=True)))
    of_cast = rule.parse(document(threshold=share("1/2", "cast", strict=True)))
    assert decide(of_present, Count(9, 9), tally, 0).result == "failed"
    assert decide(of_cast, Count(9, 9), tally, 0).result == "passed"


@pytest.mark.parametrize(
    ("what", "counts", "result", "choice"),
    [
        (CHOICE, (3, 2, 2), "passed", "option_1"),
        (CHOICE, (2, 2, 3), "passed", "option_3"),
        (CHOICE, (0, 0, 1), "passed", "option_3"),
        (CHOICE, (3, 3, 1), "failed", None),
        (CHOICE, (0, 0, 0), "failed", None),
        (CHOICE | {"tie": {"module": "status_quo/1"}}, (3, 3, 1), "tied", None),
        (CHOICE | {"tie": {"module": "status_quo/1"}}, (0, 0, 0), "failed", None),
        (CHOICE | {"threshold": share("1/2", "cast", strict=True)}, (4, 2, 2), "failed", None),
        (CHOICE | {"threshold": share("1/2", "cast", strict=True)}, (5, 2, 2), "passed", "option_1"),
        (CHOICE | {"threshold": share("1/2", "cast", strict=False)}, (4, 4, 0), "failed", None),
    ],
)
def test_single_choice(what: dict[str, Any], counts: tuple[int, int, int], result: str, choice: str | None) -> None:
    tally = votes(**{f"option_{number}": heads for number, heads in enumerate(counts, 1)}, abstain=0)
    found = decide(rule.parse(what), Count(20, 20), tally, 3)
    assert (found.result, found.winners) == (result, () if choice is None else (choice,))


def test_abstentions_weigh_on_a_share_of_what_was_cast() -> None:
    majority = rule.parse(CHOICE | {"threshold": share("1/2", "cast", strict=True)})
    tally = votes(option_1=3, option_2=1, abstain=2)
    assert decide(majority, Count(9, 9), tally, 2).result == "failed"
    assert decide(majority, Count(9, 9), {**tally, "abstain": Count()}, 2).result == "passed"
