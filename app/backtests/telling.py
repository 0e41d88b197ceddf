"""A backtest in words: what pages show and what the command prints, from the document alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from app.backtests.document import Document, decimal
from app.decisions.words import Words
from ledger import canonical


class Line(NamedTuple):
    """One decision. ``closed`` in ms; ``after`` and what follows are empty where it can't be compared.

    ``notes``: why it can't, or who was not counted as before.
    """

    proposal: str
    kind: str
    closed: int
    flips: bool
    before: str
    after: str
    turnout: str
    needed: str
    margin: str
    notes: list[str]


class Figure(NamedTuple):
    """One figure of how power is spread, under the draft and under the rule in force."""

    label: str
    draft: str
    in_force: str


class Voter(NamedTuple):
    """The power of one voter among those alike. ``share``: empty where a sample does not tell it."""

    cls: str
    weight: str
    voters: str
    measure: str
    share: str


def headline(words: Words, found: Document) -> str:
    """How many would have come out otherwise."""
    totals = found["totals"]
    if not totals["decisions"]:
        return words.t("backtest.headline.none")
    # As numbers: in English the words beside them depend on them.
    return words.t("backtest.headline", **{name: totals[name] for name in ("decisions", "compared", "flips")})


def lines(words: Words, found: Document) -> list[Line]:
    """All decisions, the newest first."""
    return [_line(words, one) for one in reversed(found["decisions"])]


def bars(words: Words, found: Document) -> list[tuple[str, str, int]]:
    """(before or after, result, how many) of what could be compared, for every result that there is."""
    changes = found["totals"]["changes"]
    results = [
        r for r in ("passed", "failed", "no_quorum", "tied") if any(r in (c["before"], c["after"]) for c in changes)
    ]
    return [
        (words.t(f"backtest.chart.{side}"), words.t(f"backtest.result.{result}"), _count(changes, side, result))
        for result in results
        for side in ("before", "after")
    ]


def changes(words: Words, found: Document) -> list[tuple[str, str, int]]:
    """(before, after, how many)."""
    return [
        (words.t(f"backtest.result.{one['before']}"), words.t(f"backtest.result.{one['after']}"), one["count"])
        for one in found["totals"]["changes"]
    ]


def not_compared(words: Words, found: Document) -> list[tuple[str, int]]:
    """(why, how many)."""
    why: dict[str, int] = {}
    for one in found["decisions"]:
        if one["why"] is not None:
            said = _why(words, one["why"])
            why[said] = why.get(said, 0) + 1
    return list(why.items())


def figures(words: Words, found: Document) -> list[Figure]:
    """How power is spread; nothing where that is not known."""
    draft, in_force = found["power"]["draft"], found["power"]["in_force"]
    if draft is None:
        return []
    tellers: tuple[tuple[str, Callable[[Document], str]], ...] = (
        ("active", lambda one: words.fmt.integer(one["active"])),
        ("voters", lambda one: words.fmt.integer(one["voters"])),
        ("weight", lambda one: "–" if one["weight"] is None else words.fmt.integer(one["weight"])),
        ("gini", lambda one: "–" if one["gini"] is None else decimal(Fraction(one["gini"]), 3)),
        ("fewest", lambda one: _fewest(words, one)),
    )
    return [
        Figure(words.t(f"backtest.{name}"), tell(draft), "–" if in_force is None else tell(in_force))
        for name, tell in tellers
    ]


def voters(words: Words, power: Document) -> list[Voter]:
    """The heaviest kinds of voters, one row each."""
    return [
        Voter(
            words.cls(row["class"]) if row["class"] else "",
            words.fmt.integer(row["weight"]),
            words.fmt.integer(row["voters"]),
            percent(row["measure"]) + ("" if row["error"] is None else f" ± {percent(row['error'])}"),
            "" if row["share"] is None else percent(row["share"]),
        )
        for row in power["rows"]
    ]


def how_counted(words: Words, spread: Document) -> str:
    """Whether every division was counted, or how large the sample is and how sure."""
    power = spread["banzhaf"]
    if spread["blurred"]:
        return words.t("backtest.banzhaf.blurred")
    if power is None:
        return words.t("backtest.banzhaf.nobody" if spread["needs"] is None else "backtest.banzhaf.none")
    if power["samples"] is None:
        return words.t("backtest.banzhaf.exact")
    confidence = decimal(Fraction(power["confidence"]) * 100, 1)
    return words.t("backtest.banzhaf.sampled", samples=words.fmt.integer(power["samples"]), confidence=confidence)


def percent(share: str) -> str:
    """``5.18 %`` of ``0.051758``."""
    return f"{decimal(Fraction(share) * 100, 2)}%"


def lorenz(found: Document, width: int, height: int) -> str:
    """The points of the curve in a box of that size, as an SVG polyline takes them."""
    curve = found["lorenz"]
    last = len(curve) - 1
    return " ".join(
        f"{width * part // last},{height - round(Fraction(share) * height)}" for part, share in enumerate(curve)
    )


def _line(words: Words, one: Document) -> Line:
    before, after = one["before"], one["after"]
    notes = [] if one["why"] is None else [_why(words, one["why"])]
    if after is not None:
        notes += [words.t(f"backtest.{name}", n=one[name]) for name in ("gained", "lost") if one[name]]
    return Line(
        one["proposal"],
        one["kind"],
        canonical.parse_time(one["closed"]),
        one["flips"],
        _result(words, before),
        "" if after is None else _result(words, after),
        _turnout(words, before if after is None else after),
        "" if after is None else _needed(words, after["quorum"]),
        "" if after is None else _margin(words, after),
        notes,
    )


def _result(words: Words, side: Document) -> str:
    result = words.t(f"backtest.result.{side['result']}")
    options = [name for name in side["winners"] if name.startswith("option_")]
    if not options:
        return result
    named = words.joined([words.choice(name, {}) for name in options])
    return words.t("backtest.winners", result=result, winners=named)


def _turnout(words: Words, side: Document) -> str:
    have, base = side["present"]["heads"], side["roll"]["heads"]
    share = words.fmt.percent(have, base) if base else "–"
    return words.t("backtest.turnout.value", have=words.fmt.integer(have), base=words.fmt.integer(base), percent=share)


def _needed(words: Words, steps: Sequence[Document]) -> str:
    told = []
    for step in steps:
        key = "approvals" if step["name"] == "quorum_approvals" else step["unit"]
        said = words.t(
            f"backtest.need.{key}", need=words.fmt.integer(step["need"]), base=words.fmt.integer(step["base"])
        )
        told.append(
            said if step["cls"] is None else words.t("backtest.need.cls", cls=words.cls(step["cls"]), need=said)
        )
    return words.joined(told) if told else words.t("backtest.need.none")


def _margin(words: Words, side: Document) -> str:
    """Of the test of support that was closest, or missed furthest, in whole votes or heads."""
    if side["result"] == "no_quorum" or not side["threshold"]:
        return "–"
    spare = min(_spare(step, side["unit"]) for step in side["threshold"])
    if not spare:
        return words.t("backtest.margin.even")
    return words.t("backtest.margin.over" if spare > 0 else "backtest.margin.short", n=words.fmt.integer(abs(spare)))


def _spare(step: Document, unit: int) -> int:
    most = step["comparison"] == "at_most"
    spare: int = step["need"] - step["have"] if most else step["have"] - step["need"]
    # A part of a vote that is missing is a vote short.
    return spare // unit if step["unit"] == "weight" else spare


def _why(words: Words, why: Document) -> str:
    params = {name: words.t(f"backtest.trace.{value}") for name, value in why["params"].items()}
    return words.t(f"backtest.why.{why['reason']}", **params)


def _fewest(words: Words, spread: Document) -> str:
    if spread["fewest"] is not None:
        return words.fmt.integer(spread["fewest"])
    return "–" if spread["blurred"] else words.t("backtest.fewest.none")


def _count(changes: Sequence[Mapping[str, Any]], side: str, result: str) -> int:
    return sum(one["count"] for one in changes if one[side] == result)
