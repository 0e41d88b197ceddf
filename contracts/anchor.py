"""Brings batches into a chain, one step at a time: pending, confirmed, final (``record.py`` says what these mean).

The states live in a store, and a step may be cut off anywhere. What makes that safe:

- A batch gets its nonce once. All its transactions have it, so at most one can ever be mined.
- A transaction is saved, then sent. After a crash between the two the saved one is sent, to the byte.
- Every step asks the chain anew where each unfinished batch stands, so a dropped transaction, a reorganisation, an RPC
  that was away and a restart are all one case: what is not in the chain is sent again.

Only when something foreign has used up a batch's nonce, for as many blocks as make anything final, is the same batch
given another one. Callers see trouble in the step's report, and come back: nothing here waits or sleeps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from msgspec.structs import replace

from contracts import artefact, batch, check, fees
from contracts.errors import (
    AccountEmpty,
    AnchorBusy,
    AnchorError,
    ChainReplaced,
    FeeTooHigh,
    NonceTaken,
    RpcRefused,
    WrongChain,
    WrongKey,
)
from contracts.fees import Fees
from contracts.node import Head, Node
from contracts.record import Anchor, Attempt, Place, State
from contracts.store import Store
from ledger import wallet

GWEI: Final = 10**9
_ANY_ROOT: Final = artefact.call(b"\xff" * 32)
"""What no root costs more to send than."""


class Settings(NamedTuple):
    """What an operator decides."""

    chain_id: int
    contract: str
    confirmations: int = 64
    """Blocks, its own included, that make an anchor final. 64 is when Ethereum itself calls a block final."""
    max_fee: int = 100 * GWEI
    """The most that is offered, in wei per gas."""
    patience: int = 3
    """Blocks that a transaction may wait before its fee is raised."""


class Signing(Protocol):
    """An account that signs: ``key.Signer``."""

    @property
    def address(self) -> str:
        """EIP-55."""

    def sign(self, fields: dict[str, object]) -> tuple[str, str]:
        """A transaction's hash and its signed bytes; the same for the same fields."""


class Report(NamedTuple):
    """How things stand after a step."""

    anchors: tuple[Anchor, ...]
    """All that were unfinished before it, in their new states."""
    trouble: AnchorError | None
    """What kept it from going further, to be shown to the operator; the next step tries again."""


class Outlook(NamedTuple):
    """What an account and a chain look like while nothing is under way. ``balance`` in wei, None where unknown."""

    balance: int | None
    trouble: AnchorError | None
    """What would keep the next batch from being sent."""


class Anchorer:
    """The one owner of an account's nonces. Not for use by two threads at once."""

    def __init__(self, settings: Settings, node: Node, signer: Signing, store: Store) -> None:
        """SignatureFault where the contract's address is not in EIP-55 spelling, as logs are compared with it."""
        wallet.parse_address(settings.contract)
        self._settings, self._node, self._signer, self._store = settings, node, signer, store

    def submit(self, notes: Iterable[bytes]) -> Anchor:
        """Take these signed checkpoints, one for each ledger, for the next transaction; asks nothing of the chain.

        AnchorBusy while another batch is not in the chain; BatchFault or FormatError for what can't be anchored.
        """
        for waiting in self._store.unfinished():
            if waiting.state == State.PENDING:
                raise AnchorBusy(number=waiting.number)
        last, tree = self._store.last(), batch.make(notes)
        anchor = Anchor(
            number=1 if last is None else last.number + 1,
            chain_id=self._settings.chain_id,
            contract=self._settings.contract,
            sender=self._signer.address,
            notes=tuple(note.decode() for note in tree.notes),
            root=tree.root,
        )
        self._store.save(anchor)
        return anchor

    def step(self) -> Report:
        """Look where all unfinished batches stand, and do for each what is to be done now.

        What the chain, its RPC or the account are to blame for is in the report; what the store fails at is raised
        (StoreDamaged, OSError), and nothing is sent that was not kept.
        """
        anchors = {anchor.number: anchor for anchor in self._store.unfinished()}
        trouble: AnchorError | None = None
        if anchors:
            try:
                head = self._meet(anchors.values())
                # Asked before looking for transactions: one that is mined meanwhile can't look like a foreign one.
                used = self._node.nonce(self._signer.address)
                for number, anchor in anchors.items():  # in the order of their nonces: a later one can't go first
                    anchors[number] = self._follow(anchor, head)
                for number, anchor in anchors.items():
                    if anchor.state == State.PENDING:
                        anchors[number] = self._push(anchor, head, used)
            except AnchorError as error:
                trouble = error
                anchors |= {anchor.number: anchor for anchor in self._store.unfinished()}
        return Report(tuple(anchors.values()), trouble)

    def look(self) -> Outlook:
        """Ask the chain whether a batch could be sent now, and send nothing: so that trouble is seen early."""
        balance = None
        try:
            head = self._meet(self._store.unfinished())
            check.expect_contract(self._node, self._settings.contract)
            balance = self._node.balance(self._signer.address)
            self._gas(self._settings.contract, _ANY_ROOT, fees.offer(head, self._node.tip(), self._settings.max_fee))
        except AnchorError as error:
            return Outlook(balance, error)
        return Outlook(balance, None)

    def _meet(self, anchors: Collection[Anchor]) -> Head:
        """The head of the chain, once it is certain that it is the one meant, and the account the one known."""
        for anchor in anchors:
            if anchor.sender != self._signer.address:
                raise WrongKey(expected=anchor.sender, found=self._signer.address)
            if anchor.chain_id != self._settings.chain_id:
                raise WrongChain(expected=anchor.chain_id, found=self._settings.chain_id)
        check.expect_chain(self._node, self._settings.chain_id)
        genesis, pinned = self._node.genesis(), self._store.genesis(self._settings.chain_id)
        if pinned is None:
            self._store.pin(self._settings.chain_id, genesis)
        elif pinned != genesis:
            raise ChainReplaced(chain_id=self._settings.chain_id)
        for contract in {anchor.contract for anchor in anchors}:
            check.expect_contract(self._node, contract)
        return self._node.head()

    def _follow(self, anchor: Anchor, head: Head) -> Anchor:
        """Its state as the chain now has it; what was confirmed and is gone is pending again."""
        place = self._find(anchor)
        if place is not None:
            deep = head.number - place.block + 1 >= self._settings.confirmations
            state = State.FINAL if deep else State.CONFIRMED
            return self._save(anchor, replace(anchor, place=place, state=state, taken_since=None))
        if anchor.state == State.CONFIRMED:  # reorganised away; its patience begins anew
            attempts = (*anchor.attempts[:-1], replace(anchor.attempts[-1], since=head.number))
            return self._save(anchor, replace(anchor, state=State.PENDING, place=None, attempts=attempts))
        return anchor

    def _find(self, anchor: Anchor) -> Place | None:
        for attempt in reversed(anchor.attempts):
            mined = self._node.find(attempt.transaction)
            if mined is not None and check.event_of(mined, anchor.contract, anchor.sender, anchor.root):
                return Place(mined.transaction, mined.block, mined.block_hash, mined.time)
        return None

    def _push(self, anchor: Anchor, head: Head, used: int) -> Anchor:
        """See to it that the node has a transaction for it that can be mined; ``used``: nonces below it are."""
        if anchor.nonce is None:
            return self._attempt(replace(anchor, nonce=max(used, self._next_nonce())), head, None)
        if used > anchor.nonce:
            return self._displaced(anchor, head)
        if anchor.taken_since is not None:  # the foreign transaction was itself reorganised away
            anchor = self._save(anchor, replace(anchor, taken_since=None))
        last = anchor.attempts[-1]
        if last.max_fee < head.base_fee or head.number - last.since >= self._settings.patience:
            try:
                return self._attempt(anchor, head, Fees(last.max_fee, last.tip))
            except FeeTooHigh:
                with suppress(RpcRefused):  # what was offered may still be taken; some nodes won't even keep it
                    self._hand_over(anchor, last)
                raise
        self._hand_over(anchor, last)
        return anchor

    def _next_nonce(self) -> int:
        """After those that are given out and perhaps not mined."""
        return max((anchor.nonce + 1 for anchor in self._store.unfinished() if anchor.nonce is not None), default=0)

    def _attempt(self, anchor: Anchor, head: Head, before: Fees | None) -> Anchor:
        """Sign a first or a better paid transaction, save it, and only then send it."""
        most, tip = self._settings.max_fee, self._node.tip()
        now = fees.offer(head, tip, most) if before is None else fees.raised(before, head, tip, most)
        data = artefact.call(anchor.root)
        gas = self._gas(anchor.contract, data, now)
        transaction, raw = self._signer.sign(
            {
                "chainId": anchor.chain_id,
                "data": data,
                "gas": gas,
                "maxFeePerGas": now.max_fee,
                "maxPriorityFeePerGas": now.tip,
                "nonce": anchor.nonce,
                "to": anchor.contract,
                "type": 2,
                "value": 0,
            }
        )
        attempt = Attempt(transaction, raw, gas, now.max_fee, now.tip, head.number)
        anchor = replace(anchor, attempts=(*anchor.attempts, attempt))
        self._store.save(anchor)
        self._hand_over(anchor, attempt)
        return anchor

    def _gas(self, contract: str, data: bytes, offered: Fees) -> int:
        """What a transaction may use; AccountEmpty where the account can't pay that."""
        sender = self._signer.address
        # A fourth more than estimated: chains that settle on another one price its data by the minute.
        gas = self._node.gas(sender, contract, data) * 5 // 4
        available, needed = self._node.balance(sender), gas * offered.max_fee
        if available < needed:
            raise AccountEmpty(sender=sender, needed=needed, available=available)
        return gas

    def _hand_over(self, anchor: Anchor, attempt: Attempt) -> None:
        if self._node.knows(attempt.transaction):
            return
        if not self._node.send(attempt.raw):
            available = self._node.balance(anchor.sender)
            raise AccountEmpty(sender=anchor.sender, needed=attempt.gas * attempt.max_fee, available=available)

    def _displaced(self, anchor: Anchor, head: Head) -> Anchor:
        """Our nonce is used up and no transaction of ours is found. Perhaps the RPC is behind, or the chain will be
        reorganised, so the batch moves on only when that is as old as what we call final.
        """
        since = anchor.taken_since
        if since is None:
            self._save(anchor, replace(anchor, taken_since=head.number))
        elif head.number - since + 1 >= self._settings.confirmations:
            return self._save(anchor, replace(anchor, nonce=None, attempts=(), taken_since=None))
        raise NonceTaken(nonce=anchor.nonce)

    def _save(self, before: Anchor, after: Anchor) -> Anchor:
        if after != before:
            self._store.save(after)
        return after
