"""What is posted is read strictly before any lane sees it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.sequencer.submission import MAX_SUBMISSION, parse
from ledger.compose import Private
from ledger.errors import FormatError, LedgerError, SignatureFault
from tests.app.sequencer.house import Person

HANAKO = Person("Hanako")
TREE = (1, bytes(32))


def envelope(body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = HANAKO.say("word.say/1", {"number": 1} if body is None else body, TREE)
    value: dict[str, Any] = msgspec.json.decode(data)
    return value


def code(data: bytes) -> str:
    with pytest.raises(LedgerError) as caught:
        parse(data)
    return caught.value.code


def test_a_true_submission() -> None:
    submission = parse(HANAKO.say("word.say/1", {"number": 1, "text": Private("はい")}, TREE))
    assert submission.statement.author == HANAKO.id
    assert [opening.value for opening in submission.openings] == ["はい"]
    assert len(submission.facts) == 1


def test_the_statement_inside_must_be_canonical() -> None:
    data = HANAKO.say("word.say/1", {"number": 1}, TREE)
    assert code(data.replace(b'"number":1', b'"number": 1')) == "format.not_canonical"
    assert parse(b" " + data.replace(b'"signatures":', b' "signatures" : ')).statement.body == {"number": 1}


def test_signatures_and_openings_are_held_against_it() -> None:
    value = envelope()
    value["statement"]["body"]["number"] = 2
    with pytest.raises(SignatureFault):
        parse(msgspec.json.encode(value))
    value = envelope({"number": 1, "text": Private("はい")})
    for openings in ([], [value["private"][0] | {"value": "いいえ"}], value["private"] * 2):
        with pytest.raises(FormatError):
            parse(msgspec.json.encode(value | {"private": openings}))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "format.envelope"),
        (b"[]", "format.envelope"),
        (b"{}", "format.envelope"),
        (b'{"statement":{},"signatures":[],"more":1}', "format.envelope"),
        (b"\xff", "format.envelope"),
        (b"[" * 100_000, "format.envelope"),
        (b" " * (MAX_SUBMISSION + 1), "format.submission_size"),
    ],
)
def test_malformed_envelopes(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_text_that_is_not_nfc_or_holds_nul_is_refused_on_acceptance() -> None:
    assert code(HANAKO.say("word.say/1", {"note": "か\u3099"}, TREE)) == "format.not_nfc"
    assert code(HANAKO.say("word.say/1", {"list": [{"note": "a\0b"}]}, TREE)) == "format.nul"
    # A written-out escape is no NUL.
    assert parse(HANAKO.say("word.say/1", {"note": "\\u0000"}, TREE)).statement.body == {"note": "\\u0000"}
