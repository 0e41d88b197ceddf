"""The auditor: twelve numbered steps over a published copy of a log, with nothing taken on trust but arithmetic.

    1  checkpoint    its signature, under the key that the ledger itself names at that size; age; witnesses
    2  consistency   with the checkpoint this auditor saw last
    3  tree          every leaf re-hashed, every tile compared, the root recomputed
    4  form          strict form; (author, nonce) and so every statement only once
    5  signatures    arithmetic, and keys as valid at that index
    6  seen          every ``seen`` a point of this very tree
    7  time          ``received`` never backwards, bracketed by clocks of authors and witnesses, and by anchors
    8  fold          every rule, every due transition, every announcement
    9  private       values against commitments, recounts, erasures accounted for
    10 records       what was published against what the fold gives
    11 anchors       what is said to stand on a public chain, by its proofs and by somebody who is asked
    12 copies        other copies of the checkpoint: two that can't both be true are evidence

The entries are read once; steps 3 to 9 look over each other's shoulders, so memory stays flat. The trust root is
entry 0: the operator's key is the one the genesis names, unless the auditor brings a pinned key or genesis hash.

A desk that has outlived an earlier run is gone on with (``resume.py``), unless it does not fit the copy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from ledger import checkpoint, merkle, statement, tiles
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.merkle import EMPTY_ROOT, Frontier
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.state import State
from ledger.tiles import Tile
from ledger.verify import records, report, resume
from ledger.verify.anchored import AnchorCheck
from ledger.verify.cosigned import CosignatureCheck, Witnesses, check_shown
from ledger.verify.desk import Desk
from ledger.verify.entries import UNSEEN, Walk, examine
from ledger.verify.names import Before, Lost
from ledger.verify.others import OtherCopies
from ledger.verify.private import PrivateValues
from ledger.verify.report import Absent, Report, Step, Unreadable
from ledger.verify.resume import Kept
from ledger.verify.tree import Copy, Edge, Tree, bundles, read_hashes, read_leaves
from ledger.verify.trust import House, Recount, Spread, Trust


def verify(
    copy: Copy,
    house: House,
    make_desk: Callable[[int], Desk],
    trust: Trust,
    spread: Spread = map,
    progress: Callable[[int, int], None] = lambda _done, _size: None,
) -> Report:
    """Audit a copy. ``make_desk`` gets the number of entries; ``progress`` is told (done, size) from time to time."""
    try:
        note = copy.read("checkpoint")
        head = checkpoint.parse(note)[0]
    except LedgerError as error:
        outcome = Report()
        if not isinstance(error, Absent | Unreadable):
            outcome.step(report.CHECKPOINT).find(error.code, **error.params)
        outcome.stop("source.no_checkpoint", code=error.code, **error.params)
        return outcome
    desk = make_desk(head.size)
    data = desk.kept()
    audit = _Audit(copy, house, desk, trust, head, note, None if data is None else resume.decode(data))
    try:
        if data is not None and not audit.goes_on():
            desk.clear()
            audit = _Audit(copy, house, desk, trust, head, note)
            audit.outcome.step(report.TREE).note("resume.dropped")
        audit.walk(spread, progress)
        audit.conclude()
    except Unreadable as error:
        audit.outcome.stop("source.unreadable", code=error.code, **error.params)
    return audit.outcome


class _Audit:
    def __init__(
        self,
        copy: Copy,
        house: House,
        desk: Desk,
        trust: Trust,
        head: Checkpoint,
        note: bytes,
        kept: Kept | None = None,
    ) -> None:
        self._copy, self._house, self._desk, self._trust = copy, house, desk, trust
        self._head, self._note, self._kept = head, note, kept
        self.outcome = outcome = Report(head, note)
        self._private = PrivateValues(copy, house.books, outcome.step(report.PRIVATE))
        # What a copy holds of private values is looked at entry by entry, and so is what may have changed since.
        self._again = trust.read_again or self._private.scope is not None
        self._tree = self._make_tree(None if kept is None or self._again else kept.edge)
        self._walk = Walk(house.books, desk, head.origin, outcome, UNSEEN if kept is None else kept.clocks)
        self._last = b""

    def _make_tree(self, edge: Edge | None) -> Tree:
        return Tree(self._copy, self.outcome.step(report.TREE), self._desk.add_tile, edge)

    @property
    def _complete(self) -> bool:
        """Whether every entry could be read."""
        return self._tree.frontier.size == self._head.size

    def goes_on(self) -> bool:
        """Whether the work of the earlier run is about the entries of this copy."""
        kept = self._kept
        if kept is None or kept.origin != self._head.origin or kept.edge.size > self._head.size:
            return False
        self.outcome.genesis = kept.genesis
        root, step = Frontier(*kept.edge[:2]).root(), self.outcome.step(report.TREE)
        if self._again:
            step.note("resume.read_again", count=kept.edge.size)
            try:
                return self._read_again(kept.edge.size) and self._tree.frontier.root() == root
            except LedgerError:
                return False  # a run from the beginning says which entry it is
        step.note("resume.not_read_again", count=kept.edge.size)
        if kept.edge.size == self._head.size:
            return root == self._head.root
        return resume.root_shown(self._copy, kept.edge.size, self._head.size) == root

    def _read_again(self, size: int) -> bool:
        """Everything but signatures and rules, which say today what they said of the same bytes before."""
        for bundle in bundles(size):
            width = min(tiles.WIDTH, self._head.size - bundle.index * tiles.WIDTH)
            leaves = tiles.decode_bundle(self._copy.read(Tile(None, bundle.index, width).path), width)
            for index, leaf in enumerate(leaves[: bundle.width], start=bundle.index * tiles.WIDTH):
                self._tree.append(merkle.leaf_hash(leaf))
                if self._private.scope is not None:
                    self._private.check(index, statement.parse_leaf(leaf))
        return not self.outcome.step(report.TREE).count

    def walk(self, spread: Spread, progress: Callable[[int, int], None]) -> None:
        """Steps 3 to 9, entry by entry, from where the tree is."""
        index = self._tree.frontier.size
        if self._head.size == 0 or (index < self._head.size and not self._shows_entries()):
            self._walk_hashes()
            return
        ahead: deque[bytes] = deque()
        for examined in spread(examine, _passing(self._leaves(), ahead)):
            for one in examined:
                if index == 0:
                    self.outcome.genesis = one.hash.hex()
                entry = self._walk.take(index, ahead.popleft(), one, self._tree.append(one.hash))
                if entry is not None:
                    self._private.check(index, entry)
                index += 1
            if self._is_flawless(report.TREE):
                self._desk.keep(self._to_keep)
            progress(index, self._head.size)
        self._last = self._to_keep()

    def _to_keep(self) -> bytes:
        return resume.encode(Kept(self._head.origin, self.outcome.genesis, self._tree.edge, self._walk.clocks))

    def _is_flawless(self, first: int) -> bool:
        """Whether nothing was found from that step on, up to the records: only then is the work gone on with."""
        steps = self.outcome.steps[first - 1 : report.RECORDS]
        return self._walk.left_out is None and not any(step.count for step in steps)

    def conclude(self) -> None:
        """What can be said once all entries have been seen."""
        state = State(self._desk)
        if self._complete:
            self._tree.finish(self._head.root)
            self._check_cosignatures(state)
            self._check_anchors(state)
            self._walk.finish(self._head.size)
        self._check_head(state)
        self._check_consistency(state)
        if not self._complete:
            self.outcome.stop("source.broken_off", first=report.FORM, blocked=False, index=self._tree.frontier.size)
        elif self._walk.left_out is not None:
            # From there on neither the books, nor whose values were erased, nor a recount would be the log's.
            self.outcome.stop("fold.left_out", first=report.FOLD, index=self._walk.left_out)
        elif self.outcome.genesis is not None:
            self._private.finish(lambda subject: self._house.is_erased(state, subject))
            self._recount(state)
            self._check_records(state)
        if self._complete and self._last and self.outcome.vkey is not None and self._is_flawless(report.CONSISTENCY):
            self._desk.keep(lambda: self._last, now=True)
        if self._complete:
            keys_at, befores = partial(self._keys_at, state), self._house.predecessors(state)
            others = OtherCopies(self._head, self._note, self._root_at, self.outcome, keys_at, befores)
            others.run(self._trust.others)

    def _shows_entries(self) -> bool:
        try:
            self._copy.read(next(bundles(self._head.size, self._tree.frontier.size)).path)
        except Absent:
            paths = self._copy.paths()
            return paths is not None and any(path.startswith("tile/entries/") for path in paths)
        except Unreadable as error:
            if error.code != "source.forbidden":
                raise
            return False
        return True

    def _leaves(self) -> Iterator[list[bytes]]:
        start, begun = self._tree.frontier.size, list(self._tree.begun())
        for bundle in bundles(self._head.size, start):
            leaves = read_leaves(self._copy, bundle, self.outcome.step(report.TREE))
            if leaves is None:
                return
            for position, (hash_, leaf) in enumerate(zip(begun, leaves, strict=False)):
                if merkle.leaf_hash(leaf) != hash_:
                    index = bundle.index * tiles.WIDTH + position
                    self.outcome.step(report.TREE).find("tree.tile", index, path=bundle.path, position=position)
            yield leaves[len(begun) :]
            begun = []

    def _walk_hashes(self) -> None:
        """Where the entries are not shown to this auditor, the tree alone is checked."""
        start, begun = self._tree.frontier.size, len(self._tree.begun())
        for bundle in bundles(self._head.size, start):
            hashes = read_hashes(self._copy, Tile(0, bundle.index, bundle.width), self.outcome.step(report.TREE))
            for hash_ in (hashes or [])[begun:]:
                self._tree.append(hash_)
            begun = 0
        self.outcome.stop("source.no_entries", first=report.FORM)

    def _check_head(self, state: State) -> None:
        """Step 1, under the key valid at that size: so it is judged by the state that the walk has reached."""
        self.outcome.keys = self._house.key_history(state)
        step, trust = self.outcome.step(report.CHECKPOINT), self._trust
        vkeys = {vkey: parse_vkey(vkey) for vkey in self._house.log_keys(state)}
        if trust.vkey is not None and trust.vkey.text() in self._house.earlier_keys(state):
            step.note("checkpoint.key_rotated", vkey=trust.vkey.text())
        elif trust.vkey is not None and trust.vkey.text() in self._house.replaced_keys(state):
            self._check_replaced(state, trust.vkey.text())
        elif trust.vkey is not None:
            if vkeys and trust.vkey.text() not in vkeys:
                step.find("checkpoint.not_pinned", vkey=trust.vkey.text())
            vkeys = {trust.vkey.text(): trust.vkey}
        if not vkeys:
            self._no_key()
            return
        faults = {vkey: _fault(self._note, key) for vkey, key in vkeys.items()}
        self.outcome.vkey = next((vkey for vkey, fault in faults.items() if fault is None), None)
        fault = next(iter(faults.values()))
        if self.outcome.vkey is None and fault is not None:
            step.find(fault.code, **fault.params)
        if trust.genesis is not None and self.outcome.genesis not in (None, trust.genesis):
            step.find("checkpoint.genesis", 0, expected=trust.genesis, found=self.outcome.genesis)
        if trust.vkey is None and trust.genesis is None:
            step.note("checkpoint.key_of_genesis", vkey=next(iter(vkeys)))
        self._check_age()

    def _check_replaced(self, state: State, vkey: str) -> None:
        """The pinned key leads to none: others have put one in its place. Who they are, only the ledger's beginning
        tells, or what the auditor knew of it: anybody can make up members who decide.
        """
        step = self.outcome.step(report.CHECKPOINT)
        names = (self._head.origin, *(before.origin for before in self._house.predecessors(state)))
        if self._trust.genesis is None and all(self._trust.last_seen(name) is None for name in names):
            step.skip("checkpoint.key_replaced", blocked=True, vkey=vkey)
        else:
            step.note("checkpoint.key_decided", vkey=vkey)

    def _check_cosignatures(self, state: State) -> None:
        """Steps 1 and 7, by the witnesses that the auditor trusts."""
        if self._trust.witnesses is None:
            step = self.outcome.step(report.CHECKPOINT)
            step.note("checkpoint.no_witnesses")
            check_shown(self._copy, self._head, self._desk, step, partial(self._keys_at, state))
            return
        check = CosignatureCheck(self._copy, self._head, self._desk, self.outcome, self._trust.witnesses)
        check.run(self._note, self._trust.now)
        self._walk.bound(check.bounded)

    def _check_anchors(self, state: State) -> None:
        """Steps 11 and 7, as far as the copy and the auditor have proofs."""
        if self._trust.anchors is None:
            self.outcome.step(report.ANCHORS).skip("anchors.none", count=0)
            return
        check = AnchorCheck(self._copy, self._head, self._note, self._desk, self.outcome, self._trust.anchors)
        check.run(self._house.anchors(state), partial(self._keys_at, state), self._root_at)
        self._walk.bound(check.bounded)

    def _keys_at(self, state: State, size: int) -> tuple[str, ...]:
        """Which keys count for a tree of that size: by the ledger, and where its entries are not shown, as pinned."""
        keys = tuple(key.vkey for key in self._house.key_history(state) if key.covers(size))
        return keys if keys or self._trust.vkey is None else (self._trust.vkey.text(),)

    def _root_at(self, size: int) -> bytes | None:
        """The root of the first ``size`` entries of the tree that was signed; None where nothing here shows it."""
        if size in (0, self._head.size):
            return self._head.root if size else EMPTY_ROOT
        if self._tree.frontier.root() != self._head.root:
            return None  # broken on its way, perhaps: what lies here says nothing about what was signed
        point = self._desk.point(size)
        if point is not None:
            return point.root
        # Where the entries are not shown, the tiles tell as much, if they are those of one tree.
        return None if self.outcome.step(report.TREE).count else resume.root_shown(self._copy, size, self._head.size)

    def _no_key(self) -> None:
        step = self.outcome.step(report.CHECKPOINT)
        if self.outcome.genesis is None:
            step.skip("checkpoint.key_unknown", blocked=True)
        else:
            step.find("checkpoint.key_unknown", 0)

    def _check_age(self) -> None:
        last = self._desk.point(self._head.size)
        limit = self._trust.max_age
        if limit is not None and last is not None and self._trust.now - last.received > limit:
            self.outcome.step(report.CHECKPOINT).find("checkpoint.stale", self._head.size - 1, received=last.received)

    def _check_consistency(self, state: State) -> None:
        """Step 2. The tree was computed anew, so consistency is plain equality with one of its points, not a proof."""
        step = self.outcome.step(report.CONSISTENCY)
        self.outcome.predecessors = self._house.predecessors(state)
        befores = {before.origin: before for before in self.outcome.predecessors}
        known = [(befores.get(name), self._trust.last_seen(name)) for name in (self._head.origin, *befores)]
        if all(note is None for _, note in known):
            step.skip("consistency.first_time")
        for before, note in known:
            if note is not None:
                self._compare(step, note, before)

    def _compare(self, step: Step, note: bytes, before: Before | None) -> None:
        """With what this auditor saw last under one of the log's names."""
        old = checkpoint.parse(note)[0]
        lost = None if before is None else before.judge(old)
        if before is not None and lost is not None:
            if lost is Lost.NOT_AS_TOLD:
                step.find("consistency.not_as_told", old=old.size, told=before.size)
            else:
                step.note("consistency.lost", old=old.size, entries=before.entries)
            return
        evidence = {"earlier": note.decode(), "now": self._note.decode()}
        if old.size > self._head.size:
            step.find("consistency.rolled_back", old=old.size, new=self._head.size, **evidence)
            return
        root = self._root_at(old.size)
        if root is None:
            step.skip("consistency.not_compared", old=old.size)
        elif old.root != root:
            step.find("consistency.fork", old=old.size, new=self._head.size, **evidence)

    def _recount(self, state: State) -> None:
        step = self.outcome.step(report.PRIVATE)
        equal = 0
        for recount in self._house.recount(state, self._private.value):
            if recount.unopened:
                step.find("private.unopened", recount.entry, proposal=recount.proposal, count=recount.unopened)
            if self._private.scope is not None:
                if recount.equal is None:
                    step.note("private.not_recounted", proposal=recount.proposal)
                elif recount.equal:
                    equal += 1
                else:
                    step.find("private.count_differs", recount.entry, proposal=recount.proposal)
        if equal:
            step.note("private.recounted", count=equal)

    def _check_records(self, state: State) -> None:
        step = self.outcome.step(report.RECORDS)
        records.check(self._copy, self._desk, step)
        if self._house.log_keys(state):
            records.check_discovery(self._copy, self._house.discovery(state), step)


def _passing(bundles_: Iterator[list[bytes]], ahead: deque[bytes]) -> Iterator[list[bytes]]:
    """The bundles on their way to be examined; their leaves stay at hand until the results are there."""
    for leaves in bundles_:
        ahead.extend(leaves)
        yield leaves


def _fault(note: bytes, key: VerifierKey) -> LedgerError | None:
    try:
        checkpoint.verify(note, key)
    except LedgerError as error:
        return error
    return None


__all__ = ["Desk", "House", "Recount", "Report", "Spread", "Trust", "Witnesses", "verify"]
