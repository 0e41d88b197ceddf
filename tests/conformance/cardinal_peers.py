"""How other people's packages count the same approvals, scores and budgets. Options are numbers from 1.

Every function tells of all ways out of ties which sets of options win, as far as the package says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations
from typing import Any

import starvote
import votelib.convert
import votelib.evaluate.cardinal
import votelib.evaluate.core

from tests.conformance.peers import left_out
from tests.governance.cardinal_oracle import Projects, Votes

with left_out():
    from abcvoting import abcrules, preferences
    from pabutools import rules
    from pabutools.election import (
        ApprovalBallot,
        ApprovalProfile,
        Cardinality_Sat,
        Cost_Sat,
        Instance,
        Project,
    )
    from pabutools.fractions import frac
    from pabutools.tiebreaking import TieBreakingRule
    from pref_voting.grade_methods import approval, majority_judgement, score_voting
    from pref_voting.grade_profiles import GradeProfile

Sets = set[frozenset[int]]


_BY_NUMBER = TieBreakingRule(lambda _instance, _profile, project: int(project.name))


class Undecided(Exception):
    """The package stops at a tie instead of telling who is tied."""


def seats(found: Iterable[Any]) -> Sets:
    """votelib's list of winners, with a ``Tie`` for every seat that is open, as the sets that can come of it."""
    certain = [one for one in found if not isinstance(one, votelib.evaluate.core.Tie)]
    tied: list[Any] = [one for one in found if isinstance(one, votelib.evaluate.core.Tie)]
    if not tied:
        return {frozenset(certain)}
    return {frozenset([*certain, *more]) for more in combinations(sorted(tied[0]), len(tied))}


def _scored(votes: Votes, lowest: int | None) -> dict[frozenset[tuple[int, int]], int]:
    """``lowest``: said of every option that a ballot doesn't name; None: nothing is said."""
    scored: dict[frozenset[tuple[int, int]], int] = {}
    for ballot, weight in votes.ballots:
        full = ballot if lowest is None else {n: ballot.get(n, lowest) for n in range(1, votes.options + 1)}
        vote = frozenset(full.items())
        scored[vote] = scored.get(vote, 0) + weight
    return scored


def votelib_approval(votes: Votes, number: int) -> Sets:
    approved = {frozenset(option for option, _ in vote): weight for vote, weight in _scored(votes, None).items()}
    simple = votelib.convert.ApprovalToSimpleVotes().convert(approved)
    return seats(votelib.evaluate.core.Plurality().evaluate(simple, number))


def votelib_score(votes: Votes, number: int) -> Sets:
    evaluator = votelib.evaluate.cardinal.ScoreVoting(function="sum", unscored_value=0)
    return seats(evaluator.evaluate(_scored(votes, 0), number))


def votelib_majority(votes: Votes) -> Sets:
    evaluator = votelib.evaluate.cardinal.MajorityJudgment(tie_breaking="default")
    try:
        return seats(evaluator.evaluate(_scored(votes, 0), 1))
    except votelib.evaluate.core.VotingSystemError as error:
        raise Undecided from error


def starvote_score(votes: Votes) -> set[int]:
    """Who is first, or ties for it, in the scoring round with which its methods begin."""
    ballots = [
        {n: ballot.get(n, 0) for n in range(1, votes.options + 1)}
        for ballot, weight in votes.ballots
        for _ in range(weight)
    ]
    first, tie = starvote._compute_first_from_scores(starvote._scoring_round(ballots))
    return set(tie or [first])


def _graded(votes: Votes, highest: int) -> Any:
    options = list(range(1, votes.options + 1))
    maps = [{n: ballot.get(n, 0) for n in options} for ballot, weight in votes.ballots if weight]
    weights = [weight for _, weight in votes.ballots if weight]
    return GradeProfile(maps, list(range(highest + 1)), gcounts=weights, candidates=options)


def pref_voting_approval(votes: Votes) -> set[int]:
    return set(approval(_graded(votes, 1)))


def pref_voting_score(votes: Votes, highest: int) -> set[int]:
    return set(score_voting(_graded(votes, highest), evaluation_method="sum"))


def pref_voting_majority(votes: Votes, highest: int) -> set[int]:
    return set(majority_judgement(_graded(votes, highest)))


def _committees(found: Iterable[Iterable[int]]) -> Sets:
    return {frozenset(committee) for committee in found}


def _abc(votes: Votes) -> Any:
    profile = preferences.Profile(votes.options + 1)
    for ballot, weight in votes.ballots:
        profile.add_voters([set(ballot)] * weight)
    return profile


def abcvoting_approval(votes: Votes, number: int) -> Sets:
    """Candidate 0, whom nobody approves, is one more there; the committees of the others."""
    found = abcrules.compute_av(_abc(votes), number, resolute=False, max_num_of_committees=None)
    return {committee for committee in _committees(found) if 0 not in committee}


def abcvoting_equal_shares(votes: Votes, number: int) -> Sets:
    found = abcrules.compute_equal_shares(
        _abc(votes),
        number,
        algorithm="gmpy2-fractions",
        resolute=False,
        max_num_of_committees=None,
        completion=None,
    )
    return _committees(found)


def _pabu(votes: Votes, projects: Projects) -> tuple[Any, Any]:
    made = [Project(str(number), cost) for number, cost in enumerate(projects.costs, 1)]
    ballots = [
        ApprovalBallot(made[option - 1] for option in ballot) for ballot, weight in votes.ballots for _ in range(weight)
    ]
    return Instance(made, budget_limit=projects.budget), ApprovalProfile(ballots)


def _funded(found: Collection[Iterable[Any]]) -> Sets:
    return {frozenset(int(project.name) for project in allocation) for allocation in found}


def pabutools_equal_shares(votes: Votes, projects: Projects) -> Sets:
    return _funded(rules.method_of_equal_shares(*_pabu(votes, projects), Cost_Sat, resoluteness=False))


def pabutools_growing(votes: Votes, projects: Projects) -> frozenset[int]:
    """With shares that grow by a hundredth, ties by the number of the project."""
    instance, profile = _pabu(votes, projects)
    step = frac(projects.budget, 100 * profile.num_ballots())
    found = rules.method_of_equal_shares(
        instance, profile, Cost_Sat, tie_breaking=_BY_NUMBER, voter_budget_increment=step
    )
    return next(iter(_funded([found])))


def pabutools_then_greedy(votes: Votes, projects: Projects) -> Sets:
    found = rules.completion_by_rule_combination(
        *_pabu(votes, projects),
        [rules.method_of_equal_shares, rules.greedy_utilitarian_welfare],
        [{"sat_class": Cost_Sat}, {"sat_class": Cost_Sat}],
        resoluteness=False,
    )
    return _funded(found)


def pabutools_greedy(votes: Votes, projects: Projects, *, per_cost: bool) -> Sets:
    """Satisfaction for each unit of cost: with costs as satisfaction that is the votes."""
    measure = Cardinality_Sat if per_cost else Cost_Sat
    return _funded(rules.greedy_utilitarian_welfare(*_pabu(votes, projects), measure, resoluteness=False))
