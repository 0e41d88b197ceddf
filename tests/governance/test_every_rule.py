"""What holds of every rule that can be composed of all modules there are, whatever people and ballots."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, NamedTuple

import msgspec
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from governance import outcome
from governance import rule as rules_
from governance.books.proposals import Found
from governance.count import Count, Counted, Paper, Step
from governance.modules.questions import Ask, Roll
from governance.outcome import Outcome, Votes
from governance.rule import Rule
from governance.standing import Standing
from ledger import canonical
from ledger.books.roles import ROLES
from tests import documents

OPENS = 5_000_000_000_000
IDS = tuple(f"mem_{'a' * 25}{letter}" for letter in "abcdefghij")
MUCH = 1_000_000_000
_ROLES: st.SearchStrategy[frozenset[str]] = st.frozensets(st.sampled_from(ROLES), max_size=3)
counting = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Vote(NamedTuple):
    """A rule, who there is, and what those on the roll said (by id); ``there``: who came and said nothing."""

    rule: Rule
    paper: Paper
    members: tuple[Standing, ...]
    ask: Ask
    ballots: Mapping[str, str]
    there: frozenset[str] = frozenset()

    @property
    def roll(self) -> Roll:
        return self.rule.roll(self.members, self.ask)

    def weight(self, member: Standing) -> int:
        return self.rule.weight_of(member, self.ask, self.roll)

    def votes(self) -> Votes:
        houses: dict[str, dict[str, Count]] = {} if self.rule.by_class else {"": {}}
        attended: dict[str, Count] = {}
        known = {member.id: member for member in self.members}
        for name, choice in self.ballots.items():
            house = houses.setdefault(self.house(known[name]), {})
            house[choice] = house.get(choice, Count()) + Count(1, self.weight(known[name]))
        for member in self.members:
            if member.id in self.there and member.id not in self.ballots and self.weight(member):
                house_ = self.house(member)
                attended[house_] = attended.get(house_, Count()) + Count(1, self.weight(member))
        return Votes(houses, attended)

    def house(self, member: Standing) -> str:
        return member.cls if self.rule.by_class else ""

    def decide(self) -> tuple[Counted, Outcome]:
        return outcome.decide(self.rule, self.roll, self.votes(), self.paper)


def said(found: Rule, paper: Paper) -> list[str]:
    """Choices of every sort that the method takes."""
    method = found.method
    if method.LISTED:
        return list(method.choices(paper))
    numbers = [str(number) for number in range(1, paper.options + 1)]
    rankings = [*numbers, ">".join(numbers), ">".join(reversed(numbers)), "2>1", "1=2", "1=2>3", "3>1=2"]
    approvals = [",".join(numbers), "1,2", "2,3", "1,3"]
    most = getattr(method, "points", getattr(method, "credits", getattr(method, "highest", 3)))
    amounts = [f"{one}:{amount}" for one in numbers for amount in (0, 1, 2, most)]
    amounts += [f"1:{part},2:{most - part}" for part in (1, most // 2)] + ["1:1,2:2", "1:0,2:1,3:1", "1:1,2:1,3:1"]
    tried = ["abstain", *rankings, *approvals, *amounts]
    return [choice for choice in dict.fromkeys(tried) if rules_.accepts(found, paper, choice)]


@st.composite
def people(draw: st.DrawFn, found: Rule, least: int) -> tuple[Standing, ...]:
    """Some members, rich and poor, of the classes, areas and roles that rules speak of."""
    members = []
    for name in IDS[: draw(st.integers(least, len(IDS)))]:
        gave = sorted(
            draw(st.lists(st.integers(0, MUCH), min_size=len(found.needs.ago), max_size=len(found.needs.ago)))
        )
        members.append(
            Standing(
                name,
                draw(documents.CODES),
                draw(st.sampled_from((True, True, True, False))),
                joined=draw(st.sampled_from((0, OPENS - 1000))),
                area=draw(documents.CODES),
                represents=draw(st.booleans()),
                roles=draw(_ROLES),
                shares=draw(st.sampled_from((0, 1, 7, MUCH))),
                balance=draw(st.sampled_from((0, 1, 3, 100, MUCH))),
                contributed=tuple(reversed(gave)),
            )
        )
    return tuple(members)


@st.composite
def votes(draw: st.DrawFn, methods: Iterable[str] = documents.METHODS, least: int = 0) -> Vote:
    """Any rule, and a vote under it. Electorates that would mostly be empty are opened to all, half of the time,
    quorums that would mostly be missed are left out, and half of the time all are of one mind.
    """
    document = draw(documents.rules(methods))
    if draw(st.booleans()):
        document["electorate"] = {"module": "all_active/1"}
    if draw(st.booleans()):
        document["quorum"] = {"module": "none/1"}
    found = rules_.parse(copy.deepcopy(document))
    options = draw(st.integers(3, 4)) if found.chooses else 0
    seats = draw(st.integers(1, 3)) if found.method.SEATS and not found.method.COSTS else 1
    costs = tuple(draw(st.lists(st.integers(1, 50), min_size=options, max_size=options))) if found.method.COSTS else ()
    paper = Paper(options, seats, costs, draw(st.integers(1, 100)) if costs else 0)
    members = draw(people(found, least))
    names = [member.id for member in members]
    drawn = frozenset(name for name in names if draw(st.booleans()))
    excluded = frozenset(names[:1]) if draw(st.booleans()) else frozenset()
    ask = Ask(excluded, 0, OPENS, drawn, draw(st.sampled_from(["", *names[-1:]])))
    vote = Vote(found, paper, members, ask, {}, frozenset(draw(st.sets(st.sampled_from(names))) if names else ()))
    if found.uncontested.settles(paper):
        return vote
    pool = said(found, paper)[: draw(st.sampled_from((1, None)))]
    voters = [member.id for member in members if vote.weight(member)]
    ballots = {name: draw(st.sampled_from(pool)) for name in voters if draw(st.sampled_from((True, True, False)))}
    return vote._replace(ballots=ballots)


def spelled(decided: tuple[Counted, Outcome]) -> bytes:
    return canonical.encode(msgspec.to_builtins(list(decided)))


@counting
@given(votes(), st.randoms(use_true_random=False))
def test_neither_the_order_of_ballots_nor_of_members_matters_and_again_it_is_the_same(
    vote: Vote, chance: Random
) -> None:
    ballots, members = list(vote.ballots.items()), list(vote.members)
    chance.shuffle(ballots)
    chance.shuffle(members)
    other = vote._replace(ballots=dict(ballots), members=tuple(members))
    assert spelled(other.decide()) == spelled(vote.decide())


@counting
@given(votes())
def test_where_nobody_may_vote_nothing_passes(vote: Vote) -> None:
    if vote.rule.uncontested.settles(vote.paper):
        return  # that there is a seat for each is no matter of voters
    inactive = tuple(msgspec.structs.replace(member, active=False) for member in vote.members)
    nobody = vote._replace(members=inactive, ballots={})
    assert nobody.roll.heads == 0
    assert nobody.decide()[1].result != "passed"
    silent = vote._replace(ballots={})
    assert silent.decide()[1].result != "passed"


@counting
@given(votes())
def test_the_roll_is_everyones_weight(vote: Vote) -> None:
    """Who may vote one by one is who is on the roll together; by class where classes are counted."""
    weights = {member.id: vote.weight(member) for member in vote.members}
    assert all(weight >= 0 for weight in weights.values())
    counted = [member for member in vote.members if weights[member.id]]
    assert (vote.roll.heads, vote.roll.weight) == (len(counted), sum(weights.values()))
    assert all(vote.rule.on_roll(member, vote.ask) == (weights[member.id] > 0) for member in vote.members)
    if vote.rule.by_class:
        for cls, count in vote.roll.classes.items():
            of_it = [weights[member.id] for member in counted if member.cls == cls]
            assert count == Count(len(of_it), sum(of_it))


@settings(counting, max_examples=60)
@given(votes(("yes_no_abstain/1", "consent/1", "single_choice/1"), least=3), st.data())
def test_more_supporters_never_turn_a_pass_into_a_fail(vote: Vote, data: Any) -> None:
    """Of those who had not voted, one after the other; where one choice is all that a ballot says."""
    vote = vote._replace(paper=vote.paper._replace(seats=1))
    voters = [member.id for member in vote.members if vote.weight(member)]
    order = data.draw(st.permutations(voters))
    silent = order[: data.draw(st.just(len(order)) | st.integers(0, len(order)))]
    vote = vote._replace(ballots={name: choice for name, choice in vote.ballots.items() if name not in silent})
    for name in silent:
        counted, before = vote.decide()
        favourite = (*counted.winners, *vote.rule.method.choices(vote.paper))[0]
        vote = vote._replace(ballots={**vote.ballots, name: favourite})
        event(before.result)
        if before.result == "passed":
            assert vote.decide()[1].winners == before.winners


@counting
@given(votes())
def test_an_outcome_follows_from_its_steps_and_its_numbers_from_each_other(vote: Vote) -> None:
    counted, found = vote.decide()
    for step in found.steps:
        if (step.name, step.of) != ("threshold", "rival"):  # there the method says who has won
            assert step.holds == reached(step)
    assert found.result in told(found.steps)
    assert bool(found.winners) == (found.result == "passed")
    assert found.winners in ((), counted.winners)
    assert counted.cast.heads + counted.tally.get("invalid", Count()).heads == len(vote.ballots)


def reached(step: Step) -> bool:
    """From the numbers that are shown alone."""
    if step.comparison == "at_most":
        return step.have <= step.need
    return step.have == step.base if step.comparison == "equal" else step.have >= step.need


def told(steps: Iterable[Step]) -> tuple[str, ...]:
    """What steps come to, without asking anything else."""
    quorum = [step.holds for step in steps if step.name.startswith("quorum")]
    if not all(quorum):
        return ("no_quorum",)
    if any(step.name == "tie" for step in steps):
        return ("tied", "failed")
    return ("passed",) if all(step.holds for step in steps) else ("failed",)


@counting
@given(votes())
def test_every_number_is_one_that_json_carries_exactly(vote: Vote) -> None:
    """However much the votes of a few rich members weigh."""
    counted, found = vote.decide()
    record = Found(id="prop_x", index=1, counted=counted, announced=False)
    assert msgspec.json.decode(spelled((counted, found)), type=tuple[Counted, Outcome]) == (counted, found)
    canonical.decode(record.line())
    canonical.encode(msgspec.to_builtins(vote.roll))
