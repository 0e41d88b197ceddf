"""The options by which a service anchors, and what ``yui anchor`` does on a real chain."""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from app.anchors.settings import Anchoring, KeyFiles
from app.cli import anchor_options
from app.cli.failures import CommandError
from app.cli.main import main
from app.storage.embedded import Server
from contracts.chain import RpcNode
from tests.app.anchors.test_store import opened
from tests.contracts.stations import Station
from tests.contracts.test_store import anchor
from tools import anvil

CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
FULL = ["--anchor-rpc", "https://rpc.example/x", "--anchor-chain", "1", "--anchor-contract", CONTRACT]


def read(*line: str) -> Anchoring | None:
    parser = argparse.ArgumentParser()
    anchor_options.add_arguments(parser)
    return anchor_options.anchoring(parser.parse_args(line))


def fault(*line: str) -> str:
    with pytest.raises(CommandError) as caught:
        read(*line)
    return caught.value.code


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RPC", "CHAIN", "CONTRACT", "KEYSTORE", "PASSWORD", "KEY", "EVERY", "PAUSE", "CONFIRMATIONS"):
        monkeypatch.delenv(f"YUI_ANCHOR_{name}", raising=False)


def test_nothing_is_anchored_unless_it_is_said() -> None:
    assert read() is None
    assert read("--anchor-every", "60") is None


def test_what_is_said_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = read(*FULL)
    assert plain == Anchoring("https://rpc.example/x", 1, CONTRACT)
    assert "rpc.example" not in repr(plain)
    more = read(
        *(*FULL, "--anchor-every", "60", "--anchor-max-fee", "7", "--anchor-confirmations", "3", "--anchor-pause", "2"),
        *("--anchor-keystore", "k.json", "--anchor-password", "p"),
    )
    assert more is not None
    assert (more.every, more.max_fee, more.confirmations, more.pause) == (3_600_000, 7 * 10**9, 3, 2.0)
    assert more.key == KeyFiles(Path("k.json"), Path("p"))
    for name, value in (("RPC", "https://rpc.example/x"), ("CHAIN", "1"), ("CONTRACT", CONTRACT), ("EVERY", "60")):
        monkeypatch.setenv(f"YUI_ANCHOR_{name}", value)
    assert read() == Anchoring("https://rpc.example/x", 1, CONTRACT, every=3_600_000)


def test_what_is_half_said_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert fault(*FULL[:4]) == "anchor.incomplete"
    assert fault(*FULL[2:]) == "anchor.incomplete"
    assert fault(*FULL[:5], CONTRACT.lower()) == "anchor.contract"
    assert fault(*FULL, "--anchor-keystore", "k.json") == "anchor.key_files"
    for wrong in ("0", "-1", "x", "1.5"):
        with pytest.raises(SystemExit):
            read(*FULL, "--anchor-every", wrong)
    monkeypatch.setenv("YUI_ANCHOR_CHAIN", "mainnet")
    with pytest.raises(SystemExit):
        read()
    assert "--anchor-chain" in capsys.readouterr().err


@pytest.fixture
def mining(station: Station) -> Iterator[None]:
    """Blocks come by themselves."""
    ended = threading.Event()

    def mine() -> None:
        while not ended.wait(0.2):
            station.chain.mine()

    thread = threading.Thread(target=mine)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.usefixtures("mining")
def test_deploy_and_account(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.cli.anchor._PAUSE", 0.1)
    light: Any = Account.encrypt(anvil.KEY, "open sesame", kdf="pbkdf2", iterations=1000)
    (tmp_path / "key.json").write_text(json.dumps(light))
    (tmp_path / "password").write_text("open sesame\n")
    key = ["--keystore", str(tmp_path / "key.json"), "--password", str(tmp_path / "password")]
    assert main(["anchor", "deploy", "--rpc", station.chain.url, *key]) == 0
    said = capsys.readouterr().out
    contract = said.partition("The contract stands at ")[2].partition(".")[0]
    assert f"--anchor-chain 31337 --anchor-contract {contract}" in said
    assert contract not in ("", station.contract)
    node = RpcNode(station.chain.url)
    assert node.code(contract) == node.code(station.contract) != b""
    node.close()
    assert main(["anchor", "account", "--rpc", station.chain.url, *key]) == 0
    assert f"{station.signer.address} has 9999.99" in capsys.readouterr().out
    (tmp_path / "password").write_text("open barley\n")
    assert main(["anchor", "account", *key]) == 2
    assert "anchor.key_password" in capsys.readouterr().err


def test_without_a_chain_or_a_key_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["anchor", "deploy"]) == 2
    assert "--rpc" in capsys.readouterr().err
    assert main(["anchor", "account"]) == 2
    assert "anchor.key_missing" in capsys.readouterr().err
    monkeypatch.setenv("YUI_ANCHOR_KEY", anvil.KEY.hex())
    assert main(["anchor", "deploy", "--rpc", "http://user:secret@127.0.0.1:1/path"]) == 2
    told = capsys.readouterr().err
    assert "anchor.rpc_away (host=127.0.0.1)" in told
    assert "secret" not in told


async def test_abandon(
    migrated: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YUI_DATABASE_URL", migrated.service_dsn.url)
    monkeypatch.setenv("YUI_DATABASE_OWNER_URL", migrated.owner_dsn.url)

    def act() -> list[int]:
        with opened(migrated) as store:
            store.save(anchor(1))
        codes = [main(["anchor", "abandon", number, "--data", str(tmp_path)]) for number in ("1", "1", "2")]
        with opened(migrated) as store:
            assert store.unfinished() == []
        return codes

    with monkeypatch.context() as inner:
        # A command takes signals, which only the main thread may.
        inner.setattr("app.cli.runtime._until_signal", lambda work: work())
        inner.setattr("app.logs.configure", lambda _: None)  # its log would outlive the test
        assert await asyncio.to_thread(act) == [0, 2, 2]
    said = capsys.readouterr()
    assert "Batch 1 is given up" in said.out
    assert "No batch 2 is under way" in said.err
