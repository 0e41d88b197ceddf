"""The presets: files that founding and the rule editor offer, each line with its source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from governance import presets, rule
from governance.books import rules
from governance.count import Count
from ledger.errors import FormatError
from tests.governance.deciding import decide

FOLDER = Path(presets.__file__).parent


def read(name: str) -> presets.Preset:
    return presets.parse((FOLDER / f"{name}.json").read_bytes())


def test_every_file_is_offered() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(presets.NAMES)
    assert set(presets.FOUNDING) <= set(presets.NAMES)


@pytest.mark.parametrize("name", presets.NAMES)
def test_a_preset_decides_what_every_coop_has_to_and_names_its_sources(name: str) -> None:
    preset = read(name)
    assert preset.name == name
    assert set(preset.rules()) >= {*rules.KINDS, rules.CHOICE}
    for document in preset.documents:
        found = rule.parse(preset.documents[document])
        sources = preset.sources_of(document)
        assert sources
        for source in sources:
            assert bool(source.act) == (source.certainty != "custom")
            assert {*source.answers, *source.departs} <= {*rule.QUESTIONS, "channels"}
            # What is said to come from the source is said by the document, or is what goes without saying.
            assert all(hasattr(found, answer) for answer in source.answers)


@pytest.mark.parametrize("name", presets.FOUNDING)
def test_those_for_founding_give_everyone_a_vote_on_the_first_day(name: str) -> None:
    for document in read(name).rules().values():
        assert rule.parse(document).weight.NAME == "one_member_one_vote/1"


@pytest.mark.parametrize("name", ["worker_coop", "consumer_coop", "association", "npo", "dao_llc"])
def test_no_statutory_preset_has_standing_delegation(name: str) -> None:
    assert not any(rule.parse(document).delegation.ALLOWED for document in read(name).documents.values())


@pytest.mark.parametrize(("kind", "days", "enough"), [("special", 7, 20), ("ordinary", 5, 5), ("admit", 3, 1)], ids=str)
def test_an_llc_type_dao_gives_notice_and_asks_for_a_turnout(kind: str, days: int, enough: int) -> None:
    """Model bylaws: 7 days and 20 %, 5 days and 5 %, 3 days and nothing; the majority of those who vote."""
    found = rule.parse(read("dao_llc").rules()[kind])
    assert found.timing.delay() == days * 86_400_000
    hundred = Count(100, 100)

    def result(yes: int, no: int, abstain: int = 0) -> str:
        tally = {"yes": Count(yes, yes), "no": Count(no, no), "abstain": Count(abstain, abstain)}
        return decide(found, hundred, tally, 0).result

    assert result(enough, 0) == "passed"
    assert result(enough - 1, 0) == ("no_quorum" if enough > 1 else "failed")
    assert result(11, 10) == "passed"
    assert result(11, 9, 2) == "failed"
    assert result(10, 10) == "tied"


def test_snapshot_counts_by_tokens_in_its_own_ways() -> None:
    preset = read("snapshot")
    methods = {name: rule.parse(document).method.NAME for name, document in preset.documents.items()}
    assert methods == {
        "basic": "yes_no_abstain/1",
        "single_choice": "single_choice/1",
        "approval": "approval/1",
        "weighted": "weighted/1",
        "quadratic": "quadratic/1",
        "ranked": "irv/1",
        "copeland": "copeland/1",
    }
    assert {rule.parse(document).weight.NAME for document in preset.documents.values()} == {"balance/1"}


def test_a_preset_that_can_not_be_used_is_refused() -> None:
    whole = json.loads((FOLDER / "simple_majority.json").read_bytes())

    def refused(**changed: Any) -> str:
        with pytest.raises(FormatError) as caught:
            presets.parse(json.dumps({**whole, **changed}).encode())
        return caught.value.code

    assert refused(decides=dict.fromkeys(rules.KINDS, "majority")) == "preset.invalid"
    assert refused(decides={**whole["decides"], "special": "nothing"}) == "preset.invalid"
    assert refused(decides={**whole["decides"], "choice": "majority"}) == "rule.invalid"
    assert refused(decides={**whole["decides"], "rain": "majority"}) == "preset.invalid"
    assert refused(sources=whole["sources"][:1]) == "preset.invalid"
    assert refused(documents={}) == "preset.invalid"
    with pytest.raises(FormatError, match=r"preset\.invalid"):
        presets.parse(b"{}")
    whole["decides"]["ordinary"] = "choice"
    with pytest.raises(FormatError) as caught:
        presets.parse(json.dumps(whole).encode())
    assert caught.value.params == {"path": "method/module", "reason": "needs_yes_no"}
