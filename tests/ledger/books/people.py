"""A co-op of people in every role: shorthands over the simulator for the tests of the people's books."""

from __future__ import annotations

from typing import Any

from ledger import canonical, fold, ids, keys
from ledger.books import members, roles
from ledger.books.keys import Key
from ledger.books.members import Member
from ledger.compose import Private, public_of
from ledger.state import State
from ledger.statement import Entry, Signature, build_leaf, parse_leaf
from tests.simulator import DAY, Village, members_policy

REASON = Private("よく話し合いました。")


class People(Village):
    """Hanako and Goro administer, Jiro is facilitator, Kiku concierge; Ume has a key, Matsu none."""

    def __init__(self, **policy: Any) -> None:
        super().__init__("Hanako", "Goro")
        for name in ("Jiro", "Kiku", "Ume"):
            self.join(name)
        self.enter("Matsu")
        self.appoint("Jiro", "facilitator")
        self.appoint("Kiku", "concierge")
        if policy:
            self.decide("policy", {"effect": "policy", "area": "members", "document": members_policy() | policy})

    # Shorthands.

    def decide(self, kind: str, effect: dict[str, Any]) -> None:
        """Have the members adopt something."""
        body = {"kind": kind, "title": Private("議案"), "text": Private("案のとおり"), "effects": [effect]}
        proposal = ids.object_id("prop", self.say("Hanako", "proposal.draft/1", body).id)
        self.say("Hanako", "proposal.open/1", {"proposal": proposal})
        self.say("Hanako", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
        self.wait(8 * DAY)

    def elect(self, name: str, role: str, from_: int | None = None, until: int | None = None) -> None:
        """Have the members elect someone; times in ms."""
        term = {"from": from_ and canonical.format_time(from_), "until": until and canonical.format_time(until)}
        effect = {"effect": "role", "member": self.id(name), "role": role, "scope": "coop"}
        self.decide("role", effect | term)

    def at(self, milliseconds: int) -> str:
        """The text of a moment so many milliseconds from now."""
        return canonical.format_time(self.time + milliseconds)

    def member(self, name: str) -> Member:
        return self.state.need(members.Member, self.id(name))

    def held(self, name: str) -> Key:
        """The key of that name."""
        return self.state.need(Key, self.key_id(name))

    def holds(self, name: str, role: str) -> bool:
        return roles.holds(self.state, self.id(name), role)

    def electorate(self) -> dict[str, Any]:
        """What the members' traces now say, by name: who is active, of which class."""
        found = self.state.traces("member", self.size, self.time + 1)
        told = {name: found.get(id_) for name, id_ in self.ids.items()}
        return {name: facts and {k: facts[k] for k in ("active", "class")} for name, facts in told.items()}

    # Statements that need some care.

    def invite(self, link: str, *, by: str = "Hanako", cosigners: tuple[str, ...] = (), **fields: Any) -> str:
        """An invitation's id; without other fields one applies through it as a member."""
        body = {"key": self.key_id(link), "until": self.at(DAY)} | ({"cls": "member"} if not fields else {}) | fields
        return ids.object_id("inv", self.say(by, "member.invite/1", body, cosigners=cosigners).id)

    def apply(self, name: str, invitation: str | None = None, link: str | None = None, **fields: Any) -> str:
        """An application's id; whoever applies is then known by name as the member to be."""
        body = {
            "alg": self.alg(name),
            "cls": "member",
            "profile": {"name": Private(name)},
            "public": public_of(self.key(name)),
            "type": "person",
        } | fields
        if invitation is not None:
            body["invitation"] = invitation
        entry = self.as_keys((name, *((link,) if link else ())), "member.apply/1", body)
        self.ids.setdefault(name, ids.object_id("mem", entry.id))
        return ids.object_id("app", entry.id)

    def claim(self, invitation: str, *signers: str, public: str | None = None) -> Entry:
        """A first key, which is the first signer's unless another is named; the link's key signs last."""
        body = {"alg": "ed25519", "invitation": invitation, "public": public_of(self.key(public or signers[0]))}
        return self.as_keys(signers, "key.claim/1", body)

    def as_keys(self, signers: tuple[str, ...], type_: str, body: dict[str, Any]) -> Entry:
        """Have bare keys say something."""
        names = {self.key_id(name): name for name in signers}
        author, *cosigners = names
        return self.say(author, type_, body, cosigners=tuple(cosigners), keys_of=names)

    def enrol(self, name: str, key: str, *, signing: str | None = None, **fields: Any) -> Entry:
        """Another key of ``name``'s, a device's unless said otherwise."""
        body = {"alg": "ed25519", "public": public_of(self.key(key)), "root": False} | fields
        names = {name: signing or name, self.key_id(key): key}
        return self.say(name, "key.enrol/1", body, cosigners=(self.key_id(key),), keys_of=names)

    def recover(self, name: str, key: str, officers: tuple[str, ...] = ("Hanako", "Kiku")) -> Entry:
        """Two officials sign a new root key for a member."""
        body = {
            "alg": "ed25519",
            "member": self.id(name),
            "public": public_of(self.key(key)),
            "reason": Private("電話をなくした"),
        }
        author, *others = officers
        return self.say(
            author,
            "key.recover/1",
            body,
            cosigners=(*others, self.key_id(key)),
            keys_of={self.key_id(key): key},
        )

    def revoke(self, author: str, key: str, **more: Any) -> Entry:
        return self.say(author, "key.revoke/1", {"key": self.key_id(key), "reason": "lost"}, **more)

    def report(self, name: str, **more: Any) -> Entry:
        """Something that any active member may say."""
        body = {"kind": "cleaning", "quantity": 60, "on": canonical.format_time(self.time)[:10]}
        return self.say(name, "contribution.report/1", body, **more)

    def fold_batch(self, drafts: list[tuple[bytes, tuple[Signature, ...]]]) -> State:
        """Fold statements as one batch, each on an overlay of its own; the first refusal passes on."""
        batch = self.state
        for index, (data, signatures) in enumerate(drafts, self.size):
            entry = parse_leaf(build_leaf(data, signatures, self.time))
            facts = tuple(keys.verify_statement(signature, data) for signature in signatures)
            overlay = State(batch)
            fold.apply(self.books, overlay, self, index, entry, facts)
            overlay.merge_into(batch)
        return batch
