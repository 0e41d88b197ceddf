"""Which checkpoints of this ledger the operator has anchored on a public chain, and where: the operator's word.

The fold can't derive it, for it asks no chain: what an ``anchor.record/1`` says is checked by whoever asks one, with
the proof that is published beside the checkpoint as ``anchors/{size}.json`` (``contracts/proof.py``). An anchor that
is said to be there and is not is the operator's lie, with the clerk's signature under it.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

import msgspec

from ledger import canonical, merkle, wallet
from ledger.errors import FormatError, Refusal, SignatureFault
from ledger.fold import CLOCK_TOLERANCE, Book, Context, Handler
from ledger.state import Record, State

RECORD: Final = "anchor.record/1"
_TRANSACTION: Final = re.compile(r"0x[0-9a-f]{64}\Z")


class Anchor(Record, frozen=True, kw_only=True):
    """An anchored checkpoint. The id is its size; ``time`` (ms) is the block's own."""

    kind: ClassVar[str] = "anchor"
    size: int
    checkpoint: str
    chain_id: int
    contract: str
    sender: str
    transaction: str
    block: int
    time: int

    @property
    def sort(self) -> str:
        """The largest first."""
        return f"{canonical.MAX_INTEGER - self.size:016d}"

    @property
    def proof(self) -> str:
        """Where the proof lies, below the log's address or in an exported folder."""
        return proof_path(self.size)


class RecordAnchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``anchor.record/1``: the checkpoint of ``size`` entries stands in that block. ``checkpoint``: SHA-256 of the
    signed note (base64); addresses in EIP-55; ``time``: the block's own.
    """

    size: int
    checkpoint: str
    chain_id: int
    contract: str
    sender: str
    transaction: str
    block: int
    time: str


def proof_path(size: int) -> str:
    """The path of the proof for the anchored checkpoint of that size."""
    return f"anchors/{size}.json"


def newest(state: State) -> Anchor | None:
    """The anchor of the largest tree."""
    return next(iter(state.children(Anchor, limit=1)), None)


def _record(ctx: Context, body: RecordAnchor) -> None:
    _check_form(body)
    time, seen = canonical.parse_time(body.time), ctx.statement.seen.size
    if not 1 <= body.size <= seen:
        raise Refusal("anchor.size", size=body.size, seen=seen)
    before = newest(ctx.state)
    if before is not None and body.size <= before.size:
        raise Refusal("anchor.not_growing", size=body.size, before=before.size)
    if time > ctx.time + CLOCK_TOLERANCE:
        raise Refusal("anchor.time", time=body.time)
    fields = msgspec.structs.asdict(body) | {"time": time}
    ctx.state.put(Anchor(id=str(body.size), index=ctx.index, **fields))


def _check_form(body: RecordAnchor) -> None:
    canonical.unb64(body.checkpoint, merkle.HASH_SIZE)
    if body.chain_id < 1 or body.block < 0 or not _TRANSACTION.match(body.transaction):
        raise FormatError("anchor.form")
    try:
        for address in (body.contract, body.sender):
            wallet.parse_address(address)
    except SignatureFault as error:
        raise FormatError("anchor.form") from error


BOOK = Book("anchors", records=(Anchor,), handlers=(Handler(RECORD, RecordAnchor, _record, by=("clerk",)),))
