"""How the sample village decides: proposals drafted, called, voted on by screen and on paper, and counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from app.demo import opinions
from app.demo.clerk import Clerk
from app.demo.effects import effects
from app.demo.motions import MOTIONS, Motion
from app.demo.people import CAST, Villager
from app.demo.speaking import entered, said
from app.demo.writer import Pen, made
from governance.books import proposals
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.rule import Rule
from ledger import canonical
from ledger.books.members import Member
from ledger.compose import Private

_USUAL: Final = 100
_LEVEL: Final = 24
"""How many vote where it is to come out level."""


@dataclass
class Vote:
    """A proposal under way, and who still means to vote in it on which day. ``sure``: what is clear beforehand."""

    motion: Motion
    id: str
    called: int
    plans: dict[int, list[Villager]] = field(default_factory=dict)
    paper: list[Villager] = field(default_factory=list)
    sure: dict[int, str] = field(default_factory=dict)
    drawn: bool = False


class Decisions:
    """The village's proposals. Days are counted from the founding."""

    def __init__(self, pen: Pen, clerk: Clerk, random: Random, people: list[Villager]) -> None:
        self._pen, self._clerk, self._random, self._people = pen, clerk, random, people
        self._drafted: list[tuple[Vote, Villager]] = []
        self._open: list[Vote] = []

    def draft(self, day: int, at: int) -> None:
        """Proposals that are drafted on that day, and what is proposed to be paid for by those drafted before."""
        for motion in MOTIONS:
            if motion.day == day:
                id_, proposer = self.propose(motion, at)
                if id_:
                    self._drafted.append((Vote(motion, id_, day + motion.after), proposer))
        for vote, _ in self._drafted:
            self._add_projects(vote, day, at)

    def propose(self, motion: Motion, at: int) -> tuple[str, Villager]:
        """Draft one: its id, empty where the books refuse it, and who proposes it."""
        proposer = self._people[0] if motion.does else self._someone()
        candidates = self._candidates(motion)
        options = motion.options or tuple(f"{one.name}({one.group})" for one in candidates)
        body: dict[str, Any] = {
            "budget": motion.budget,
            "effects": effects(motion.does, self._people, candidates, at),
            "kind": motion.kind,
            "options": [Private(option) for option in options],
            "seats": motion.seats,
            "text": Private(motion.text),
            "title": Private(motion.title),
            "topic": motion.topic,
        }
        # Nobody signs that nothing is chosen between, or that nothing is done.
        body = {name: value for name, value in body.items() if value not in ([], 0, "")}
        written = self._pen.write(at, said(proposer), "proposal.draft/1", body)
        return (made(written, "prop") if written else ""), proposer

    def call(self, day: int, at: int) -> None:
        """Call the votes on what was drafted before."""
        for vote, proposer in list(self._drafted):
            if vote.called > day:
                continue
            self._drafted.remove((vote, proposer))
            if self._pen.write(at, said(proposer), "proposal.open/1", {"proposal": vote.id}):
                self._clerk.follow(vote.id)
                self._plan(vote, day)
                self._open.append(vote)

    def vote(self, day: int, at: int) -> None:
        """The day's ballots."""
        for vote in list(self._open):
            proposal = self._pen.state.need(Proposal, vote.id)
            if proposal.closed_index is not None:
                self._open.remove(vote)
                continue
            rule = proposals.pinned(self._pen.state, proposal)
            self._plan_panel(vote, proposal, day)
            for voter in vote.plans.pop(day, []):
                self._cast(vote, rule, voter, at + self._random.randrange(3_600_000))
            if vote.paper and self._random.random() < 0.6:  # noqa: PLR2004
                self._cast_paper(vote, rule, vote.paper.pop(), at)

    def _candidates(self, motion: Motion) -> list[Villager]:
        """Who stands: members who have been here for a while, others for each election."""
        there = [p for p in self._people[len(CAST) :] if p.id and p.key and p.cls == "member"]
        return there[motion.day % 16 :][: motion.stand]

    def _add_projects(self, vote: Vote, day: int, at: int) -> None:
        """Some come every day until the call, in their order; the last day brings the rest."""
        motion = vote.motion
        share = -(-len(motion.projects) // max(1, motion.after))
        first = (day - motion.day - 1) * share
        for title, text, cost in motion.projects[max(0, first) : max(0, first + share)]:
            body = {"cost": cost, "proposal": vote.id, "text": Private(text), "title": Private(title)}
            self._pen.write(at, said(self._someone()), "proposal.item/1", body)

    def _someone(self) -> Villager:
        return self._random.choice([p for p in self._people if p.id and p.key and p.zeal > 0.3])  # noqa: PLR2004

    def _plan(self, vote: Vote, day: int) -> None:
        if self._pen.state.need(Proposal, vote.id).drawing:
            return
        keyed = [p for p in self._people if p.id and p.key]
        if vote.motion.level:
            for number, person in enumerate(keyed[-_LEVEL:]):
                vote.sure[person.number] = str(1 + number % vote.motion.stand)
                vote.plans.setdefault(day + number % 6, []).append(person)
            return
        for person in keyed:
            if self._random.random() < (0.35 + person.zeal * 0.5) * vote.motion.turnout / _USUAL:
                vote.plans.setdefault(day + self._random.randrange(7), []).append(person)
        if vote.motion.turnout >= _USUAL:
            without = [p for p in self._people if p.id and not p.key]
            vote.paper = self._random.sample(without, min(6, len(without)))

    def _plan_panel(self, vote: Vote, proposal: Proposal, day: int) -> None:
        """Who has been drawn knows it from then on; most of them vote."""
        if proposal.draw is None or vote.drawn:
            return
        vote.drawn = True
        for person in (p for p in self._people if p.id in proposal.draw.members):
            if person.key is None:
                vote.paper.append(person)
            elif self._random.random() < 0.9:  # noqa: PLR2004
                vote.plans.setdefault(day + self._random.randrange(1, 5), []).append(person)

    def _cast(self, vote: Vote, rule: Rule, voter: Villager, at: int) -> None:
        if not self._is_active(voter):
            return
        choice = vote.sure.get(voter.number) or self._choice(vote, rule)
        body = {"choice": _sealed(rule, choice), "proposal": vote.id}
        earlier = self._pen.state.find(Ballot, f"{vote.id}/{voter.id}")
        replaces = earlier.statement if earlier else None
        written = self._pen.write(at, said(voter, replaces=replaces), "ballot.cast/1", body)
        if written is not None:
            self._clerk.keep(written)
        if self._random.random() < 0.03 and not vote.sure:  # noqa: PLR2004  (some think again)
            vote.plans.setdefault(vote.called + self._random.randrange(7), []).append(voter)

    def _cast_paper(self, vote: Vote, rule: Rule, voter: Villager, at: int) -> None:
        facilitator = next(p for p in self._people if p.role == "facilitator")
        if not facilitator.id:
            return
        paper = Private(f"書面議決書 {voter.name}様 {canonical.format_time(at)[:10]} 受付")
        body = {"choice": _sealed(rule, self._choice(vote, rule)), "paper": paper, "proposal": vote.id}
        author = entered(facilitator, self._people[0], voter, "paper")
        written = self._pen.write(at, author, "ballot.cast/1", body)
        if written is not None:
            self._clerk.keep(written)

    def _choice(self, vote: Vote, rule: Rule) -> str:
        paper = proposals.paper(self._pen.state, self._pen.state.need(Proposal, vote.id))
        return opinions.mark(rule, vote.motion, paper.options, self._random)

    def _is_active(self, person: Villager) -> bool:
        member = self._pen.state.find(Member, person.id)
        return member is not None and member.status == "active"


def _sealed(rule: Rule, choice: str) -> str | Private:
    """As it is written on the ballot: open, or as a commitment."""
    return Private(choice) if rule.secrecy.SEALED else choice
