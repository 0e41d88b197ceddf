"""A backtest as templates draw it: on a page of its own, and beside the effect of a proposal."""

from __future__ import annotations

from typing import Any, Final

from app.api.problems import Problem
from app.backtests import running, telling
from app.backtests.running import Run
from app.decisions.words import Words
from app.installation import Installation
from app.naming import names_for
from app.visit import Visit
from governance import backtest
from governance.books.proposals import Proposal
from governance.effects.rules import AdoptRule
from ledger.errors import FormatError

CURVE: Final = 400
"""Units of a side of the picture of a Lorenz curve."""
_BEFORE: Final = ("draft", "scheduled", "voting")


async def beside(
    visit: Visit, installation: Installation, words: Words, proposal: Proposal, stage: str
) -> dict[str, Any] | None:
    """What stands beside the effect of a proposal that is not yet decided; None where it changes no rule, or for
    strangers.
    """
    found = draft_of(proposal)
    if found is None or not visit.signed_in or stage not in _BEFORE:
        return None
    kind, document = found
    try:
        id_ = await running.begin(
            installation, visit.reading, kind, backtest.draft(document), discreet=not visit.sees_entries
        )
    except (Problem, FormatError):  # others are being counted: the page asks again when it is opened again
        return None
    run = await running.find(visit.reading, id_)
    return None if run is None else await told(visit, words, run, installation.clock.now())


async def told(visit: Visit, words: Words, run: Run, now: int) -> dict[str, Any]:
    """What the templates need."""
    common = {"run": run, "running": run.runs(now), "words": words, "found": run.result}
    common["rule_lines"] = words.rule(backtest.draft(run.rule).rule)
    if run.result is None:
        return common
    lines = telling.lines(words, run.result)
    spread = run.result["power"]["draft"]
    return common | {
        "headline": telling.headline(words, run.result),
        "lines": lines,
        "titles": await names_for(visit, [line.proposal for line in lines]),
        "bars": telling.bars(words, run.result),
        "changes": telling.changes(words, run.result),
        "not_compared": telling.not_compared(words, run.result),
        "figures": telling.figures(words, run.result),
        "how_counted": "" if spread is None else telling.how_counted(words, spread),
        "voters": telling.voters(words, spread["banzhaf"]) if spread and spread["banzhaf"] else [],
        "curves": [
            (side, telling.lorenz(one, CURVE, CURVE))
            for side, one in run.result["power"].items()
            if one is not None and one["voters"] and one["lorenz"]
        ],
        "side": CURVE,
        "shares": _shares(run.result["power"]),
    }


def _shares(power: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The table behind the curve: for every second of its points what each of them has."""
    known = [one["lorenz"] for one in power.values() if one is not None and one["voters"] and one["lorenz"]]
    if not known:
        return []
    last = len(known[0]) - 1
    return [
        (f"{100 * part // last}%", [telling.percent(curve[part]) for curve in known]) for part in range(0, last + 1, 2)
    ]


def draft_of(proposal: Proposal) -> tuple[str, dict[str, Any]] | None:
    """The kind and the document of the rule that it would adopt: of several the first."""
    changed = (effect for effect in proposal.effects if effect["effect"] == AdoptRule.NAME)
    found = next(changed, None)
    return None if found is None else (str(found["kind"]), found["document"])
