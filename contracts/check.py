"""The auditor's half: whether an anchor stands on a chain, since when, and whether a ledger's anchors only ever grew.

What is shown is existence by a time, as far as one trusts the RPC that is asked. ``proof.check`` comes first, offline.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from contracts import artefact
from contracts.errors import Forked, NoContract, Shrunk, WrongChain
from contracts.node import Event, Mined, Node
from contracts.proof import AnchorProof, Site
from contracts.record import State
from ledger.checkpoint import Checkpoint


class Standing(NamedTuple):
    """An anchor found on the chain it names."""

    state: State
    """Confirmed, or final: as deep as the auditor asks."""
    block: int
    time: int
    """The block's own, in milliseconds since 1970: the checkpoint is at least that old."""
    confirmations: int
    position: int
    """The event's index in its block."""


class Sighting(NamedTuple):
    """A checkpoint, by whom and where it was anchored."""

    checkpoint: Checkpoint
    site: Site
    standing: Standing


def find(proof: AnchorProof, node: Node, confirmations: int) -> Standing | None:
    """Where the proof's root stands now; None where the chain does not have it, not yet or no more.

    ``confirmations``: blocks, its own included, that make it final. WrongChain, NoContract or an RPC's error where the
    RPC can't say.
    """
    expect_chain(node, proof.site.chain_id)
    expect_contract(node, proof.site.contract)
    mined = node.find(proof.site.transaction)
    event = None if mined is None else event_of(mined, proof.site.contract, proof.site.sender, proof.root)
    if mined is None or event is None:
        return None
    # At least one: an RPC whose nodes are not all equally far may name a head below the block.
    count = max(node.head().number - mined.block + 1, 1)
    state = State.FINAL if count >= confirmations else State.CONFIRMED
    return Standing(state, mined.block, mined.time, count, event.position)


def check_growth(sightings: Iterable[Sighting]) -> None:
    """That each sender, chain by chain, anchored only larger trees of a ledger, or the same again.

    Shrunk where a smaller tree follows a larger one, Forked where two of one size differ. It says nothing about the
    trees themselves: that each is a prefix of the next is for whoever holds the ledger to recompute.
    """
    newest: dict[tuple[str, int, str], Checkpoint] = {}
    for head, site, _ in sorted(sightings, key=lambda seen: (seen.standing.block, seen.standing.position)):
        before = newest.get((head.origin, site.chain_id, site.sender))
        if before is not None and head.size < before.size:
            raise Shrunk(origin=head.origin, sender=site.sender, size=head.size, before=before.size)
        if before is not None and head.size == before.size and head.root != before.root:
            raise Forked(origin=head.origin, sender=site.sender, size=head.size)
        newest[head.origin, site.chain_id, site.sender] = head


def event_of(mined: Mined, contract: str, sender: str, root: bytes) -> Event | None:
    """The event by which that sender anchored that root in a transaction, None where there is none."""
    return next((event for event in mined.events if event[:3] == (contract, sender, root)), None)


def expect_chain(node: Node, chain_id: int) -> None:
    """WrongChain unless the RPC speaks for that chain."""
    found = node.chain_id()
    if found != chain_id:
        raise WrongChain(expected=chain_id, found=found)


def expect_contract(node: Node, contract: str) -> None:
    """NoContract unless our code stands at the address, so that its events name who truly called it."""
    if node.code(contract) != artefact.RUNTIME:
        raise NoContract(contract=contract)
