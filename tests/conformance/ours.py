"""The same votes under a rule of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from governance import outcome, rule
from governance.count import NOBODY, Count, Counted, Paper
from governance.documents import spell
from governance.modules.questions import Roll
from governance.outcome import Outcome, Votes
from governance.rule import Rule

PRESETS: Final = Path(rule.__file__).parent / "presets"


def preset(name: str) -> dict[str, Any]:
    """That preset's rule document for ordinary decisions, to be changed at will."""
    document: dict[str, Any] = json.loads((PRESETS / f"{name}.json").read_bytes())["documents"]["ordinary"]
    return document


def token_voting(support: Fraction, participation: Fraction, approval: Fraction | None) -> Rule:
    """The preset with other ratios; without asking for approval where that is None."""
    document = preset("token_voting")
    document["threshold"]["fraction"] = spell(support)
    taking_part, approving = document["quorum"]["parts"]
    taking_part["fraction"] = spell(participation)
    if approval is None:
        document["quorum"] = taking_part
    else:
        approving["fraction"] = spell(approval)
    return rule.parse(document)


def decide(rule: Rule, weights: Sequence[int], votes: Mapping[int, str]) -> tuple[Counted, Outcome]:
    """What these votes, by the member's number, come to among members of those weights. Who has none has no vote."""
    having = [weight for weight in weights if weight]
    profile: dict[str, Count] = {}
    for member, choice in votes.items():
        if weights[member]:
            profile[choice] = profile.get(choice, NOBODY) + Count(1, weights[member])
    return outcome.decide(rule, Roll(len(having), sum(having)), Votes({"": profile}), Paper())


def judge(rule: Rule, roll: int, tally: Mapping[str, int]) -> Outcome:
    """What so much weight for each choice comes to, of so much weight in all. Heads don't matter."""
    profile = {choice: Count(1, weight) for choice, weight in tally.items() if weight}
    return outcome.decide(rule, Roll(len(tally), roll), Votes({"": profile}), Paper())[1]
