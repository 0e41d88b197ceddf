"""What the rest of the package asks a chain, and in which words; ``chain.py`` answers over JSON-RPC.

Hashes are ``0x`` and lower-case hex, addresses EIP-55, amounts wei, times milliseconds since 1970. Every method may
raise RpcAway, RpcGarbled or RpcRefused.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Head(NamedTuple):
    """The newest block, and the base fee per gas that it asks (EIP-1559)."""

    number: int
    base_fee: int


class Event(NamedTuple):
    """``Anchored``, as a contract wrote it. ``position`` is the log's index in its block."""

    contract: str
    sender: str
    root: bytes
    position: int


class Mined(NamedTuple):
    """A transaction in a block of the chain as it now stands. One that failed has no events."""

    transaction: str
    block: int
    block_hash: str
    time: int
    events: tuple[Event, ...]


class Node(Protocol):
    """A chain, as one RPC tells of it."""

    def chain_id(self) -> int:
        """EIP-155."""

    def genesis(self) -> str:
        """The hash of block 0."""

    def code(self, address: str) -> bytes:
        """What stands at an address."""

    def head(self) -> Head:
        """The newest block."""

    def tip(self) -> int:
        """The priority fee per gas that gets one into a block soon."""

    def nonce(self, sender: str) -> int:
        """How many transactions of an account are in the chain."""

    def balance(self, sender: str) -> int:
        """What an account has."""

    def gas(self, sender: str, contract: str | None, data: bytes) -> int:
        """What a call would use, or with no contract the creation of one."""

    def send(self, raw: str) -> bool:
        """Hand a signed transaction over; fine if the node has it already, or its nonce is used up by now.

        False where the node says that the account can't pay: some chains ask more than gas times fee.
        """

    def knows(self, transaction: str) -> bool:
        """Whether it is in the chain or waits in the node's pool."""

    def find(self, transaction: str) -> Mined | None:
        """Where it stands in the chain, None where it doesn't."""

    def created(self, transaction: str) -> str | None:
        """The address of the contract that a mined transaction created."""
