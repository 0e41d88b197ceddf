"""What an operator decides about anchors. Absent by default: nothing is sent anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DAY: Final = 86_400_000
MINUTE: Final = 60_000
GWEI: Final = 10**9
ETHEREUM_FINAL: Final = 64


@dataclass(frozen=True)
class KeyFiles:
    """An encrypted keystore, and the file whose first line opens it."""

    keystore: Path
    password: Path


@dataclass(frozen=True)
class Anchoring:
    """``rpc`` may hold a password, so it is never shown. ``key`` None: the environment's ``YUI_ANCHOR_KEY``.

    ``confirmations``: blocks that make an anchor final. ``max_fee``: wei per gas. ``every``: milliseconds between two
    batches; ``pause``: seconds between two looks at the chain while one is under way.
    """

    rpc: str = field(repr=False)
    chain_id: int
    contract: str
    key: KeyFiles | None = None
    confirmations: int = ETHEREUM_FINAL
    max_fee: int = 100 * GWEI
    every: int = DAY
    pause: float = 15.0
