"""Voting that ends early: whatever those who have not voted would have said, it would have come to the same."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, reject
from hypothesis import strategies as st

from governance import rule
from governance.count import NOBODY, Count
from ledger.errors import FormatError
from tests.generated import generated
from tests.governance.assembly import Assembly
from tests.governance.deciding import decide
from tests.governance.documents import document
from tests.governance.test_calls import PHASED

WEIGHTS = {"Jiro": 1, "Ume": 1, "Kenta": 1, "Saki": 3, "Toru": 3}
"""Who votes, and with what weight: supporters have three votes. Hanako and Matsu, with one, are on the roll."""
ROLL = Count(7, 11)
SHARES = st.sampled_from(["1/4", "1/3", "1/2", "3/5", "2/3", "3/4"])
CHOICES = ("yes", "no", "abstain")
PARTS = st.one_of(
    st.builds(
        lambda unit, fraction, strict: {"module": f"{unit}/1", "fraction": fraction, "strict": strict},
        st.sampled_from(["heads", "weight"]),
        SHARES,
        st.booleans(),
    ),
    st.builds(
        lambda counts, unit, fraction: {
            "module": "answers/1",
            "counts": sorted(counts),
            "unit": unit,
            "fraction": fraction,
            "strict": False,
            "rounding": "exact",
        },
        st.sets(st.sampled_from(CHOICES), min_size=1),
        st.sampled_from(["heads", "weight"]),
        SHARES,
    ),
    st.builds(lambda count: {"module": "approvals/1", "count": count}, st.integers(1, 5)),
)
QUORUMS = st.one_of(
    st.just({"module": "none/1"}),
    PARTS,
    st.lists(PARTS, min_size=2, max_size=3).map(lambda parts: {"module": "all_of/1", "parts": parts}),
)
FRACTIONS = st.builds(
    lambda fraction, strict, of, unit: {
        "module": "fraction/1",
        "fraction": fraction,
        "strict": strict,
        "of": of,
        "unit": unit,
    },
    SHARES,
    st.booleans(),
    st.sampled_from(["all", "present", "cast", "yes_no"]),
    st.sampled_from(["heads", "weight"]),
)
THRESHOLDS = st.one_of(
    FRACTIONS,
    st.lists(FRACTIONS, min_size=2, max_size=2).map(lambda parts: {"module": "all_of/1", "parts": parts}),
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule that may end voting early, for a co-op in which supporters have three votes."""
    found = document(
        weight={"module": "by_class/1", "weights": {"supporter": 3}, "others": 1},
        quorum=draw(QUORUMS),
        threshold=draw(THRESHOLDS),
        tie={"module": draw(st.sampled_from(["fails/1", "status_quo/1"]))},
        timing=PHASED | {"early_close": True},
    )
    try:
        rule.parse(found)
    except FormatError:
        # Twice the same part, more than everyone: such rules there are not.
        reject()
    return found


def everything_else(said: dict[str, str]) -> list[dict[str, str]]:
    """Every way in which those who have not voted could: each in one of three ways, or not at all."""
    rest = [name for name in (*WEIGHTS, "Hanako", "Matsu") if name not in said]
    return [
        {**said, **{name: choice for name, choice in zip(rest, choices, strict=True) if choice}}
        for choices in product((*CHOICES, ""), repeat=len(rest))
    ]


def comes_to(found: dict[str, Any], said: dict[str, str]) -> str:
    tally = dict.fromkeys(CHOICES, NOBODY)
    for name, choice in said.items():
        tally[choice] += Count(1, WEIGHTS.get(name, 1))
    return decide(rule.parse(found), ROLL, tally, 0).result


@generated(100, 1000)
@given(rules(), st.permutations(list(WEIGHTS)), st.lists(st.sampled_from(CHOICES), min_size=5, max_size=5))
def test_nobody_who_has_not_voted_could_have_turned_it(
    found: dict[str, Any], order: list[str], choices: list[str]
) -> None:
    coop = Assembly(ordinary=found)
    for name in ("Saki", "Toru"):
        coop.join(name, "supporter")
    vote = coop.voting()
    said: dict[str, str] = {}
    for name, choice in zip(order, choices, strict=True):
        coop.vote(name, vote, choice)
        said[name] = choice
        closes_at = coop.proposal(vote).closes_at or 0
        if closes_at <= coop.time + 1:
            assert {comes_to(found, each) for each in everything_else(said)} == {comes_to(found, said)}
            coop.draft()
            assert coop.stage(vote) == comes_to(found, said)
            return
    # Nobody voted for the two who are left, so it is still open only where they could make a difference, or might.
    coop.close()
    assert coop.stage(vote) == comes_to(found, said)
