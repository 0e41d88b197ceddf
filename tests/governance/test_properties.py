"""What holds of every rule that can be composed, whatever its modules."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from governance import rule
from governance.count import NOBODY, Count, Paper, Step
from governance.modules.questions import Ask
from governance.outcome import Outcome
from governance.rule import Rule
from governance.standing import Standing
from ledger import canonical
from tests.governance.deciding import decide
from tests.governance.documents import document

OPTIONS = 3
CLASSES = ("farmer", "guest", "friend")

fractions = st.tuples(st.integers(1, 12), st.integers(1, 12)).map(
    lambda pair: f"{Fraction(min(pair), max(pair)).numerator}/{Fraction(min(pair), max(pair)).denominator}"
)
facts = st.fixed_dictionaries({"class": st.sampled_from(CLASSES), "active": st.booleans()})


@st.composite
def shares(draw: st.DrawFn) -> dict[str, Any]:
    fraction = draw(fractions)
    return {"fraction": fraction, "strict": fraction != "1/1" and draw(st.booleans())}


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that can be composed of the modules there are."""
    choosing = draw(st.booleans())
    bases = ["all", "present", "cast"] if choosing else ["all", "present", "cast", "yes_no"]
    thresholds = [st.builds(lambda s, of: {"module": "fraction/1", "of": of} | s, shares(), st.sampled_from(bases))]
    if choosing:
        thresholds.append(st.just({"module": "relative_majority/1"}))
    quorums = st.builds(lambda unit, s: {"module": f"{unit}/1"} | s, st.sampled_from(["heads", "weight"]), shares())
    weights = st.fixed_dictionaries(
        {
            "module": st.just("by_class/1"),
            "weights": st.fixed_dictionaries({"farmer": st.integers(1, 9)}),
            "others": st.integers(1, 9),
        }
    )
    classes = st.lists(st.sampled_from(CLASSES), min_size=1, unique=True)
    return rule.parse(
        document(
            electorate=draw(
                st.just({"module": "all_active/1"})
                | classes.map(lambda found: {"module": "by_class/1", "classes": found})
            ),
            weight=draw(st.just({"module": "one_member_one_vote/1"}) | weights),
            method={"module": "single_choice/1" if choosing else "yes_no_abstain/1"},
            quorum=draw(st.just({"module": "none/1"}) | quorums),
            threshold=draw(st.one_of(thresholds)),
            tie={"module": draw(st.sampled_from(["fails/1", "status_quo/1"]))},
            secrecy={"module": draw(st.sampled_from(["open/1", "confidential/1"]))},
        )
    )


@st.composite
def votes(draw: st.DrawFn) -> tuple[Rule, list[dict[str, Any]], dict[int, str]]:
    """A rule, the members, and who of those on the roll chose what."""
    found = draw(rules())
    members = draw(st.lists(facts, max_size=12))
    choices = found.method.choices(Paper(OPTIONS))
    ballots = {
        number: draw(st.sampled_from(choices))
        for number, member in enumerate(members)
        if weight(found, number, member) and draw(st.booleans())
    }
    return found, members, ballots


def standing(number: int, member: Mapping[str, Any]) -> Standing:
    return Standing(str(number), member["class"], member["active"])


def weight(found: Rule, number: int, member: Mapping[str, Any]) -> int:
    return found.weight_of(standing(number, member), Ask())


def count(found: Rule, members: list[dict[str, Any]], ballots: Mapping[int, str]) -> Outcome:
    tally = dict.fromkeys(found.method.choices(Paper(OPTIONS)), NOBODY)
    for number, choice in ballots.items():
        tally[choice] += Count(1, weight(found, number, members[number]))
    roll = found.roll([standing(*one) for one in enumerate(members)], Ask())
    return decide(found, roll, tally, OPTIONS)


@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_members_is_irrelevant(vote: Any, random: Any) -> None:
    found, members, ballots = vote
    order = list(range(len(members)))
    random.shuffle(order)
    shuffled = {order.index(number): choice for number, choice in ballots.items()}
    entries = list(shuffled.items())
    random.shuffle(entries)
    assert count(found, [members[number] for number in order], dict(entries)) == count(found, members, ballots)


@given(votes())
def test_an_empty_electorate_never_passes(vote: Any) -> None:
    found, members, _ = vote
    assert count(found, [], {}).result != "passed"
    assert count(found, [member | {"active": False} for member in members], {}).result != "passed"


@given(votes())
def test_nothing_passes_without_a_supporter(vote: Any) -> None:
    found, members, ballots = vote
    outcome = count(found, members, ballots)
    if outcome.result == "passed":
        assert set(outcome.winners) <= set(ballots.values())
    assert count(found, members, dict.fromkeys(ballots, "abstain")).result != "passed"


@given(votes(), st.data())
def test_more_support_never_turns_a_pass_into_a_fail(vote: Any, data: Any) -> None:
    """Neither another supporter nor a voter who comes round."""
    found, members, ballots = vote
    outcome = count(found, members, ballots)
    voters = [number for number, member in enumerate(members) if weight(found, number, member)]
    if outcome.result == "passed":
        more = count(found, members, ballots | {data.draw(st.sampled_from(voters)): outcome.winners[0]})
        assert (more.result, more.winners) == ("passed", outcome.winners)


def reaches(step: Step, have: int) -> bool:
    bar = Fraction(step.fraction or "1/1") * step.base
    return have > bar if step.comparison == "over" else have >= bar


@given(votes())
def test_what_is_shown_is_what_decided(vote: Any) -> None:
    """Integers and exact shares throughout; ``need`` is the least that holds; the result follows from the steps."""
    found, members, ballots = vote
    outcome = count(found, members, ballots)
    for step in outcome.steps:
        if step.fraction is not None:
            assert step.holds == (step.base > 0 and reaches(step, step.have))
            assert step.base == 0 or (reaches(step, step.need) and not reaches(step, step.need - 1))
    by_name = {step.name: step.holds for step in outcome.steps}
    assert (outcome.result == "no_quorum") == (by_name.get("quorum") is False)
    assert (outcome.result == "passed") <= by_name.get("threshold", False)
    assert (outcome.result == "tied") <= ("tie" in by_name)


@given(votes())
def test_an_outcome_is_canonical_and_the_same_again(vote: Any) -> None:
    found, members, ballots = vote
    first, again = (canonical.encode(msgspec.to_builtins(count(found, members, ballots))) for _ in range(2))
    assert first == again
    assert msgspec.json.decode(first, type=Outcome) == count(found, members, ballots)
