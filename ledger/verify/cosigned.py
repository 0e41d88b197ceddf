"""Steps 1 and 7, as far as witnesses bear on them: who has cosigned which checkpoint of this tree, and when.

    checkpoint     the newest signed note, with the cosignatures that there were for exactly that size
    cosigned       the newest one that the operator says enough witnesses have cosigned, where that is an older one

Whose cosignatures count, and how many are enough, is the auditor's own policy. What they say is held against the tree
that the auditor has computed; when they say it bounds the times of receipt from above. Without a policy the second note
is still one that the log has signed, and must be of this tree; that nobody's cosignature is judged is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from ledger import canonical, checkpoint, cosignature, fold
from ledger.checkpoint import Checkpoint, LogKeys
from ledger.cosignature import Cosigned
from ledger.errors import LedgerError
from ledger.signed_note import parse_vkey
from ledger.verify import report
from ledger.verify.desk import Desk
from ledger.verify.report import Absent, Report, Step, Unreadable
from ledger.verify.tree import Copy
from ledger.witness_policy import WitnessPolicy

COSIGNED: Final = "cosigned"


class Witnesses(NamedTuple):
    """Whose word the auditor takes. ``grace``: milliseconds within which enough of them must have cosigned an entry;
    ``live``: the copy is the operator's own of this moment, so that it is held to the auditor's clock.
    """

    policy: WitnessPolicy
    grace: int
    live: bool


def check_shown(copy: Copy, head: Checkpoint, desk: Desk, step: Step, keys: Callable[[int], Iterable[str]]) -> None:
    """Without a policy: the older checkpoint is the log's, by one of its keys at that size, and of this tree."""
    try:
        note = copy.read(COSIGNED)
    except (Absent, Unreadable):
        return
    try:
        found = checkpoint.parse(note)[0]
        valid = tuple(parse_vkey(vkey) for vkey in keys(found.size))
        if valid:  # else step 1 says that there is no key to go by
            checkpoint.verify(note, LogKeys(head.origin, valid))
    except LedgerError as error:
        step.find(error.code, **error.params)
    else:
        _is_of_this_tree(found, note, head, desk, step)


def _is_of_this_tree(found: Checkpoint, note: bytes, head: Checkpoint, desk: Desk, step: Step) -> bool:
    if found == head:
        return True
    point = desk.point(found.size)
    if point is None and found.size < head.size:
        step.note("witness.not_compared", size=found.size)
        return False
    if found.origin != head.origin or point is None or point.root != found.root:
        step.find("witness.other_tree", size=found.size, cosigned=note.decode())
        return False
    return True


class CosignatureCheck:
    """What the witnesses' lines in a copy come to."""

    def __init__(self, copy: Copy, head: Checkpoint, desk: Desk, outcome: Report, witnesses: Witnesses) -> None:
        self._copy, self._head, self._desk, self._witnesses = copy, head, desk, witnesses
        self._step, self._time = outcome.step(report.CHECKPOINT), outcome.step(report.TIME)
        self.bounded = 0
        """The entries below this were received before a witness had seen them."""

    def run(self, note: bytes, now: int) -> None:
        """Judge the copy's own ``note``, then the older one where that one doesn't suffice."""
        quorum = self._quorum(note)
        if quorum is None:
            with suppress(Absent, Unreadable):  # then nothing is known of any older one
                quorum = self._quorum(self._copy.read(COSIGNED))
        self._judge_age(quorum or 0, now)

    def _quorum(self, note: bytes) -> int | None:
        """The note's size if enough have cosigned it and it is of this very tree."""
        try:
            found, lines = checkpoint.parse(note)
            cosigned = cosignature.verify_all(found.body(), lines, self._witnesses.policy.keys)
        except LedgerError as error:
            self._step.find(error.code, **error.params)
            return None
        if not self._is_ours(found, note):
            return None
        for one in cosigned:
            self._tell(found, one)
        met = self._witnesses.policy.is_met([one.witness for one in cosigned])
        return found.size if met else None

    def _is_ours(self, found: Checkpoint, note: bytes) -> bool:
        return _is_of_this_tree(found, note, self._head, self._desk, self._step)

    def _tell(self, found: Checkpoint, one: Cosigned) -> None:
        moment = one.time * 1000
        said = canonical.format_time(moment)
        self._step.note("witness.cosigned", name=one.witness.name, size=found.size, time=said)
        point = self._desk.point(found.size)
        if point is None:
            return
        if point.received > moment + fold.CLOCK_TOLERANCE:
            self._time.find(
                "time.after_witness", found.size - 1, name=one.witness.name, received=point.received, time=said
            )
        else:
            self.bounded = max(self.bounded, found.size)

    def _judge_age(self, quorum: int, now: int) -> None:
        if quorum == self._head.size:
            return
        waiting, last = self._desk.point(quorum + 1), self._desk.point(self._head.size)
        late = False
        if waiting is not None and last is not None:  # without entries, nothing tells how long it has been waiting
            late = (now if self._witnesses.live else last.received) - waiting.received > self._witnesses.grace
        if late:
            self._step.find("witness.no_quorum", quorum, size=quorum)
        else:
            self._step.note("witness.pending", count=self._head.size - quorum)
