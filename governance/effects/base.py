"""What an effect is: something that a decision does, as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar, NamedTuple

import msgspec

from governance.documents import Fault
from ledger import canonical
from ledger.errors import FormatError
from ledger.fold import Context, Moment


class Funded(NamedTuple):
    """A thing that a budgeting round pays for: its number, who proposed it, and what it costs."""

    number: int
    by: str
    cost: int


class Decision(NamedTuple):
    """On whose behalf something is done: the proposal's id, and what won (``option_2``), in order.

    ``funded``: the same as things to be paid for, where a budget was spent.
    """

    proposal: str
    winners: tuple[str, ...] = ()
    funded: tuple[Funded, ...] = ()


class Effect(msgspec.Struct, frozen=True):
    """Base of all effects. ``NAME`` in documents; ``KINDS``: the kinds of proposal it may stand in, None for any."""

    NAME: ClassVar[str]
    KINDS: ClassVar[tuple[str, ...] | None] = None
    NOTICE: ClassVar[int] = 0
    """How long before the opening (ms) a vote on it has to be called at least, whatever the rule says."""

    def check(self) -> None:
        """FormatError (with ``path`` inside the effect) or Fault when the document is impossible."""

    def refer(self, ctx: Context) -> None:
        """Refusal when what it names is not there or can't be meant, as far as that can be known at drafting."""

    def fits(self, options: int, seats: int) -> None:
        """Refusal when a proposal with that many options for that many seats can't have it."""

    def concerns(self) -> Iterable[str]:
        """Members whom it is about, who should not decide about it themselves."""
        return ()

    def execute(self, moment: Moment, decision: Decision) -> None:
        """Do it, on behalf of that decision; Refusal when it has become impossible."""


@contextmanager
def inside(path: str) -> Iterator[None]:
    """Errors about a part name the path from the whole."""
    try:
        yield
    except FormatError as error:
        below = "/".join(part for part in (path, error.params["path"]) if part)
        raise FormatError(error.code, **{**error.params, "path": below}) from error


def time_of(text: str, field: str) -> int:
    """A timestamp of a document in ms; Fault at that field where it is none."""
    try:
        return canonical.parse_time(text)
    except FormatError as error:
        raise Fault(field, "not_a_time") from error
