"""A backtest as lines of text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from app.backtests import telling
from app.backtests.document import Document
from app.backtests.telling import Line
from app.decisions.words import Words


def printed(words: Words, found: Document) -> Iterator[str]:
    """All of it, the newest decision first."""
    yield telling.headline(words, found)
    for before, after, count in telling.changes(words, found):
        yield f"  {before} → {after}: {words.fmt.integer(count)}"
    yield ""
    for line in telling.lines(words, found):
        yield from _decision(words, line)
    figures = telling.figures(words, found)
    yield words.t("backtest.power") if figures else words.t("backtest.lot")
    for figure in figures:
        today = f" ({words.t('backtest.in_force')}: {figure.in_force})" if found["power"]["in_force"] else ""
        yield f"  {figure.label}: {figure.draft}{today}"
    draft = found["power"]["draft"]
    if draft is not None:
        yield from _power(words, draft)


def _decision(words: Words, line: Line) -> Iterator[str]:
    mark = "!" if line.flips else " "
    result = f"{line.before} → {line.after}" if line.after else line.before
    kind = words.word("proposal_kind", line.kind)
    yield f"{mark} {words.fmt.day(line.closed)} {line.proposal} ({kind}) {result}"
    told = [f"{words.t('backtest.turnout')}: {line.turnout}"]
    if line.after:
        told += [f"{words.t('backtest.needed')}: {line.needed}", f"{words.t('backtest.margin')}: {line.margin}"]
    yield "    " + " · ".join([*told, *line.notes])


def _power(words: Words, draft: Document) -> Iterator[str]:
    yield f"  {words.t('backtest.banzhaf')}: {telling.how_counted(words, draft)}"
    for row in telling.voters(words, draft["banzhaf"]) if draft["banzhaf"] else []:
        cls = f"{row.cls} " if row.cls else ""
        weight, heads = words.t("backtest.banzhaf.weight"), words.t("backtest.banzhaf.voters")
        yield f"    {cls}{weight} {row.weight}, {heads} {row.voters}: {row.measure}"
