"""The contract: what is committed is what the source compiles to, and what it does on a real EVM."""

from __future__ import annotations

import json
from typing import Any

import pytest
from web3 import Web3

from contracts import artefact
from tests.contracts.stations import Station
from tools import contract

ROOT = bytes(range(32))
PUSH1, PUSH32 = 0x60, 0x7F
STORES_CALLS_OR_ENDS = {"SLOAD": 0x54, "SSTORE": 0x55, "CREATE": 0xF0, "CALL": 0xF1, "CALLCODE": 0xF2,
                        "DELEGATECALL": 0xF4, "CREATE2": 0xF5, "STATICCALL": 0xFA, "SELFDESTRUCT": 0xFF}  # fmt: skip


def opcodes(code: bytes) -> set[int]:
    found, at = set(), 0
    while at < len(code):
        found.add(code[at])
        at += code[at] - PUSH1 + 2 if PUSH1 <= code[at] <= PUSH32 else 1
    return found


def call(station: Station, data: bytes, **more: Any) -> Any:
    return station.chain.ask(
        "eth_call", {"from": station.signer.address, "to": station.contract, "data": "0x" + data.hex()} | more, "latest"
    )


def test_the_pinned_compiler_gives_the_committed_bytes() -> None:
    assert contract.build() == contract.ARTEFACT.read_bytes()


def test_compiler_and_chain_node_are_pinned_exactly() -> None:
    wanted = json.loads((contract.ROOT / "package.json").read_text(encoding="utf-8"))
    assert wanted["devDependencies"]["solc"] == "0.8.37"
    assert "pragma solidity 0.8.37;" in contract.SOURCE.read_text(encoding="utf-8")
    assert wanted["optionalDependencies"] == {"@foundry-rs/anvil-linux-amd64": "1.7.1"}


def test_it_keeps_nothing_calls_nobody_and_can_t_end() -> None:
    assert not opcodes(artefact.RUNTIME) & set(STORES_CALLS_OR_ENDS.values())


def test_what_is_deployed_is_the_artefact_to_the_byte(station: Station) -> None:
    assert station.node.code(station.contract) == artefact.RUNTIME


def test_it_writes_down_who_called_and_with_what(station: Station) -> None:
    sender = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    fields = {"from": sender, "to": station.contract, "data": "0x" + artefact.call(ROOT).hex()}
    transaction = station.chain.ask("eth_sendTransaction", fields)
    station.chain.mine()
    [log] = station.chain.ask("eth_getTransactionReceipt", transaction)["logs"]
    assert log["topics"] == [
        "0x" + Web3.keccak(text="Anchored(address,bytes32)").hex(),
        "0x" + "00" * 12 + sender[2:].lower(),
        "0x" + ROOT.hex(),
    ]
    assert log["data"] == "0x"


def test_zero_is_refused_by_name(station: Station) -> None:
    with pytest.raises(RuntimeError, match=Web3.keccak(text="EmptyRoot()")[:4].hex()):
        call(station, artefact.call(bytes(32)))


@pytest.mark.parametrize("data", [b"", b"\0\0\0\0" + ROOT, artefact.call(ROOT)[:-1]], ids=["none", "other", "short"])
def test_other_calls_are_refused(station: Station, data: bytes) -> None:
    with pytest.raises(RuntimeError, match="revert"):
        call(station, data)


def test_it_takes_no_money(station: Station) -> None:
    assert call(station, artefact.call(ROOT)) == "0x"
    with pytest.raises(RuntimeError, match="revert"):
        call(station, artefact.call(ROOT), value="0x1")
