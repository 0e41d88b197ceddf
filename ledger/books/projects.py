"""Projects that a decision opened, and federations that the co-op has joined by one."""

from __future__ import annotations

from typing import ClassVar

from ledger.fold import Book, Moment
from ledger.state import Record, State


class Project(Record, frozen=True, kw_only=True):
    """A project that a decision opened, and bears the title of: the id is the proposal's. ``opened`` in ms.

    ``item``: the number of the thing in a budgeting round that it carries out (the id is then ``proposal/number``), and
    ``allotted`` what the round pays for it, in the units of its budget.
    """

    kind: ClassVar[str] = "project"
    proposal: str
    lead: str
    opened: int
    item: int | None = None
    allotted: int = 0

    @property
    def sort(self) -> str:
        """In the order of opening."""
        return f"{self.opened:016d}"


class Federation(Record, frozen=True, kw_only=True):
    """A federation that the co-op belongs to (the id is the name of its log). ``joined`` in ms."""

    kind: ClassVar[str] = "federation"
    proposal: str
    joined: int


def open_project(moment: Moment, proposal: str, lead: str, *, item: int | None = None, allotted: int = 0) -> None:
    """A project begins, led by that member."""
    moment.state.put(
        Project(
            id=proposal if item is None else f"{proposal}/{item}",
            index=moment.index,
            proposal=proposal,
            lead=lead,
            opened=moment.time,
            item=item,
            allotted=allotted,
        )
    )


def joined(state: State, origin: str) -> bool:
    """Whether the co-op belongs to that federation."""
    return state.find(Federation, origin) is not None


def join(moment: Moment, origin: str, proposal: str) -> None:
    """From now on it does."""
    moment.state.put(Federation(id=origin, index=moment.index, proposal=proposal, joined=moment.time))


BOOK = Book("projects", records=(Project, Federation))
