"""Rules in force: for each kind of proposal, versions of a rule document. Only a decision adopts one.

A version is never touched again, and a vote is counted by the version that was in force when it opened,
so no change of rules reaches back.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from governance import rule
from governance.modules.questions import Method
from governance.rule import Rule
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Moment
from ledger.state import ReadOnce, Record, State

KINDS: Final = ("ordinary", "rules", "policy", "role", "admit")
"""Kinds of proposals that every co-op has a rule for from its founding on. They are answered with yes or no."""
DECIDING: Final = (*KINDS, "special", "expel", "tokens")
"""All kinds that decide whether something happens. A co-op has a rule for the later ones once it has adopted one."""
EXPULSION: Final = "expel"
RULES: Final = "rules"
CHOICE: Final = "choice"
ELECTION: Final = "election"
BUDGET: Final = "budget"
CHOOSING: Final = (CHOICE, ELECTION, BUDGET)
"""Kinds that choose among options: of any sort, people for a role, things that cost something."""
ALL: Final = (*DECIDING, *CHOOSING)


class RuleVersion(Record, frozen=True, kw_only=True):
    """One version of the rule for ``decides``, a kind of proposal; the id is ``decides/version``.

    ``proposal``: the decision that adopted it, None at founding. ``adopted`` in ms.
    """

    kind: ClassVar[str] = "rule"
    decides: str
    version: int
    document: dict[str, Any]
    adopted: int
    proposal: str | None

    @property
    def parent(self) -> str:
        """Versions stand under the kind of proposal they decide."""
        return self.decides

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.version:06d}"

    def rule(self) -> Rule:
        """The document, read."""
        return _read(self.document)


_read: Final[ReadOnce[Rule]] = ReadOnce(rule.parse)


class RuleHead(Record, frozen=True, kw_only=True):
    """Which version is in force for a kind of proposal (the id)."""

    kind: ClassVar[str] = "rule_head"
    version: int


def current(state: State, decides: str) -> RuleVersion:
    """The version in force; refusal ``rule.none`` where the co-op has no rule for that kind."""
    head = state.find(RuleHead, decides)
    if head is None:
        raise Refusal("rule.none", kind=decides)
    return state.need(RuleVersion, f"{decides}/{head.version}")


def misfit(decides: str, method: Method | type[Method]) -> str | None:
    """Why proposals of that kind can't be answered by such ballots; None where they can."""
    # Effects happen or not: a rule for them that can't say yes or no would lock the co-op up for good.
    if (method.OPTIONS != (0, 0)) != (decides in CHOOSING):
        return "needs_options" if decides in CHOOSING else "needs_yes_no"
    if (decides == BUDGET) != method.COSTS:
        return "needs_costs" if decides == BUDGET else "no_costs"
    return None


def check(decides: str, document: Any) -> Rule:
    """Read a document that is to decide such proposals; FormatError ``rule.invalid`` with the path to the fault."""
    if decides not in ALL:
        raise Refusal("rule.kind_unknown", kind=decides)
    found = rule.parse(document)
    reason = misfit(decides, found.method)
    if reason is not None:
        raise FormatError("rule.invalid", path="method/module", reason=reason)
    if decides == EXPULSION and not found.electorate.disinterested():
        # Nobody decides about their own expulsion.
        raise FormatError("rule.invalid", path="electorate/module", reason="needs_disinterested")
    return found


def adopt(moment: Moment, decides: str, document: dict[str, Any], proposal: str | None) -> RuleVersion:
    """Put a document in force from this moment on, as the next version for that kind of proposal."""
    check(decides, document)
    head = moment.state.find(RuleHead, decides)
    number = 1 if head is None else head.version + 1
    version = RuleVersion(
        id=f"{decides}/{number}",
        index=moment.index,
        decides=decides,
        version=number,
        document=document,
        adopted=moment.time,
        proposal=proposal,
    )
    moment.state.put(version)
    moment.state.put(RuleHead(id=decides, index=moment.index, version=number))
    return version


BOOK = Book("rules", records=(RuleVersion, RuleHead))
