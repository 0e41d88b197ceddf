"""The sample village's meetings: convened with notice, prepared by ballots and proxies, held, and written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from app.demo import agendas, assembling
from app.demo.agendas import Item, Planned
from app.demo.assembling import Assembly
from app.demo.clerk import Clerk
from app.demo.decisions import Decisions
from app.demo.people import Villager
from app.demo.speaking import entered, said
from app.demo.writer import Pen, made
from governance.books.meetings import CHAIR
from ledger import canonical
from ledger.compose import Private

DAY: Final = 86_400_000
HOUR: Final = 3_600_000
BEGINS: Final = 14
"""The hour of the day, in the village."""
_BOARD_DAY: Final = 173
_GATHERING_DAY: Final = 140
_MOST_NOTIFIED: Final = 200


@dataclass
class Called:
    """A general meeting that has been convened; who sends or gives what on which day, until it is held."""

    planned: Planned
    id: str
    items: list[tuple[Item, str]]
    there: list[Villager]
    """Who was a member then: whoever joins later has no vote in it."""
    ballots: dict[int, list[Villager]] = field(default_factory=dict)
    proxies: dict[int, list[tuple[Villager, str]]] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    """Numbers of those who take part from afar."""
    drafted: int = 0


class Gatherings:
    """Days are counted from the founding. ``people[1]`` is in the chair, ``people[7]`` and ``people[8]`` sign."""

    def __init__(self, pen: Pen, seed: int, random: Random, people: list[Villager]) -> None:
        self._pen, self._seed, self._random, self._people = pen, seed, random, people
        self._drafted: dict[int, list[tuple[Item, str]]] = {}
        self._called: list[Called] = []

    def draft(self, day: int, at: int, decisions: Decisions) -> None:
        """What is to be on the agenda."""
        for planned in agendas.GENERAL:
            if planned.convened == day:
                drafted = ((item, decisions.propose(item.motion, at)[0]) for item in planned.items)
                self._drafted[day] = [(item, id_) for item, id_ in drafted if id_]

    def convene(self, day: int, at: int, midnight: int, clerk: Clerk) -> None:
        """Notice is given; other gatherings are announced, and one is called off."""
        for planned in agendas.GENERAL:
            if planned.convened == day and self._people[8].id:
                begins = midnight + (planned.held - day) * DAY + BEGINS * HOUR
                self._convene(planned, day, at, begins, clerk)
        if day == _BOARD_DAY:
            self._board(at, midnight + 22 * DAY + 19 * HOUR)
        if day == _GATHERING_DAY:
            self._gathering(at, midnight + 5 * DAY + 10 * HOUR)

    def prepare(self, day: int, at: int) -> None:
        """Notices, ballots and proxies of the day."""
        for called in self._called:
            if called.planned.convened == day:
                self._notify(called, at)
            for voter in called.ballots.pop(day, []):
                self._vote(called, voter, at)
            for giver, to in called.proxies.pop(day, []):
                self._entrust(called, giver, to, at)

    def hold(self, day: int, midnight: int) -> None:
        """The meeting itself."""
        for called in self._called:
            if called.planned.held == day:
                could = [p for p in called.there if p.number not in called.busy]
                assembly = Assembly(self._pen, self._seed, self._random, could, self._people)
                assembly.hold(called.id, called.items, midnight + BEGINS * HOUR)

    def write_down(self, day: int, at: int) -> None:
        """The minutes: drafted on the next day, corrected on the one after, then signed."""
        for called in self._called:
            after = day - called.planned.held
            chair, *signers = self._leaders
            if after == 1:
                self._draft_minutes(called, self._people[3], 1, at)
            if after == 2:  # noqa: PLR2004
                self._draft_minutes(called, chair, 2, at)
                self._pen.publish()
                self._sign_minutes(called, chair, at)
            if after == 3:  # noqa: PLR2004
                for signer in signers:
                    self._sign_minutes(called, signer, at)

    @property
    def _leaders(self) -> list[Villager]:
        return [self._people[1], self._people[7], self._people[8]]

    def _convene(self, planned: Planned, day: int, at: int, begins: int, clerk: Clerk) -> None:
        chair, *signers = self._leaders
        items = self._drafted.pop(day, [])
        body = {
            "agenda": [id_ for _, id_ in items],
            "chair": chair.id,
            "ends_at": canonical.format_time(begins + 2 * HOUR),
            "kind": "general",
            "mode": "both",
            "notes": Private(planned.notes),
            "place": Private(agendas.PLACE),
            "reports": [Private(report) for report in planned.reports],
            "signers": [signer.id for signer in signers],
            "starts_at": canonical.format_time(begins),
            "title": Private(planned.title),
        }
        written = self._pen.write(at, said(self._people[0]), "meeting.convene/1", body)
        if written is None or not items:
            return
        called = Called(planned, made(written, "mtg"), items, [p for p in self._people if p.id])
        self._called.append(called)
        for _, id_ in items:
            clerk.follow(id_)
        self._plan(called)

    def _plan(self, called: Called) -> None:
        """Who takes part from afar. The chair gets most proxies, the visitor and another member some."""
        planned, holders = called.planned, (self._people[6], self._people[9])
        others = [p for p in called.there if p.number >= 10]  # noqa: PLR2004
        keyed, without = [p for p in others if p.key], [p for p in others if not p.key]
        voters = self._random.sample(keyed, planned.online) + self._random.sample(without, planned.paper)
        rest = [p for p in (*keyed, *without) if p not in voters]
        givers = self._random.sample(rest, planned.proxies)
        days = range(planned.convened + 1, min(planned.held, planned.convened + 8))
        for number, voter in enumerate(voters):
            called.ballots.setdefault(days[number % min(len(days), 2 + number)], []).append(voter)
        for number, giver in enumerate(givers):
            to = holders[number // 2].id if number < 2 * len(holders) else CHAIR
            called.proxies.setdefault(days[number % 2], []).append((giver, to))
        called.busy.update(p.number for p in (*voters, *givers))

    def _notify(self, called: Called, at: int) -> None:
        """Who has a device reads it on the pages; the circulated sheet and the neighbours see to the others."""
        by = {
            "page": [p.id for p in self._people if p.id and p.key],
            "circulation": [p.id for p in self._people if p.id and not p.key and p.number % 3],
            "hand": [p.id for p in self._people if p.id and not p.key and p.number % 3 == 0],
        }
        for way, people in by.items():
            body = {
                "at": canonical.format_time(at - HOUR),
                "by": way,
                "came": "received" if way == "hand" else "sent",
                "meeting": called.id,
                "members": people[:_MOST_NOTIFIED],
            }
            self._pen.write(at, said(self._people[3]), "meeting.notified/1", body)

    def _vote(self, called: Called, voter: Villager, at: int) -> None:
        for item, id_ in called.items:
            choice = "yes" if self._random.randrange(100) < item.motion.yes else "no"
            if voter.key is not None:
                self._pen.write(at, said(voter), "ballot.cast/1", {"choice": choice, "proposal": id_})
                continue
            paper = Private(f"書面議決書 {called.planned.title} {voter.name}様")
            body = {"choice": choice, "paper": paper, "proposal": id_}
            self._pen.write(at, entered(self._people[3], self._people[0], voter, "paper"), "ballot.cast/1", body)

    def _entrust(self, called: Called, giver: Villager, to: str, at: int) -> None:
        body = {"meeting": called.id, "to": to}
        if giver.key is not None:
            self._pen.write(at, said(giver), "proxy.give/1", body)
            return
        paper = {"paper": Private(f"委任状 {called.planned.title} {giver.name}様")}
        author = entered(self._people[3], self._people[0], giver, "paper")
        self._pen.write(at, author, "proxy.give/1", body | paper)

    def _board(self, at: int, begins: int) -> None:
        """The board meets every month; its next meeting has no motions."""
        series = {"name": Private(agendas.BOARD), "rhythm": Private(agendas.BOARD_RHYTHM)}
        written = self._pen.write(at, said(self._people[0]), "meeting.series/1", series)
        self._pen.publish()
        if written is not None:
            self._gather("board", agendas.BOARD, at, begins, made(written, "ser"))

    def _gathering(self, at: int, begins: int) -> None:
        meeting = self._gather("members", agendas.GATHERING, at, begins)
        self._pen.publish()
        body = {"meeting": meeting, "reason": Private(agendas.CALLED_OFF)}
        self._pen.write(at + HOUR, said(self._people[0]), "meeting.cancel/1", body)

    def _gather(self, kind: str, title: str, at: int, begins: int, series: str | None = None) -> str:
        body = {
            "chair": self._people[1].id,
            "kind": kind,
            "mode": "room",
            "place": Private(agendas.PLACE),
            "series": series,
            "starts_at": canonical.format_time(begins),
            "title": Private(title),
        }
        written = self._pen.write(at, said(self._people[0]), "meeting.convene/1", body)
        return made(written, "mtg") if written else ""

    def _draft_minutes(self, called: Called, writer: Villager, version: int, at: int) -> None:
        state = self._pen.state
        told = [assembling.told(state, number, item, id_) for number, (item, id_) in enumerate(called.items, 1)]
        text = agendas.minutes(called.planned, told, corrected=version > 1)
        body = {"meeting": called.id, "text": Private(text), "version": version}
        if self._pen.write(at, said(writer), "minutes.draft/1", body):
            called.drafted = version

    def _sign_minutes(self, called: Called, signer: Villager, at: int) -> None:
        self._pen.write(at, said(signer), "minutes.sign/1", {"meeting": called.id, "version": called.drafted})
