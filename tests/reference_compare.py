"""Holding a village against the reference model, and against itself folded anew."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from app.audit.desk import SqliteDesk
from governance.all_books import BOOKS
from governance.books import ballots, rules
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal, pinned
from ledger import fold, keys
from ledger.books import tokens
from ledger.books.bookings import Booking
from ledger.books.contributions import Contribution
from ledger.books.members import Member
from ledger.books.resources import Resource
from ledger.state import State
from ledger.statement import parse_leaf
from ledger.verify.desk import MemoryDesk
from tests.governance.test_meetings_lives import recount
from tests.ledger.books.commons import audit
from tests.reference_model import Model
from tests.simulator import Village, majority_rule


def rule_document(model: dict[str, Any]) -> dict[str, Any]:
    """The document for a rule as the model has it."""
    weights, quorum, share = model["weights"], model["quorum"], model["share"]
    seconds = {f"{name}_seconds": model[name] // 1000 for name in ("delay", "voting", "timelock")}
    timing = {"module": "fixed/1", **seconds}
    if model["late"]:
        never = {"deliberation_seconds": 0, "early_close": False, "super_quorum": None, "execution_seconds": 0}
        timing |= never | {"module": "phased/1", "late_quorum_seconds": model["late"] // 1000}
    more: dict[str, Any] = {}
    if model["seconders"]:
        more["admission"] = {"module": "seconders/1", "count": model["seconders"]}
    if model["delegates"]:
        more["delegation"] = {"module": "standing/1", "depth": None}
    if model["veto"]:
        more["veto"] = {"module": "by_class/1", "classes": ["member"], "count": model["veto"]}
    return majority_rule(
        electorate={"module": "by_class/1", "classes": sorted(weights)},
        quorum={"module": "heads/1", "fraction": str(quorum), "strict": False} if quorum else {"module": "none/1"},
        threshold={"module": "fraction/1", "fraction": str(share), "of": model["of"], "strict": model["strict"]},
        timing=timing,
        weight={"module": "by_class/1", "weights": weights, "others": 1},
        **more,
    )


def compare(village: Village, model: Model) -> None:
    """Everything that the model covers is the same in the village's records."""
    state = village.state
    _compare_people(village, model, state)
    _compare_sharing(village, model, state)
    for key in model.proposals:
        _compare_vote(village, model, key)
    audit(village.memory)
    recount(village)


def _compare_people(village: Village, model: Model, state: State) -> None:
    for name, found in model.members.items():
        id_ = village.id(name)
        member, account = state.need(Member, id_), tokens.account(state, id_)
        assert (member.cls, member.status) == (found["cls"], found["status"])
        assert (account.total, account.held) == (model.total(name), model.held(name))
        assert 0 <= account.held <= account.total
    names = {id_: name for name, id_ in village.ids.items()} | {"commons": "commons"}
    rows = [(m.verb, names[m.source], names[m.target], m.amount) for m in state.children(tokens.Movement)]
    assert rows == [(m["verb"], m["source"], m["target"], m["amount"]) for m in model.movements]
    left = [m.amount - m.reversed for m in state.children(tokens.Movement) if not m.reverses]
    assert left == [model.remaining(n) for n, m in enumerate(model.movements) if m["reverses"] is None]
    for key, found in model.contributions.items():
        assert state.need(Contribution, village.id(key)).state == found["state"]


def _compare_sharing(village: Village, model: Model, state: State) -> None:
    for key, thing in model.resources.items():
        resource = state.need(Resource, village.id(key))
        assert resource.open == thing["open"]
        if thing["quantity"] is not None:
            assert (resource.quantity, resource.available) == (thing["quantity"], model.stock(key))
            assert resource.available >= 0
    for key, booking in model.bookings.items():
        found = state.need(Booking, village.id(key))
        assert (found.state, found.cost) == (booking["state"], booking["cost"])
        if found.slots:
            capacity = model.resources[booking["thing"]]["capacity"]
            assert model.taken(booking["thing"], found.starts) <= capacity


def _compare_vote(village: Village, model: Model, key: str) -> None:
    state, proposal = village.state, model.proposals[key]
    found = state.need(Proposal, village.id(key))
    stage = found.stage(village.time - 1000)
    assert (found.opened_index is not None) == (proposal["opens"] is not None)
    if found.opened_index is None:
        # "voting" for an instant, until the opening is applied
        assert stage in (("draft",) if proposal["called"] is None else ("scheduled", "voting"))
        assert found.seconds == len(proposal["seconds"])
        return
    counted = pinned(state, found)
    members = {name: village.id(name) for name in model.members}
    roll = {name: ballots.voting_weight(state, found, counted, id_) for name, id_ in members.items()}
    assert {name: weight for name, weight in roll.items() if weight} == proposal["roll"]
    assert (found.opens_at, found.closes_at) == (proposal["opens"], proposal["closes"])
    cast = {b.member: (b.choice, b.statement, b.counts) for b in state.children(Ballot, found.id)}
    assert cast == {
        village.id(name): (b["choice"], village.id(b["statement"]), b["counts"])
        for name, b in proposal["ballots"].items()
    }
    assert stage == (proposal["done"] or proposal["outcome"] or "voting")
    if found.tally is not None:
        tally = {choice: (count.heads, count.weight) for choice, count in found.tally.items()}
        assert tally == model.tally(key)
    assert (found.extended, found.vetoes) == (proposal["late"], len(proposal["vetoes"]))
    if proposal["done"] == "executed":
        assert found.executed_at is not None
    document = rules.current(state, "ordinary").document
    assert document == rule_document(model.rules["ordinary"])


def fold_again(village: Village) -> None:
    """The auditor's way: every leaf anew, over dictionaries and over SQLite."""
    expected = [record.line() for _, record in sorted(village.memory.records.items())]
    with tempfile.TemporaryDirectory() as folder:
        sqlite = SqliteDesk(Path(folder) / "desk.sqlite3", BOOKS)
        for desk in (MemoryDesk(), sqlite):
            for index, leaf in enumerate(village.leaves):
                entry, state = parse_leaf(leaf), State(desk)
                facts = tuple(keys.verify_statement(s, entry.statement_bytes) for s in entry.signatures)
                fold.apply(BOOKS, state, village, index, entry, facts)
                desk.absorb(state)
            found = [line for _, _, line in desk.lines()]
            assert hashlib.sha256(b"\n".join(found)).digest() == hashlib.sha256(b"\n".join(expected)).digest()
            for kind in ("member", "role", "balance"):
                moment = (kind, village.size, village.time)
                assert dict(desk.traces(*moment)) == dict(village.memory.traces(*moment))
        sqlite.close()
