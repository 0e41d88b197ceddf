"""Keys outside the database: made once, found again, and gone when they are destroyed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.errors import KeyMissing, LedgerDamaged
from app.keystore import OperatorKeys, PrivacyKeys
from ledger.private import Opening

OPENING = Opening("lines/0/note", "c2FsdA==", {"text": "福﨑さんへ"})
STATEMENT = bytes(range(32))


def test_operator_keys_are_made_once(tmp_path: Path) -> None:
    keys = OperatorKeys(tmp_path / "keys")
    with pytest.raises(KeyMissing):
        keys.get("a.example/b", "log")
    keys.make("a.example/b")
    log, clerk = keys.get("a.example/b", "log"), keys.get("a.example/b", "clerk")
    assert log != clerk
    OperatorKeys(tmp_path / "keys").make("a.example/b")
    assert OperatorKeys(tmp_path / "keys").get("a.example/b", "log") == log
    files = list((tmp_path / "keys" / "unfounded").iterdir())
    assert len(files) == 2
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_a_cut_off_key_is_not_used(tmp_path: Path) -> None:
    OperatorKeys(tmp_path).make("a.example")
    (tmp_path / "unfounded" / "a.example.log").write_bytes(b"short")
    with pytest.raises(KeyMissing):
        OperatorKeys(tmp_path).get("a.example", "log")


def test_keys_of_what_was_founded_stay_for_ever(tmp_path: Path) -> None:
    keys = OperatorKeys(tmp_path)
    with pytest.raises(KeyMissing):
        keys.adopt("a.example")
    for origin in ("a.example", "b.example"):
        keys.make(origin)
    kept = keys.get("a.example", "log")
    for _ in range(2):
        keys.adopt("a.example")
    keys.make("a.example")
    keys.sweep(2**50)
    assert OperatorKeys(tmp_path).get("a.example", "log") == keys.get("a.example", "log") == kept
    assert OperatorKeys(tmp_path).get("a.example", "clerk") == keys.get("a.example", "clerk")
    with pytest.raises(KeyMissing):
        keys.get("b.example", "log")
    assert list((tmp_path / "unfounded").iterdir()) == []


def test_a_founding_that_was_cut_off_goes_on_with_the_same_keys(tmp_path: Path) -> None:
    keys = OperatorKeys(tmp_path)
    keys.make("a.example")
    log, clerk = keys.get("a.example", "log"), keys.get("a.example", "clerk")
    (tmp_path / "a.example.log").hardlink_to(tmp_path / "unfounded" / "a.example.log")
    OperatorKeys(tmp_path).adopt("a.example")
    again = OperatorKeys(tmp_path)
    assert (again.get("a.example", "log"), again.get("a.example", "clerk")) == (log, clerk)


def test_keys_that_are_asked_for_again_are_kept_longer(tmp_path: Path) -> None:
    keys = OperatorKeys(tmp_path)
    keys.make("a.example")
    log = keys.get("a.example", "log")
    for path in (tmp_path / "unfounded").iterdir():
        os.utime(path, (1000, 1000))
    keys.make("a.example")
    keys.sweep(2_000_000)
    assert keys.get("a.example", "log") == log


def test_what_is_sealed_opens_in_its_place_alone(tmp_path: Path) -> None:
    keys = PrivacyKeys(tmp_path / "keys.sqlite3")
    sealed = keys.seal(1, "mem_a", STATEMENT, OPENING)
    assert keys.open(1, "mem_a", STATEMENT, OPENING.path, sealed) == OPENING
    keys.seal(1, "mem_b", STATEMENT, OPENING)
    keys.seal(2, "mem_a", STATEMENT, OPENING)
    for place in (
        (1, "mem_b", STATEMENT, OPENING.path),
        (2, "mem_a", STATEMENT, OPENING.path),
        (1, "mem_a", bytes(32), OPENING.path),
        (1, "mem_a", STATEMENT, "other"),
    ):
        with pytest.raises(LedgerDamaged):
            keys.open(*place, sealed)
    keys.close()


def test_a_destroyed_key_is_nowhere_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "keys.sqlite3"
    keys = PrivacyKeys(file)
    sealed = keys.seal(1, "mem_a", STATEMENT, OPENING)
    others = [keys.seal(1, f"mem_{n}", STATEMENT, OPENING) for n in range(200)]
    key = keys._find(1, "mem_a")
    assert key is not None
    assert key in file.read_bytes()
    keys.erase(1, "mem_a")
    assert all(key not in path.read_bytes() for path in tmp_path.iterdir())
    assert keys.open(1, "mem_a", STATEMENT, OPENING.path, sealed) is None
    assert keys.open(1, "mem_7", STATEMENT, OPENING.path, others[7]) == OPENING
    keys.close()


def test_another_process_sees_keys_and_their_end(tmp_path: Path) -> None:
    one, other = PrivacyKeys(tmp_path / "keys.sqlite3"), PrivacyKeys(tmp_path / "keys.sqlite3")
    sealed = one.seal(1, "mem_a", STATEMENT, OPENING)
    assert other.open(1, "mem_a", STATEMENT, OPENING.path, sealed) == OPENING
    other.erase(1, "mem_a")
    assert one.open(1, "mem_a", STATEMENT, OPENING.path, sealed) is None
