"""Aragon's token voting, run in an EVM, against our preset of that name: thousands of generated votes.

What differs on purpose stands in docs/differences.md; each such difference is shown below.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import rule
from governance.documents import spell
from ledger.errors import FormatError
from tests.conformance import governors, majorities, ours, village_vote
from tests.conformance.evm import staged
from tests.conformance.majorities import HOUR, RATIO, Act, Majority, Setting
from tests.conformance.village_vote import MEMBERS
from tests.generated import generated

pytestmark = pytest.mark.slow
MANY, SOME = generated(1000, 10_000), generated(250, 2500)
RATIOS = st.one_of(
    st.sampled_from((500_000, 250_000, 750_000, 200_000, 400_000, 600_000)),
    st.sampled_from((333_332, 666_666, 2, 999_998)) | st.integers(1, RATIO - 1),
).filter(lambda ratio: gcd(ratio, RATIO) > 1)
"""Fractions of ours have six digits: what does not shorten can't be written (see below)."""
WEIGHTS = st.one_of(
    st.lists(st.integers(0, 3), min_size=4, max_size=8), st.lists(st.integers(0, 10**9), min_size=1, max_size=8)
).filter(any)
ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from((1, 2, 3, HOUR // 2, HOUR - 1, HOUR)),
        st.integers(0, 7),
        st.sampled_from(("yes", "no", "yes", "no", "abstain")),
    ),
    min_size=3,
    max_size=12,
).map(lambda acts: [*sorted(acts, key=lambda act: act.at), Act(HOUR + 1, 0, "none")])


@pytest.fixture(scope="module")
def majority() -> Iterator[Majority]:
    with staged(majorities.SOURCE) as stage:
        yield Majority(stage)


@MANY
@given(
    setting=st.builds(Setting, st.sampled_from(("standard", "replacement")), RATIOS, RATIOS | st.just(RATIO)),
    weights=WEIGHTS,
    acts=ACTS,
)
def test_the_same_votes_come_to_the_same(
    majority: Majority, setting: Setting, weights: list[int], acts: list[Act]
) -> None:
    weights = [*weights, *[0] * (8 - len(weights))]
    rule = ours.token_voting(Fraction(setting.support, RATIO), Fraction(setting.participation, RATIO), None)
    votes: dict[int, str] = {}
    for act, seen in zip(acts, majority.hold(setting, weights, acts), strict=True):
        # Aragon's standard mode takes the first vote of each; with us the last one counts, as in its other mode.
        again = setting.mode == "standard" and act.member in votes
        taken = act.choice != "none" and act.at < HOUR and weights[act.member] > 0 and not again
        assert seen.open == (act.at < HOUR)
        assert seen.done == (taken or act.choice == "none")
        if taken:
            votes[act.member] = act.choice
        counted, outcome = ours.decide(rule, weights, votes)
        assert [counted.tally[choice].weight for choice in ("abstain", "yes", "no")] == [
            seen.abstain,
            seen.yes,
            seen.no,
        ]
        assert outcome.steps[0].holds == seen.participation
        results = ("passed",) if seen.support else ("failed", "tied")
        assert outcome.result in (results if seen.participation else ("no_quorum",))
        assert seen.executable == (outcome.result == "passed" and not seen.open)


@SOME
@given(cases=st.lists(st.tuples(st.integers(1, 10**12), RATIOS | st.just(RATIO)), min_size=1, max_size=50))
def test_ratios_round_up_to_the_same_power(majority: Majority, cases: list[tuple[int, int]]) -> None:
    for (total, ratio), power in zip(cases, majority.power(cases), strict=True):
        rule = ours.token_voting(Fraction(1, 2), Fraction(ratio, RATIO), Fraction(ratio, RATIO))
        weights = [power, total - power]
        _, outcome = ours.decide(rule, weights, {0: "yes"})
        taking_part, approving = outcome.steps[:2]
        assert (taking_part.need, approving.need) == (power, power)
        assert outcome.result == "passed"
        if power > 1:
            _, one_less = ours.decide(rule, [power - 1, total - power + 1], {0: "yes"})
            assert one_less.result == "no_quorum"


@SOME
@given(
    support=RATIOS,
    participation=RATIOS,
    weights=st.lists(st.integers(0, 3), min_size=MEMBERS, max_size=MEMBERS).filter(any),
    choices=st.lists(st.sampled_from(("yes", "yes", "no", "abstain")), min_size=MEMBERS, max_size=MEMBERS),
)
def test_it_is_decided_early_at_the_same_vote(
    majority: Majority, support: int, participation: int, weights: list[int], choices: list[str]
) -> None:
    acts = [Act(member + 1, member, choice) for member, choice in enumerate(choices) if weights[member]]
    theirs = majority.hold(Setting("early", support, participation), weights, acts)
    document = ours.preset("token_voting")
    document["quorum"] = document["quorum"]["parts"][0] | {"fraction": spell(Fraction(participation, RATIO))}
    document["threshold"]["fraction"] = spell(Fraction(support, RATIO))
    document["timing"] |= {"early_close": True, "voting_seconds": HOUR - 1}
    said = {"yes": "for", "no": "against", "abstain": "abstain"}
    mine = village_vote.hold(
        document, weights, [governors.Act(act.at, "vote", act.member, said[act.choice]) for act in acts], later=1
    )
    for their, our in zip(theirs, mine, strict=True):
        assert their.executable == (our.state == "executed")
        if our.state == "defeated":
            # Decided as well: what is certain to fail need not wait here, and never becomes executable there.
            assert not any(seen.executable for seen in theirs)
        if our.state != "active":
            return
    raise AssertionError("all have voted, and it is still open")


def test_more_than_the_whole_is_no_share(majority: Majority) -> None:
    assert majority.power([(7, RATIO)]) == [7]
    with pytest.raises(AssertionError):
        majority.power([(7, RATIO + 1)])
    document = ours.preset("token_voting")
    document["quorum"]["parts"][0]["fraction"] = "7/6"
    with pytest.raises(FormatError, match="quorum/parts/0/fraction"):
        rule.parse(document)


# Wanted differences.


def test_a_third_is_a_third_here_and_a_little_less_there(majority: Majority) -> None:
    total = 3_000_003
    assert majority.power([(total, 333_333)]) == [1_000_000]
    third = ours.token_voting(Fraction(1, 2), Fraction(1, 3), None)
    assert ours.decide(third, [1_000_000, total - 1_000_000], {0: "yes"})[1].result == "no_quorum"
    assert ours.decide(third, [1_000_001, total - 1_000_001], {0: "yes"})[1].result == "passed"


@pytest.mark.parametrize("share", ["0/1", "333333/1000000"])
def test_nothing_and_seven_digits_are_no_shares_here(majority: Majority, share: str) -> None:
    document = ours.preset("token_voting")
    document["threshold"]["fraction"] = share
    with pytest.raises(FormatError, match="threshold/fraction"):
        rule.parse(document)
    (seen,) = majority.hold(Setting("standard", int(Fraction(share) * RATIO), 1), [1], [Act(1, 0, "yes")])
    assert seen.support


def test_where_nobody_is_asked_for_nobody_takes_part_there_and_one_must_here(majority: Majority) -> None:
    (seen,) = majority.hold(Setting("standard", RATIO // 2, 0), [1], [Act(HOUR, 0, "none")])
    assert seen.participation
    assert not seen.executable
    least = ours.token_voting(Fraction(1, 2), Fraction(1, 999_999), None)
    assert ours.decide(least, [1], {})[1].result == "no_quorum"


def test_a_vote_may_be_recast_here_and_in_one_of_three_modes_there(majority: Majority) -> None:
    acts = [Act(1, 0, "yes"), Act(2, 0, "no")]
    taken = {mode: majority.hold(Setting(mode, RATIO // 2, 1), [1, 1], acts)[-1].done for mode in majorities.MODES}
    assert taken == {"standard": False, "early": False, "replacement": True}
    again = [governors.Act(1, "vote", 0, "for"), governors.Act(2, "recast", 0, "against")]
    *_, last = village_vote.hold(ours.preset("token_voting"), [1, 1, 0, 0, 0, 0], again)
    assert (last.done, last.in_favour, last.against) == (True, 0, 1)
