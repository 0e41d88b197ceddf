"""Statements and leaves: one form, every byte counts, and whoever must sign is named inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical, ids, keys
from ledger.compose import nonce
from ledger.errors import FormatError, SignatureFault
from ledger.statement import (
    MAX_STATEMENT,
    Entry,
    _parse_step_by_step,
    build_leaf,
    is_origin,
    parse_leaf,
    parse_statement,
    reread_leaf,
    statement_id,
)
from tests.ledger import values
from tests.ledger.values import AUTHOR, COSIGNER, TIME, bodies, flips, leaf, said

MEMBERS: Final = ("alg", "at", "author", "body", "cosigners", "for", "root", "seen", "signatures", "size", "v", "via")


@given(bodies)
def test_a_leaf_reads_back(body: dict[str, Any]) -> None:
    data = leaf(body=body, cosigners=[COSIGNER])
    entry = parse_leaf(data)
    assert entry.statement_bytes == canonical.encode(said(body=body, cosigners=[COSIGNER]))
    assert entry.id == statement_id(entry.statement_bytes)
    assert entry.received == TIME + 1000
    assert build_leaf(entry.statement_bytes, entry.signatures, entry.received) == data


def test_no_flipped_bit_of_a_leaf_goes_unnoticed() -> None:
    """A flip outside ``received`` breaks the form or a signature; in ``received``, only the tree can tell."""
    data = leaf(cosigners=[COSIGNER])
    for position, flipped in enumerate(flips(data)):
        try:
            entry = parse_leaf(flipped)
            for signature in entry.signatures:
                keys.verify_statement(signature, entry.statement_bytes)
        except (FormatError, SignatureFault):
            continue
        assert data[:13] == b'{"received":"'
        assert 13 <= position < 13 + 24


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"extra": 1}, "format.shape"),
        ({"body": None}, "format.shape"),
        ({"body": []}, "format.shape"),
        ({"v": 2}, "format.version"),
        ({"v": "1"}, "format.shape"),
        ({"type": "gift"}, "format.type"),
        ({"type": "token.gift/0"}, "format.type"),
        ({"type": "token.gift/01"}, "format.type"),
        ({"type": "Token.gift/1"}, "format.type"),
        ({"ledger": "https://coop.example"}, "format.origin"),
        ({"at": "2026-04-01"}, "format.time"),
        ({"author": "hanako"}, "format.id"),
        ({"author": ids.object_id("prop", bytes(32))}, "format.id"),
        ({"cosigners": ["clerk"]}, "format.id"),
        ({"cosigners": [AUTHOR]}, "format.signer_twice"),
        ({"cosigners": [COSIGNER, COSIGNER]}, "format.signer_twice"),
        ({"for": COSIGNER}, "format.via"),
        ({"via": "paper"}, "format.via"),
        ({"for": COSIGNER, "via": "letter"}, "format.via"),
        ({"for": "clerk", "via": "paper"}, "format.via"),
        ({"nonce": canonical.b64(bytes(16))}, "format.nonce"),
        ({"nonce": canonical.b64(bytes(15))}, "format.base64"),
        ({"seen": {"root": canonical.b64(bytes(32)), "size": -1}}, "format.seen"),
        ({"seen": {"root": canonical.b64(bytes(31)), "size": 1}}, "format.base64"),
        ({"seen": {"size": 1}}, "format.shape"),
        ({"replaces": canonical.b64(bytes(31))}, "format.base64"),
    ],
)
def test_other_forms_are_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(FormatError) as error:
        parse_statement(canonical.encode(said(**changes)))
    assert error.value.code == code


@pytest.mark.parametrize("empty", ['"cosigners":[]', '"for":null', '"replaces":null', '"via":null'])
def test_an_empty_member_is_a_second_spelling(empty: str) -> None:
    value = said() | json.loads(f"{{{empty}}}")
    with pytest.raises(FormatError, match=r"format\.empty"):
        parse_statement(canonical.encode(value))


def test_an_empty_member_of_a_signature_is_a_second_spelling() -> None:
    value = canonical.decode(leaf())
    value["signatures"][0]["client_data"] = None
    with pytest.raises(FormatError, match=r"format\.empty"):
        parse_leaf(canonical.encode(value))


def test_the_actor_is_whom_it_was_entered_for() -> None:
    assert parse_statement(canonical.encode(said())).actor == AUTHOR
    assert parse_statement(canonical.encode(said(**{"for": COSIGNER, "via": "paper"}))).actor == COSIGNER


def test_the_genesis_is_signed_by_founders_alone() -> None:
    founder = ids.key_id("ed25519:")
    statement = parse_statement(canonical.encode(said(author="genesis", cosigners=[founder])))
    assert statement.signers == (founder,)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_signatures_are_as_many_as_signers(count: int) -> None:
    data = canonical.decode(leaf(cosigners=[COSIGNER]))
    data["signatures"] = data["signatures"][:1] * count
    with pytest.raises(FormatError, match=r"format\.signature_count"):
        parse_leaf(canonical.encode(data))


@pytest.mark.parametrize(
    "changes",
    [{"v": 2}, {"v": True}, {"more": 1}, {"received": 5}, {"received": "now"}, {"signatures": {}}, {"statement": []}],
)
def test_other_leaves_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        parse_leaf(canonical.encode(canonical.decode(leaf()) | changes))


def test_sizes_are_limited() -> None:
    room = MAX_STATEMENT - len(canonical.encode(said(body={"text": ""})))
    parse_leaf(leaf(body={"text": "x" * room}))
    with pytest.raises(FormatError, match=r"format\.statement_size"):
        parse_statement(canonical.encode(said(body={"text": "x" * (room + 1)})))


def test_the_statements_id_depends_on_nothing_but_the_statement() -> None:
    assert parse_leaf(leaf()).id == statement_id(canonical.encode(said()))
    assert parse_leaf(leaf()).id != parse_leaf(leaf(nonce=nonce(TIME, b"another 10"))).id


@pytest.mark.parametrize("text", ["coop.example", "coop.example/owase", "localhost:8000/a", "a/b/c", "a" * 128])
def test_origins(text: str) -> None:
    assert is_origin(text)


@pytest.mark.parametrize(
    "text", ["", "Coop.example", "coop.example/", "/a", "a b", "a//b", "結", "a" * 129, "a\n", "a+b"]
)
def test_other_origins_are_refused(text: str) -> None:
    assert not is_origin(text)


def test_ids_are_told_apart_by_kind_and_ordinal() -> None:
    name = statement_id(b"{}")
    made = {ids.object_id(prefix, name, ordinal) for prefix in ("mem", "prop") for ordinal in range(5)}
    assert len(made) == 10
    assert all(ids.is_id(text, text.split("_")[0]) for text in made)
    assert not any(ids.is_id(text, "key") for text in made)


@pytest.mark.parametrize("text", ["mem_", "mem_" + "a" * 25, "mem_" + "a" * 27, "mem_" + "A" * 26, "mem_" + "1" * 26])
def test_other_ids_are_refused(text: str) -> None:
    assert not ids.is_id(text, "mem")


def outcome(read: Callable[[bytes], Entry], data: bytes) -> Entry | str:
    """What came of reading: the entry, or the fault with its place."""
    try:
        return read(data)
    except FormatError as error:
        return str(error)


def test_the_quick_way_accepts_exactly_what_the_strict_one_does() -> None:
    """A flipped bit may fall anywhere; the long way judges by plain values, and it is the reference here."""
    whole = leaf(cosigners=[COSIGNER], body={"amount": 3, "note": {"commit": "結"}, "lines": [{"on": None}, -1]})
    assert parse_leaf(whole) == _parse_step_by_step(whole) == reread_leaf(whole, parse_leaf(whole).id)
    for flipped in flips(whole):
        assert outcome(parse_leaf, flipped) == outcome(_parse_step_by_step, flipped)


PLACES: Final = st.sampled_from(["", "statement", "seen", "signatures"])


@given(st.lists(st.tuples(PLACES, st.sampled_from(MEMBERS) | values.keys, values.values), max_size=2))
def test_the_quick_way_and_the_long_way_agree_on_other_shapes(changes: list[tuple[str, str, Any]]) -> None:
    value = json.loads(leaf())
    places = {"": value, "statement": value["statement"], "seen": value["statement"]["seen"]}
    places["signatures"] = value["signatures"][0]
    for place, key, item in changes:
        places[place][key] = item
    for ordered in (True, False):
        data = json.dumps(value, ensure_ascii=False, sort_keys=ordered, separators=(",", ":")).encode()
        assert outcome(parse_leaf, data) == outcome(_parse_step_by_step, data)


@pytest.mark.parametrize(
    "number", ["1.0", "1e0", "-0", "1e400", "9007199254740992", "18446744073709551616", "NaN", "[" * 14 + "]" * 14]
)
@pytest.mark.parametrize("place", ['"size":12', '"amount":3', '"v":1}'])
def test_they_agree_on_numbers_and_depth(number: str, place: str) -> None:
    member = place.rpartition(":")[0]
    data = leaf().decode().replace(place, f"{member}:{number}{'}' if place.endswith('}') else ''}").encode()
    assert outcome(parse_leaf, data) == outcome(_parse_step_by_step, data)
