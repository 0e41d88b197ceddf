"""``yui sign`` against a running service: a statement from a terminal, its receipt, and what is refused."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from ledger import canonical, ids
from tests.e2e.conftest import PKCS8_ED25519, Coop
from tests.ledger.wallets import public, wallet


def key_of(coop: Coop, name: str, folder: Path) -> str:
    path = folder / f"{name}.pem"
    line = canonical.b64(PKCS8_ED25519 + bytes(coop.town.key(name)))
    path.write_text(f"-----BEGIN PRIVATE KEY-----\n{line}\n-----END PRIVATE KEY-----\n")
    return str(path)


def draft(folder: Path, author: str, type_: str, body: dict[str, Any], **more: Any) -> str:
    path = folder / "draft.json"
    path.write_text(json.dumps({"author": author, "body": body, "type": type_, **more}))
    return str(path)


@pytest.fixture
def profile(coop: Coop, tmp_path: Path) -> list[str]:
    """What Hanako wants to say of the co-op."""
    hanako = coop.town.id("Hanako")
    path = draft(tmp_path, hanako, "coop.profile/1", {"profile": {}}, private={"profile/name": "結の里"})
    return ["sign", coop.address(), path, "--lang", "en", "--receipt", str(tmp_path / "kept.tlog-proof")]


def test_it_is_shown_asked_recorded_and_the_receipt_holds(
    coop: Coop, profile: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ["--key", key_of(coop, "Hanako", tmp_path), "--state", str(tmp_path / "state")]
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main([*profile, *key]) == 2
    assert "結の里" in capsys.readouterr().out
    assert not (tmp_path / "kept.tlog-proof").exists()
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert main([*profile, *key]) == 0
    said = capsys.readouterr()
    assert "Recorded as entry 1." in said.out
    vkey = said.err.strip().rpartition(": ")[2]
    assert main(["verify-receipt", str(tmp_path / "kept.tlog-proof"), "--vkey", vkey, "--lang", "en"]) == 0


def test_what_the_ledger_refuses_is_said(
    coop: Coop, profile: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*profile, "--yes", "--key", key_of(coop, "a stranger", tmp_path)]) == 1
    said = capsys.readouterr()
    assert "Refused:" in said.out
    assert not (tmp_path / "kept.tlog-proof").exists()

    # What the operator has signed of it is kept as evidence, and anyone checks it.
    kept = tmp_path / "kept.tlog-proof.refusal.json"
    assert str(kept) in said.out
    check = ["verify-receipt", str(kept), "--lang", "en"]
    assert main(check) == 0
    told = capsys.readouterr().out
    assert "The refusal holds" in told
    vkey = told.strip().rpartition(": ")[2]
    assert main([*check, "--vkey", vkey]) == 0
    other = "other.example+5ff0e8ba+AYm/kYgnf4/TpjtZP1I8OHcIAl/MkBOBY/hRlPiqxo6x"
    assert main([*check, "--vkey", other]) == 1
    whole = kept.read_bytes()
    for part, instead in ((b"coop.profile/1", b"coop.profile/2"), (b'"size":1', b'"size":2')):
        assert part in whole
        kept.write_bytes(whole.replace(part, instead, 1))
        assert main(check) == 1, part


def test_another_operators_key_is_not_believed(
    coop: Coop, profile: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "other.example+5ff0e8ba+AYm/kYgnf4/TpjtZP1I8OHcIAl/MkBOBY/hRlPiqxo6x"
    assert main([*profile, "--yes", "--key", key_of(coop, "Hanako", tmp_path), "--vkey", other]) == 2
    assert "did not work" in capsys.readouterr().err


def test_a_wallets_keystore_is_enrolled_and_signs(
    coop: Coop, profile: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = wallet("Hanako's terminal")
    keystore = tmp_path / "wallet.json"
    keystore.write_text(json.dumps(account.encrypt("秘密", kdf="pbkdf2", iterations=1)))
    monkeypatch.setattr(getpass, "getpass", lambda: "秘密")
    body = {"alg": "eip712", "public": public(account), "root": True}
    new = ids.key_id(public(account))
    enrol = tmp_path / "enrol"
    enrol.mkdir()
    path = draft(enrol, coop.town.id("Hanako"), "key.enrol/1", body, cosigners=[new])
    both = ["--key", key_of(coop, "Hanako", tmp_path), "--key", str(keystore)]
    assert main(["sign", coop.address(), path, "--yes", *both, "--receipt", str(enrol / "kept")]) == 0
    assert main([*profile, "--yes", "--key", str(keystore)]) == 0
