"""What an anchor costs: gas on a real EVM (anvil), for a transaction and for a ledger, and the time that it takes here.

    python -m benchmarks.anchor_gas [--ledgers 1 10 100 1000]

Gas is exact and the same on every machine. What a unit of gas costs is the chain's to say, each day anew.
"""

from __future__ import annotations

import argparse
import time
from typing import Final

from nacl.signing import SigningKey

from benchmarks import measure
from contracts.anchor import GWEI, Anchorer, Settings
from contracts.chain import RpcNode
from contracts.deploy import deploy
from contracts.key import Signer
from contracts.record import Anchor, State
from contracts.store import MemoryStore
from ledger import checkpoint
from ledger.checkpoint import Checkpoint
from tools import anvil

PRICES: Final = (1, 10, 50)
"""Gwei per gas at which the bill is shown."""


def main(sizes: list[int]) -> None:
    """Measure and print."""
    measure.introduce("Anchors")
    with anvil.running() as chain:
        node, signer = RpcNode(chain.url), Signer(anvil.KEY, "anvil")
        transaction = deploy(node, signer, 100 * GWEI)
        chain.mine()
        contract = node.created(transaction)
        assert contract is not None
        settings = Settings(node.chain_id(), contract, confirmations=1)
        rows = [_row("put the contract on a chain, once", _gas(chain, transaction), 1)]
        anchorer = Anchorer(settings, node, signer, MemoryStore())
        times = []
        for size in sizes:
            notes = _notes(size)
            started = time.perf_counter()
            anchorer.submit(notes)
            anchorer.step()
            sent = time.perf_counter()
            chain.mine()
            [final] = anchorer.step().anchors
            assert final.state == State.FINAL
            assert final.place is not None
            rows.append(_row(f"anchor {size:,} ledgers", _gas(chain, final.place.transaction), size))
            times.append((f"{size:,}", f"{(sent - started) * 1000:.0f}", *_proofs(final)))
        node.close()
    measure.table(("what", "gas", "gas per ledger", *(f"ETH at {price} gwei" for price in PRICES)), rows)
    measure.table(("ledgers", "submit, sign and send, ms", "all proofs, ms", "bytes of a proof"), times)


def _notes(count: int) -> list[bytes]:
    key = SigningKey(bytes(32))
    names = (f"coop.example/v{number}" for number in range(count))
    return [checkpoint.sign(Checkpoint(name, 12_345, bytes([7]) * 32), key) for name in names]


def _gas(chain: anvil.Chain, transaction: str) -> int:
    return int(chain.ask("eth_getTransactionReceipt", transaction)["gasUsed"], 16)


def _row(what: str, gas: int, ledgers: int) -> tuple[str, ...]:
    return (what, f"{gas:,}", f"{gas / ledgers:,.1f}", *(f"{gas * price / GWEI:.6f}" for price in PRICES))


def _proofs(anchor: Anchor) -> tuple[str, str]:
    """All of them, and how long one is."""
    started = time.perf_counter()
    files = [proof.to_file() for proof in anchor.proofs().values()]
    return f"{(time.perf_counter() - started) * 1000:.1f}", f"{len(files[0]):,}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--ledgers", type=int, nargs="+", default=[1, 10, 100, 1000], help="ledgers of one batch")
    main(parser.parse_args().ledgers)
