"""Exact edges: at the share and one below it, over it and at it, of nobody, by class, and put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from governance import outcome, rule
from governance.count import Count, Paper
from governance.modules.questions import Ask, Roll
from governance.outcome import Outcome, Votes
from governance.standing import Standing
from tests.governance.documents import CHOICE, document, quorum, share
from tests.governance.test_modules_bounds import ANSWERS, CLASS, DEPOSIT, IN_EACH, OF_EACH, PHASED, REST, both

Json = dict[str, Any]
Cast = Mapping[str, tuple[int, int]]
"""Heads and weight of each choice."""


def outcome_of(what: Json, roll: Roll, *, convocation: int = 1, there: int = 0, **houses: Cast) -> Outcome:
    """``houses``: by class, ``everyone`` where classes don't matter. ``there``: who came and said nothing."""
    tallies = {
        "" if cls == "everyone" else cls: {choice: Count(*pair) for choice, pair in cast.items()}
        for cls, cast in houses.items()
    }
    attended = {next(iter(tallies)): Count(there, there)} if there else {}
    return outcome.decide(rule.parse(what), roll, Votes(tallies, attended, convocation), Paper())[1]


def each(**choices: int) -> Cast:
    return {choice: (heads, heads) for choice, heads in choices.items()}


def result(what: Json, roll: int, there: int = 0, convocation: int = 1, **choices: int) -> str:
    """One vote each, of no class."""
    return outcome_of(what, Roll(roll, roll), convocation=convocation, there=there, everyone=each(**choices)).result


HALF, OVER_HALF = quorum("heads", "1/2", strict=False), quorum("heads", "1/2", strict=True)
DOWN = ANSWERS | {"fraction": "1/25", "rounding": "down", "counts": ["yes", "abstain"]}


@pytest.mark.parametrize(
    ("asked", "roll", "votes", "reached"),
    [
        (HALF, 100, {"yes": 50}, True),
        (HALF, 100, {"yes": 49}, False),
        (HALF, 101, {"yes": 51}, True),
        (HALF, 101, {"yes": 50}, False),
        (HALF, 1, {"yes": 1}, True),
        (HALF, 0, {}, False),
        (HALF, 100, {"yes": 20, "no": 20, "abstain": 10}, True),
        (HALF, 100, {"yes": 20, "there": 30}, True),
        (HALF, 100, {"yes": 20, "there": 29}, False),
        (HALF, 100, {"yes": 49, "invalid": 1}, True),
        (OVER_HALF, 100, {"yes": 51}, True),
        (OVER_HALF, 100, {"yes": 50}, False),
        (OVER_HALF, 101, {"yes": 51}, True),
        (OVER_HALF, 0, {}, False),
        (quorum("heads", "1/1", strict=False), 3, {"yes": 3}, True),
        (quorum("heads", "1/1", strict=False), 3, {"yes": 2}, False),
        (quorum("heads", "1/999999", strict=False), 5, {"yes": 1}, True),
        (quorum("heads", "1/999999", strict=False), 5, {}, False),
        (ANSWERS, 10, {"yes": 5}, True),
        (ANSWERS, 10, {"yes": 4, "abstain": 6}, False),
        (ANSWERS, 11, {"yes": 5}, False),
        (DOWN, 99, {"yes": 3}, True),
        (DOWN, 99, {"yes": 2, "abstain": 1}, True),
        (DOWN, 99, {"yes": 2, "no": 90}, False),
        (DOWN | {"rounding": "exact"}, 99, {"yes": 3}, False),
        (DOWN, 24, {"yes": 1}, True),  # four hundredths of 24, rounded down, are none
        ({"module": "approvals/1", "count": 4}, 10, {"yes": 4}, True),
        ({"module": "approvals/1", "count": 4}, 10, {"yes": 3, "abstain": 7}, False),
        (both("all_of/1", HALF, {"module": "approvals/1", "count": 4}), 10, {"yes": 4, "no": 1}, True),
        (both("all_of/1", HALF, {"module": "approvals/1", "count": 4}), 10, {"yes": 3, "no": 2}, False),
        (both("all_of/1", HALF, {"module": "approvals/1", "count": 4}), 10, {"yes": 4}, False),
    ],
)
def test_quorums(asked: Json, roll: int, votes: dict[str, int], reached: bool) -> None:  # noqa: FBT001
    assert (result(document(quorum=asked), roll, **votes) != "no_quorum") == reached


def test_a_quorum_rounded_down_to_none_lets_nobody_pass_anything() -> None:
    assert result(document(quorum=DOWN), 24) == "failed"
    assert result(document(quorum=DOWN), 0) == "failed"


def test_the_second_convocation_has_its_own_quorum() -> None:
    twice = document(quorum={"module": "convocations/1", "first": HALF, "second": {"module": "none/1"}})
    found = [result(twice, 100, convocation=number, yes=3) for number in (1, 2, 3)]
    assert found == ["no_quorum", "passed", "passed"]


@pytest.mark.parametrize(
    ("strict", "present", "reached"),
    [(False, 5, True), (False, 4, False), (True, 6, True), (True, 5, False)],
)
def test_each_class_is_there(strict: bool, present: int, reached: bool) -> None:  # noqa: FBT001
    """Half of ten users; the workers are there anyway."""
    asked = IN_EACH | {"fractions": {"user": "1/2", "worker": "1/2"}, "strict": strict}
    roll = Roll(13, 13, {"user": Count(10, 10), "worker": Count(3, 3)})
    for there in range(2):
        found = outcome_of(document(quorum=asked), roll, user=each(yes=present - there), worker=each(no=2), there=there)
        assert (found.result != "no_quorum") == reached
        assert [step.cls for step in found.steps[:2]] == ["user", "worker"]


def test_a_class_of_nobody_is_never_there() -> None:
    roll = Roll(3, 3, {"worker": Count(3, 3)})
    asked = IN_EACH | {"fractions": {"user": "1/999"}, "strict": False}
    assert outcome_of(document(quorum=asked), roll, worker=each(yes=3)).result == "no_quorum"
    needed = OF_EACH | {"classes": ["user"], "strict": False, "of": "all"}
    assert outcome_of(document(threshold=needed), roll, worker=each(yes=3)).result == "failed"


@pytest.mark.parametrize(
    ("of", "strict", "users", "passes"),
    [
        ("all", True, each(yes=6), True),
        ("all", True, each(yes=5, no=1), False),
        ("all", False, each(yes=5, no=5), True),
        ("all", False, each(yes=4), False),
        ("present", True, each(yes=2, no=1), True),
        ("present", True, each(yes=2, no=1, abstain=1), False),
        ("present", False, each(yes=2, no=1, abstain=1), True),
        ("yes_no", True, each(yes=2, no=1, abstain=7), True),
        ("yes_no", True, each(yes=2, no=2), False),
        ("yes_no", False, each(yes=2, no=2), True),
        ("yes_no", False, each(abstain=4), False),
        ("yes_no", False, {}, False),
    ],
)
def test_each_class_agrees(of: str, strict: bool, users: Cast, passes: bool) -> None:  # noqa: FBT001
    """Ten users; the workers agree anyway."""
    asked = OF_EACH | {"classes": ["user", "worker"], "of": of, "strict": strict}
    roll = Roll(13, 13, {"user": Count(10, 10), "worker": Count(3, 3)})
    found = outcome_of(document(threshold=asked), roll, user=users, worker=each(yes=3))
    assert found.result == ("passed" if passes else "failed")


@pytest.mark.parametrize(
    ("parts", "yes", "no", "passes"),
    [
        ("heads", (5, 10), (5, 90), True),
        ("heads", (4, 90), (6, 10), False),
        ("weight", (4, 67), (6, 33), True),
        ("weight", (9, 66), (1, 34), False),
        ("both", (5, 67), (5, 33), True),
        ("both", (4, 90), (6, 10), False),
        ("both", (9, 66), (1, 34), False),
    ],
)
def test_heads_and_weight_apart_and_together(
    parts: str,
    yes: tuple[int, int],
    no: tuple[int, int],
    passes: bool,  # noqa: FBT001
) -> None:
    """一般法人法49-2: half of all members by head, and two thirds of all votes."""
    heads, weight = share("1/2", "all", strict=False) | {"unit": "heads"}, share("2/3", "all", strict=False)
    asked = {"heads": heads, "weight": weight, "both": both("all_of/1", heads, weight)}[parts]
    found = outcome_of(document(threshold=asked), Roll(10, 100), everyone={"yes": yes, "no": no})
    assert found.result == ("passed" if passes else "failed")


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        (each(consent=1), "passed"),
        (each(consent=9, object=1), "failed"),
        (each(abstain=9), "failed"),
        (each(invalid=3), "failed"),
        ({}, "failed"),
    ],
)
def test_one_objection_is_enough_and_silence_is_not(votes: Cast, expected: str) -> None:
    consent = document(method={"module": "consent/1"}, threshold={"module": "no_objection/1"})
    assert outcome_of(consent, Roll(10, 10), everyone=votes).result == expected


@pytest.mark.parametrize(
    ("tie", "order", "expected", "broken"),
    [
        ("fails/1", (), "failed", None),
        ("status_quo/1", (), "tied", None),
        ("chair/1", (), "tied", None),
        ("lot/1", (), "tied", None),
        ("chair/1", ("yes", "no"), "passed", "chair"),
        ("chair/1", ("no", "yes"), "failed", "chair"),
        ("lot/1", ("yes", "no"), "passed", "lot"),
        ("lot/1", ("no", "yes"), "failed", "lot"),
    ],
)
def test_ties(tie: str, order: tuple[str, ...], expected: str, broken: str | None) -> None:
    found = rule.parse(document(tie={"module": tie}))
    tied = Votes({"": {"yes": Count(3, 3), "no": Count(3, 3), "abstain": Count(1, 1)}})
    judged = outcome.decide(found, Roll(9, 9), tied, Paper(), order)[1]
    assert (judged.result, judged.broken) == (expected, broken)
    assert judged.winners == (("yes",) if expected == "passed" else ())
    for uneven in ({"yes": Count(4, 4), "no": Count(3, 3)}, {"yes": Count(3, 3), "no": Count(4, 4)}):
        decided = outcome.decide(found, Roll(9, 9), Votes({"": uneven}), Paper(), order)[1]
        assert decided.result == ("passed" if uneven["yes"].heads == 4 else "failed")
        assert decided.broken is None
    nobody = outcome.decide(found, Roll(9, 9), Votes({"": {"abstain": Count(9, 9)}}), Paper(), order)[1]
    assert nobody.result == "failed"


def test_no_order_helps_without_a_quorum() -> None:
    found = rule.parse(document(tie={"module": "lot/1"}, quorum=HALF))
    tied = Votes({"": {"yes": Count(2, 2), "no": Count(2, 2)}})
    assert outcome.decide(found, Roll(9, 9), tied, Paper(), ("yes", "no"))[1].result == "no_quorum"


@pytest.mark.parametrize(
    ("fraction", "strict", "counts", "expected"),
    [
        ("1/2", True, (2, 2, 0), "option_2"),  # two halves: the lot decides
        ("1/2", True, (2, 2, 1), None),
        ("1/2", True, (3, 2, 1), None),
        ("1/2", True, (4, 2, 1), "option_1"),
        ("1/2", False, (2, 2, 0), "option_2"),
    ],
)
def test_a_lot_between_options_decides_at_the_bar_and_not_below(
    fraction: str,
    strict: bool,  # noqa: FBT001
    counts: tuple[int, ...],
    expected: str | None,
) -> None:
    what = CHOICE | {"threshold": share(fraction, "cast", strict=strict)}
    tie: Json = {"tie": {"module": "lot/1"}} if strict else {}
    votes = {f"option_{number}": Count(heads, heads) for number, heads in enumerate(counts, 1)}
    order = ("option_2", "option_3", "option_1")
    found = outcome.decide(rule.parse(what | tie), Roll(9, 9), Votes({"": votes}), Paper(3), order)[1]
    assert found.winners == (() if expected is None else (expected,))


def member(**fields: Any) -> Standing:
    given: Json = {"id": "mem_x", "cls": "a", "active": True} | fields
    return Standing(**given)


@pytest.mark.parametrize(
    ("electorate", "standing", "ask", "included"),
    [
        ({"module": "all_active/1"}, {}, Ask(), True),
        ({"module": "all_active/1"}, {"active": False}, Ask(), False),
        (CLASS, {"active": False}, Ask(), False),
        (CLASS, {"cls": "b"}, Ask(), False),
        ({"module": "by_area/1", "areas": ["n"]}, {"area": "n"}, Ask(), True),
        ({"module": "by_area/1", "areas": ["n"]}, {}, Ask(), False),
        ({"module": "by_role/1", "roles": ["auditor"]}, {"roles": frozenset({"auditor"})}, Ask(), True),
        ({"module": "by_role/1", "roles": ["auditor"]}, {"roles": frozenset({"chair"})}, Ask(), False),
        (
            {"module": "by_role/1", "roles": ["auditor"]},
            {"roles": frozenset({"auditor"}), "active": False},
            Ask(),
            False,
        ),
        ({"module": "tenure/1", "member_seconds": 10}, {"joined": 5000}, Ask(opens_at=15_000), True),
        ({"module": "tenure/1", "member_seconds": 10}, {"joined": 5001}, Ask(opens_at=15_000), False),
        ({"module": "disinterested/1"}, {}, Ask(excluded=frozenset({"mem_x"})), False),
        ({"module": "disinterested/1"}, {}, Ask(excluded=frozenset({"mem_y"})), True),
        ({"module": "without_chair/1"}, {}, Ask(chair="mem_x"), False),
        ({"module": "without_chair/1"}, {}, Ask(), True),
        ({"module": "panel/1", "size": 3, "of": CLASS}, {}, Ask(), False),
        ({"module": "panel/1", "size": 3, "of": CLASS}, {}, Ask(drawn=frozenset({"mem_x"})), True),
        ({"module": "panel/1", "size": 3, "of": CLASS}, {"cls": "b"}, Ask(drawn=frozenset({"mem_x"})), False),
        (both("all_of/1", CLASS, {"module": "disinterested/1"}), {}, Ask(excluded=frozenset({"mem_x"})), False),
        (both("any_of/1", CLASS, {"module": "disinterested/1"}), {}, Ask(excluded=frozenset({"mem_x"})), True),
    ],
)
def test_electorates(electorate: Json, standing: Json, ask: Ask, included: bool) -> None:  # noqa: FBT001
    assert rule.parse(document(electorate=electorate)).on_roll(member(**standing), ask) == included


def test_whoever_an_expulsion_concerns_is_left_out_of_compositions_too() -> None:
    left_out = {"module": "disinterested/1"}
    for electorate, expected in (
        (both("all_of/1", CLASS, left_out), True),
        (both("any_of/1", CLASS, left_out), False),
        (both("any_of/1", both("all_of/1", CLASS, left_out), left_out), True),
        ({"module": "panel/1", "size": 3, "of": left_out}, True),
    ):
        assert rule.parse(document(electorate=electorate)).electorate.disinterested() is expected


def test_admissions_together_ask_for_the_most_of_each() -> None:
    seconders = [{"module": "seconders/1", "count": count} for count in (2, 5)]
    parts = both("all_of/1", *seconders, DEPOSIT | {"tokens": 7}, REST | {"wait_seconds": 90}, CLASS)
    found = rule.parse(document(admission=parts)).admission
    assert (found.seconders(), found.deposit(), found.cooling_off()) == (5, 7, 90_000)
    assert (found.admits(member()), found.admits(member(cls="b"))) == (True, False)


@pytest.mark.parametrize(("yes", "back", "rests"), [(0, False, True), (24, False, True), (25, False, False),
                                                    (33, False, False), (34, True, False)])  # fmt: skip
def test_deposits_come_back_and_defeats_rest_at_their_shares(yes: int, back: bool, rests: bool) -> None:  # noqa: FBT001
    """A third of the votes cast, abstentions among them, and a quarter."""
    found = rule.parse(document(admission=both("all_of/1", DEPOSIT, REST)))
    votes = Votes({"": {"yes": Count(yes, yes), "no": Count(90 - yes, 90 - yes), "abstain": Count(10, 10)}})
    counted, _ = outcome.decide(found, Roll(200, 200), votes, Paper())
    asked = outcome.poll(found, Roll(200, 200), votes, counted)
    assert (found.admission.returns(asked), found.admission.defeated(asked)) == (back, rests)


def test_where_nobody_voted_nobody_was_defeated() -> None:
    found = rule.parse(document(admission=both("all_of/1", DEPOSIT, REST)))
    votes = Votes({"": {}})
    counted, _ = outcome.decide(found, Roll(9, 9), votes, Paper())
    asked = outcome.poll(found, Roll(9, 9), votes, counted)
    assert (found.admission.returns(asked), found.admission.defeated(asked)) == (True, False)


def test_times_are_milliseconds() -> None:
    seconds = {name: number for number, name in enumerate(PHASED, 60) if name.endswith("_seconds")}
    found = rule.parse(document(timing=PHASED | seconds)).timing
    said = (found.deliberation(), found.delay(), found.voting(), found.late_quorum(), found.timelock())
    assert (*said, found.execution()) == tuple(1000 * number for number in seconds.values())
    fixed = rule.parse(document()).timing
    assert (fixed.late_quorum(), fixed.closes_early(), fixed.super(), fixed.execution()) == (0, False, None, 0)
    assert fixed.deliberation() == 0


@pytest.mark.parametrize(
    ("veto", "standing", "entitled"),
    [
        (CLASS | {"count": 1}, {}, True),
        (CLASS | {"count": 1}, {"cls": "b"}, False),
        (CLASS | {"count": 1}, {"active": False}, False),
        ({"module": "by_role/1", "roles": ["auditor"], "count": 1}, {"roles": frozenset({"auditor"})}, True),
        ({"module": "by_role/1", "roles": ["auditor"], "count": 1}, {}, False),
        ({"module": "none/1"}, {"roles": frozenset({"auditor"})}, False),
    ],
)
def test_vetoers(veto: Json, standing: Json, entitled: bool) -> None:  # noqa: FBT001
    assert rule.parse(document(timing=PHASED, veto=veto)).veto.entitles(member(**standing)) == entitled


def test_nobody_on_the_roll_weighs_nothing() -> None:
    """Whoever has no weight is no head either: quorums by heads count those who have a vote."""
    balances = rule.parse(document(weight={"module": "balance/1", "cap": 5}))
    people = [member(id=f"mem_{tokens}", balance=tokens) for tokens in (0, 1, 5, 9, -3)]
    assert balances.roll(people, Ask()) == Roll(3, 11)
    assert [balances.weight_of(one, Ask()) for one in people] == [0, 1, 5, 5, 0]


def test_what_nobody_can_afford_does_not_win_and_that_is_said() -> None:
    budget = CHOICE | {
        "method": {"module": "greedy_budget/1", "most": 10, "by": "votes"},
        "threshold": share("1/2", "all", strict=True),
    }
    dear = Paper(2, 1, (3, 4), 2)
    found = outcome.decide(rule.parse(budget), Roll(3, 3), Votes({"": {"1": Count(3, 3)}}), dear)[1]
    assert (found.result, [(step.name, step.holds) for step in found.steps]) == (
        "failed",
        [("threshold", True), ("winners", False)],
    )
