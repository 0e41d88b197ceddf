"""Budgeting: equal shares and in turn, against a count by the letter; money, fairness, ties and large numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.count import ABSTAIN, NOBODY, Count, Counted, Paper, option
from governance.modules.method import equal_shares, purses
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.greedy_budget import GreedyBudget
from governance.modules.method.projects import Budgeting
from tests.governance import cardinal_oracle as oracle
from tests.governance.cardinal_oracle import Choose, Projects, Votes
from tests.governance.marked import approving, budgets, names, orders, paper

UNTIMED = settings(deadline=None)
FEWER = settings(max_examples=60, deadline=None)
NONE, ADD1, GREEDY = (EqualShares(1000, "none"), EqualShares(1000, "add1"), EqualShares(1000, "greedy"))
IN_TURN, BY_COST = GreedyBudget(1000, "votes"), GreedyBudget(1000, "votes_per_cost")
EVERY = (NONE, ADD1, GREEDY, IN_TURN, BY_COST)

Election = tuple[Votes, Projects]


def by_the_letter(method: Budgeting, election: Election, choose: Choose) -> list[int]:
    votes, projects = election
    if isinstance(method, EqualShares):
        return oracle.completed(votes, projects, method.completion, choose)
    dear = method == BY_COST
    worth = {one: Fraction(n, projects.costs[one - 1] if dear else 1) for one, n in votes.backing().items()}
    return oracle.greedy(worth, projects, choose)


def count(method: Budgeting, election: Election, order: list[str] | None = None) -> Counted:
    return method.count(approving(election[0]), paper(*election), order or ())


def numbers(winners: tuple[str, ...]) -> list[int]:
    return [int(name.removeprefix("option_")) for name in winners]


@pytest.mark.parametrize("method", EVERY)
@UNTIMED
@given(st.data(), budgets())
def test_with_a_lot_it_counts_as_by_the_letter(method: Budgeting, data: st.DataObject, election: Election) -> None:
    order = data.draw(orders(election[0].options))
    found = count(method, election, order)
    bought = by_the_letter(method, election, lambda tied: min(tied, key=lambda one: order.index(option(one))))
    assert set(found.winners) == names(bought)


@pytest.mark.parametrize("method", [NONE, GREEDY, IN_TURN, BY_COST])
@FEWER
@given(election=budgets())
def test_without_one_it_says_what_every_way_leads_to(method: Budgeting, election: Election) -> None:
    found = count(method, election)
    ways = oracle.every_way(lambda choose: by_the_letter(method, election, choose))
    always, ever = frozenset.intersection(*ways), frozenset.union(*ways)
    assert set(found.winners) == names(always)
    assert set(found.tied) == names(ever - always)
    weights = sorted((n for one, n in election[0].backing().items() if one not in always), reverse=True)
    support = min(election[0].backing()[one] for one in always) if always else weights[0]
    assert found.support.weight == support * found.unit
    assert found.rival.weight == next(iter(weights[0 if always else 1 :]), 0) * found.unit
    shown = {name for round_ in found.rounds for name in round_.elected}
    assert shown <= set(found.winners)
    if not found.tied:
        assert [round_.elected for round_ in found.rounds] == [(name,) for name in found.winners]


@UNTIMED
@given(st.data(), budgets())
def test_growing_shares_without_a_lot_promise_nothing_that_a_lot_could_undo(
    data: st.DataObject, election: Election
) -> None:
    found, drawn = count(ADD1, election), count(ADD1, election, data.draw(orders(election[0].options)))
    assert set(found.winners) <= set(drawn.winners) <= set(found.winners) | set(found.tied)


@pytest.mark.parametrize("method", EVERY)
@UNTIMED
@given(data=st.data(), election=budgets())
def test_money_is_never_overspent_and_buys_only_what_is_wanted(
    method: Budgeting, data: st.DataObject, election: Election
) -> None:
    votes, projects = election
    found = count(method, election, data.draw(orders(votes.options)))
    bought = numbers(found.winners)
    assert projects.cost(bought) <= projects.budget
    assert all(votes.backing()[one] for one in bought)
    assert len(set(bought)) == len(bought)
    assert [round_.elected for round_ in found.rounds] == [(name,) for name in found.winners]
    left = projects.budget - projects.cost(bought)
    if method not in (NONE, ADD1):
        backing = votes.backing()
        assert not any(backing[one] and one not in bought and projects.costs[one - 1] <= left for one in backing)


@pytest.mark.parametrize("method", [NONE, ADD1, GREEDY])
@UNTIMED
@given(data=st.data(), election=budgets())
def test_groups_that_agree_get_their_share(method: Budgeting, data: st.DataObject, election: Election) -> None:
    """EJR up to one project: what voters of one mind can pay from their shares they get, less one project at most."""
    votes, projects = election
    bought = set(numbers(count(method, election, data.draw(orders(votes.options))).winners))
    everyone = sum(weight for _, weight in votes.ballots)
    for ballot, _ in votes.ballots:
        alike = sum(weight for other, weight in votes.ballots if ballot.keys() <= other.keys())
        wanted = [one for one in ballot if projects.cost([one]) <= projects.budget]
        for size in range(1, len(wanted) + 1):
            claim = sorted(wanted, key=lambda one: projects.cost([one]))[:size]
            if projects.cost(claim) * everyone <= alike * projects.budget and not bought.issuperset(claim):
                missing = max(projects.cost([one]) for one in set(claim) - bought)
                satisfied = max(
                    projects.cost(bought & other.keys())
                    for other, weight in votes.ballots
                    if weight and ballot.keys() <= other.keys()
                )
                assert satisfied + missing > projects.cost(claim)


@pytest.mark.parametrize("method", EVERY)
@UNTIMED
@given(data=st.data(), election=budgets(), times=st.integers(2, 4))
def test_numbers_of_projects_order_and_size_of_the_roll_are_irrelevant(
    method: Budgeting, data: st.DataObject, election: Election, times: int
) -> None:
    votes, projects = election
    renamed = dict(enumerate(data.draw(st.permutations(range(1, votes.options + 1))), 1))
    shuffled = data.draw(st.permutations(votes.ballots * times))
    costs = tuple(projects.costs[one - 1] for one, _ in sorted(renamed.items(), key=lambda pair: pair[1]))
    other = Votes([({renamed[one]: 1 for one in ballot}, weight) for ballot, weight in shuffled], votes.options)
    here, there = count(method, election), count(method, (other, Projects(costs, projects.budget)))
    assert names(renamed[one] for one in numbers(here.winners)) == set(there.winners)
    assert names(renamed[one] for one in numbers(here.tied)) == set(there.tied)


@UNTIMED
@given(st.data(), budgets())
def test_in_turn_another_vote_never_costs_a_project_its_money(data: st.DataObject, election: Election) -> None:
    votes, projects = election
    order = data.draw(orders(votes.options))
    for method in (IN_TURN, BY_COST):
        for winner in numbers(count(method, election, order).winners):
            more = Votes([*votes.ballots, ({winner: 1}, 1)], votes.options)
            assert option(winner) in count(method, (more, projects), order).winners


def test_equal_shares_by_hand() -> None:
    """Six votes have 100 each. 1: four pay 75 for 300. 2: two pay 100. 3: nobody who wants it has 260 left."""
    profile = {"1": Count(2, 2), "1,3": Count(2, 2), "2": Count(1, 1), "2,3": Count(1, 1)}
    found = NONE.count(profile, Paper(3, 1, (300, 200, 260), 600))
    assert found.winners == ("option_1", "option_2")
    assert [round_.amounts for round_ in found.rounds] == [{"option_1": 400}, {"option_2": 200}]
    assert (found.unit, found.support, found.rival) == (100, Count(2, 200), Count(3, 300))
    assert found.tally["option_3"] == Count(3, 300)


def test_the_poor_pay_what_they_have() -> None:
    """Four shares of 75. 1 costs three of them 50 and leaves them 25; 2 takes that of one, and 75 from the fourth."""
    profile = {"1": Count(2, 2), "1,2": Count(1, 1), "2": Count(1, 1)}
    found = NONE.count(profile, Paper(2, 1, (150, 100), 300))
    # Paid equally, 75 for 100 are 1⅓ votes.
    assert [round_.amounts for round_ in found.rounds] == [{"option_1": 300}, {"option_2": 133}]


@pytest.mark.parametrize(
    ("method", "winners"),
    [
        (NONE, ("option_1",)),
        (ADD1, ("option_1", "option_3")),
        (GREEDY, ("option_1", "option_2")),
    ],
)
def test_three_ways_to_go_on(method: Budgeting, winners: tuple[str, ...]) -> None:
    """Ten shares of 10, 40 left after 1. Growing shares reach 3 first (19 from two); votes prefer 2 (three of them)."""
    profile = {"1": Count(5, 5), "2": Count(3, 3), "3": Count(2, 2)}
    assert method.count(profile, Paper(3, 1, (50, 40, 25), 100)).winners == winners


def test_shares_grow_by_hundredths_and_stop_in_time() -> None:
    """Shares of 100. At 101 the second can be bought and nothing else fits; at 102 the third could, for too much."""
    profile = {"1": Count(50, 50), "2": Count(49, 49), "3": Count(1, 1)}
    assert ADD1.count(profile, Paper(3, 1, (5000, 4949, 102), 10_000)).winners == ("option_1", "option_2")


def test_a_count_that_spends_too_much_is_not_taken() -> None:
    """Each of 2 and 3 would fit beside 1. At 101 for each share both can be bought, for 50 more than there is."""
    profile = {"1": Count(50, 50), "2": Count(49, 49), "3": Count(1, 1)}
    assert ADD1.count(profile, Paper(3, 1, (5000, 4949, 101), 10_000)).winners == ("option_1",)


def test_who_loses_a_tie_waits_for_its_new_turn() -> None:
    """1 and 2 tie at 1/30 of the cost for each vote. Once 1 is bought, 2 rises above 3, which takes what 2 needs."""
    profile = {"1,2": Count(10, 10), "1": Count(20, 20), "2,3": Count(10, 10), "2": Count(10, 10), "3": Count(15, 15)}
    costs = Paper(3, 1, (210, 210, 150), 650)
    assert NONE.count(profile, costs, ["option_1", "option_2", "option_3"]).winners == ("option_1", "option_3")
    assert NONE.count(profile, costs, ["option_2", "option_1"]).winners == ("option_2", "option_1", "option_3")


def test_a_project_dearer_than_all_there_is_never_wins() -> None:
    profile = {"1": Count(9, 9), "1,2": Count(1, 1)}
    for method in EVERY:
        assert method.count(profile, Paper(2, 1, (101, 100), 100)).winners in ((), ("option_2",))
    assert NONE.count(profile, Paper(2, 1, (101, 100), 100)).winners == ()
    assert ADD1.count(profile, Paper(2, 1, (101, 100), 100)).winners == ("option_2",)


def test_by_cost_small_projects_come_first() -> None:
    profile = {"1": Count(5, 5), "2": Count(4, 4), "3": Count(3, 3)}
    costs = Paper(3, 1, (90, 60, 40), 100)
    assert IN_TURN.count(profile, costs).winners == ("option_1",)
    assert BY_COST.count(profile, costs).winners == ("option_3", "option_2")


def test_equal_projects_that_fit_together_are_no_tie() -> None:
    profile = {"1": Count(2, 2), "2": Count(2, 2), "3": Count(1, 1)}
    found = IN_TURN.count(profile, Paper(3, 1, (50, 40, 20), 100))
    assert (found.winners, found.tied) == (("option_1", "option_2"), ())


def test_a_lot_that_decided_is_shown_once() -> None:
    profile = {"1,2,3": Count(3, 3)}
    order = ["option_3", "option_1", "option_2"]
    for method in EVERY:
        found = method.count(profile, Paper(3, 1, (40, 40, 40), 100), order)
        assert found.winners == ("option_3", "option_1")
        assert [round_.lot for round_ in found.rounds] == [("option_1", "option_2", "option_3"), ()]
        assert found.tied == ("option_1", "option_2", "option_3")
        assert set(method.count(profile, Paper(3, 1, (40, 40, 40), 100)).tied) == names((1, 2, 3))


def test_a_lot_that_made_no_difference_is_not_shown() -> None:
    """1 and 2 cost three voters 8 each; for 3 and 4 one of those pays the 2 left, another 10. Nobody pays for both."""
    profile = {"1,3": Count(1, 1), "1": Count(2, 2), "3": Count(1, 1)}
    profile |= {"2,4": Count(1, 1), "2": Count(2, 2), "4": Count(1, 1), "1,2,3,4": Count(1, 0)}
    found = NONE.count(profile, Paper(4, 1, (24, 24, 12, 12), 80), ["option_4", "option_3", "option_2", "option_1"])
    assert set(found.winners) == names((1, 2, 3, 4))
    assert ([round_.lot for round_ in found.rounds], found.tied) == ([()] * 4, ())


def test_an_order_decides_as_far_as_it_goes() -> None:
    profile = {"1,2,3": Count(3, 3)}
    for method in EVERY:
        found = method.count(profile, Paper(3, 1, (40, 40, 40), 100), ["option_2"])
        assert found.winners == ("option_2",)
        assert set(found.tied) - set(found.winners) == names((1, 3))


def test_more_ways_than_can_be_followed_are_a_tie() -> None:
    profile = {",".join(map(str, range(1, 13))): Count(3, 3)}
    for method in EVERY:
        found = method.count(profile, Paper(12, 1, (7,) * 12, 40))
        assert (found.winners, set(found.tied)) == ((), names(range(1, 13)))
        drawn = method.count(profile, Paper(12, 1, (7,) * 12, 40), [option(number) for number in range(12, 0, -1)])
        assert drawn.winners == tuple(option(number) for number in range(12, 7, -1))


def test_who_weighs_nothing_has_no_share() -> None:
    profile = {"1": Count(1, 1), "2": Count(5, 0), ABSTAIN: Count(4, 4)}
    for method in EVERY:
        found = method.count(profile, Paper(2, 1, (100, 100), 100))
        assert found.winners == ("option_1",)
        assert found.tally["option_2"].heads == 5
    assert NONE.count({"2": Count(5, 0)}, Paper(2, 1, (1, 1), 100)).support == Count(5, 0)


@pytest.mark.parametrize("method", [NONE, GREEDY, IN_TURN, BY_COST])
def test_ten_thousand_projects(method: Budgeting) -> None:
    """All equal, one vote each, money for half of them: the lot decides once, and every purchase is a round."""
    profile = {str(number): Count(1, 1) for number in range(1, 10_001)}
    order = [option(number) for number in range(10_000, 0, -1)]
    found = method.count(profile, Paper(10_000, 1, (2,) * 10_000, 10_000), order)
    bought = 0 if method == NONE else 5000
    assert found.winners == tuple(order[:bought])
    assert sum(len(round_.lot) for round_ in found.rounds) == (10_000 if bought else 0)
    assert found.abstained == NOBODY


def test_exactly_what_they_have_is_enough() -> None:
    """Six shares of 10. 1 costs each 5/3, 2 costs three of them 10/3, and two of those have exactly 5 each for 3."""
    profile = {"1,2,3": Count(2, 2), "1,2": Count(1, 1), "1": Count(3, 3)}
    assert NONE.count(profile, Paper(3, 1, (10, 10, 10), 60)).winners == ("option_1", "option_2", "option_3")
    assert NONE.count(profile, Paper(3, 1, (10, 10, 11), 60)).winners == ("option_1", "option_2")


@pytest.mark.parametrize("bits", [0, 2, 7])
@UNTIMED
@given(data=st.data(), election=budgets())
def test_rough_bounds_cost_time_but_no_exactness(bits: int, data: st.DataObject, election: Election) -> None:
    """Where bounds say next to nothing, exact balances decide: the result is the same."""
    order = data.draw(orders(election[0].options))
    wanted = count(NONE, election, order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purses, "BITS", bits)
        patch.setattr(equal_shares, "BITS", bits)
        assert count(NONE, election, order) == wanted
