"""The house as the auditor needs to know it: its books, and the few questions besides folding them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from governance.all_books import BOOKS
from governance.books import counts, proposals, tallying
from governance.books.proposals import Found, Proposal
from governance.count import Counted
from governance.rule import Rule
from ledger import canonical
from ledger.books import coop as coops
from ledger.books.anchors import Anchor
from ledger.books.coop import ID, Coop
from ledger.books.members import Erasure
from ledger.state import State
from ledger.verify import House, Recount
from ledger.verify.anchored import Claim, Site
from ledger.verify.names import Before
from ledger.verify.report import KeySpan

FORMAT: Final = "yui/v1"
"""The version that an export's discovery document names: of the bytes, not of the program that wrote them."""


def log_keys(state: State) -> tuple[str, ...]:
    """The vkeys that may sign the checkpoint."""
    coop = state.find(Coop, ID)
    return () if coop is None else coops.keys_in_force(coop)


def earlier_keys(state: State) -> tuple[str, ...]:
    """The vkeys that no longer may, and that have named the next, which leads to the one that may."""
    coop = state.find(Coop, ID)
    if coop is None:
        return ()
    named = set(replaced_keys(state))
    return tuple(key.vkey for key in coop.earlier_keys if key.until is not None and key.vkey not in named)


def replaced_keys(state: State) -> tuple[str, ...]:
    """The vkeys that came before one that the members had decided on, or before the log had its name."""
    coop = state.find(Coop, ID)
    keys = () if coop is None else coops.log_keys(coop)
    newest = keys[0].vkey.partition("+")[0] if keys else ""
    broken = [place for place, key in enumerate(keys) if key.decided is not None]
    after = [place for place, key in enumerate(keys) if key.vkey.partition("+")[0] == newest]
    # Newest first: whatever lies beyond the first break is led to by no key.
    first = min([*broken, *after[-1:]], default=len(keys))
    return tuple(key.vkey for key in keys[first + 1 :])


def key_spans(state: State) -> tuple[KeySpan, ...]:
    """Every key that the log has had, newest first."""
    coop = state.find(Coop, ID)
    return () if coop is None else tuple(KeySpan(key.vkey, key.since, key.until) for key in coops.log_keys(coop))


def anchors(state: State) -> Iterable[Claim]:
    """What the operator says is anchored."""
    for anchor in state.children(Anchor):
        site = Site(anchor.chain_id, anchor.contract, anchor.sender, anchor.transaction)
        yield Claim(anchor.index, anchor.proof, anchor.size, anchor.checkpoint, site, anchor.block, anchor.time)


def key_history(coop: Coop) -> list[dict[str, Any]]:
    """Every key that the log has had, newest first, with the tree sizes for which it counts, as discovery has them."""
    return [{"since": key.since, "until": key.until, "vkey": key.vkey} for key in coops.log_keys(coop)]


def clerk_history(coop: Coop) -> list[dict[str, Any]]:
    """Every key that the clerk has had, newest first, with the entries (``until`` not among them) that it signs."""
    return [{"key": key.public, "since": key.since, "until": key.until} for key in coops.clerk_keys(coop)]


def predecessors(coop: Coop) -> list[dict[str, Any]]:
    """The logs that this one goes on from, oldest first: of ``size`` entries published last it has ``entries``."""
    return [
        {"entries": before.entries, "origin": before.origin, "root": before.root, "size": before.size}
        for before in coop.predecessors
    ]


def befores(state: State) -> tuple[Before, ...]:
    """The logs that this one goes on from, as the auditor needs them."""
    coop = state.find(Coop, ID)
    rows = () if coop is None else coop.predecessors
    return tuple(Before(row.origin, row.entries, row.size, canonical.unb64(row.root, 32)) for row in rows)


def is_erased(state: State, subject: str) -> bool:
    """Whether the ledger says that the subject's privacy key was destroyed."""
    erasure = state.find(Erasure, subject)
    return erasure is not None and erasure.done


def discovery(state: State) -> dict[str, Any]:
    """What ``yui.json`` of an exported copy says. All of it follows from the ledger, so the auditor can compare it."""
    coop = state.need(Coop, ID)
    card = {
        "clerk_keys": clerk_history(coop),
        "keys": key_history(coop),
        "name": coop.origin,
        "origin": coop.origin,
        "predecessors": predecessors(coop),
        "url": ".",
        "visibility": {"entries": coop.entries, "tiles": coop.tiles},
        "vkeys": list(log_keys(state)),
        "witnesses": [],
    }
    return {"ledgers": [card], "version": FORMAT}


def recount(state: State, value: Callable[[int, str], Any]) -> Iterable[Recount]:
    """Count sealed ballots again from their openings. An opening that is no valid choice counts as such."""
    for proposal in state.children(Proposal):
        if proposal.outcome is None or proposal.count_entry is None:
            continue
        rule = proposals.pinned(state, proposal)
        if rule.on_word:
            yield Recount(proposal.count_entry, proposal.id, _equal(state, proposal, rule, value))
        elif rule.secrecy.OPENED:
            yield Recount(proposal.count_entry, proposal.id, equal=True, unopened=_unopened(state, proposal))


def _unopened(state: State, proposal: Proposal) -> int:
    """Ballots hidden until the close that the operator has not opened, and whose voters' data are not erased."""
    ballots = tallying.cast(state, proposal)
    return sum(ballot.opened is None and not is_erased(state, ballot.member) for ballot in ballots)


def _equal(state: State, proposal: Proposal, rule: Rule, value: Callable[[int, str], Any]) -> bool | None:
    """Whether the count comes to what was announced; None where an opening is missing."""
    choices: dict[str, Any] = {}
    # In log order, because openings are read by bundles of entries.
    for ballot in sorted(tallying.cast(state, proposal), key=lambda ballot: ballot.entry):
        choice = value(ballot.entry, "choice")
        if choice is None:
            return None
        choices[ballot.id] = choice
    # As it was counted first: a casting vote came after.
    counted_then = msgspec.structs.replace(proposal, order=()) if rule.tie.BREAKS == "chair" else proposal
    counted, decided = counts.opened(state, counted_then, rule, lambda ballot: choices[ballot.id])
    announced = state.need(Found, proposal.id).counted
    if rule.tie.BREAKS == "chair":
        return counted.tally == announced.tally
    return _said(counted) == _said(announced) and decided == proposal.outcome


def _said(counted: Counted) -> Counted:
    """Without what an announcement of sealed ballots leaves out."""
    return msgspec.structs.replace(counted, rounds=(), pairs=(), grades=())


HOUSE: Final = House(
    BOOKS, log_keys, earlier_keys, key_spans, anchors, is_erased, recount, discovery, befores, replaced_keys
)
