"""Rule documents: what is read, what is refused and where, and what is said about a rule."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from governance import rule
from governance.modules.questions import Ask, Roll
from governance.standing import Standing
from ledger import canonical
from ledger.errors import FormatError
from tests.governance.documents import CHOICE, PLAIN, document, quorum, share


def refused(value: Any) -> tuple[str, str]:
    with pytest.raises(FormatError) as caught:
        rule.parse(value)
    assert caught.value.code == "rule.invalid"
    return caught.value.params["path"], caught.value.params["reason"]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The plain document with ``value`` at ``path``."""
    whole: dict[str, Any] = copy.deepcopy(PLAIN)
    place = whole
    *above, last = path.split("/")
    for name in above:
        place = place[name]
    place[last] = value
    return whole


@pytest.mark.parametrize(
    ("fraction", "reason"),
    [
        ("3/2", "above_one"),
        ("0/1", "not_positive"),
        ("-1/2", "not_positive"),
        ("1/0", "no_denominator"),
        ("2/4", "not_lowest_terms"),
        ("1", "not_a_fraction"),
        ("1/", "not_a_fraction"),
        ("", "not_a_fraction"),
        ("0.5", "not_a_fraction"),
        ("01/2", "not_a_fraction"),
        (" 1/2", "not_a_fraction"),
        ("1/2\n", "not_a_fraction"),
        ("１/２", "not_a_fraction"),
        ("1/1", "unreachable"),
        ("1/1000000", "not_a_fraction"),
        (1, "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_impossible_shares_are_refused_with_their_path(fraction: Any, reason: str) -> None:
    assert refused(changed("threshold/fraction", fraction)) == ("threshold/fraction", reason)
    counted = document(quorum={"module": "heads/1", "fraction": fraction, "strict": True})
    assert refused(counted) == ("quorum/fraction", reason)


@pytest.mark.parametrize(
    ("path", "value", "fault", "reason"),
    [
        ("quorum", {"module": "heads/1", "strict": False}, "quorum/fraction", "missing"),
        ("quorum", {"module": "none/1", "fraction": "1/2"}, "quorum/fraction", "unknown_field"),
        ("quorum", {"module": "heads/2"}, "quorum/module", "unknown_module"),
        ("quorum", {"fraction": "1/2"}, "quorum/module", "missing"),
        ("quorum", "none/1", "quorum", "not_object"),
        ("quorum/module", ["none/1"], "quorum/module", "unknown_module"),
        ("threshold/strict", 1, "threshold/strict", "wrong_type"),
        ("threshold/of", "members", "threshold/of", "wrong_type"),
        ("threshold", {"module": "relative_majority/1"}, "threshold/module", "needs_options"),
        ("method", {"module": "single_choice/1"}, "threshold/of", "not_in_method"),
        ("timing/voting_seconds", 0, "timing/voting_seconds", "too_short"),
        ("timing/voting_seconds", -5, "timing/voting_seconds", "too_short"),
        ("timing/voting_seconds", 59, "timing/voting_seconds", "too_short"),
        ("timing/voting_seconds", 366 * 86_400 + 1, "timing/voting_seconds", "too_long"),
        ("timing/voting_seconds", True, "timing/voting_seconds", "wrong_type"),
        ("timing/voting_seconds", "60", "timing/voting_seconds", "wrong_type"),
        ("timing/delay_seconds", -1, "timing/delay_seconds", "negative"),
        ("timing/timelock_seconds", 10**9, "timing/timelock_seconds", "too_long"),
        ("electorate", {"module": "by_class/1", "classes": []}, "electorate/classes", "empty"),
        ("electorate", {"module": "by_class/1", "classes": ["a", "a"]}, "electorate/classes/1", "twice"),
        ("electorate", {"module": "by_class/1", "classes": ["正"]}, "electorate/classes/0", "not_a_class"),
        ("electorate", {"module": "by_class/1", "classes": "a"}, "electorate/classes", "wrong_type"),
        ("weight", {"module": "by_class/1", "weights": {}, "others": 1}, "weight/weights", "empty"),
        ("weight", {"module": "by_class/1", "weights": {"a": 0}, "others": 1}, "weight/weights/a", "not_positive"),
        ("weight", {"module": "by_class/1", "weights": {"a": 2}, "others": 0}, "weight/others", "not_positive"),
        ("weight", {"module": "by_class/1", "weights": {"a": 10**7}, "others": 1}, "weight/weights/a", "too_large"),
        ("weight", {"module": "by_class/1", "weights": {"a": 2}}, "weight/others", "missing"),
        ("channels", [], "channels", "empty"),
        ("channels", "online", "channels", "wrong_type"),
        ("channels", ["online", "fax"], "channels/1", "unknown_channel"),
        ("channels", ["online", "online"], "channels/1", "twice"),
        ("tally", {"module": "x/1"}, "tally", "unknown_field"),
    ],
)
def test_impossible_documents_are_refused_with_their_path(path: str, value: Any, fault: str, reason: str) -> None:
    assert refused(changed(path, value)) == (fault, reason)


@pytest.mark.parametrize("question", [*sorted(rule.QUESTIONS.keys() - rule.UNANSWERED.keys()), "channels"])
def test_every_question_must_be_answered(question: str) -> None:
    whole = document()
    del whole[question]
    assert refused(whole) == (question, "missing")


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_only_an_object_is_a_document(value: Any) -> None:
    assert refused(value) == ("", "not_object")


def test_a_document_that_is_at_the_edge_is_read() -> None:
    edge = document(threshold=share("1/1", "all", strict=False), quorum=quorum("weight", "1/1", strict=False))
    found = rule.parse(edge)
    assert (found.threshold.describe()[1], found.quorum.describe()[1]) == ({"fraction": "1/1"}, {"fraction": "1/1"})


def test_module_names_are_unique_and_versioned() -> None:
    for modules in rule.QUESTIONS.values():
        names = [module.NAME for module in modules]
        assert len(set(names)) == len(names)
        assert all(name.endswith("/1") for name in names)


def test_roll_counts_active_members_of_the_classes_with_their_weights() -> None:
    found = rule.parse(
        document(
            electorate={"module": "by_class/1", "classes": ["farmer", "guest"]},
            weight={"module": "by_class/1", "weights": {"farmer": 3}, "others": 1},
        )
    )
    members = [
        Standing("mem_a", "farmer", active=True),
        Standing("mem_b", "farmer", active=False),
        Standing("mem_c", "guest", active=True),
        Standing("mem_d", "friend", active=True),
    ]
    assert found.roll(members, Ask()) == Roll(2, 4)
    assert [found.weight_of(member, Ask()) for member in (*members, None)] == [3, 0, 1, 0, 0]


def test_a_rule_describes_itself_in_known_keys_and_json_values() -> None:
    weighty = document(
        electorate={"module": "by_class/1", "classes": ["farmer"]},
        weight={"module": "by_class/1", "weights": {"farmer": 3}, "others": 1},
        quorum=quorum("weight", "1/3", strict=False),
        secrecy={"module": "confidential/1"},
        tie={"module": "status_quo/1"},
    )
    for whole in (PLAIN, CHOICE, weighty):
        lines = rule.describe(rule.parse(whole))
        assert len(lines) == len(rule.QUESTIONS) - len(rule.UNANSWERED) + 3
        assert {key for key, _ in lines} <= set(rule.KEYS)
        canonical.encode([params for _, params in lines])
    assert ("rule.quorum.weight.at_least", {"fraction": "1/3"}) in rule.describe(rule.parse(weighty))
    assert ("rule.threshold.fraction.yes_no.over", {"fraction": "1/2"}) in rule.describe(rule.parse(PLAIN))
