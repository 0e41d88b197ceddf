"""A small co-op that votes: shorthands over the simulator for the tests of governance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from governance.books import rules
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from ledger import canonical, fold, ids, keys
from ledger.books import roles, tokens
from ledger.compose import Private
from ledger.fold import Moment
from ledger.state import Memory, State
from ledger.statement import parse_leaf
from tests.governance.documents import CHOICE, document
from tests.simulator import DAY, Village, members_policy

WEEK = 7 * DAY


class Assembly(Village):
    """Hanako (administrator), Jiro (facilitator), Ume and Kenta with keys, and Matsu without a device.

    Rules by kind are plain ones unless given.
    """

    def __init__(self, **by_kind: dict[str, Any]) -> None:
        plain = dict.fromkeys(rules.KINDS, document()) | {rules.CHOICE: CHOICE}
        super().__init__("Hanako", rules=plain | by_kind)
        for name in ("Jiro", "Ume", "Kenta"):
            self.join(name)
        self.enter("Matsu")
        self.appoint("Jiro", "facilitator")

    def draft(self, author: str = "Ume", kind: str = "ordinary", **more: Any) -> str:
        """A proposal's id."""
        body = {"kind": kind, "title": Private("畦道の草刈り"), "text": Private("月に一度、皆で刈る。"), **more}
        return ids.object_id("prop", self.say(author, "proposal.draft/1", body).id)

    def call(self, proposal: str, author: str = "Ume", **more: Any) -> str:
        """Have the vote called; with no other wish it is open for the next statement."""
        self.say(author, "proposal.open/1", {"proposal": proposal, **more})
        return proposal

    def voting(self, kind: str = "ordinary", **more: Any) -> str:
        """A proposal on which voting has opened."""
        return self.call(self.draft(kind=kind, **more))

    def vote(self, name: str, proposal: str, choice: Any, **more: Any) -> str:
        """Cast; the statement's id, as ``replaces`` names it."""
        entry = self.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice}, **more)
        return canonical.b64(entry.id)

    def paper(self, name: str, proposal: str, choice: Any, **more: Any) -> str:
        """Jiro enters a written ballot for someone, Hanako countersigns."""
        body = {"proposal": proposal, "choice": choice, "paper": Private("scan 17")}
        signed: dict[str, Any] = {"cosigners": ("Hanako",), "for_": name, "via": "paper"}
        return canonical.b64(self.say("Jiro", "ballot.cast/1", body, **(signed | more)).id)

    @contextmanager
    def granted(self, name: str, amount: int) -> Iterator[None]:
        """Tokens put into an account by hand, for rules that ask for some: not what ``folded_again`` could find."""
        state = State(self.memory)
        tokens.mint(Moment(state, self.size, self.time), self.id(name), amount, "test")
        self.memory.absorb(state)
        yield

    def appoint_by_decision(self, name: str, role: str) -> None:
        """A role that administrators can't give, by a vote that Ume alone takes part in."""
        effect = {"effect": "role", "member": self.id(name), "role": role, "scope": "coop", "from": None, "until": None}
        vote = self.voting("role", effects=[effect])
        self.vote("Ume", vote, "yes")
        self.close()
        self.draft()

    def holds(self, name: str, role: str) -> bool:
        return roles.holds(self.state, self.id(name), role)

    def members_policy(self) -> dict[str, Any]:
        return members_policy()

    def close(self) -> None:
        """Let a week and a little pass."""
        self.wait(WEEK)

    def proposal(self, id_: str) -> Proposal:
        return self.state.need(Proposal, id_)

    def stage(self, id_: str) -> str:
        return self.proposal(id_).stage(self.time)

    def ballot(self, name: str, proposal: str) -> Ballot:
        return self.state.need(Ballot, f"{proposal}/{self.id(name)}")

    def tally(self, id_: str) -> dict[str, tuple[int, int]]:
        found = self.proposal(id_).tally or {}
        return {choice: (count.heads, count.weight) for choice, count in found.items()}

    def records(self) -> list[bytes]:
        """Every record's line, in order, as an auditor hashes them."""
        return [record.line() for _, record in sorted(self.memory.records.items())]

    def folded_again(self) -> list[bytes]:
        """The same after folding every leaf anew."""
        memory = Memory()
        for index, leaf in enumerate(self.leaves):
            entry, state = parse_leaf(leaf), State(memory)
            facts = tuple(keys.verify_statement(signature, entry.statement_bytes) for signature in entry.signatures)
            fold.apply(self.books, state, self, index, entry, facts)
            memory.absorb(state)
        return [record.line() for _, record in sorted(memory.records.items())]
