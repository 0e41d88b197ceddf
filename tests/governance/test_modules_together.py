"""What of a rule's answers can't work together is refused at the one to be changed; what can is not."""

from __future__ import annotations

from typing import Any

import pytest

from governance import rule
from ledger.errors import FormatError
from tests.governance.documents import CHOICE, document, quorum, share
from tests.governance.test_modules_bounds import ANSWERS, BODY, HOUSES, IN_EACH, OF_EACH, PANEL, PHASED, STANDING, both

Json = dict[str, Any]

CHAIR, LOT, OPEN = {"tie": {"module": "chair/1"}}, {"tie": {"module": "lot/1"}}, {"tie": {"module": "status_quo/1"}}
SEALED, HIDDEN = {"secrecy": {"module": "confidential/1"}}, {"secrecy": {"module": "hidden/1"}}
CONSENT: Json = {"method": {"module": "consent/1"}, "threshold": {"module": "no_objection/1"}}
BUDGET: Json = {
    "method": {"module": "greedy_budget/1", "most": 10, "by": "votes"},
    "threshold": {"module": "relative_majority/1"},
}
NO_LOCK = {"timing": PHASED | {"timelock_seconds": 0}}
LATE = {"timing": PHASED | {"late_quorum_seconds": 60}}
EARLY = {"timing": PHASED | {"early_close": True}}
SUPER = {"timing": PHASED | {"super_quorum": "2/3"}}
MEETING = {"venue": {"module": "meeting/1", "kinds": ["general"], "motions": False}}
HANDS, UNOPPOSED = {"channels": ["online", "hands"]}, {"channels": ["unopposed"]}
WEIGHTY = {"weight": {"module": "by_class/1", "weights": {"a": 2}, "others": 1}}
LIQUID = {"delegation": STANDING}
TIMED: Json = document(timing=PHASED)


@pytest.mark.parametrize(
    ("rest", "path", "reason"),
    [
        ({"veto": BODY} | NO_LOCK, "veto/module", "needs_timelock"),
        ({"weight": HOUSES} | LIQUID, "delegation/module", "needs_plain_weight"),
        ({"weight": HOUSES, "electorate": {"module": "without_chair/1"}}, "electorate/module", "needs_plain_weight"),
        (CHAIR | {"threshold": share("2/3", "yes_no", strict=False)}, "tie/module", "needs_half"),
        (CHAIR | {"threshold": share("1/2", "yes_no", strict=False)}, "tie/module", "needs_half"),
        (CHAIR | {"threshold": share("1/2", "all", strict=True)}, "tie/module", "needs_half"),
        (LOT | {"threshold": share("1/2", "cast", strict=True) | {"unit": "heads"}}, "tie/module", "needs_half"),
        (LOT | {"threshold": both("all_of/1", share("1/2", "cast", strict=True), OF_EACH)}, "tie/module", "needs_half"),
        (CHAIR | CONSENT, "tie/module", "needs_half"),
        (CHOICE | CHAIR, "tie/module", "needs_yes_no"),
        (CHOICE | {"quorum": ANSWERS}, "quorum/module", "needs_yes_no"),
        (CHOICE | {"threshold": OF_EACH}, "threshold/module", "needs_yes_no"),
        (CHOICE | {"threshold": share("1/2", "yes_no", strict=True)}, "threshold/of", "not_in_method"),
        ({"threshold": {"module": "relative_majority/1"}}, "threshold/module", "needs_options"),
        ({"threshold": {"module": "no_objection/1"}}, "threshold/module", "needs_consent"),
        (CONSENT | {"quorum": ANSWERS}, "quorum/counts/0", "not_in_method"),
        (CONSENT | {"threshold": {"module": "relative_majority/1"}}, "threshold/module", "needs_options"),
        (CONSENT | {"threshold": OF_EACH}, "threshold/module", "needs_yes_no"),
        ({"uncontested": {"module": "elected/1"}}, "uncontested/module", "needs_seats"),
        (BUDGET | {"uncontested": {"module": "elected/1"}}, "uncontested/module", "needs_seats"),
        (BUDGET | SEALED, "secrecy/module", "not_sealed"),
        ({"weight": HOUSES} | SEALED, "secrecy/module", "not_sealed"),
        ({"quorum": IN_EACH} | HIDDEN, "secrecy/module", "not_sealed"),
        ({"threshold": OF_EACH} | HIDDEN, "secrecy/module", "not_sealed"),
        *(
            (timing | rest, path, reason)
            for timing in (LATE, EARLY, SUPER)
            for rest, path, reason in (
                (SEALED, "timing/module", "not_sealed"),
                (HIDDEN, "timing/module", "not_sealed"),
                (LIQUID, "timing/module", "needs_plain_vote"),
                (CHAIR, "timing/module", "needs_plain_vote"),
                ({"threshold": OF_EACH}, "timing/module", "needs_plain_vote"),
                ({"weight": HOUSES}, "timing/module", "needs_plain_vote"),
                (
                    {"method": {"module": "single_choice/1"}, "threshold": {"module": "relative_majority/1"}},
                    "timing/module",
                    "needs_plain_vote",
                ),
                (HANDS, "timing/module", "needs_ballots"),
                (UNOPPOSED, "timing/module", "needs_ballots"),
                (MEETING, "timing/module", "not_in_meetings"),
            )
        ),
        (CHOICE | HANDS, "channels/1", "needs_yes_no"),
        (CONSENT | UNOPPOSED, "channels/0", "needs_yes_no"),
        (WEIGHTY | HANDS, "channels/1", "needs_one_vote_each"),
        ({"weight": {"module": "household/1"}} | HANDS, "channels/1", "needs_one_vote_each"),
        (SEALED | HANDS, "channels/1", "not_sealed"),
        (HIDDEN | UNOPPOSED, "channels/0", "not_sealed"),
        (LIQUID | HANDS, "channels/1", "needs_plain_vote"),
        ({"quorum": IN_EACH} | HANDS, "channels/1", "needs_plain_vote"),
    ],
)
def test_what_can_not_work_together_is_refused(rest: Json, path: str, reason: str) -> None:
    with pytest.raises(FormatError) as caught:
        rule.parse(TIMED | rest)
    assert caught.value.params == {"path": path, "reason": reason}


@pytest.mark.parametrize(
    "rest",
    [
        {"veto": BODY},
        {"veto": BODY} | SEALED | LIQUID,
        LIQUID | SEALED,
        LIQUID | HIDDEN | WEIGHTY,
        LIQUID | {"threshold": OF_EACH, "quorum": IN_EACH},
        LIQUID | MEETING | {"electorate": {"module": "without_chair/1"}},
        {"weight": HOUSES, "threshold": OF_EACH, "quorum": both("all_of/1", IN_EACH, ANSWERS)},
        {"electorate": PANEL | {"of": {"module": "without_chair/1"}}} | MEETING,
        {"electorate": PANEL} | LATE,
        CHAIR | {"threshold": share("1/2", "present", strict=True)} | MEETING | HANDS,
        CHAIR | {"quorum": IN_EACH},
        CHAIR | SEALED,
        LOT,
        LOT | LIQUID | HIDDEN,
        CHOICE | LOT | {"threshold": share("1/2", "expressed", strict=True)},
        CHOICE | LOT | SEALED,
        OPEN | {"threshold": share("2/3", "all", strict=False)},
        CONSENT | EARLY,
        CONSENT | SEALED | LIQUID,
        CONSENT | {"quorum": ANSWERS | {"counts": ["consent", "abstain"]}},
        CONSENT | {"threshold": both("all_of/1", {"module": "no_objection/1"}, share("1/2", "cast", strict=True))},
        BUDGET | LIQUID | WEIGHTY,
        LATE | EARLY | OPEN | {"quorum": both("all_of/1", quorum("weight", "1/3", strict=False), ANSWERS)},
        {"timing": PHASED | {"late_quorum_seconds": 60, "early_close": True, "super_quorum": "1/2"}} | WEIGHTY,
        HANDS | UNOPPOSED,
        {"proxy": {"module": "members/1", "most": 1, "who": "household", "to_chair": False}} | LIQUID | MEETING,
        CHOICE | {"uncontested": {"module": "elected/1"}} | LOT,
    ],
)
def test_what_can_work_together_is_taken(rest: Json) -> None:
    assert rule.describe(rule.parse(TIMED | rest))
