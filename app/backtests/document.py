"""A backtest as a JSON document: what is kept, what pages are drawn from, and what ``yui backtest --json`` prints.

Shares are decimal strings of six places, rounded to the nearest; amounts are integers; times are text.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, Final

import msgspec

from governance import standing
from governance.backtest import Backtest
from governance.count import Count
from governance.counted_again import Again, Draft, Side
from governance.power import CONFIDENCE, Power
from governance.spread import Spread, amounts_of
from governance.standing import Sight
from ledger.canonical import format_time

FORMAT: Final = "yui/backtest/1"
PLACES: Final = 6
CROWD: Final = 10
"""Voters among whom nobody stands out."""
_AMOUNTS: Final = {standing.BALANCE, standing.SHARES, standing.CONTRIBUTED}

Document = dict[str, Any]


def document(tried: Draft, kinds: tuple[str, ...], now: Sight, found: Backtest, *, discreet: bool = False) -> Document:
    """All of it. ``now``: the number of entries, and the moment after the last of them, as of which power is told.

    ``discreet``: for members, who don't see what others have: where votes weigh as much as that, no weights are told,
    shares are rounded to hundredths, and nothing is told of fewer than ``CROWD``.
    """
    amounts = discreet and not _AMOUNTS.isdisjoint(tried.rule.weight.reads())
    return {
        "format": FORMAT,
        "kinds": list(kinds),
        "rule": tried.document,
        "entries": now[0],
        "at": format_time(now[1]),
        "totals": _totals(found),
        "decisions": [_decision(one) for one in found.decisions],
        "power": {
            "draft": None if found.spread is None else _spread(found.spread, blurred=amounts),
            # What the rule in force weighs by is not known here: weights that differ may be what members have.
            "in_force": None if found.in_force is None else _spread(found.in_force, blurred=discreet),
        },
    }


def decimal(value: Fraction, places: int = PLACES) -> str:
    """``0.333333``: rounded to the nearest, halves to even."""
    scaled = round(value * 10**places)
    sign, digits = "-" if scaled < 0 else "", f"{abs(scaled):0{places + 1}d}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def _totals(found: Backtest) -> Document:
    why = Counter(one.why.reason for one in found.decisions if one.why is not None)
    changes = sorted(found.changes().items())
    return {
        "decisions": len(found.decisions),
        "compared": found.compared,
        "flips": found.flips,
        "changes": [{"before": before, "after": after, "count": count} for (before, after), count in changes],
        "not_compared": [{"reason": reason, "count": count} for reason, count in sorted(why.items())],
    }


def _decision(one: Again) -> Document:
    return {
        "proposal": one.proposal,
        "kind": one.decides,
        "closed": format_time(one.closed_at),
        "before": _side(one.before),
        "after": None if one.after is None else _side(one.after),
        "why": None if one.why is None else {"reason": one.why.reason, "params": one.why.params},
        "flips": one.flips,
        "gained": one.gained,
        "lost": one.lost,
    }


def _side(side: Side) -> Document:
    return {
        "result": side.outcome.result,
        "winners": list(side.outcome.winners),
        "roll": _count(side.roll),
        "present": _count(side.present),
        "quorum": msgspec.to_builtins(side.tests(quorum=True)),
        "threshold": msgspec.to_builtins(side.tests(quorum=False)),
        "unit": side.unit,
    }


def _count(count: Count) -> Document:
    return {"heads": count.heads, "weight": count.weight}


def _spread(found: Spread, *, blurred: bool) -> Document:
    needs, few = found.needs, found.roll.heads < CROWD
    equal = len(amounts_of(found.voters)) <= 1
    if blurred and not equal:
        return {
            "active": found.active,
            "voters": found.roll.heads,
            "weight": None,
            "distribution": None,
            "gini": None if few else decimal(found.gini, 2),
            "lorenz": [] if few else [decimal(share, 2) for share in found.curve],
            "fewest": None if few else found.fewest,
            "needs": None,
            "banzhaf": None,
            "blurred": True,
        }
    return {
        "active": found.active,
        "voters": found.roll.heads,
        "weight": found.roll.weight,
        "distribution": [{"weight": w, "voters": n} for w, n in sorted(amounts_of(found.voters).items(), reverse=True)],
        "gini": decimal(found.gini),
        "lorenz": [decimal(share) for share in found.curve],
        "fewest": found.fewest,
        "needs": None if needs is None else {**needs._asdict(), "classes": dict(sorted(needs.classes.items()))},
        "banzhaf": None if found.power is None else _power(found.power),
        "blurred": False,
    }


def _power(found: Power) -> Document:
    return {
        "samples": found.samples,
        "confidence": None if found.samples is None else decimal(CONFIDENCE),
        "rows": [
            {
                "class": row.kind[0],
                "weight": row.kind[1],
                "voters": row.voters,
                "measure": decimal(row.measure),
                "error": None if row.error is None else decimal(row.error),
                "share": None if row.share is None else decimal(row.share),
            }
            for row in found.rows
        ],
    }
