"""OpenZeppelin's Governor, run in an EVM, against our preset "DAO classic": thousands of generated votes.

What differs on purpose stands in docs/differences.md; each such difference is shown below.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import rule
from governance.count import Paper
from governance.documents import spell
from tests.conformance import governors, ours, village_vote
from tests.conformance.evm import staged
from tests.conformance.governors import Act, House, Setting
from tests.conformance.village_vote import MEMBERS
from tests.generated import generated

pytestmark = pytest.mark.slow
MANY, SOME = generated(2000, 10_000), generated(500, 2500)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with staged(governors.SOURCE) as stage:
        yield House(stage)


def classic(setting: Setting, **timing: Any) -> dict[str, Any]:
    """The preset with other numbers."""
    document = ours.preset("dao_classic")
    document["quorum"]["fraction"] = spell(Fraction(setting.quorum, 100))
    document["timing"] |= {
        "delay_seconds": setting.delay,
        "voting_seconds": setting.period,
        # A governor's extended deadline is the last second that counts; ours is the first that does not.
        "late_quorum_seconds": setting.extension + 1,
        "timelock_seconds": setting.timelock,
        **timing,
    }
    return document


class Vote(NamedTuple):
    """A vote to be held by both."""

    setting: Setting
    weights: list[int]
    acts: list[Act]


# Made once: what is made anew for each vote takes longer than to hold it.
Drawn = tuple[tuple[int, int], Any, int, str, tuple[int, ...]]
"""An act, but for its time."""
MOMENTS: Final = st.tuples(st.sampled_from((1, 2, 1, 2, 3, 0)), st.integers(0, 125))
"""A part of a vote, and seconds within it, of which ``at`` makes a time."""
MEMBER: Final = st.integers(0, MEMBERS - 1)
CHOICE: Final = st.sampled_from(("for", *governors.CHOICES))
FIRST: Final = st.lists(
    st.tuples(MOMENTS, st.sampled_from(("", "for", *governors.CHOICES))), min_size=MEMBERS, max_size=MEMBERS
)
"""Of each member a ballot, or none."""
AGAIN: Final[st.SearchStrategy[Drawn]] = st.tuples(MOMENTS, st.just("vote"), MEMBER, CHOICE, st.just(()))
CHANGES: Final[st.SearchStrategy[Drawn]] = st.tuples(
    MOMENTS, st.sampled_from(("give", "take")), MEMBER, st.just(""), st.tuples(st.integers(1, 5))
)
OTHERS: Final[st.SearchStrategy[Drawn]] = st.tuples(
    MOMENTS, st.sampled_from(("cancel", "look")), st.integers(0, 1), st.just(""), st.just(())
)
MORE: Final = st.tuples(st.lists(AGAIN | CHANGES, max_size=4), st.lists(OTHERS, max_size=1))
SETTINGS: Final = st.builds(
    Setting,
    delay=st.integers(0, 3),
    period=st.integers(60, 70),
    quorum=st.sampled_from((50, 25, 20, 40, 75)) | st.integers(1, 100),
    super_quorum=st.integers(1, 100),
    extension=st.integers(0, 60),
    timelock=st.integers(1, 20),
).map(lambda setting: setting._replace(super_quorum=max(setting.quorum, setting.super_quorum)))
WEIGHTS: Final = st.lists(st.sampled_from((1, 1, 2, 3, 0, 1000)), min_size=MEMBERS, max_size=MEMBERS)


def at(setting: Setting, part: int, seconds: int) -> int:
    """A time before voting, within it, before and after its end by an extension at most, or about its end."""
    opens, closes, extension = setting.delay + 1, setting.delay + setting.period, setting.extension
    first, length = (
        (0, opens + 2),
        (opens, setting.period),
        (max(closes - extension - 1, 0), 2 * extension + 3),
        (closes - 2, 5),
    )[part]
    return first + seconds % length


@st.composite
def votes(draw: st.DrawFn) -> Vote:
    """Mostly such that something is decided, and now and then by the last vote in the last second."""
    setting, weights = draw(SETTINGS), draw(WEIGHTS)
    acts = [
        Act(at(setting, *moment), "vote", member, choice)
        for member, (moment, choice) in enumerate(draw(FIRST))
        if choice
    ]
    again, others = draw(MORE)
    acts += [Act(at(setting, *moment), *what) for moment, *what in again + others]
    acts.sort(key=lambda act: act.at)
    return Vote(setting, weights, with_weight(setting, weights, acts))


def with_weight(setting: Setting, weights: list[int], acts: list[Act]) -> list[Act]:
    """The acts, without votes of those who have no weight when voting opens: a governor takes them, for nothing."""
    held = list(weights)
    for act in acts:
        if act.at <= setting.delay and act.kind in ("give", "take"):
            change = act.amounts[0] if act.kind == "give" else -act.amounts[0]
            # Nobody can give what they don't have: neither here nor there.
            held[act.member] += change if held[act.member] + change >= 0 else 0
    return [act._replace(kind="look") if act.kind == "vote" and not held[act.member] else act for act in acts]


@MANY
@given(vote=votes())
def test_the_same_acts_give_the_same_state_deadline_and_outcome(house: House, vote: Vote) -> None:
    setting, weights, acts = vote
    acts, mine = village_vote.hold_to_the_end(classic(setting), weights, acts)
    theirs = house.hold("simple", setting, weights, acts)
    for act, their, our in zip(acts, theirs, mine, strict=True):
        assert our == as_ours(act, their, our), act


def as_ours(act: Act, their: governors.Seen, our: village_vote.Seen) -> village_vote.Seen:
    """What a governor says, in the words of a ledger."""
    return village_vote.Seen(*their)._replace(
        # Nobody has to queue or execute anything in a ledger.
        done=our.done if act.kind in ("queue", "execute") else their.done,
        state="succeeded" if their.state == "queued" else their.state,
        # What was withdrawn has no deadline any more; a governor keeps the one it had.
        deadline=None if their.state == "canceled" else their.deadline,
    )


@SOME
@given(vote=votes())
def test_voting_ends_at_the_same_vote_where_more_than_enough_are_for_it(house: House, vote: Vote) -> None:
    setting, weights, acts = vote
    # After the vote that ends it nothing counts: for a governor in that second, for us from the next millisecond on.
    acts = with_weight(setting, weights, [next(at_once) for _, at_once in groupby(acts, key=lambda act: act.at)])
    theirs = house.hold("withSuperQuorum", setting, weights, [*acts, Act(1000, "look")])
    share = spell(Fraction(setting.super_quorum, 100))
    document = classic(setting, super_quorum=share, timelock_seconds=0)
    mine = village_vote.hold(document, weights, [*acts, Act(1000, "look")], later=1)
    ended: int | None = None
    for act, their, our in zip([*acts, Act(1000, "look")], theirs, mine, strict=True):
        if their.state == "succeeded" and act.at <= their.deadline and ended is None:
            ended = act.at
        found = our._replace(state="succeeded" if our.state == "executed" else our.state)
        expected = as_ours(act, their, found)
        assert found == (expected if ended is None else expected._replace(deadline=ended)), act


HOLDERS = 3
"""Who holds the weight of all members where it can be split, two members each."""


@SOME
@given(vote=votes())
def test_split_weight_is_counted_as_ballots_of_as_many_members(house: House, vote: Vote) -> None:
    setting, weights, acts = vote
    document = classic(setting, timelock_seconds=0)
    portions = in_portions(setting, weights, [*acts, Act(1000, "look")])
    held = [weights[holder] + weights[holder + HOLDERS] for holder in range(HOLDERS)]
    theirs = house.hold("fractional", setting, held, [told for told, _ in portions])
    mine = iter(village_vote.hold(document, weights, [act for _, acts in portions for act in acts]))
    for (told, said), their in zip(portions, theirs, strict=True):
        *earlier, our = (next(mine) for _ in said)
        found = our._replace(state="succeeded" if our.state == "executed" else our.state)
        assert found == as_ours(told, their, found), told
        assert {seen.done for seen in earlier} <= {their.done}


def in_portions(setting: Setting, weights: list[int], acts: list[Act]) -> list[tuple[Act, list[Act]]]:
    """What holders do, each act with those of members that come to the same: weight is split at once, or bit by bit.

    What one member can't do and a holder of several can is left out: giving away more, and a second ballot.
    """
    held, opening, voted = list(weights), list(weights), set[int]()
    told: list[tuple[Act, list[Act]]] = []
    for act in acts:
        change = {"give": 1, "take": -1}.get(act.kind, 0) * sum(act.amounts)
        if held[act.member] + change < 0 or (act.kind == "vote" and act.member in voted):
            told.append((Act(act.at, "look"), [Act(act.at, "look")]))
        elif act.kind == "vote":
            if act.at > setting.delay:  # before, it is refused
                voted.add(act.member)
            amounts = tuple(opening[act.member] * (choice == act.choice) for choice in governors.CHOICES)
            told.append((Act(act.at, "split", act.member % HOLDERS, amounts=amounts), [act]))
            join_last(told)
        else:
            held[act.member] += change
            if act.at <= setting.delay:
                opening[act.member] = held[act.member]
            holder = act.member % HOLDERS if change else act.member
            told.append((act._replace(member=holder), [act]))
    return told


def join_last(told: list[tuple[Act, list[Act]]]) -> None:
    """What a holder splits twice at the same time for different members is split at once."""
    if len(told) > 1:
        (before, its), (last, (act,)) = told[-2:]
        if before[:3] == last[:3] and act.member not in [one.member for one in its]:
            amounts = tuple(map(sum, zip(before.amounts, last.amounts, strict=True)))
            told[-2:] = [(last._replace(amounts=amounts), [*its, act])]


# Wanted differences.

SETTING = Setting(delay=0, period=60, quorum=50, extension=10, timelock=5)
EQUALS = [1] * MEMBERS
LATE = [Act(1, "vote", 0, "for"), Act(2, "vote", 1, "for"), Act(55, "vote", 2, "abstain")]
"""Two of six are no quorum; the third comes late, and with it the quorum."""


def test_an_extension_of_ten_seconds_ends_after_ten_seconds_here_and_with_the_eleventh_there(house: House) -> None:
    acts = [*LATE, Act(65, "vote", 3, "against")]
    theirs = house.hold("simple", SETTING, EQUALS, acts)[-1]
    assert (theirs.done, theirs.deadline) == (True, 65)
    mine = village_vote.hold(classic(SETTING, late_quorum_seconds=10), EQUALS, acts)[-1]
    assert (mine.done, mine.deadline) == (False, 64)


def test_a_ballot_may_be_recast_here_and_stands_there(house: House) -> None:
    acts = [Act(1, "vote", 0, "for"), Act(2, "recast", 0, "against")]
    theirs = house.hold("simple", SETTING, EQUALS, acts)[-1]
    assert (theirs.done, theirs.in_favour, theirs.against) == (False, 1, 0)
    mine = village_vote.hold(classic(SETTING), EQUALS, acts)[-1]
    assert (mine.done, mine.in_favour, mine.against) == (True, 0, 1)


def test_an_extension_stays_when_the_quorum_is_recast_away(house: House) -> None:
    # Nothing of the kind can happen there. Here it comes once, and no recasting brings another or takes it back.
    acts = [*LATE, Act(56, "recast", 2, "against"), Act(64, "recast", 2, "for"), Act(70, "look")]
    mine = village_vote.hold(classic(SETTING), EQUALS, acts)
    assert [seen.deadline for seen in mine] == [60, 60, 65, 65, 65, 65]


def test_without_weight_one_votes_for_nothing_there_and_not_at_all_here(house: House) -> None:
    setting, weights = SETTING._replace(quorum=1), [1, 0, 0, 0, 0, 0]
    acts = [Act(55, "vote", 1, "for")]
    (theirs,) = house.hold("simple", setting, weights, acts)
    # A hundredth of one is rounded to none: the quorum is reached by nobody, and puts the deadline off.
    assert (theirs.done, theirs.in_favour, theirs.deadline) == (True, 0, 65)
    (mine,) = village_vote.hold(classic(setting), weights, acts)
    assert (mine.done, mine.deadline) == (False, 60)


def test_a_decision_takes_effect_by_itself_here_and_waits_for_somebody_there(house: House) -> None:
    acts = [*(Act(1, "vote", member, "for") for member in range(MEMBERS)), Act(61, "look"), Act(66, "look")]
    assert [seen.state for seen in house.hold("simple", SETTING, EQUALS, acts)[-2:]] == ["succeeded", "succeeded"]
    assert [seen.state for seen in village_vote.hold(classic(SETTING), EQUALS, acts)[-2:]] == ["succeeded", "executed"]


def test_what_somebody_has_proposed_another_can_propose_as_well_here_and_not_there(house: House) -> None:
    # There a proposal is named by its content, so whoever is faster can take the name; here by who says it, and when.
    acts = [Act(1, "propose", 1)]
    assert not house.hold("simple", SETTING, EQUALS, acts)[0].done
    assert village_vote.hold(classic(SETTING), EQUALS, acts)[0].done


def test_weight_can_be_split_between_yes_and_no_there_and_not_here(house: House) -> None:
    (theirs,) = house.hold("fractional", SETTING, [4], [Act(1, "split", 0, amounts=(1, 3, 0))])
    assert (theirs.done, theirs.against, theirs.in_favour) == (True, 1, 3)
    assert not rule.parse(classic(SETTING)).method.accepts("yes:3,no:1", Paper())
