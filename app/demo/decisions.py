"""How the sample village decides: proposals drafted, opened, voted on by screen and on paper, and counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.demo import founding, words
from app.demo.people import Villager
from app.demo.writer import Pen, Said, made
from governance.books import counts
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.books.rules import RuleVersion
from ledger import canonical, ids
from ledger.books.members import Member
from ledger.compose import Private


@dataclass
class Vote:
    """A proposal under way, and who still means to vote in it on which day."""

    motion: words.Motion
    id: str
    plans: dict[int, list[Villager]] = field(default_factory=dict)
    paper: list[Villager] = field(default_factory=list)


class Decisions:
    """The village's proposals. Days are counted from the founding."""

    def __init__(self, pen: Pen, place: founding.Place, random: Random, people: list[Villager]) -> None:
        self._pen, self._place, self._random, self._people = pen, place, random, people
        self._drafted: list[tuple[words.Motion, Villager, str]] = []
        self._open: list[Vote] = []

    def draft(self, day: int, at: int) -> None:
        """Proposals that are drafted on that day."""
        for motion in words.MOTIONS:
            if motion.day == day:
                self._draft(motion, at)

    def call(self, day: int, at: int) -> None:
        """Call the votes on what was drafted before."""
        for motion, proposer, id_ in self._drafted:
            if self._pen.write(at, _said(proposer), "proposal.open/1", {"proposal": id_}):
                self._open.append(self._plan(motion, id_, day))
        self._drafted = []

    def vote(self, day: int, at: int) -> None:
        """The day's ballots."""
        for vote in self._open:
            for voter in vote.plans.pop(day, []):
                self._cast(vote, voter, at + self._random.randrange(3_600_000))
            if vote.paper and self._random.random() < 0.6:  # noqa: PLR2004
                self._cast_paper(vote, vote.paper.pop(), at)

    def announce(self, at: int) -> None:
        """The clerk says how large the roll was, and how the count came out."""
        state = self._pen.state
        for vote in list(self._open):
            proposal = state.need(Proposal, vote.id)
            if proposal.opened_index is not None and proposal.roll_entry is None:
                self._announce_roll(proposal, at)
            if proposal.outcome is not None and proposal.tally is not None:
                body = {
                    "proposal": proposal.id,
                    "result": proposal.outcome.result,
                    "tally": {c: {"heads": n.heads, "weight": n.weight} for c, n in proposal.tally.items()},
                }
                self._pen.write(at, self._clerk(), "proposal.count/1", body)
                self._open.remove(vote)

    def _announce_roll(self, proposal: Proposal, at: int) -> None:
        rule = self._pen.state.need(RuleVersion, proposal.rule or "").rule()
        roll = counts.roll(self._pen.state, proposal, rule)
        body = {"heads": roll.heads, "proposal": proposal.id, "weight": roll.weight}
        self._pen.write(at, self._clerk(), "proposal.roll/1", body)

    def _clerk(self) -> Said:
        return Said(ids.CLERK, (self._place.clerk,))

    def _draft(self, motion: words.Motion, at: int) -> None:
        proposer = self._people[0] if motion.kind in {"role", "rules", "policy"} else self._someone()
        body: dict[str, Any] = {
            "effects": self._effects(motion),
            "kind": motion.kind,
            "options": [Private(option) for option in motion.options],
            "text": Private(motion.text),
            "title": Private(motion.title),
        }
        written = self._pen.write(at, _said(proposer), "proposal.draft/1", body)
        if written is not None:
            self._drafted.append((motion, proposer, made(written, "prop")))

    def _effects(self, motion: words.Motion) -> list[dict[str, Any]]:
        if motion.kind == "policy":
            return [{"area": "commons", "document": founding.commons(ride=10), "effect": "policy"}]
        if motion.kind == "rules":
            lasting = "十日" in motion.title
            document = founding.rule(days=10) if lasting else founding.rule(days=10, fraction="2/3")
            return [{"document": document, "effect": "rule", "kind": "ordinary" if lasting else "rules"}]
        if motion.kind == "role":
            auditor = next(p for p in self._people if p.role == "auditor")
            member = auditor if motion.day < 30 else self._people[9]  # noqa: PLR2004
            role = {"from": None, "member": member.id, "role": "auditor", "scope": "coop", "until": None}
            return [{"effect": "role", **role}]
        return []

    def _someone(self) -> Villager:
        return self._random.choice([p for p in self._people if p.id and p.key and p.zeal > 0.3])  # noqa: PLR2004

    def _plan(self, motion: words.Motion, id_: str, day: int) -> Vote:
        vote = Vote(motion, id_)
        for person in self._people:
            if person.id and person.key and self._random.random() < 0.35 + person.zeal * 0.5:
                vote.plans.setdefault(day + self._random.randrange(7), []).append(person)
        without = [p for p in self._people if p.id and not p.key]
        vote.paper = self._random.sample(without, min(6, len(without)))
        return vote

    def _cast(self, vote: Vote, voter: Villager, at: int) -> None:
        if not self._is_active(voter):
            return
        body = {"choice": self._choice(vote.motion), "proposal": vote.id}
        earlier = self._pen.state.find(Ballot, f"{vote.id}/{voter.id}")
        self._pen.write(at, _said(voter, replaces=earlier.statement if earlier else None), "ballot.cast/1", body)
        if self._random.random() < 0.03:  # noqa: PLR2004  (some think again)
            vote.plans.setdefault(self._random.randrange(181), []).append(voter)

    def _cast_paper(self, vote: Vote, voter: Villager, at: int) -> None:
        facilitator = next(p for p in self._people if p.role == "facilitator")
        administrator = self._people[0]
        if not facilitator.id:
            return
        said = Said(
            facilitator.id,
            (founding.key(facilitator), founding.key(administrator)),
            cosigners=(administrator.id,),
            for_=voter.id,
            via="paper",
        )
        paper = Private(f"書面議決書 {voter.name}様 {canonical.format_time(at)[:10]} 受付")
        body = {"choice": self._choice(vote.motion), "paper": paper, "proposal": vote.id}
        self._pen.write(at, said, "ballot.cast/1", body)

    def _choice(self, motion: words.Motion) -> str:
        if motion.options:
            return f"option_{1 + min(self._random.randrange(len(motion.options) + 1), len(motion.options) - 1)}"
        if self._random.random() < 0.06:  # noqa: PLR2004
            return "abstain"
        return "yes" if self._random.randrange(100) < motion.yes else "no"

    def _is_active(self, person: Villager) -> bool:
        member = self._pen.state.find(Member, person.id)
        return member is not None and member.status == "active"


def _said(person: Villager, replaces: str | None = None) -> Said:
    return Said(person.id, (founding.key(person),), replaces=replaces)
