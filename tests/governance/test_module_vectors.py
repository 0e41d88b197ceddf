"""The vectors of rule modules: every module is there, and what a reader can reckon by hand is what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from governance.rule import QUESTIONS

Json = dict[str, Any]
FILE: Json = json.loads((Path(__file__).parents[1] / "vectors" / "modules.json").read_bytes())
HANA, TARO, ROKU, UME, GEN = (member["id"] for member in FILE["people"])


def says(question: str, module: str, **settings: Any) -> Json:
    """What the one case of that module with those settings says."""
    (found,) = (
        case["says"]
        for case in FILE["cases"]
        if case["question"] == question
        and case["answer"]["module"] == module
        and settings.items() <= case["answer"].items()
    )
    return dict(found)


def holds(question: str, module: str, poll: str, **settings: Any) -> bool:
    return all(step["holds"] for step in says(question, module, **settings)["steps"][poll])


def test_every_module_has_vectors() -> None:
    for question, modules in QUESTIONS.items():
        if question != "method":
            found = {case["answer"]["module"] for case in FILE["cases"] if case["question"] == question}
            assert found == {module.NAME for module in modules}


@pytest.mark.parametrize(
    ("module", "voters"),
    [
        ("all_active/1", [HANA, TARO, ROKU, UME]),
        ("by_area/1", [HANA, ROKU]),
        ("by_role/1", [ROKU]),
        ("tenure/1", [HANA, ROKU, UME]),
        ("disinterested/1", [HANA, ROKU, UME]),
        ("without_chair/1", [TARO, ROKU, UME]),
        ("assembly/1", [HANA]),
        ("panel/1", [HANA, UME]),
        ("all_of/1", [HANA, ROKU]),
        ("any_of/1", [TARO, UME]),
    ],
)
def test_who_may_vote(module: str, voters: list[str]) -> None:
    assert says("electorate", module) == {"votes": voters}


def test_what_a_vote_weighs() -> None:
    assert says("weight", "household/1")["weighs"] == {HANA: 1, ROKU: 1, UME: 1}
    assert says("weight", "shares/1", cap=5)["weighs"] == {HANA: 5, TARO: 3, ROKU: 1}
    # Two of 50 together, one of 30, one of 20; the least numbers that stand so to each other are 50, 60 and 40.
    assert says("weight", "houses/1")["weighs"] == {HANA: 50, TARO: 50, ROKU: 60, UME: 40}
    # 1 + 30 of the last day + a third of the 40 of the day before; 1 + 600 + 1/3, of which the cap leaves 200.
    window = says("weight", "contribution/1", periods=2)["weighs"]
    assert window == {HANA: 1 + 30 + 40 // 3, TARO: 1 + 0 + 7 // 3, ROKU: 200, UME: 1}
    assert says("weight", "square_root/1")["weighs"] == {HANA: 7, TARO: 2, UME: 4}


def test_half_present_is_half_and_one_fewer_is_not() -> None:
    assert holds("quorum", "heads/1", "half_there_and_tied")
    assert not holds("quorum", "heads/1", "one_fewer")
    assert holds("quorum", "convocations/1", "one_fewer")
    assert not holds("quorum", "heads/1", "nobody")
    assert holds("quorum", "none/1", "nobody")


def test_two_thirds_are_enough_of_whatever_they_are_of() -> None:
    two_thirds = {"fraction": "2/3", "strict": False}
    for of in ("all", "present", "cast", "yes_no", "expressed"):
        assert holds("threshold", "fraction/1", "two_thirds", of=of, **two_thirds)
        assert not holds("threshold", "fraction/1", "nobody", of=of, **two_thirds)
    assert holds("threshold", "fraction/1", "heavy_minority", of="cast", **two_thirds)
    assert not holds("threshold", "all_of/1", "heavy_minority")


def test_a_tie_is_no_majority() -> None:
    majority = {"fraction": "1/2", "strict": True}
    assert not holds("threshold", "fraction/1", "half_there_and_tied", of="yes_no", **majority)
    assert says("tie", "chair/1") == {"result": "tied", "breaks": "chair"}


def test_times_are_in_milliseconds() -> None:
    found = says("timing", "fixed/1")
    assert (found["voting"], found["delay"], found["timelock"]) == (604_800_000, 3_600_000, 60_000)
