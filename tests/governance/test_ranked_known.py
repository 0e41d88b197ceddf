"""Ranked methods in elections that are known: what each comes to, ties that are none, and how much work it is."""

from __future__ import annotations

from governance.count import ABSTAIN, INVALID, Count, Paper, option
from governance.modules.method.borda import Borda
from governance.modules.method.copeland import Copeland
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.schulze import Schulze, strongest_paths
from governance.modules.method.stv import SingleTransferableVote
from tests.governance.rankings import tell

IRV, STV = InstantRunoff(), SingleTransferableVote()
PAIRWISE = (Schulze(equal=True), Copeland(equal=True), Borda(equal=True))
ONE_SEAT = (IRV, *PAIRWISE)


def test_of_nothing_nothing_wins() -> None:
    nobody: dict[str, Count] = {}
    silent = {ABSTAIN: Count(3, 3), INVALID: Count(1, 2)}
    weightless = {"1>2": Count(2, 0)}
    for method in (*ONE_SEAT, STV):
        for profile in (nobody, silent, weightless):
            counted = method.count(profile, Paper(options=3, seats=2), ("option_1", "option_2", "option_3"))
            assert (counted.winners, counted.tied) == ((), ())
        counted = method.count(silent | {"2": Count(1, 5)}, Paper(options=3))
        assert counted.winners == ("option_2",)
        assert (counted.cast, counted.abstained) == (Count(4, 8), Count(3, 3))
        assert (counted.tally[ABSTAIN], counted.tally[INVALID]) == (Count(3, 3), Count(1, 2))


def test_whoever_is_on_no_ballot_does_not_stand() -> None:
    counted = STV.count(tell({"1": 5, "2": 3}), Paper(options=5, seats=4))
    assert (counted.winners, counted.tied) == (("option_1", "option_2"), ())
    assert set(counted.rounds[0].amounts) == {"option_1", "option_2"}
    assert counted.tally["option_5"] == Count(0, 0)


def test_the_last_seat_needs_no_votes() -> None:
    """Rule 52: 1 and 2 take a quota of one each, and leave 3 nothing."""
    counted = STV.count(tell({"1>2>3": 2}), Paper(options=4, seats=3))
    assert counted.winners == ("option_1", "option_2", "option_3")
    assert counted.support == Count(0, 0)
    # The lot falls between those whom nobody is left to vote for, but who are named.
    counted = STV.count(tell({"1>2>3>4": 2}), Paper(options=5, seats=3))
    assert (counted.winners, counted.tied) == (("option_1", "option_2"), ("option_3", "option_4"))


def test_options_that_got_their_votes_in_different_ways_are_told_apart_by_earlier_rounds() -> None:
    # 2 and 3 have five each once 4 is out; 3 had four of its own.
    profile = {"1": 8, "2": 5, "3": 4, "4>3": 1}
    counted = IRV.count(tell(profile), Paper(options=4))
    assert [told.excluded for told in counted.rounds] == [("option_4",), ("option_3",), ()]
    assert counted.winners == ("option_1",)


def test_what_decides_nothing_is_no_tie() -> None:
    # 3 and 4 have equally few votes; whoever goes first, 1 beats 2.
    profile = {"1": 6, "2": 4, "3>1": 1, "4>1": 1}
    counted = IRV.count(tell(profile), Paper(options=4))
    assert (counted.winners, counted.tied) == (("option_1",), ())
    assert all(not told.lot for told in counted.rounds)
    # Where it matters who goes first, the order says so, and the round says that it did.
    profile = {"1": 4, "2": 4, "3>1": 2, "4>2": 2}
    assert set(IRV.count(tell(profile), Paper(options=4)).tied) == {"option_1", "option_2"}
    order = ("option_4", "option_2", "option_3", "option_1")
    counted = IRV.count(tell(profile), Paper(options=4), order)
    assert counted.winners == ("option_1",)
    assert counted.rounds[0].lot == ("option_3", "option_4")
    assert counted.rounds[0].excluded == ("option_3",)


def test_ties_among_very_many_are_told_without_following_every_way() -> None:
    profile = {str(number): Count(1, 1) for number in range(1, 151)}
    everyone = tuple(option(number) for number in range(1, 151))
    for method, seats in ((IRV, 1), (STV, 3)):
        counted = method.count(profile, Paper(options=150, seats=seats))
        assert (counted.winners, counted.tied) == ((), everyone)
        counted = method.count(profile, Paper(options=150, seats=seats), everyone)
        assert counted.winners == everyone[:seats]


def test_schulzes_own_example() -> None:
    """Schulze 2011, example 1 (45 voters, options A to E)."""
    profile = {"1>3>2>5>4": 5, "1>4>5>3>2": 5, "2>5>4>1>3": 8, "3>1>2>5>4": 3}
    profile |= {"3>1>5>2>4": 7, "3>2>1>4>5": 2, "4>3>5>2>1": 7, "5>2>1>4>3": 8}
    counted = PAIRWISE[0].count(tell(profile), Paper(options=5))
    assert counted.winners == ("option_5",)
    assert counted.pairs[0] == (0, 20, 26, 30, 22)
    paths = strongest_paths(counted.pairs)
    assert paths == [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ]


def test_capital_of_tennessee() -> None:
    """The textbook example: each method has its own idea of it."""
    profile = tell({"1>2>3>4": 42, "2>3>4>1": 26, "3>4>2>1": 15, "4>3>2>1": 17})
    winners = {method.NAME: method.count(profile, Paper(options=4)).winners[0] for method in (*ONE_SEAT, STV)}
    assert winners == {
        "irv/1": "option_4",
        "stv/1": "option_4",
        "schulze/1": "option_2",
        "copeland/1": "option_2",
        "borda/1": "option_2",
    }


def test_surpluses_are_cut_off_after_five_decimals_paper_by_paper() -> None:
    """Quota 20 // 3 + 1 = 7: 12 papers pass on 5/12 = 0.41666 each, of which 0.00008 is lost."""
    profile = tell({"1>2": 8, "1>3": 4, "2": 2, "3": 3, "4": 3})
    counted = STV.count(profile, Paper(options=4, seats=2))
    first, second = counted.rounds[:2]
    assert first.elected == ("option_1",)
    assert first.quota == 700_000
    assert second.amounts == {"option_1": 700_000, "option_2": 533_328, "option_3": 466_664, "option_4": 300_000}
    assert second.exhausted == 8


def test_the_largest_surplus_goes_first() -> None:
    """Of 20 and 10 too many: 1's elect 3, so that 2's pass it by and elect 4: the other way round they elect 5."""
    profile = tell({"1>3>5>4>2": 41, "2>3>4>5>1": 31, "3>5>4>1>2": 5, "4>5>1>2>3": 10, "5>4>1>2>3": 13})
    counted = STV.count(profile, Paper(options=5, seats=4))
    assert [told.elected for told in counted.rounds] == [
        ("option_1", "option_2"),
        ("option_3",),
        (),
        (),
        ("option_4",),
    ]


def test_ties_far_behind_do_not_multiply_the_work() -> None:
    """Ten options of one vote each can go in 3.6 million orders, by 1,024 sets of those that are gone."""
    leaders = {"1>2": 900, "2>1": 800, "3>1": 700}
    profile = tell(leaders | {f"{number}>{number % 13 + 1}": 1 for number in range(4, 14)})
    for method in (IRV, STV):
        counted = method.count(profile, Paper(options=13))
        assert (counted.winners, counted.tied) == (("option_1",), ())
        assert len(counted.rounds[0].excluded) == 10
    # 2 and 3 will have equally many, and the order in which the others go matters for who of them had more before.
    profile = tell({"1": 900, "2>1": 800, "3>1": 795} | {f"{number}>3": 1 for number in range(4, 9)})
    counted = IRV.count(profile, Paper(options=8))
    assert (counted.winners, counted.tied) == (("option_1",), ())
    assert [len(told.excluded) for told in counted.rounds] == [1, 1, 1, 1, 1, 1, 0]


def test_a_hundred_hopeless_options_are_no_tie() -> None:
    leaders = {"1>2": 900, "2>1": 800, "3>1": 700}
    profile = tell(leaders | {str(number): 1 for number in range(4, 201)})
    for method in (IRV, STV):
        counted = method.count(profile, Paper(options=200))
        assert (counted.winners, counted.tied) == (("option_1",), ())


def test_the_hopeless_go_one_by_one_where_their_votes_may_elect_somebody() -> None:
    """4 and 6 lift 1 over the quota; what is passed on from there depends on whether 5 has gone yet."""
    profile = {"4>1>2": 1, "5>3>6": 1, "6>1>3>4": 1, "1>4": 7, "2>1>3": 3, "2": 3, "3": 6}
    counted = STV.count(tell(profile), Paper(options=6, seats=2))
    assert (counted.winners, set(counted.tied)) == (("option_1",), {"option_2", "option_3"})
