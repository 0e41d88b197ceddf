"""The JSON Schema of rules: what ``rule.parse`` reads is valid by it, and what it bounds is bounded in it too."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from governance import rule, schema
from governance.rule import QUESTIONS
from ledger.errors import FormatError
from tests import documents
from tests.governance.test_modules_bounds import REFUSED, holding

Json = dict[str, Any]
SCHEMA = schema.rule()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
PRESETS = Path(rule.__file__).parent / "presets"
SHAPE = {"empty", "missing", "negative", "not_a_class", "not_a_code", "not_positive", "range", "too_large", "too_long",
         "too_short", "twice", "unknown_field", "wrong_type"}  # fmt: skip
"""Faults of a document's shape. The others are about what answers mean, together or by themselves."""


def test_it_is_a_schema_of_its_dialect() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


def test_every_module_of_every_question_has_its_own() -> None:
    assert len(SCHEMA["$defs"]) == sum(len(modules) for modules in QUESTIONS.values())
    for question, modules in QUESTIONS.items():
        for module in modules:
            own = SCHEMA["$defs"][f"{question}.{module.NAME.partition('/')[0]}"]
            assert own == schema.of(module)
            assert own["properties"]["module"] == {"const": module.NAME}
            assert set(own["properties"]) == {"module", *module.__struct_encode_fields__}
            assert own["description"]


@given(documents.rules())
def test_whatever_is_read_is_valid(document: Json) -> None:
    VALIDATOR.validate(document)


@settings(max_examples=200)
@given(documents.spoilt(documents.rules()))
def test_whatever_is_not_valid_is_not_read(document: Json) -> None:
    if not VALIDATOR.is_valid(document):
        with pytest.raises(FormatError):
            rule.parse(document)


@pytest.mark.parametrize("path", sorted(PRESETS.glob("*.json")), ids=lambda path: path.stem)
def test_presets_are_valid(path: Path) -> None:
    for document in json.loads(path.read_bytes())["documents"].values():
        VALIDATOR.validate(document)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (question, answer)
        for question, answer, _, reason in REFUSED
        # A second convocation that asks for what the first one did has the right shape.
        if reason in SHAPE and answer["module"] != "convocations/1"
    ],
    ids=lambda value: value if isinstance(value, str) else value["module"],
)
def test_what_is_out_of_bounds_is_not_valid(question: str, answer: Json) -> None:
    assert not VALIDATOR.is_valid(holding(question, answer))


@given(documents.rules())
def test_every_answer_is_closed_and_complete(document: Json) -> None:
    for question in sorted(document.keys() & QUESTIONS.keys()):
        assert not VALIDATOR.is_valid(document | {question: document[question] | {"another": 1}})
        for name in document[question]:
            lacking = copy.deepcopy(document)
            del lacking[question][name]
            assert VALIDATOR.is_valid(lacking) == _optional(question, document[question], name)


def _optional(question: str, answer: Json, name: str) -> bool:
    own = SCHEMA["$defs"][f"{question}.{answer['module'].partition('/')[0]}"]
    return name not in own["required"]
