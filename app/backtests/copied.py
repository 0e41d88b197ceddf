"""A backtest over a copy of a ledger, which is verified first: else a result would say nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from app.audit.copies import AddressCopy, is_address, ledgers_at, open_local
from app.audit.house import HOUSE
from app.audit.run import Spreading, desk_for
from app.backtests.document import Document, document
from governance import backtest
from governance.books.ballots import Ballot
from governance.counted_again import Draft, ValueOf
from ledger.state import State
from ledger.verify import Trust, verify
from ledger.verify.desk import Desk
from ledger.verify.private import PrivateValues
from ledger.verify.report import PRIVATE, Report, Step, Unreadable
from ledger.verify.tree import Copy


class NotVerified(Exception):
    """The copy has not passed: ``report`` says why."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.exit_code)
        self.report = report


def rule_of(path: Path) -> Any:
    """The document in a file; ValueError where there is none. Numbers with a point are no values of a rule's."""

    def refuse(text: str) -> Any:
        raise ValueError(text)

    return json.loads(path.read_text(encoding="utf-8"), parse_float=refuse, parse_constant=refuse)


def run(
    source: str, ledger: str | None, tried: Draft, kinds: tuple[str, ...], progress: Callable[[int, int], None]
) -> Document:
    """Verify, and try the draft. NotVerified, Unreadable, LedgerError."""
    with ExitStack() as stack:
        copy, desks = _copy(source, ledger, stack), list[Desk]()

        def desk(size: int) -> Desk:
            desks.append(desk_for(size, stack))
            return desks[-1]

        trust = Trust(now=time.time_ns() // 1_000_000, read_again=not is_address(source))
        report = verify(copy, HOUSE, desk, trust, Spreading(stack), progress)
        if report.exit_code or report.checkpoint is None:
            raise NotVerified(report)
        size = report.checkpoint.size
        last = desks[-1].point(size)
        if last is None:
            raise Unreadable("source.unreadable", path="checkpoint", detail="")
        now = (size, last.received + 1)
        found = backtest.run(State(desks[-1]), tried, kinds, now, _openings(copy))
        return document(tried, kinds, now, found)


def _copy(source: str, wanted: str | None, stack: ExitStack) -> Copy:
    if not is_address(source):
        return stack.enter_context(open_local(Path(source)))
    found = [url for name, url in ledgers_at(source) if wanted in (None, name, url)]
    if len(found) != 1:
        raise Unreadable("source.no_ledger", address=source)
    return AddressCopy(found[0])


def _openings(copy: Copy) -> ValueOf | None:
    """What sealed ballots say, where the copy has the private values; they have been held against what was sealed."""
    private = PrivateValues(copy, HOUSE.books, Step(PRIVATE))
    return None if private.scope is None else partial(_value, private)


def _value(private: PrivateValues, ballot: Ballot) -> Any:
    return private.value(ballot.entry, "choice")
