"""The rules that the founding page offers."""

from __future__ import annotations

import json
from pathlib import Path

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


@pytest.mark.parametrize("name", presets.NAMES)
def test_a_preset_decides_every_kind_and_names_a_source_for_each_document(name: str) -> None:
    preset = read(name)
    assert preset.name == name
    assert set(preset.rules()) == {*rules.KINDS, rules.CHOICE}
    assert [source.document for source in preset.sources] == list(preset.documents)
    assert all(source.act for source in preset.sources if source.certainty != "custom")


def test_half_and_two_thirds_decides_rules_as_the_consumer_coop_act_does() -> None:
    special = rule.parse(read("half_and_two_thirds").rules()["rules"])
    hundred = Count(100, 100)
    for yes, no, result in ((34, 16, "passed"), (33, 17, "failed"), (49, 0, "no_quorum")):
        assert decide(special, hundred, {"yes": Count(yes, yes), "no": Count(no, no)}, 0).result == result


def test_a_preset_that_can_not_be_used_is_refused() -> None:
    whole = json.loads((FOLDER / "simple_majority.json").read_bytes())
    without = {**whole, "decides": dict.fromkeys(rules.KINDS, "majority")}
    swapped = {**whole, "decides": {**whole["decides"], "choice": "majority"}}
    for broken, code in ((without, "preset.invalid"), (swapped, "preset.invalid"), ({"name": "x"}, "preset.invalid")):
        with pytest.raises(FormatError, match=code):
            presets.parse(json.dumps(broken).encode())
    whole["decides"]["ordinary"] = "choice"
    with pytest.raises(FormatError) as caught:
        presets.parse(json.dumps(whole).encode())
    assert caught.value.params == {"path": "method/module", "reason": "needs_yes_no"}
