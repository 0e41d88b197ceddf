"""The questions that every rule answers, one base class each.

A module is a frozen struct: its fields are what the rule document sets, its methods are the answer.
It is handed all it needs and reads nothing else. Numbers are integers and fractions, never floats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, Final, Literal, NamedTuple

import msgspec

from governance.count import Bases, Count, Counted, Paper, Step, Tally
from governance.documents import Fault
from governance.standing import Standing

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
Result = Literal["passed", "failed", "no_quorum", "tied"]
MEETINGS: Final = ("general", "board", "delegates", "members", "other")
"""Kinds of meetings: 総会, 理事会, 総代会, gatherings of members, any other."""
Line = tuple[str, dict[str, Any]]
"""A key into the catalogues of sentences, and the parameters of that sentence; ``parts`` are lines themselves."""


class Ask(NamedTuple):
    """What of a proposal an electorate may look at: whom it concerns, when it was called (ms), and whom the lot drew.

    ``drawn``: nobody before the draw. ``chair``: who chairs the meeting that decides, and ``gathers``: its kind; both
    empty outside meetings.
    """

    excluded: frozenset[str] = frozenset()
    called_at: int = 0
    opens_at: int = 0
    drawn: frozenset[str] = frozenset()
    chair: str = ""
    gathers: str = ""


class Roll(Count, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Heads and weight of everyone who may vote; by class where the rule asks for that."""

    classes: dict[str, Count] = {}  # noqa: RUF012  (msgspec copies it)


class House(NamedTuple):
    """One class in a vote: who might have voted, who took part, and what they chose."""

    roll: Count
    present: Count
    tally: Tally


class Poll(NamedTuple):
    """All that a quorum or a threshold can ask about. ``convocation``: 1 for a meeting called for the first time."""

    bases: Bases
    counted: Counted
    houses: Mapping[str, House] = {}
    convocation: int = 1


class Module(msgspec.Struct, frozen=True):
    """Base of all answers. ``NAME`` is what a document calls it by; ``KEYS`` are all keys it describes itself with."""

    NAME: ClassVar[str]
    KEYS: ClassVar[tuple[str, ...]]

    def check(self) -> None:
        """Fault when the settings, each of the right type, are impossible together."""

    def describe(self) -> Line:
        """The key and parameters of a sentence about this module as set."""
        return self.KEYS[0], {}


class Electorate(Module, frozen=True):
    """Who may vote? ``READS``: the kinds of traces it looks at."""

    READS: ClassVar[tuple[str, ...]] = ()

    def includes(self, member: Standing, ask: Ask) -> bool:
        """Whether that member is on the roll."""
        raise NotImplementedError

    def reads(self) -> Iterable[str]:
        """The kinds of traces it looks at, as set."""
        return self.READS

    def disinterested(self) -> bool:
        """Whether it leaves out whom the proposal concerns."""
        return False

    def undivided(self) -> Electorate:
        """The same together with those whom the proposal concerns."""
        return self

    def panel(self) -> Panel | None:
        """The lot that has to be drawn before voting can open."""
        return None

    def without_chair(self) -> bool:
        """Whether it may leave out whoever chairs the meeting."""
        return False


class Panel(NamedTuple):
    """So many are drawn from those whom an electorate includes."""

    size: int
    of: Electorate


class Weight(Module, frozen=True):
    """How much does a vote weigh? ``READS``: the kinds of traces it looks at."""

    READS: ClassVar[tuple[str, ...]] = ()
    BY_CLASS: ClassVar[bool] = False
    """Whether a vote's weight depends on how many voters of each class there are."""

    def of(self, member: Standing) -> int:
        """Voting weight of a member of the electorate; 0 for who has no vote. Where BY_CLASS: before scaling."""
        raise NotImplementedError

    def scale(self, classes: Mapping[str, int]) -> Mapping[str, int]:  # noqa: ARG002
        """What a voter of each class weighs, of heads by class. Only asked where BY_CLASS."""
        return {}

    def most(self, members: int, minted: int) -> int:
        """The most that the votes of so many members weigh together; ``minted``: tokens that there have ever been."""
        raise NotImplementedError

    def reads(self) -> Iterable[str]:
        """The kinds of traces it looks at, as set."""
        return self.READS

    def ago(self) -> tuple[int, ...]:
        """How long before the opening (ms) it asks what members had contributed by then."""
        return ()


class Method(Module, frozen=True):
    """What may a ballot say, and what do the ballots say together?

    ``OPTIONS``: least and most options that a proposal brings along; ``SEATS``: whether several of them may win;
    ``COSTS``: whether they cost something. ``BASES``: what thresholds may refer to. ``LISTED``: every possible choice
    can be listed, and a tally of choices tells all there is to count.
    """

    OPTIONS: ClassVar[tuple[int, int]] = (0, 0)
    SEATS: ClassVar[bool] = False
    COSTS: ClassVar[bool] = False
    LISTED: ClassVar[bool] = False
    BASES: ClassVar[tuple[str, ...]] = ("all", "present", "cast", "expressed")

    def choices(self, paper: Paper) -> tuple[str, ...]:
        """Every valid choice, in order; only where LISTED."""
        raise NotImplementedError

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Whether a ballot may say that. There is one spelling of everything that can be said."""
        return choice in self.choices(paper)

    def largest(self, weight: int, paper: Paper) -> int:  # noqa: ARG002
        """No number in a count of ballots of so much weight is larger."""
        return weight

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """What the ballots come to. ``order``: of options, by lot or casting vote; earlier ones win ties."""
        raise NotImplementedError


class Quorum(Module, frozen=True):
    """Have enough taken part for anything to be decided?"""

    BY_CLASS: ClassVar[bool] = False

    def by_class(self) -> bool:
        """Whether it asks what each class did."""
        return self.BY_CLASS

    def fits(self, method: Method) -> None:
        """Fault when this quorum asks what the method can't tell."""

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """The steps that say so, all of which must hold; none where nothing is asked."""
        raise NotImplementedError


class Threshold(Module, frozen=True):
    """Is there enough support?"""

    BY_CLASS: ClassVar[bool] = False

    def by_class(self) -> bool:
        """Whether it asks what each class did."""
        return self.BY_CLASS

    def fits(self, method: Method) -> None:
        """Fault when this threshold asks what the method can't tell."""
        raise NotImplementedError

    def halves(self) -> bool:
        """Whether half of the votes is where it passes, so that a casting vote or a lot can decide a tie."""
        return False

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """The steps that say so, all of which must hold."""
        raise NotImplementedError


class Tie(Module, frozen=True):
    """What if support and opposition are equal? ``BREAKS``: how an order of options comes about, None: it doesn't."""

    RESULT: ClassVar[Result]
    BREAKS: ClassVar[Literal["chair", "lot"] | None] = None


class Timing(Module, frozen=True):
    """When does voting open and close, and when does a decision take effect? All in milliseconds."""

    def deliberation(self) -> int:
        """Least time between the version voted on and the call."""
        return 0

    def delay(self) -> int:
        """Least time between calling the vote and its opening."""
        raise NotImplementedError

    def voting(self) -> int:
        """From opening to close."""
        raise NotImplementedError

    def late_quorum(self) -> int:
        """From the moment at which the quorum is reached at least this much remains; 0: no such extension."""
        return 0

    def closes_early(self) -> bool:
        """Whether voting ends as soon as the votes still out can't change the outcome."""
        return False

    def super(self) -> Fraction | None:
        """Voting ends as soon as it would pass with that share of all votes behind it; None: it doesn't."""
        return None

    def timelock(self) -> int:
        """From the decision to its execution."""
        raise NotImplementedError

    def execution(self) -> int:
        """How long after the timelock somebody has to execute the decision; 0: it executes itself."""
        return 0


class Secrecy(Module, frozen=True):
    """Who sees a choice? ``SEALED``: ballots carry commitments, and the count is announced.

    ``OPENED``: their openings are there for all to see once voting has closed.
    """

    SEALED: ClassVar[bool]
    OPENED: ClassVar[bool] = False


class Admission(Module, frozen=True):
    """What does it take for a proposal to be put to the vote?"""

    def seconders(self) -> int:
        """How many members besides the proposer have to second it."""
        return 0

    def admits(self, proposer: Standing) -> bool:  # noqa: ARG002
        """Whether that member may propose."""
        return True

    def deposit(self) -> int:
        """Tokens that the proposer sets aside with the call."""
        return 0

    def returns(self, poll: Poll) -> bool:  # noqa: ARG002
        """Whether the deposit goes back to the proposer."""
        return True

    def cooling_off(self) -> int:
        """How long after a clear defeat (ms) the same can't be put to the vote again."""
        return 0

    def defeated(self, poll: Poll) -> bool:  # noqa: ARG002
        """Whether a rejection was a clear defeat."""
        return False

    def reads(self) -> Iterable[str]:
        """The kinds of traces it looks at."""
        return ()


class Veto(Module, frozen=True):
    """Who may stop a decision during its timelock? ``NEEDED``: whether anyone may at all."""

    def needed(self) -> int:
        """How many vetoes stop it; 0: nobody can."""
        return 0

    def entitles(self, member: Standing) -> bool:  # noqa: ARG002
        """Whether that member's veto counts."""
        return False

    def reads(self) -> Iterable[str]:
        """The kinds of traces it looks at."""
        return ()


class Delegation(Module, frozen=True):
    """May a vote be passed on by a standing delegation? ``ALLOWED`` says it."""

    ALLOWED: ClassVar[bool] = False

    def depth(self) -> int | None:
        """Over how many members a vote may go at most; None: as many as there are."""
        return None


class Proxy(Module, frozen=True):
    """May one be represented in a meeting? ``ALLOWED`` says it."""

    ALLOWED: ClassVar[bool] = False

    def most(self, gathers: str) -> int | None:  # noqa: ARG002
        """How many mandates one member may hold in a meeting of that kind; None: any number."""
        return None

    def within_household(self) -> bool:
        """Whether only members of the same household may be given one."""
        return False

    def to_chair(self) -> bool:
        """Whether it may be left to whoever is in the chair."""
        return False


class Venue(Module, frozen=True):
    """Does a meeting decide?"""

    def kinds(self) -> tuple[str, ...]:
        """The kinds of meetings of which one has to decide; none: it needs no meeting."""
        return ()

    def motions(self) -> bool:
        """Whether a meeting may decide what was moved from the floor."""
        return False

    def or_all(self) -> bool:
        """Whether without a meeting the consent of everyone who may vote decides as well."""
        return False


class Uncontested(Module, frozen=True):
    """What if there are no more candidates than seats? ``POSSIBLE``: whether that can settle anything."""

    POSSIBLE: ClassVar[bool] = False

    def settles(self, paper: Paper) -> bool:  # noqa: ARG002
        """Whether everyone is elected without a vote."""
        return False


def check_codes(codes: Iterable[str], field: str, reason: str = "not_a_class") -> None:
    """Fault unless there is at least one code (of a class, an area) and none stands twice.

    ``codes`` in a list are named by their position, keys of an object by themselves.
    """
    seen: set[str] = set()
    for position, code in enumerate(codes):
        place = f"{field}/{code if isinstance(codes, Mapping) else position}"
        if not _CODE.match(code):
            raise Fault(place, reason)
        if code in seen:
            raise Fault(place, "twice")
        seen.add(code)
    if not seen:
        raise Fault(field, "empty")


def check_parts(parts: Sequence[Module], of: type[Module]) -> None:
    """Fault unless there are two to eight parts, none of which is a composition of the same kind itself."""
    if not 2 <= len(parts) <= 8:  # noqa: PLR2004
        raise Fault("parts", "parts_number")
    for position, part in enumerate(parts):
        if isinstance(part, of):
            raise Fault(f"parts/{position}/module", "parts_nested")
        if part in parts[:position]:
            raise Fault(f"parts/{position}", "twice")
