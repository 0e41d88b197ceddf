"""A large mixed ledger, made from a seed: people join with keys of every kind, work, thank, book and decide.

Its state lies on the auditor's desk, in SQLite where it is large, so that making it takes little memory.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from nacl.signing import SigningKey

from app.audit import house
from app.demo import founding
from app.demo.people import villagers
from benchmarks.signers import RP_ID, WEB, Signer, of_ed25519, signer
from governance.all_books import BOOKS
from governance.books import rolls
from governance.books.proposals import Proposal
from governance.books.rules import RuleVersion
from ledger import canonical, checkpoint, fold, ids, merkle, wallet
from ledger.books import tokens
from ledger.books.resources import Resource
from ledger.checkpoint import Checkpoint
from ledger.compose import Private, compose, nonce, seen
from ledger.errors import Refusal
from ledger.private import Opening
from ledger.signed_note import VerifierKey
from ledger.state import State
from ledger.statement import Entry, Statement, build_leaf, parse_statement, statement_id
from ledger.verify.desk import Desk
from ledger.verify.private import Line, encode_line

ORIGIN: Final = "bench.example/mixed"
START: Final = canonical.parse_time("2026-04-01T00:00:00.000Z")
STEP: Final = 60_000
"""Milliseconds from one entry to the next: half a million entries a year."""
WAVE: Final = 16
"""Entries between two published checkpoints."""
DAY: Final = 86_400_000
MEMBERS: Final = 3_000
_JOIN_EVERY, _INVITE_EVERY, _VOTE_EVERY, _OFFERS = 40, 7_000, 7_200, 40
_VOTERS: Final = 500
_SORTS: Final = ("ed25519",) * 16 + ("webauthn",) * 2 + ("es256", wallet.SCHEME)
_SEED: Final = "yui mixed ledger"


class Person(NamedTuple):
    """A member and the own key."""

    id: str
    signer: Signer


class Mixed:
    """``app.audit.export.Log`` of a ledger of ``size`` entries, whose leaves and openings go to files on the way."""

    def __init__(self, size: int, desk: Desk, folder: Path) -> None:
        self.size, self.signatures = 0, 0
        self.refused: Counter[str] = Counter()
        self._wanted, self._desk = size, desk
        self._leaves, self._openings = folder / "leaves", folder / "openings"
        self._log_key, self._clerk = SigningKey(bytes([1]) * 32), signer("ed25519", "clerk")
        self._dice = random.Random(_SEED)  # noqa: S311  (a sample, not a secret)
        self._frontier = merkle.Frontier()
        self._seen = seen(0, merkle.EMPTY_ROOT)
        self._people: list[Person] = []
        self._things: list[tuple[str, Person]] = []
        self._later: deque[tuple[int, Callable[[], bytes | None]]] = deque()
        self._open: deque[tuple[int, str]] = deque()
        self._link, self._invitation = self._clerk, ""

    def make(self, progress: Callable[[int], None]) -> None:
        """Write it all; ``progress`` hears the size from time to time."""
        with self._leaves.open("wb") as self._leaf_file, self._openings.open("wb") as self._opening_file:
            self._found()
            turn = 0
            while self.size < self._wanted:
                if self.size % WAVE == 0:
                    self._publish()
                    progress(self.size)
                self._act(turn)
                turn += 1

    # Log

    def note(self) -> bytes:
        """See ``export.Log``."""
        return checkpoint.sign(Checkpoint(ORIGIN, self.size, self._frontier.root()), self._log_key)

    def cosigned(self) -> bytes | None:
        """See ``export.Log``."""
        return None

    def leaves(self) -> Iterator[bytes]:
        """See ``export.Log``."""
        with self._leaves.open("rb") as file:
            while length := file.read(2):
                yield file.read(int.from_bytes(length, "big"))

    def records(self) -> Iterable[bytes]:
        """See ``export.Log``."""
        return (line for _, _, line in self._desk.lines())

    def discovery(self) -> dict[str, Any]:
        """See ``export.Log``."""
        return house.discovery(State(self._desk))

    def anchors(self) -> Iterable[tuple[int, bytes]]:
        """See ``export.Log``."""
        return ()

    def openings(self) -> Iterator[tuple[int, tuple[Opening, ...]]]:
        """See ``export.Log``."""
        with self._openings.open("rb") as file:
            for line in file:
                found = msgspec.json.decode(line, type=Line)
                yield found.index, found.openings

    # History, for the fold: devices have always seen the newest checkpoint.

    def root_at(self, size: int) -> str | None:
        """See ``fold.History``."""
        return self._seen.root if size == self._seen.size else None

    # What happens

    def _found(self) -> None:
        founders = villagers(7)[:2]
        vkey = VerifierKey(ORIGIN, bytes(self._log_key.verify_key)).text()
        clerk = SigningKey(hashlib.sha256(b"clerk").digest())
        place = founding.Place(ORIGIN, vkey, clerk, (RP_ID,), (WEB,))
        said = [of_ed25519(founding.key(founder)) for founder in founders]
        cosigners = tuple(ids.key_id(one.public) for one in said)
        genesis = self._say(ids.GENESIS, said, fold.GENESIS_TYPE, founding.genesis(place, founders), cosigners)
        if genesis is None:
            raise ValueError("the ledger could not be founded")
        self._people = [Person(ids.object_id("mem", genesis, n), one) for n, one in enumerate(said)]
        self._publish()
        self._invite()

    def _act(self, turn: int) -> None:
        """What was begun is gone on with as soon as it has been published; else something new begins."""
        if turn % _INVITE_EVERY == _INVITE_EVERY - 1:
            self._invite()
        if self._open and self._open[0][0] < self._now():
            self._count(self._open.popleft()[1])
        if turn % _VOTE_EVERY == _VOTE_EVERY // 2:
            self._propose(turn)
        elif turn % _JOIN_EVERY == 0 and len(self._people) < MEMBERS:
            self._join(turn)
        elif self._later and self._later[0][0] < self._seen.size:
            self._later.popleft()[1]()
        else:
            self._dice.choices((self._report, self._thank, self._book), (6, 3, 2))[0]()

    def _invite(self) -> None:
        self._link = signer("ed25519", f"{_SEED} link {self.size}")
        until = canonical.format_time(self._now() + 30 * DAY)
        body = {"admits": True, "cls": "member", "key": ids.key_id(self._link.public), "until": until, "uses": 1000}
        self._invitation = _id(self._by(self._people[0], "member.invite/1", body), "inv")
        self._publish()

    def _join(self, turn: int) -> None:
        own = signer(_SORTS[len(self._people) % len(_SORTS)], f"{_SEED} {turn}")
        body = {
            "alg": own.alg,
            "cls": "member",
            "invitation": self._invitation,
            "profile": {"kana": Private("すずき はなこ"), "name": Private("鈴木 花子")},
            "public": own.public,
            "type": "person",
        }
        link = ids.key_id(self._link.public)
        said = self._say(ids.key_id(own.public), [own, self._link], "member.apply/1", body, (link,))
        if said is not None:
            self._people.append(Person(ids.object_id("mem", said), own))

    def _report(self) -> None:
        one = self._dice.choice(self._people)
        on = canonical.format_time(self._now() - DAY)[:10]
        body: dict[str, Any] = {"kind": "mowing", "on": on, "quantity": 60 * self._dice.randrange(1, 4)}
        if self._dice.random() < 0.2:  # noqa: PLR2004
            body["note"] = Private("神社の裏の草を刈りました。")
        con = _id(self._by(one, "contribution.report/1", body), "con")
        self._then(lambda: self._by(self._other(one), "contribution.attest/1", {"contribution": con}))

    def _thank(self) -> None:
        one = self._dice.choice(self._people)
        if tokens.account(State(self._desk), one.id).available < 1:
            self._report()
            return
        self._by(one, "token.gift/1", {"amount": 1, "to": self._other(one).id})

    def _book(self) -> None:
        one = self._dice.choice(self._people)
        if len(self._things) < _OFFERS:
            self._offer(one)
            return
        thing, provider = self._dice.choice(self._things)
        state = State(self._desk)
        if state.need(Resource, thing).available < 1:
            self._by(provider, "resource.restock/1", {"change": 100, "resource": thing})
        elif provider is one or tokens.account(state, one.id).available < 1:
            self._report()
        else:
            said = self._by(one, "booking.request/1", {"quantity": 1, "resource": thing})
            booking = {"booking": _id(said, "bkg")}
            self._then(lambda: self._by(provider, "booking.hand_over/1", booking))
            self._then(lambda: self._by(one, "booking.settle/1", booking))

    def _offer(self, one: Person) -> None:
        terms = {
            "cost": 1,
            "description": Private("春の山菜"),
            "needs_confirmation": False,
            "title": Private("山菜"),
        }
        body = {"availability": {"kind": "stock", "quantity": 100, "unit": "kg"}, "terms": terms}
        said = self._by(one, "resource.offer/1", body)
        if said is not None:
            self._things.append((ids.object_id("res", said), one))

    def _propose(self, turn: int) -> None:
        one = self._dice.choice(self._people)
        body = {
            "effects": [],
            "kind": "ordinary",
            "options": [],
            "text": Private("集会所の屋根を直します。"),
            "title": Private("屋根の修理"),
        }
        proposal = _id(self._by(one, "proposal.draft/1", body), "prop")
        self._publish()
        self._by(one, "proposal.open/1", {"proposal": proposal})
        self._report()  # a vote opens before the entry that comes next
        self._publish()
        state = State(self._desk)
        record = state.need(Proposal, proposal)
        roll = rolls.roll(state, record, state.need(RuleVersion, record.rule or "").rule())
        told = {"heads": roll.heads, "proposal": proposal, "weight": roll.weight}
        self._say(ids.CLERK, [self._clerk], "proposal.roll/1", told)
        for number, voter in enumerate(self._dice.sample(self._people, min(_VOTERS, len(self._people)))):
            ballot = {"choice": "yes" if (turn + number) % 3 else "no", "proposal": proposal}
            self._then(partial(self._by, voter, "ballot.cast/1", ballot))
        self._open.append((self._now() + 8 * DAY, proposal))

    def _count(self, id_: str) -> None:
        proposal = State(self._desk).need(Proposal, id_)
        assert proposal.outcome is not None
        assert proposal.tally is not None
        tally = {choice: {"heads": n.heads, "weight": n.weight} for choice, n in proposal.tally.items()}
        body = {"proposal": id_, "result": proposal.outcome.result, "tally": tally}
        self._say(ids.CLERK, [self._clerk], "proposal.count/1", body)

    # Saying it

    def _then(self, act: Callable[[], bytes | None]) -> None:
        self._later.append((self.size - 1, act))

    def _other(self, but: Person) -> Person:
        while (found := self._dice.choice(self._people)) is but:
            pass
        return found

    def _now(self) -> int:
        return START + self.size * STEP

    def _by(self, one: Person, type_: str, body: dict[str, Any]) -> bytes | None:
        return self._say(one.id, [one.signer], type_, body)

    def _say(
        self, author: str, signers: list[Signer], type_: str, body: dict[str, Any], cosigners: tuple[str, ...] = ()
    ) -> bytes | None:
        """Write a statement; its id, or None where the books refuse it."""
        received = self._now()
        said = Statement(
            at=canonical.format_time(received - 400),
            author=author,
            body=body,
            ledger=ORIGIN,
            nonce=nonce(received, self._dice.randbytes(10)),
            seen=self._seen,
            type=type_,
            v=1,
            cosigners=cosigners,
        )
        draft = compose(said, lambda: self._dice.randbytes(32))
        signatures = tuple(signer.sign(draft.data) for signer in signers)
        id_ = statement_id(draft.data)
        entry = Entry(parse_statement(draft.data), draft.data, id_, signatures, received)
        state = State(self._desk)
        try:
            fold.apply(BOOKS, state, self, self.size, entry, tuple(signer.facts for signer in signers))
        except Refusal as refusal:
            self.refused[refusal.code] += 1
            return None
        self._desk.absorb(state)
        leaf = build_leaf(draft.data, signatures, received)
        self._frontier.append(merkle.leaf_hash(leaf))
        self._leaf_file.write(len(leaf).to_bytes(2, "big") + leaf)
        if draft.openings:
            self._opening_file.write(encode_line(self.size, draft.openings) + b"\n")
        self.size, self.signatures = self.size + 1, self.signatures + len(signatures)
        return id_

    def _publish(self) -> None:
        self._seen = seen(self.size, self._frontier.root())


def _id(said: bytes | None, prefix: str) -> str:
    return "" if said is None else ids.object_id(prefix, said)
