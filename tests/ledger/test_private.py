"""Bound private values: a commitment opens to one value, in one place of one statement, and to nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from ledger import canonical, private
from ledger.compose import Private, compose, nonce
from ledger.errors import FormatError
from ledger.private import Opening
from ledger.statement import Statement, parse_statement
from tests.ledger.values import COSIGNER, TIME, flips, said, values

SALT = bytes(range(32))


def draft(body: dict[str, Any], **changes: Any) -> tuple[Statement, tuple[Opening, ...]]:
    plain = parse_statement(canonical.encode(said(body={}, **changes)))
    made = compose(msgspec.structs.replace(plain, body=body), lambda: SALT)
    return parse_statement(made.data), made.openings


@given(values)
def test_what_was_committed_opens(value: Any) -> None:
    statement, openings = draft({"lines": [{"note": Private(value)}], "title": Private("題")})
    assert [opening.path for opening in openings] == ["lines/0/note", "title"]
    private.check_openings(statement, openings)


def test_nothing_private_stands_in_the_statement() -> None:
    statement, _ = draft({"name": Private("花子")})
    assert list(statement.body["name"]) == ["commit"]
    assert "花子" not in str(statement)


@pytest.mark.parametrize(
    "changes",
    [
        {"author": COSIGNER},
        {"ledger": "other.example"},
        {"nonce": nonce(TIME, b"another 10")},
    ],
)
def test_a_commitment_copied_elsewhere_opens_to_nothing(changes: dict[str, Any]) -> None:
    statement, openings = draft({"name": Private("花子")})
    copied = parse_statement(canonical.encode(said(body=statement.body, **changes)))
    with pytest.raises(FormatError, match=r"private\.commitment"):
        private.check_openings(copied, openings)


def test_a_commitment_copied_to_another_place_opens_to_nothing() -> None:
    statement, (opening,) = draft({"name": Private("花子")})
    moved = parse_statement(canonical.encode(said(body={"alias": statement.body["name"]})))
    with pytest.raises(FormatError, match=r"private\.commitment"):
        private.check_openings(moved, (msgspec.structs.replace(opening, path="alias"),))


def test_every_flipped_bit_of_an_opening_is_refused() -> None:
    statement, (opening,) = draft({"name": Private("hanako")})
    commit = statement.body["name"]["commit"]
    for salt in flips(SALT):
        with pytest.raises(FormatError):
            private.check_opening(statement, msgspec.structs.replace(opening, salt=canonical.b64(salt)), commit)
    for value in flips(b"hanako"):
        changed = msgspec.structs.replace(opening, value=value.decode("latin-1"))
        with pytest.raises(FormatError):
            private.check_opening(statement, changed, commit)


@pytest.mark.parametrize(("value", "other"), [("1", 1), (0, False), ("", None), ([], {}), ("が", "か\u3099")])
def test_values_are_kept_as_typed(value: Any, other: Any) -> None:
    statement, (opening,) = draft({"name": Private(value)})
    with pytest.raises(FormatError, match=r"private\.commitment"):
        private.check_openings(statement, (msgspec.structs.replace(opening, value=other),))


def test_every_commitment_is_opened_once_and_nothing_else() -> None:
    statement, (first, second) = draft({"name": Private("a"), "note": Private("b")})
    for openings in ((first,), (), (first, second, second), (first, second, Opening("more", first.salt, 1))):
        with pytest.raises(FormatError, match=r"private\.openings"):
            private.check_openings(statement, openings)
    private.check_openings(statement, (second, first))


def test_commitments_come_in_canonical_order() -> None:
    body = {
        "b": [{"commit": "1"}, {"z": {"commit": "2"}, "a": {"commit": "3"}}],
        "a": {"commit": "0"},
        "c": {"commit": 5},
    }
    assert list(private.commitments(body)) == [("a", "0"), ("b/0", "1"), ("b/1/a", "3"), ("b/1/z", "2")]


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_salts_have_one_size(salt: bytes) -> None:
    statement, (opening,) = draft({"name": Private("a")})
    with pytest.raises(FormatError):
        private.check_openings(statement, (msgspec.structs.replace(opening, salt=canonical.b64(salt)),))


def test_values_are_bounded() -> None:
    statement, (opening,) = draft({"name": Private("x" * private.MAX_VALUE)})
    with pytest.raises(FormatError, match=r"private\.size"):
        private.check_openings(statement, (opening,))
