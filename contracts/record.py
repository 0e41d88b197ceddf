"""What an installation remembers of each batch it anchors: enough to do exactly the same again after a crash.

pending    not in the chain: not sent yet, waiting in a node's pool, dropped from it, or put back by a reorganisation
confirmed  in a block that is still young enough to be replaced
final      in a block with as many on top as the operator asks for; never looked at again
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from contracts import batch, proof
from contracts.proof import AnchorProof, Site


class State(StrEnum):
    """How far a batch has come."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FINAL = "final"


class Attempt(msgspec.Struct, frozen=True):
    """One signed transaction. All attempts of a batch have its nonce, so at most one of them can ever be mined."""

    transaction: str
    raw: str
    gas: int
    """The most it may use."""
    max_fee: int
    """Wei per gas, base fee and tip together."""
    tip: int
    """Wei per gas."""
    since: int
    """The chain's head when it was sent: how long it waits is counted in blocks, by no clock of ours."""


class Place(msgspec.Struct, frozen=True):
    """The block that a batch stands in."""

    transaction: str
    block: int
    block_hash: str
    time: int
    """The block's own, in milliseconds since 1970."""


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A batch on its way. ``notes`` are the signed checkpoints in the batch's order, ``root`` their tree's."""

    number: int
    """Counted by the store from 1."""
    chain_id: int
    contract: str
    sender: str
    notes: tuple[str, ...]
    root: bytes
    state: State = State.PENDING
    nonce: int | None = None
    """Given once, when the first attempt is signed."""
    attempts: tuple[Attempt, ...] = ()
    place: Place | None = None
    taken_since: int | None = None
    """The head at which a foreign transaction was first seen in the place of ours."""

    def proofs(self) -> dict[str, AnchorProof]:
        """By origin, the proof for each of its ledgers; none while it is in no block.

        Before it is final, a proof may come to nothing: don't give it away yet.
        """
        if self.place is None:
            return {}
        site = Site(self.chain_id, self.contract, self.sender, self.place.transaction)
        tree = batch.make(note.encode() for note in self.notes)
        return {origin: proof.make(tree, origin, site) for origin in tree.origins}
