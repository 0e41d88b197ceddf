"""Elections whose ballots approve options or give them amounts: any of them, as profiles of ours and for the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from governance.count import Count, Paper, option
from governance.modules.method.majority_judgement import LOWEST
from tests.governance.cardinal_oracle import Ballot, Projects, Votes


def approving(votes: Votes) -> dict[str, Count]:
    """What those ballots say as approvals."""
    return _profile(votes, lambda ballot: ",".join(map(str, sorted(ballot))))


def giving(votes: Votes) -> dict[str, Count]:
    """What they say with amounts."""
    return _profile(votes, lambda ballot: ",".join(f"{one}:{amount}" for one, amount in sorted(ballot.items())))


def judging(votes: Votes) -> dict[str, Count]:
    """What they say as grades: one that names nothing gives all the lowest."""
    said = giving(votes)
    return {text or LOWEST: count for text, count in said.items()}


def _profile(votes: Votes, say: Callable[[Ballot], str]) -> dict[str, Count]:
    profile: dict[str, Count] = {}
    for ballot, weight in votes.ballots:
        text = say(ballot)
        profile[text] = profile.get(text, Count()) + Count(1, weight)
    return profile


def names(numbers: Iterable[int]) -> set[str]:
    return {option(number) for number in numbers}


def ballots(options: int, highest: int = 1, named: int = 1) -> st.SearchStrategy[Ballot]:
    """Any that names so many."""
    return st.dictionaries(st.integers(1, options), st.integers(1, highest), min_size=named)


@st.composite
def elections(draw: st.DrawFn, highest: int = 1, most: int = 5, least: int = 0, named: int = 1) -> Votes:
    """A few ballots, some of them of no weight; each names ``named`` options at least."""
    options = draw(st.integers(2, most))
    weighed = st.tuples(ballots(options, highest, named), st.sampled_from((1, 1, 1, 2, 3, 0)))
    return Votes(draw(st.lists(weighed, min_size=least, max_size=8)), options)


@st.composite
def budgets(draw: st.DrawFn) -> tuple[Votes, Projects]:
    """Projects that cost alike or not, with money for some of them, and some weight to spend it."""
    votes = draw(elections(least=1).filter(lambda votes: any(weight for _, weight in votes.ballots)))
    dearest = draw(st.sampled_from((1, 3, 10, 1000)))
    costs = tuple(draw(st.lists(st.integers(1, dearest), min_size=votes.options, max_size=votes.options)))
    return votes, Projects(costs, draw(st.integers(1, sum(costs) + 1)))


def paper(votes: Votes, projects: Projects) -> Paper:
    return Paper(votes.options, 1, projects.costs, projects.budget)


@st.composite
def orders(draw: st.DrawFn, options: int) -> list[str]:
    """Any lot."""
    return [option(number) for number in draw(st.permutations(range(1, options + 1)))]
