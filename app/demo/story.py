"""Half a year of the sample village, day by day, ending at a given moment; all else follows from the seed."""

from __future__ import annotations

from random import Random
from typing import Final

from app.demo import founding
from app.demo.belonging import Belonging
from app.demo.clerk import Clerk
from app.demo.decisions import Decisions
from app.demo.entrusting import Entrusting
from app.demo.gatherings import Gatherings
from app.demo.people import Villager, seed_key, villagers
from app.demo.sharing import DAY, Sharing
from app.demo.speaking import said
from app.demo.writer import Pen, Said, Wave, made
from ledger import canonical, ids
from ledger.compose import Private, public_of
from ledger.fold import GENESIS_TYPE

DAYS: Final = 182
OFFSET: Final = 540 * 60_000
HOUR: Final = 3_600_000
_ROLES: Final = ("facilitator", "concierge", "steward")


class Story:
    """Writes the village's ledger with ``tell``; afterwards ``people`` know their ids."""

    def __init__(self, seed: int, end: int, place: founding.Place) -> None:
        self.people = villagers(seed)
        self.pen = Pen(place.origin, seed)
        self._seed, self._end, self._place = seed, end, place
        self._random = Random(f"story {seed}")  # noqa: S311  (a sample, not a secret)
        self._sharing = Sharing(self.pen, self._random, self.people)
        self._clerk = Clerk(self.pen, place)
        self._decisions = Decisions(self.pen, self._clerk, self._random, self.people)
        self._belonging = Belonging(self.pen, self._random, self.people)
        self._entrusting = Entrusting(self.pen, self._random, self.people)
        self._gatherings = Gatherings(self.pen, seed, self._random, self.people)
        # The last evening comes before the end, whatever the hour.
        self._start = (end + OFFSET) // DAY * DAY - OFFSET - DAYS * DAY
        self._invitation = ""
        self._link = seed_key(seed, "link")

    def tell(self) -> list[Wave]:
        """Everything, in waves between published checkpoints."""
        self._found()
        for day in range(DAYS):
            midnight = self._start + day * DAY
            self._morning(day, midnight)
            self._noon(day, midnight)
            self._gatherings.hold(day, midnight)
            self._evening(day, midnight)
        self._today()
        return [wave for wave in self.pen.waves if wave.written]

    def _found(self) -> None:
        founders = self.people[:2]
        keys = tuple(founding.key(founder) for founder in founders)
        cosigners = tuple(ids.key_id(public_of(key)) for key in keys)
        written = self.pen.write(
            self._start + 8 * HOUR,
            Said(ids.GENESIS, keys, cosigners=cosigners),
            GENESIS_TYPE,
            founding.genesis(self._place, founders),
        )
        if written is None:
            raise ValueError("the sample village could not be founded")
        for number, founder in enumerate(founders):
            founder.id = ids.object_id("mem", written.id, number)
        self.pen.publish()

    def _morning(self, day: int, midnight: int) -> None:
        at = midnight + 8 * HOUR + 30 * 60_000
        if day % 30 == 0:
            self._invite(day, at)
        self._give_roles(at)
        self._clerk.announce(at)
        self._decisions.draft(day, at)
        self._gatherings.draft(day, at, self._decisions)
        self._sharing.offer(day, at)
        self._sharing.restock(at)
        self.pen.publish()
        for person in self.people:
            if person.day == day and not person.id:
                self._join(person, at + self._random.randrange(HOUR))
        self._sharing.report(day, at + HOUR)
        self.pen.publish()

    def _noon(self, day: int, midnight: int) -> None:
        at = midnight + 12 * HOUR + self._random.randrange(HOUR)
        self._decisions.call(day, at)
        self._gatherings.convene(day, at, midnight, self._clerk)
        self._sharing.attest(at)
        self._sharing.follow(at)
        self._sharing.book(at, midnight)
        self.pen.publish()

    def _evening(self, day: int, midnight: int) -> None:
        at = midnight + 19 * HOUR + self._random.randrange(HOUR)
        self._clerk.announce(at)
        self._decisions.vote(day, at)
        self._gatherings.prepare(day, at)
        self._gatherings.write_down(day, at)
        self._belonging.record(day, at)
        self._entrusting.entrust(day, at)
        self._sharing.follow(at)
        self._sharing.attest(at)
        self._sharing.give(at)
        self.pen.publish()

    def _today(self) -> None:
        """What waits to be done: somebody who wants to join, something doubted, work not yet attested."""
        at = self._end - 3 * HOUR
        for number in (1, 2):
            key = seed_key(self._seed, f"applicant {number}")
            body = {
                "alg": "ed25519",
                "cls": "member",
                "profile": {"kana": Private("いまい こずえ" if number == 1 else "おおの じゅん")}
                | {"name": Private("今井 こずえ" if number == 1 else "大野 純")},
                "public": public_of(key),
                "type": "person",
            }
            self.pen.write(at, Said(ids.key_id(public_of(key)), (key,)), "member.apply/1", body)
        self._sharing.object_to_one(at + HOUR)
        self._sharing.report(DAYS, at + HOUR)
        self._sharing.book(at + HOUR, self._start + DAYS * DAY)
        self._sharing.ask(at + HOUR, self._start + DAYS * DAY)
        self.pen.publish()

    def _invite(self, day: int, at: int) -> None:
        self._link = seed_key(self._seed, f"link {day}")
        body = {
            "admits": True,
            "cls": "member",
            "key": ids.key_id(public_of(self._link)),
            "until": canonical.format_time(at + 40 * DAY),
            "uses": 200,
        }
        written = self.pen.write(at, said(self.people[0]), "member.invite/1", body)
        self._invitation = made(written, "inv") if written else ""

    def _join(self, person: Villager, at: int) -> None:
        profile = founding.profile(person)
        if person.key is None:
            body = {"cls": person.cls, "profile": profile, "type": "person"}
            written = self.pen.write(at, said(self.people[0]), "member.enter/1", body)
            person.id = made(written, "mem") if written else ""
            return
        body = {
            "alg": "ed25519",
            "cls": "member",
            "invitation": self._invitation,
            "profile": profile,
            "public": public_of(person.key),
            "type": "person",
        }
        own, link = ids.key_id(public_of(person.key)), ids.key_id(public_of(self._link))
        written = self.pen.write(at, Said(own, (person.key, self._link), cosigners=(link,)), "member.apply/1", body)
        if written is not None:
            person.id = "mem_" + made(written, "app").removeprefix("app_")

    def _give_roles(self, at: int) -> None:
        for person in self.people[:8]:
            if person.role in _ROLES and person.id:
                body = {"member": person.id, "role": person.role}
                if self.pen.state.get("role", f"{person.id}/{person.role}/coop") is None:
                    self.pen.write(at, said(self.people[0]), "role.give/1", body)
