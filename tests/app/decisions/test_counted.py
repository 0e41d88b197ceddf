"""Counts as pages show them, and ballots as they are filled in, for every method there is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from app.decisions.ballot_form import ballot_form
from app.decisions.counted import Counts, Shown
from app.decisions.steps import tell_step
from app.decisions.words import Words
from app.texts import LANGUAGES, Catalogue
from governance.books.proposals import Found
from governance.count import Count, Paper, Step
from governance.modules import method as methods
from governance.modules.method.approval import Approval
from governance.modules.method.copeland import Copeland
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.greedy_budget import GreedyBudget
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.quadratic import Quadratic
from governance.modules.method.schulze import Schulze
from governance.modules.method.score import Score
from governance.modules.method.single_choice import SingleChoice
from governance.modules.method.stv import SingleTransferableVote
from governance.modules.method.weighted import Weighted
from governance.modules.questions import Method
from governance.outcome import Outcome
from tests.app.decisions.test_proposal_forms import proposal

TEXTS = Catalogue.load()
JA = Words(TEXTS, "ja", 540)
LABELS = {1: "屋根", 2: "みかん", 3: "花火"}
PAPER = Paper(3, 1, (60, 30, 50), 100)
BALLOTS = {
    "approvals": "1,3", "projects": "1,3", "grades": "1:3,2:1", "scores": "1:3,2:1", "points": "1:3,2:1",
    "credits": "1:1,2:1", "ranking": "3>1",
}  # fmt: skip


def one_of(module: type[Method]) -> Method:
    """A method with some settings."""
    plain: dict[str, Any] = {"most": 2, "highest": 5, "grades": 5, "points": 4, "credits": 9, "equal": True}
    plain |= {"completion": "none", "by": "votes"}
    return module(**{field.name: plain[field.name] for field in msgspec.structs.fields(module)})


def shown(method: Method, profile: Mapping[str, int], order: tuple[str, ...] = (), **more: Any) -> Shown:
    """What a page shows of a count of so many ballots of each text."""
    paper = PAPER._replace(seats=more.get("seats", 1))
    counted = method.count({text: Count(n, n) for text, n in profile.items()}, paper, order)
    outcome = Outcome("passed" if counted.winners else "failed", counted.winners, (), "lot" if order else None)
    decided = msgspec.structs.replace(proposal("choice"), outcome=outcome, order=order, budget=100)
    costs = dict(enumerate(PAPER.costs, 1)) if method.COSTS else {}
    found = Found(id=decided.id, index=0, counted=counted, announced=False)
    return Counts(JA, method, LABELS, costs).show(decided, found)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("module", methods.MODULES)
def test_every_method_can_be_voted_by(module: type[Method], lang: str) -> None:
    method, words = one_of(module), Words(TEXTS, lang, 540)
    form = ballot_form(method, PAPER, LABELS, "", words)
    if form is None:
        assert all(words.choice(choice, LABELS) for choice in method.choices(PAPER))
        return
    text = BALLOTS[form.family] if form.family != "points" else "1:3,2:1"
    assert method.accepts(text, PAPER)
    again = ballot_form(method, PAPER, LABELS, text, words)
    assert again is not None
    named = {row.number for row in again.rows if row.value}
    assert named == {1, 3} if form.family in ("approvals", "projects", "ranking") else named == {1, 2}
    assert words.has(f"ballot.help.{form.family}")
    assert words.has(f"ballot.left.{form.family}")
    assert words.has(f"ballot.fault.over.{form.family}")


def test_shares_are_of_all_who_could_have_given_as_much() -> None:
    bars = {bar.label: (bar.amount, bar.share, bar.state) for bar in shown(Score(5), {"1:5": 1, "1:3,2:5": 1}).bars}
    assert bars == {"屋根": ("8", "80%", "won"), "みかん": ("5", "50%", ""), "花火": ("0", "0%", "")}
    assert [bar.share for bar in shown(Weighted(4), {"1:3,2:1": 2}).bars] == ["75%", "25%", "0%"]
    assert [bar.share for bar in shown(Quadratic(9), {"1:2,2:1": 2}).bars] == ["", "", ""]
    halves = shown(Schulze(equal=True), {"1>2=3": 1, "2": 1, "3>1": 1})
    assert [bar.amount for bar in halves.bars] == ["1.5", "1", "1.5"]


def test_rounds_say_what_happened_in_each() -> None:
    count = shown(SingleTransferableVote(), {"1>2": 3, "3": 1}, seats=2)
    assert count.names == ["屋根", "みかん", "花火"]
    first = count.turns[0]
    assert first.quota == (200_000, "2")
    assert (first.amounts[0], first.states[0]) == ((300_000, "3"), "elected")
    assert first.told == ["当選:屋根。"]
    runoff = shown(InstantRunoff(), {"1": 4, "2>1": 3, "3>2": 2})
    assert [turn.told for turn in runoff.turns] == [["除かれ、票は次の順位へ移りました:花火。"], ["当選:みかん。"]]
    assert [turn.moved for turn in runoff.turns] == [[], ["前の回からの動き:みかん +2、花火 −2。"]]


def test_rounds_say_where_a_surplus_went() -> None:
    """Six votes, two seats: 3 are needed. Of the four papers of the first, each passes on a quarter of itself."""
    count = shown(SingleTransferableVote(), {"1>2": 2, "1>3": 1, "1": 1, "2": 1, "3": 1}, seats=2)
    assert count.turns[1].moved == [
        "「屋根」の4票のうち、当選に要る分を超えた1票が、全部の票から同じ割合で次の順位へ移りました。",
        "前の回からの動き:屋根 −1、みかん +0.5、花火 +0.25、行き先なし +0.25。",
    ]


def test_a_round_that_a_tie_has_stopped_does_not_go_on() -> None:
    stopped = shown(SingleTransferableVote(), {"1": 4, "2": 1, "3": 1}, seats=2)
    assert stopped.turns[-1].told[-1] == "ここで同数になり、決められませんでした。"


def test_pairs_are_shown_from_both_sides() -> None:
    count = shown(Schulze(equal=True), {"1>2>3": 2, "2>3>1": 1})
    names = [name for name, _ in count.duels]
    assert names == count.opponents == ["屋根", "みかん", "花火"]
    duel = count.duels[0][1][1]
    assert duel is not None
    assert (duel.ours, duel.theirs, duel.sign) == (2, 1, "won")
    back = count.duels[1][1][0]
    assert back is not None
    assert back.sign == "lost"


def test_grades_are_named() -> None:
    best = shown(MajorityJudgement(5), {"1:4,2:1": 2, "1:3,2:4": 1}).bars
    assert [bar.grade for bar in best][:2] == ["4 とてもよい", "1 あまりよくない"]


def test_every_grade_is_there_to_find_the_middle_again() -> None:
    """Both have 3 in the middle. One 3 less each, and the first falls to 2."""
    profile = {"1:3,2:3": 1, "1:4,2:3": 1, "1:3,2:4": 1, "2:2": 1, "1:2,2:4": 1}
    count = shown(MajorityJudgement(5), profile)
    assert [(one.weights, one.middle, one.won) for one in count.profile] == [
        (["1", "0", "1", "2", "1"], 3, False),
        (["0", "0", "1", "2", "2"], 3, True),
        (["5", "0", "0", "0", "0"], 0, False),
    ]
    assert count.apart[1:] == ["初めて差のついたところでは、みかん「3 よい」に対し、屋根「2 ふつう」でした。"]
    assert shown(MajorityJudgement(5), {"1:3": 2, "2:1": 1}).apart == []


def test_who_beats_all_others_is_named_and_else_the_paths_are_there() -> None:
    beaten = shown(Schulze(equal=False), {"1>2>3": 3, "2>1>3": 2})
    assert (beaten.beats, beaten.paths) == ("屋根", [])
    cycle = shown(Schulze(equal=False), {"1>2>3": 4, "2>3>1": 3, "3>1>2": 2})
    assert cycle.beats == ""
    assert [(path.option, path.other, path.there, path.back) for path in cycle.paths] == [
        ("屋根", "みかん", 6, 5),
        ("屋根", "花火", 6, 5),
    ]
    assert shown(Copeland(equal=False), {"1>2>3": 4, "2>3>1": 3, "3>1>2": 2}).paths == []


def test_what_shares_are_of_is_said() -> None:
    assert shown(SingleChoice(), {"option_1": 2, "abstain": 1}).base == "割合は、棄権も入れた3票に対するものです。"
    assert shown(Approval(None), {"1": 2, "abstain": 1}).base == "割合は、棄権を除いた2票に対するものです。"
    assert "10点" in shown(Score(5), {"1:3": 2, "abstain": 1}).base
    assert shown(Quadratic(9), {"1:3": 2}).base == ""


def test_a_budget_that_nothing_was_decided_on_is_not_spent() -> None:
    tied = shown(GreedyBudget(3, "votes"), {"1": 1, "3": 1})
    assert [bar.state for bar in tied.bars] == ["tied", "", "tied"]
    assert tied.spent == (0, 100)


def test_what_a_vote_can_spend_is_said() -> None:
    each = shown(EqualShares(3, "none"), {"1,2": 2, "3": 1, "abstain": 1}).each
    assert each.startswith("はじめに一票が使える額は、予算 100 を3票で分けた 33.33 です。")
    assert shown(GreedyBudget(3, "votes"), {"1": 1}).each == ""


@pytest.mark.parametrize(("completion", "keys"), [("none", 1), ("add1", 2), ("greedy", 2)])
def test_what_happens_with_money_left_is_said(completion: Any, keys: int) -> None:
    told = shown(EqualShares(3, completion), {"1,2": 2, "3": 1}).funded_by
    assert len(told) == keys
    assert all(JA.has(f"outcome.funded.key.{key}") for key in told)


@pytest.mark.parametrize("method", [GreedyBudget(3, "votes"), EqualShares(3, "greedy")])
def test_what_is_funded_leaves_the_rest(method: Method) -> None:
    count = shown(method, {"1,2": 3, "3": 1})
    assert [(name, cost) for name, _, cost, _ in count.funded] == [("屋根", "60"), ("みかん", "30")] or [
        name for name, *_ in count.funded
    ] == ["みかん", "屋根"]
    assert count.funded[-1][3] == "10"
    assert count.spent == (90, 100)


def test_a_lot_is_named_as_such() -> None:
    count = shown(InstantRunoff(), {"1": 1, "2": 1}, ("option_2", "option_1", "option_3"))
    assert count.ties[0] == "同数で並びました:屋根、みかん。"
    assert "みかん" in count.ties[1]
    assert shown(InstantRunoff(), {"1": 2, "2": 1}).ties == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "step",
    [
        Step("quorum", "heads", 3, "at_least", "1/2", "all", 6, 3, holds=True, cls="member"),
        Step("quorum_answers", "weight", 3, "at_least", "1/25", "all", 60, 3, holds=True),
        Step("quorum_answers", "heads", 3, "over", "1/25", "all", 60, 3, holds=True),
        Step("quorum_approvals", "heads", 3, "at_least", None, "count", 2, 2, holds=True),
        Step("threshold", "heads", 3, "at_least", "2/3", "expressed", 4, 3, holds=True),
        Step("threshold", "heads", 3, "at_least", "2/3", "yes_no", 4, 3, holds=True, cls="member"),
        Step("threshold", "weight", 3, "over", None, "rival", 2, 3, holds=True),
        Step("objections", "heads", 1, "at_most", None, "count", 0, 0, holds=False),
        Step("consents", "heads", 1, "at_least", None, "count", 1, 1, holds=True),
        Step("tie", "weight", 3, "equal", None, "rival", 3, 3, holds=True),
    ],
)
def test_every_step_has_words_with_its_numbers(step: Step, lang: str) -> None:
    for chooses, more in itertools.product((True, False), (True, False)):
        told = tell_step(
            Words(TEXTS, lang, 540), step, lambda weight: f"<{weight}>", chooses=chooses, met=more, several=more
        )
        assert told.title
        if step.name != "tie" or not chooses:
            assert str(step.have) in told.asked + told.found
    by_amount = step.unit == "weight" and step.name in ("threshold", "tie")
    assert (told.have == f"<{step.have}>") == by_amount
