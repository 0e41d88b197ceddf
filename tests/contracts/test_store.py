"""What every store does; the service's own is held to it in ``tests/app/anchors``."""

from __future__ import annotations

from contracts import batch
from contracts.record import Anchor, Attempt, Place, State
from contracts.store import MemoryStore, Store
from tests.contracts.stations import note

ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def anchor(number: int, state: State = State.PENDING) -> Anchor:
    signed = note(size=number)
    attempt = Attempt("0x" + "ab" * 32, "0x02", 30_000, 2**70, 1, 12)
    place = None if state == State.PENDING else Place(attempt.transaction, 9, "0x" + "cd" * 32, 1_700_000_000_000)
    return Anchor(
        number=number, chain_id=1, contract=ADDRESS, sender=ADDRESS, notes=(signed.decode(),), nonce=4,
        attempts=(attempt,), place=place, root=batch.make([signed]).root, state=state,
    )  # fmt: skip


def check_memory(store: Store) -> None:
    """What is saved is found again, in order, and chains are pinned each by its id."""
    assert (store.last(), store.unfinished()) == (None, [])
    for number in (1, 2, 10, 9):
        store.save(anchor(number))
    assert [found.number for found in store.unfinished()] == [1, 2, 9, 10]
    store.save(anchor(2, State.CONFIRMED))
    store.save(anchor(10, State.FINAL))
    assert store.unfinished() == [anchor(1), anchor(2, State.CONFIRMED), anchor(9)]
    assert store.last() == anchor(10, State.FINAL)
    assert store.genesis(1) is None
    store.pin(1, "0xa")
    store.pin(10, "0xb")
    assert (store.genesis(1), store.genesis(10)) == ("0xa", "0xb")


def test_memory() -> None:
    check_memory(MemoryStore())
