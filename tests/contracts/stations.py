"""An installation that anchors on a chain of its own, and the checkpoints it anchors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nacl.signing import SigningKey

from contracts.anchor import GWEI, Anchorer, Settings
from contracts.chain import RpcNode
from contracts.deploy import deploy
from contracts.key import Signer
from contracts.node import Node
from contracts.store import MemoryStore, Store
from ledger import checkpoint
from ledger.checkpoint import Checkpoint
from ledger.signed_note import VerifierKey
from tools import anvil

LOG_KEY = SigningKey(bytes(range(32)))
CONFIRMATIONS = 4


def note(origin: str = "coop.example/owase", size: int = 1, root: int = 7) -> bytes:
    return checkpoint.sign(Checkpoint(origin, size, bytes([root]) * 32), LOG_KEY)


def vkey(origin: str = "coop.example/owase") -> VerifierKey:
    return VerifierKey(origin, bytes(LOG_KEY.verify_key))


class Station:
    """One anchorer over one store; ``again`` is the same after a restart, with whatever is named changed."""

    def __init__(
        self, chain: anvil.Chain, node: Node, contract: str, *, signer: Signer, store: Store, **settings: Any
    ) -> None:
        self.chain, self.node, self.contract, self.signer, self.store = chain, node, contract, signer, store
        usual: dict[str, Any] = {"chain_id": 31337, "contract": contract, "confirmations": CONFIRMATIONS}
        self.settings = Settings(**usual | settings)
        self.anchorer = Anchorer(self.settings, node, signer, store)

    def again(
        self, *, node: Node | None = None, signer: Signer | None = None, store: Store | None = None, **settings: Any
    ) -> Station:
        changed = self.settings._asdict() | settings
        contract = changed.pop("contract")
        signer, store = signer or self.signer, store or self.store
        return Station(self.chain, node or self.node, contract, signer=signer, store=store, **changed)

    def anchored(self, root: bytes) -> int:
        """How often that root stands on the chain."""
        asked = {"address": self.contract, "fromBlock": "0x0", "topics": [None, None, "0x" + root.hex()]}
        return len(self.chain.ask("eth_getLogs", asked))

    def finish(self) -> None:
        """Mine and step until nothing is unfinished."""
        for _ in range(4 * CONFIRMATIONS):
            if not self.store.unfinished():
                return
            self.anchorer.step()
            self.chain.mine()
        raise AssertionError(self.anchorer.step())


@contextmanager
def stationed(*options: str) -> Iterator[Station]:
    with anvil.running(*options) as chain:
        node, signer = RpcNode(chain.url), Signer(anvil.KEY, "the test")
        transaction = deploy(node, signer, 100 * GWEI)
        chain.mine()
        contract = node.created(transaction)
        assert contract is not None
        yield Station(chain, node, contract, signer=signer, store=MemoryStore())
        node.close()
