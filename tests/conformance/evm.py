"""Contracts of other people in an EVM: compiled with the pinned solc, run by anvil.

``eth_simulateV1`` plays a whole story in one call: a chain of blocks with the times that we choose, in which whoever we
name calls what we like, and of which nothing is kept. So every story begins with the same empty chain, on which only
one house of ours stands: it builds what a story needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from eth_abi.abi import decode, encode
from eth_abi.grammar import TupleType, parse
from eth_hash.auto import keccak

from tools import anvil, solc

NOBODY: Final = "0x" + "00" * 20
START: Final = 1_801_000_000
"""Unix time at which stories begin: after the chain's first block."""
_BORN: Final = 1_800_000_000
_SETTINGS: Final = {"evmVersion": "cancun", "optimizer": {"enabled": False}}
"""Not optimised: compiling would take twice as long, and save little."""


class Call(NamedTuple):
    """Who calls which function of whom, with what: arrays are tuples."""

    sender: str
    to: str
    signature: str
    arguments: tuple[Any, ...] = ()


class Answer(NamedTuple):
    """Whether a call went through, and the bytes it gave back."""

    done: bool
    data: bytes

    def read(self, *types: str) -> tuple[Any, ...]:
        """What it gave back, as those types."""
        assert self.done, self.data.hex()
        return _decoded(types, self.data)


class Stage:
    """A chain on which one contract stands, at ``address``."""

    def __init__(self, chain: anvil.Chain, address: str) -> None:
        self._chain, self.address = chain, address

    def play(self, *blocks: tuple[int, Sequence[Call]]) -> list[list[Answer]]:
        """The answers to all calls in blocks that come so many seconds after ``START``, in ascending order."""
        told = [{"blockOverrides": {"time": hex(START + at)}, "calls": [*map(_encoded, calls)]} for at, calls in blocks]
        found = self._chain.ask("eth_simulateV1", {"blockStateCalls": told, "validation": False}, "latest")
        return [[_answer(call) for call in block["calls"]] for block in found]

    def created(self, number: int) -> str:
        """The address of the ``number``-th contract (of at most 127) that ours creates, counted from 1."""
        # RLP of an address and a number below 128: a list of 22 bytes, a string of 20, and the number itself.
        return "0x" + keccak(b"\xd6\x94" + bytes.fromhex(self.address[2:]) + bytes([number]))[12:].hex()


@contextmanager
def staged(source: Path) -> Iterator[Stage]:
    """A chain with the contract that has its file's name. Where there is no anvil the test says so and is skipped."""
    if anvil.program() is None:
        pytest.skip("no anvil for this machine: package-lock.json pins the one for Linux on x86_64")
    name = source.stem
    found = solc.compile_files([source], _SETTINGS, {source.name: {name: ["evm.bytecode.object"]}})
    code = found["contracts"][source.name][name]["evm"]["bytecode"]["object"]
    # Several contracts within one are more than a public chain would take.
    limits = ("--disable-code-size-limit", "--gas-limit", str(10**9), "--hardfork", "cancun")
    with anvil.running(*limits, "--timestamp", str(_BORN)) as chain:
        sender = chain.ask("eth_accounts")[0]
        transaction = chain.ask("eth_sendTransaction", {"from": sender, "data": "0x" + code, "gas": hex(10**8)})
        chain.mine()
        yield Stage(chain, chain.ask("eth_getTransactionReceipt", transaction)["contractAddress"])


def person(number: int) -> str:
    """An address of somebody."""
    return f"0x{0x10000 + number:040x}"


@lru_cache(maxsize=10_000)
def _encoded(call: Call) -> dict[str, str]:
    # Thousands of stories say the same things again and again, and are answered the same.
    selector, types = _parsed(call.signature)
    data = selector + encode(types, call.arguments)
    return {"from": call.sender, "to": call.to, "input": "0x" + data.hex()}


@lru_cache(maxsize=10_000)
def _decoded(types: tuple[str, ...], data: bytes) -> tuple[Any, ...]:
    found: tuple[Any, ...] = decode(types, data)
    return found


@cache
def _parsed(signature: str) -> tuple[bytes, list[str]]:
    selector, taken = keccak(signature.encode())[:4], signature[signature.index("(") :]
    if taken == "()":
        return selector, []
    types = parse(taken)
    assert isinstance(types, TupleType)
    return selector, [kind.to_type_str() for kind in types.components]


def _answer(call: Any) -> Answer:
    return Answer(call["status"] == "0x1", bytes.fromhex(call["returnData"][2:]))
