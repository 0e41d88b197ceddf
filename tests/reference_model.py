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
    """Proposals that are answered with yes, no or abstain, under rules that decisions change; who speaks for whom."""

    def __init__(self, rule: Thing) -> None:
        super().__init__()
        self.rules = {"ordinary": rule, "rules": rule}
        self.proposals: dict[str, Thing] = {}
        self.delegates: dict[str, str] = {}

    def draft(self, key: str, by: str, kind: str, adopts: Thing | None) -> bool:
        """``adopts``: a rule for ordinary proposals. Fifty of one member may wait to be decided."""
        waiting = [found for found in self.proposals.values() if found["by"] == by and found["outcome"] is None]
        if not self.active(by) or len(waiting) >= 50:
            return False
        proposal: Thing = {"by": by, "kind": kind, "adopts": adopts, "called": None, "rule": None, "opens": None}
        proposal |= {"closes": None, "executes": None, "late": False, "tally": None, "outcome": None, "done": None}
        self.proposals[key] = proposal | {"ballots": {}, "roll": {}, "seconds": set(), "vetoes": set()}
        return True

    def second(self, key: str, name: str) -> bool:
        """Another wants it put to the vote, too."""
        proposal = self.proposals[key]
        if not self.active(name) or proposal["called"] is not None or name in {proposal["by"], *proposal["seconds"]}:
            return False
        proposal["seconds"].add(name)
        return True

    def call(self, key: str, by: str, now: int) -> bool:
        """The proposer has it put to the vote, once enough others want that who are still members in good standing."""
        proposal = self.proposals[key]
        rule = self.rules[proposal["kind"]]
        if not self.active(by) or by != proposal["by"] or proposal["called"] is not None:
            return False
        if sum(self.active(name) for name in proposal["seconds"]) < rule["seconders"]:
            return False
        proposal["called"] = now
        self.at(now + max(rule["delay"], 1), f"proposal.opens:{key}", lambda time: self._opens(key, time))
        return True

    def give(self, name: str, to: str) -> bool:
        """From now on that one speaks for them, where they say nothing."""
        if not self.active(name, to) or name == to or self.delegates.get(name) == to:
            return False
        self.delegates[name] = to
        return True

    def revoke(self, name: str) -> bool:
        return self.active(name) and self.delegates.pop(name, None) is not None

    def _gone(self, name: str, now: int) -> None:
        self.delegates.pop(name, None)
        super()._gone(name, now)

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
        self._close_at(key, closes)

    def _close_at(self, key: str, closes: int) -> None:
        self.proposals[key]["closes"] = closes
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
        self._prolong(key, now)
        return True

    def enter(self, key: str, name: str, choice: str, statement: str, replaces: str | None, now: int) -> bool:
        """What officials enter yields to the member's own, and to the member's objection."""
        before = self.proposals[key]["ballots"].get(name)
        if not self.active(name) or not self._may_vote(key, name, choice, now):
            return False
        if replaces != (before and before["statement"]) or (before and not (before["entered"] and before["counts"])):
            return False
        self._cast(key, name, choice, statement, entered=True)
        self._prolong(key, now)
        return True

    def disown(self, key: str, name: str, now: int) -> bool:
        """What was entered for me is not mine."""
        before = self.proposals[key]["ballots"].get(name)
        if not self.active(name) or not self.voting(key, now) or before is None:
            return False
        if not before["entered"] or not before["counts"]:
            return False
        before["counts"] = False
        self._prolong(key, now)
        return True

    def _prolong(self, key: str, now: int) -> None:
        """Once, when the quorum is there, so much time is left."""
        proposal = self.proposals[key]
        rule = proposal["rule"]
        if rule["late"] and not proposal["late"] and outcome(rule, proposal["roll"], self.tally(key)) != "no_quorum":
            proposal["late"] = True
            self._close_at(key, max(proposal["closes"], now + rule["late"]))

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
        """Heads and weight of each choice; as they were at the close, once that has come."""
        proposal = self.proposals[key]
        if proposal["tally"] is not None:
            return dict(proposal["tally"])
        said = {name: self._says(proposal, name) for name in proposal["roll"]}
        found = {}
        for choice in ("yes", "no", "abstain"):
            chose = [name for name, what in said.items() if what == choice]
            found[choice] = (len(chose), sum(proposal["roll"][name] for name in chose))
        return found

    def _says(self, proposal: Thing, name: str) -> str | None:
        """Their own ballot, or that of whoever comes first of those they are passed on to."""
        passed: list[str] = []
        at: str | None = name
        while at is not None and at in proposal["roll"] and at not in passed:
            ballot = proposal["ballots"].get(at)
            if ballot is not None and ballot["counts"]:
                return str(ballot["choice"])
            passed.append(at)
            at = self.delegates.get(at) if proposal["rule"]["delegates"] else None
        return None

    def _closes(self, key: str, now: int) -> None:
        proposal = self.proposals[key]
        rule = proposal["rule"]
        proposal["tally"] = self.tally(key)
        proposal["outcome"] = outcome(rule, proposal["roll"], proposal["tally"])
        if proposal["outcome"] == "passed" and (proposal["adopts"] or rule["veto"]):
            proposal["executes"] = now + rule["timelock"]
            self.at(proposal["executes"], f"proposal.executes:{key}", lambda time: self._executes(key, time))

    def veto(self, key: str, name: str, now: int) -> bool:
        """So many plain members stop a decision before it takes effect."""
        proposal = self.proposals[key]
        if not self.active(name) or self.members[name]["cls"] != "member" or name in proposal["vetoes"]:
            return False
        if proposal["outcome"] != "passed" or proposal["done"] or not proposal["rule"]["veto"]:
            return False
        if now >= proposal["executes"]:
            return False
        proposal["vetoes"].add(name)
        if len(proposal["vetoes"]) >= proposal["rule"]["veto"]:
            self.off(f"proposal.executes:{key}")
            proposal["done"] = "vetoed"
        return True

    def _executes(self, key: str, now: int) -> None:
        """A rule under which nobody could vote lapses."""
        proposal = self.proposals[key]
        adopts = proposal["adopts"]
        possible = adopts is None or any(adopts["weights"].get(cls) for cls in self.standing(now).values())
        proposal["done"] = "executed" if possible else "lapsed"
        if possible and adopts is not None:
            self.rules["ordinary"] = adopts


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
