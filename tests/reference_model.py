"""The whole co-op once more, as naively as can be: what the fold must come to, written from the design.

Nothing of the books or of ``governance`` is imported. Everything is a dictionary keyed by names that the caller
chooses; times are in ms. Every act says whether it is permitted, and only then changes anything. The co-op is
the simulator's: ten tokens for an hour of cleaning, one attester, gifts free, the provider is paid.

Here are the votes; what members give and share is in ``reference_commons.py``.
"""

from __future__ import annotations

from fractions import Fraction

from tests.reference_commons import Sharing, Thing


class Model(Sharing):
    """Proposals that are answered with yes, no or abstain, under rules that decisions change."""

    def __init__(self, rule: Thing) -> None:
        super().__init__()
        self.rules = {"ordinary": rule, "rules": rule}
        self.proposals: dict[str, Thing] = {}

    def propose(self, key: str, by: str, kind: str, adopts: Thing | None, now: int) -> bool:
        """Draft and call the vote at once. ``adopts``: a rule for ordinary proposals."""
        if not self.active(by):
            return False
        proposal = {"kind": kind, "adopts": adopts, "called": now, "rule": None, "opens": None, "closes": None}
        self.proposals[key] = proposal | {"ballots": {}, "roll": {}, "outcome": None, "done": None}
        opens = now + max(self.rules[kind]["delay"], 1)
        self.at(opens, f"proposal.opens:{key}", lambda time: self._opens(key, time))
        return True

    def _opens(self, key: str, now: int) -> None:
        """The rule in force now counts; if it asks for longer notice, voting waits."""
        proposal = self.proposals[key]
        rule = self.rules[proposal["kind"]]
        opens = max(now, proposal["called"] + rule["delay"])
        if opens > now:
            self.at(opens, f"proposal.opens:{key}", lambda time: self._opens(key, time))
            return
        closes = now + rule["voting"]
        roll = {name: rule["weights"].get(cls, 0) for name, cls in self.standing(now).items()}
        proposal.update(rule=rule, opens=now, closes=closes, roll={n: w for n, w in roll.items() if w})
        self.at(closes, f"proposal.closes:{key}", lambda time: self._closes(key, time))

    def vote(self, key: str, name: str, choice: str, statement: str, replaces: str | None, now: int) -> bool:
        """A member's own ballot takes the place of what was entered for them whether or not it names it."""
        before = self.proposals[key]["ballots"].get(name)
        if not self.active(name) or not self._may_vote(key, name, choice, now):
            return False
        fits = replaces == (before and before["statement"])
        if not fits and not (before and before["entered"] and replaces is None):
            return False
        self._cast(key, name, choice, statement, entered=False)
        return True

    def enter(self, key: str, name: str, choice: str, statement: str, replaces: str | None, now: int) -> bool:
        """What officials enter yields to the member's own, and to the member's objection."""
        before = self.proposals[key]["ballots"].get(name)
        if not self.active(name) or not self._may_vote(key, name, choice, now):
            return False
        if replaces != (before and before["statement"]) or (before and not (before["entered"] and before["counts"])):
            return False
        self._cast(key, name, choice, statement, entered=True)
        return True

    def disown(self, key: str, name: str, now: int) -> bool:
        """What was entered for me is not mine."""
        before = self.proposals[key]["ballots"].get(name)
        if not self.active(name) or not self.voting(key, now) or before is None:
            return False
        if not before["entered"] or not before["counts"]:
            return False
        before["counts"] = False
        return True

    def voting(self, key: str, now: int) -> bool:
        """Open from ``opens`` on, until just before ``closes``."""
        proposal = self.proposals[key]
        return proposal["opens"] is not None and bool(proposal["opens"] <= now < proposal["closes"])

    def _may_vote(self, key: str, name: str, choice: str, now: int) -> bool:
        return self.voting(key, now) and name in self.proposals[key]["roll"] and choice in ("yes", "no", "abstain")

    def _cast(self, key: str, name: str, choice: str, statement: str, *, entered: bool) -> None:
        ballot = {"choice": choice, "statement": statement, "entered": entered, "counts": True}
        self.proposals[key]["ballots"][name] = ballot

    def tally(self, key: str) -> dict[str, tuple[int, int]]:
        """Heads and weight of each choice."""
        proposal = self.proposals[key]
        found = {}
        for choice in ("yes", "no", "abstain"):
            chose = [n for n, b in proposal["ballots"].items() if b["counts"] and b["choice"] == choice]
            found[choice] = (len(chose), sum(proposal["roll"][name] for name in chose))
        return found

    def _closes(self, key: str, now: int) -> None:
        proposal = self.proposals[key]
        proposal["outcome"] = outcome(proposal["rule"], proposal["roll"], self.tally(key))
        if proposal["outcome"] == "passed" and proposal["adopts"]:
            executes = now + proposal["rule"]["timelock"]
            self.at(executes, f"proposal.executes:{key}", lambda time: self._executes(key, time))

    def _executes(self, key: str, now: int) -> None:
        """A rule under which nobody could vote lapses."""
        proposal = self.proposals[key]
        possible = any(proposal["adopts"]["weights"].get(cls) for cls in self.standing(now).values())
        proposal["done"] = "executed" if possible else "lapsed"
        if possible:
            self.rules["ordinary"] = proposal["adopts"]


def outcome(rule: Thing, roll: dict[str, int], tally: dict[str, tuple[int, int]]) -> str:
    """Were enough present, is there enough support, and if not, is it a tie?"""
    heads = sum(count for count, _ in tally.values())
    weights = {choice: weight for choice, (_, weight) in tally.items()}
    cast = sum(weights.values())
    if rule["quorum"] is not None and (not roll or Fraction(heads, len(roll)) < rule["quorum"]):
        return "no_quorum"
    bases = {"all": sum(roll.values()), "cast": cast, "yes_no": weights["yes"] + weights["no"]}
    base = bases[rule["of"]]
    share = Fraction(weights["yes"], base) if base else Fraction(0)
    enough = share > rule["share"] if rule["strict"] else share >= rule["share"]
    if enough and base:
        return "passed"
    return "tied" if weights["yes"] == weights["no"] > 0 else "failed"
