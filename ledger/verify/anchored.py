"""Step 11, and step 7 as far as anchors bear on it: what the operator says is anchored, by the proofs and by a chain.

    anchors/{size}.json    the proof that a checkpoint stands in a batch whose root is on a chain

How a proof is read and a chain is asked is handed in: nothing here knows of either. An anchor is the latest time at
which the entries below its size came into being: one that claims to have been received after it is a lie. And the
entry that names a block can't be older than it, so none after it can.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple, Protocol

from ledger import canonical, checkpoint, fold
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, ProofError
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.verify import report
from ledger.verify.desk import Desk
from ledger.verify.report import Absent, Report
from ledger.verify.tree import Copy

FOLDER = "anchors/"


class Site(NamedTuple):
    """Where on a chain, and by whom."""

    chain_id: int
    contract: str
    sender: str
    transaction: str


class Claim(NamedTuple):
    """Entry ``entry``'s word that the checkpoint of ``size`` entries, whose note hashes to ``checkpoint`` (base64), is
    anchored there, in that block of that time (ms). ``path``: where the proof should lie.
    """

    entry: int
    path: str
    size: int
    checkpoint: str
    site: Site
    block: int
    time: int


class Standing(NamedTuple):
    """How an anchor stands on its chain: the block and its time (ms); ``final``: as deep as the auditor asks."""

    final: bool
    block: int
    time: int


class Proof(Protocol):
    """A proof that was read and not judged."""

    @property
    def note(self) -> bytes:
        """The signed checkpoint."""

    @property
    def site(self) -> Site:
        """Where it is said to be."""

    def check(self, key: VerifierKey) -> Checkpoint:
        """The checkpoint, where its signature and its path hold; LedgerError else."""


class Chain(Protocol):
    """Somebody who can be asked about chains, and is believed."""

    def find(self, proof: Proof) -> Standing | None:
        """Where the proof's root stands; None where the chain does not have it. LedgerError: it can't be asked."""

    def check_growth(self) -> None:
        """LedgerError where what was found so far did not only grow."""


class Anchors(NamedTuple):
    """What the auditor has for checking anchors: a reader of proofs, proofs of its own by name, and chains to ask."""

    parse: Callable[[bytes], Proof]
    given: tuple[tuple[str, bytes], ...] = ()
    chain: Chain | None = None


class AnchorCheck:
    """What the anchors come to, once the whole tree is on the desk."""

    def __init__(
        self, copy: Copy, head: Checkpoint, note: bytes, desk: Desk, outcome: Report, anchors: Anchors
    ) -> None:
        self._copy, self._head, self._note, self._desk, self._anchors = copy, head, note, desk, anchors
        self._root_at: Callable[[int], bytes | None] = lambda _size: None
        self._step, self._time = outcome.step(report.ANCHORS), outcome.step(report.TIME)
        self.bounded = 0
        """The entries below this were there when a block was made."""

    def run(
        self,
        claims: Iterable[Claim],
        keys_at: Callable[[int], tuple[str, ...]],
        root_at: Callable[[int], bytes | None],
    ) -> None:
        """Judge every claim and every proof: offline, then on the chain where one can be asked."""
        self._root_at = root_at
        said = {claim.path: claim for claim in claims}
        shown = dict(self._shown(said))
        missing = len(said.keys() - shown.keys())
        if missing:
            self._step.note("anchors.no_proof", count=missing)
        held = [
            (name, proof, head, said.get(name))
            for name, data in shown.items()
            if (found := self._offline(name, data, said.get(name), keys_at)) is not None
            for proof, head in [found]
        ]
        if self._anchors.chain is None:
            self._step.skip("anchors.no_rpc" if shown else "anchors.none", count=len(shown))
        elif not shown:
            self._step.skip("anchors.none", count=0)
        else:
            self._on_chain(held, self._anchors.chain)

    def _shown(self, said: dict[str, Claim]) -> Iterator[tuple[str, bytes]]:
        stray = [path for path in self._copy.paths() or () if path.startswith(FOLDER) and path not in said]
        for path in (*said, *stray):
            with suppress(Absent):
                yield path, self._copy.read(path)
        yield from self._anchors.given

    def _offline(
        self, name: str, data: bytes, claim: Claim | None, keys_at: Callable[[int], tuple[str, ...]]
    ) -> tuple[Proof, Checkpoint] | None:
        try:
            proof = self._anchors.parse(data)
            head = checkpoint.parse(proof.note)[0]
            if claim is None and head.origin not in _names(keys_at(head.size)):
                self._step.note("anchor.other_ledger", name=name)
                return None
            _check(proof, head, keys_at(head.size))
        except LedgerError as error:
            self._step.find("anchor.proof", None if claim is None else claim.entry, name=name, code=error.code)
            return None
        if claim is not None and not _is_what_was_said(proof, claim):
            self._step.find("anchor.not_as_said", claim.entry, name=name)
        if head.size > self._head.size:
            self._step.note("anchor.beyond", name=name, size=head.size)
            return None
        root = self._root_at(head.size)
        if root is None:
            self._step.note("anchor.not_compared", name=name, size=head.size)
            return None
        if root != head.root:
            notes = {"earlier": proof.note.decode(), "now": self._note.decode()}
            self._step.find("anchor.other_tree", name=name, size=head.size, **notes)
            return None
        return proof, head

    def _on_chain(self, held: list[tuple[str, Proof, Checkpoint, Claim | None]], chain: Chain) -> None:
        newest: tuple[Checkpoint, Standing] | None = None
        for name, proof, head, claim in held:
            try:
                standing = chain.find(proof)
            except LedgerError as error:
                self._step.skip("anchors.not_asked", blocked=True, name=name, code=error.code)
                continue
            if standing is None:
                self._step.find("anchor.not_on_chain", None if claim is None else claim.entry, name=name)
                continue
            self._bracket(name, head, standing, claim)
            if standing.final and (newest is None or head.size > newest[0].size):
                newest = head, standing
        try:
            chain.check_growth()
        except LedgerError as error:
            self._step.find(error.code, **error.params)
        if newest is not None:
            time = canonical.format_time(newest[1].time)
            self._step.note("anchor.final", size=newest[0].size, block=newest[1].block, time=time)

    def _bracket(self, name: str, head: Checkpoint, standing: Standing, claim: Claim | None) -> None:
        said, time = self._desk.point(head.size), canonical.format_time(standing.time)
        if claim is not None and (claim.block, claim.time) != (standing.block, standing.time) and standing.final:
            self._step.find("anchor.not_as_said", claim.entry, name=name)
        if not standing.final:
            self._step.note("anchor.young", size=head.size, block=standing.block)
            return  # a block that may yet be replaced shows no time
        if claim is not None:
            entry = self._desk.point(claim.entry + 1)
            if entry is not None and entry.received + fold.CLOCK_TOLERANCE < standing.time:
                self._time.find("time.before_anchor", claim.entry, received=entry.received, time=time)
        if said is not None and said.received > standing.time + fold.CLOCK_TOLERANCE:
            self._time.find("time.after_anchor", head.size - 1, received=said.received, time=time)
        else:
            self.bounded = max(self.bounded, head.size)


def _names(vkeys: Iterable[str]) -> set[str]:
    """What the log is called there: its name changes where it succeeds another."""
    return {parse_vkey(vkey).name for vkey in vkeys}


def _check(proof: Proof, head: Checkpoint, vkeys: Iterable[str]) -> None:
    """That the proof holds under one of the keys; what is wrong with it else."""
    fault: LedgerError = ProofError("checkpoint.key", origin=head.origin)
    for vkey in vkeys:
        try:
            proof.check(parse_vkey(vkey))
        except LedgerError as error:
            fault = error
        else:
            return
    raise fault


def _is_what_was_said(proof: Proof, claim: Claim) -> bool:
    return proof.site == claim.site and canonical.b64(hashlib.sha256(proof.note).digest()) == claim.checkpoint
