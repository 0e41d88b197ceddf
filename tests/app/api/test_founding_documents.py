"""Rules and policies that founders write as JSON: what will not do is told by its place, and kept as it was typed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.founding import genesis, questions
from app.founding.answers import Answers, Founding, KindRow
from app.texts import Catalogue
from tests.app.api.service import web

RULES = genesis.rules_of(Answers())
POLICIES = genesis.policies_of(Answers(kinds=[KindRow("草刈り", "hour", 10)]))
COMMONS = POLICIES["commons"]


SENTENCES = Catalogue.load().keys("ja") & Catalogue.load().keys("en")


def typed(documents: Any) -> str:
    return documents if isinstance(documents, str) else json.dumps(documents)


@pytest.mark.parametrize(
    ("documents", "path", "why"),
    [
        ("{", "", "found.error.json"),
        ("[]", "", "rules.fault.not_object"),
        ("[" * 100_000, "", "rules.fault.too_large"),
        ("[" * 60_000, "", "rules.fault.too_deep"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "", "rules.fault.too_deep"),
        ('{"a":' * 20 + "1" + "}" * 20, "/".join("a" * 16), "rules.fault.too_deep"),
        ("9" * 5000, "", "rules.fault.too_large"),
        ('{"a": 99999999999999999999}', "a", "rules.fault.too_large"),
        ('{"a": 0.5}', "a", "rules.fault.other"),
        ('{"a": NaN}', "a", "rules.fault.other"),
        ('{"a": "\\ud800"}', "a", "rules.fault.other"),
        ('{"__class__": {}}', "", "rules.fault.code"),
        ('{"rules": {}, "rules": {}}', "rules", "rules.fault.twice"),
        ({"ordinary": RULES["ordinary"]}, "rules", "rules.fault.missing"),
        (RULES | {"ordinary": {}}, "ordinary/electorate", "rules.fault.missing"),
        (RULES | {"ordinary": "majority"}, "ordinary", "rules.fault.not_object"),
        (RULES | {"weather": RULES["ordinary"]}, "weather", "rules.fault.unknown_kind"),
        (RULES | {"role": RULES["role"] | {"quorum": 5}}, "role/quorum", "rules.fault.not_object"),
        (RULES | {"role": RULES["role"] | {"tie": {"module": []}}}, "role/tie/module", "rules.fault.unknown_module"),
        (RULES | {"role": RULES["role"] | {"quorum": {"module": "heads/1", "fraction": "2/0", "strict": True}}},
         "role/quorum/fraction", "rules.fault.no_denominator"),
    ],
)  # fmt: skip
def test_a_rule_that_will_not_do_is_told_by_its_place(documents: Any, path: str, why: str) -> None:
    draft, text = Founding(), typed(documents)
    faults = questions.read_deciding({"voting_days": "7", "rules": text}, draft, web())
    assert [(fault.field, fault.path, fault.key) for fault in faults] == [("rules", path, why)]
    assert why in SENTENCES
    assert draft.answers.rules is None
    assert draft.answers.rules_typed == text[: questions.MAX_DOCUMENTS]


@pytest.mark.parametrize(
    ("documents", "path", "why"),
    [
        ({"members": 3}, "commons", "rules.fault.missing"),
        (POLICIES | {"commons": []}, "commons", "rules.fault.not_object"),
        (POLICIES | {"commons": COMMONS | {"kinds": 7}}, "commons/kinds", "rules.fault.wrong_type"),
        (POLICIES | {"commons": COMMONS | {"kinds": {"name": 1}}}, "commons/kinds", "rules.fault.wrong_type"),
        (POLICIES | {"commons": COMMONS | {"kinds": [[], None]}}, "commons/kinds/0", "rules.fault.wrong_type"),
        (POLICIES | {"commons": COMMONS | {"kinds": [COMMONS["kinds"][0] | {"name": {"commit": "x"}}]}},
         "commons/kinds/0/name", "rules.fault.wrong_type"),
        (POLICIES | {"commons": COMMONS | {"kinds": [COMMONS["kinds"][0] | {"name": "現金"}]}},
         "commons/kinds/0/name", "rules.fault.money"),
        (POLICIES | {"commons": COMMONS | {"kinds": [COMMONS["kinds"][0] | {"unit": "furlong"}]}},
         "commons/kinds/0/unit", "rules.fault.unknown_unit"),
        (POLICIES | {"commons": COMMONS | {"kinds": COMMONS["kinds"] * 2}},
         "commons/kinds/1/code", "rules.fault.twice"),
        (POLICIES | {"commons": COMMONS | {"claim_days": 0}}, "commons/claim_days", "rules.fault.range"),
        (POLICIES | {"commons": COMMONS | {"yen": 0}}, "commons/yen", "rules.fault.money"),
        (POLICIES | {"members": POLICIES["members"] | {"admission": "friends"}},
         "members/admission", "rules.fault.range"),
        (POLICIES | {"members": POLICIES["members"] | {"fee": 1}}, "members/fee", "rules.fault.unknown_field"),
        (POLICIES | {"members": {}}, "members/admission", "rules.fault.missing"),
        (POLICIES | {"weather": {}}, "weather", "rules.fault.unknown_area"),
    ],
)  # fmt: skip
def test_a_policy_that_will_not_do_is_told_by_its_place(documents: Any, path: str, why: str) -> None:
    draft, text = Founding(), typed(documents)
    faults = questions.read_showing({"utc_offset": "540", "policies": text}, draft, web())
    assert [(fault.field, fault.path, fault.key) for fault in faults] == [("policies", path, why)]
    assert why in SENTENCES
    assert draft.answers.policies is None
    assert draft.answers.policies_typed == text


def test_documents_that_will_do_are_kept_as_they_were_typed() -> None:
    draft = Founding()
    text = json.dumps(RULES, indent=3)
    assert not questions.read_deciding({"voting_days": "7", "rules": text}, draft, web())
    assert (draft.answers.rules, draft.answers.rules_typed) == (RULES, text)
    assert not questions.read_showing({"utc_offset": "540", "policies": json.dumps(POLICIES)}, draft, web())
    assert draft.answers.policies == POLICIES
    assert not questions.read_showing({"utc_offset": "540", "policies": " "}, draft, web())
    assert draft.answers.policies_typed == ""
    assert genesis.policies_of(draft.answers) == genesis.policies_of(Answers())
