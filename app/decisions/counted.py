"""A count as pages show it: bars, rounds, comparisons, what was funded, how ties were broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from babel.numbers import format_decimal

from app.decisions import counted_rounds
from app.decisions.ballot_form import grades
from app.decisions.counted_rounds import Duel, Graded, Path, Rounds, Turn
from app.decisions.words import Words
from governance.books.proposals import Found, Proposal
from governance.count import ABSTAIN, INVALID, Counted
from governance.modules.method.approval import Approval
from governance.modules.method.borda import Borda
from governance.modules.method.copeland import Copeland
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.projects import Budgeting
from governance.modules.method.schulze import Schulze
from governance.modules.method.score import Score
from governance.modules.method.stv import SingleTransferableVote
from governance.modules.method.weighted import Weighted
from governance.modules.questions import Method

MOST_BARS: Final = 30
"""Of more options only the strongest are drawn; the table has as many as the record keeps."""
MOST_CELLS: Final = 1500
"""Of a table of rounds; longer counts are told round by round without every amount."""
MOST_COMPARED: Final = 12
"""So many options are compared all with all; of more, the winner with each."""
_OF_VOTERS: Final = (
    Approval,
    Score,
    Weighted,
    Schulze,
    InstantRunoff,
    SingleTransferableVote,
    MajorityJudgement,
    Budgeting,
)
"""Methods whose amounts are parts of what all voters together can give one option (or share out)."""
_RAW: Final = (Score, Weighted)
"""Methods of which people know the sums of what was given, not parts of votes."""


class Bar(NamedTuple):
    """One choice or option. ``amount`` in words, ``part`` of the whole for drawing; ``share``: empty for none."""

    label: str
    heads: str
    amount: str
    part: int
    share: str
    state: str
    cost: str = ""
    grade: str = ""


class Shown(NamedTuple):
    """A count for a page. ``whole``: what the longest possible bar stands for. ``hidden``: options that are not drawn.

    ``every``: also those. ``measure``: what amounts are (``votes``, ``points``, ``wins``); ``about``: what bars show.
    ``announced``: the operator's word. ``names`` label what each of ``turns`` has; ``full``: whether a table of them
    would be read. ``base``: what shares are parts of. ``duels``: rows of comparisons with ``opponents``; ``beats``: who
    won them all, else, where paths decide, ``paths``. ``profile``: who was given which of ``grades``; ``apart``: how
    those of one middle grade were told apart. ``funded``: project, votes as they counted, cost, and what was left.
    ``each``: what one vote may spend, ``funded_by``: keys of how votes were counted there. ``spent``: of the budget.
    ``ties``: sentences about them.
    """

    bars: list[Bar]
    every: list[Bar]
    others: list[Bar]
    measure: str
    about: str
    whole: int
    hidden: int
    weighted: bool
    announced: bool
    names: list[str]
    turns: list[Turn]
    full: bool
    duels: list[tuple[str, list[Duel | None]]]
    opponents: list[str]
    beats: str
    paths: list[Path]
    profile: list[Graded]
    grades: list[str]
    apart: list[str]
    base: str
    each: str
    funded_by: tuple[str, ...]
    funded: list[tuple[str, str, str, str]]
    spent: tuple[int, int] | None
    ties: list[str]


class Counts:
    """Tells counts to one reader. ``labels``: of options, by number; ``costs``: of items, by number."""

    def __init__(self, words: Words, method: Method, labels: Mapping[int, str], costs: Mapping[int, int] = {}) -> None:
        self._words, self._method, self._labels, self._costs = words, method, labels, costs

    def show(self, proposal: Proposal, found: Found) -> Shown:
        """Everything there is to see of a count."""
        counted = found.counted
        # Of very many options the record tells those that won; the whole count stays in ``Found``.
        bars = self._bars(counted, proposal)
        drawn = sorted((bar for bar in bars if bar.part), key=lambda bar: -bar.part) if len(bars) > MOST_BARS else bars
        drawn = drawn[:MOST_BARS]
        funding, graded = isinstance(self._method, Budgeting), isinstance(self._method, MajorityJudgement)
        rounds = None if funding or graded else self._rounds(counted)
        turns, names = (rounds.turns(), rounds.names) if rounds else ([], [])
        beats, paths = self._paths(counted)
        return Shown(
            bars=drawn,
            every=bars,
            measure=self.measure,
            about=self._about(),
            others=self._others(counted, sealed=found.announced),
            whole=self._whole(counted),
            hidden=len(bars) - len(drawn),
            weighted=any(count.heads != count.weight for count in counted.tally.values()),
            announced=found.announced,
            names=names,
            turns=turns,
            full=len(names) * len(turns) <= MOST_CELLS,
            duels=self._duels(counted),
            opponents=[self.option(f"option_{number}") for number in range(1, len(counted.pairs) + 1)],
            beats=beats,
            paths=paths,
            profile=self._profile(bars, counted),
            grades=list(self._grade_names().values()),
            apart=counted_rounds.fell_behind(self._words, counted, self.option, self._grade_names()) if graded else [],
            base=self._base(counted),
            each=self._each(counted, proposal),
            funded_by=self._funded_by(),
            funded=self._funded(counted, proposal) if funding else [],
            spent=self._spent(proposal) if funding else None,
            ties=self._ties(proposal, counted),
        )

    def option(self, code: str) -> str:
        """What a choice or an option is called."""
        return self._words.choice(code, self._labels)

    def amount(self, weight: int, unit: int) -> str:
        """Votes kept in parts, as people write them: ``12.5``; sums of points as they were given."""
        if unit == 1 or isinstance(self._method, _RAW):
            return self._words.fmt.integer(weight)
        return format_decimal(Decimal(weight) / unit, "#,##0.#####", locale=self._words.lang)

    def measured(self, weight: int, unit: int) -> str:
        """With what it is counted in: ``12.5 votes``, ``3 wins``."""
        return self._words.t(f"outcome.amount.{self.measure}", n=self.amount(weight, unit))

    @property
    def measure(self) -> str:
        """``votes``, ``points`` or ``wins``."""
        if isinstance(self._method, (Score, Weighted, Borda)):
            return "points"
        return "wins" if isinstance(self._method, Copeland) else "votes"

    def _about(self) -> str:
        """What the bars show, where that is not simply who voted for it."""
        key = f"outcome.about.{self._method.NAME.partition('/')[0]}"
        return self._words.t(key) if self._words.has(key) else ""

    def _bars(self, counted: Counted, proposal: Proposal) -> list[Bar]:
        whole, options = self._whole(counted), [code for code in counted.tally if code not in (ABSTAIN, INVALID)]
        shares = self._method.LISTED or isinstance(self._method, _OF_VOTERS)
        best = self._grades(counted)
        return [
            Bar(
                label=self.option(code),
                heads=self._words.fmt.integer(counted.tally[code].heads),
                amount=self.amount(counted.tally[code].weight, counted.unit),
                part=counted.tally[code].weight,
                share=self._words.fmt.percent(counted.tally[code].weight, whole) if shares else "",
                state=_state(code, counted, proposal, self._method),
                cost=self._cost(code),
                grade=best.get(code, ""),
            )
            for code in options
        ]

    def _others(self, counted: Counted, *, sealed: bool) -> list[Bar]:
        """Ballots that choose nothing, and sealed ones that could not be read: in whole votes, whatever is counted."""
        if self._method.LISTED:
            whole = self._whole(counted)
            found = [(code, counted.tally[code].weight) for code in (ABSTAIN, INVALID) if code in counted.tally]
        else:
            whole = 0
            unit = counted.unit if self._method.COSTS else 1
            found = [(code, counted.tally[code].weight // unit) for code in (ABSTAIN, INVALID) if code in counted.tally]
        fmt = self._words.fmt
        return [
            Bar(self.option(code), fmt.integer(counted.tally[code].heads), fmt.integer(weight), weight,
                fmt.percent(weight, whole) if whole else "", "")
            for code, weight in found
            if code == ABSTAIN or sealed
        ]  # fmt: skip

    def _whole(self, counted: Counted) -> int:
        """What the longest possible bar stands for."""
        if self._method.LISTED:
            return sum(count.weight for count in counted.tally.values())
        if isinstance(self._method, _OF_VOTERS):
            return (counted.cast.weight - counted.abstained.weight) * counted.unit
        options = [count.weight for code, count in counted.tally.items() if code not in (ABSTAIN, INVALID)]
        return max(options, default=0)

    def _grades(self, counted: Counted) -> dict[str, str]:
        """The majority grade of every option, where there are such."""
        names = self._grade_names()
        if not names or not counted.rounds:
            return {}
        return {code: names[grade] for code, grade in counted.rounds[0].amounts.items()}

    def _grade_names(self) -> dict[int, str]:
        return dict(grades(self._method.grades, self._words)) if isinstance(self._method, MajorityJudgement) else {}

    def _profile(self, bars: Sequence[Bar], counted: Counted) -> list[Graded]:
        if len(bars) > MOST_BARS or not counted.grades:
            return []
        return counted_rounds.graded(counted, self.option, self._words.fmt.integer)

    def _base(self, counted: Counted) -> str:
        """What a share of 100 % would be, where there are shares."""
        if not (self._method.LISTED or isinstance(self._method, _OF_VOTERS)) or not self._whole(counted):
            return ""
        kind = "cast" if self._method.LISTED else "points" if isinstance(self._method, _RAW) else "expressed"
        return self._words.t(f"outcome.base.{kind}", n=self.amount(self._whole(counted), counted.unit))

    def _rounds(self, counted: Counted) -> Rounds:
        return Rounds(self._words, self.option, lambda weight: self.amount(weight, counted.unit), counted)

    def _paths(self, counted: Counted) -> tuple[str, list[Path]]:
        """Who beats all others; where nobody does and paths of victories decide, those of the best."""
        best = [_place(code) for code in counted.tied or counted.winners]
        if not counted.pairs or not best:
            return "", []
        if len(best) == 1 and counted_rounds.beats_all(counted, best[0]):
            return self._numbered(best[0]), []
        if not isinstance(self._method, Schulze) or len(counted.pairs) > MOST_COMPARED:
            return "", []
        return "", counted_rounds.paths(counted, best, self._numbered)

    def _numbered(self, place: int) -> str:
        return self.option(f"option_{place + 1}")

    def _each(self, counted: Counted, proposal: Proposal) -> str:
        """What one vote can spend at first, where the budget is shared; rounded down."""
        votes = counted.cast.weight - counted.abstained.weight
        if not isinstance(self._method, EqualShares) or not votes:
            return ""
        hundredths = Decimal(proposal.budget * 100 // votes) / 100
        return self._words.t(
            "outcome.each",
            budget=self._words.fmt.integer(proposal.budget),
            votes=self._words.fmt.integer(votes),
            n=format_decimal(hundredths, "#,##0.##", locale=self._words.lang),
        )

    def _duels(self, counted: Counted) -> list[tuple[str, list[Duel | None]]]:
        pairs = counted.pairs
        if not pairs:
            return []
        rows = range(len(pairs))
        if len(pairs) > MOST_COMPARED:
            best = counted.winners or counted.tied
            rows = range(0) if not best else range(_place(best[0]), _place(best[0]) + 1)
        return [
            (
                self.option(f"option_{one + 1}"),
                [None if one == other else Duel(pairs[one][other], pairs[other][one]) for other in range(len(pairs))],
            )
            for one in rows
        ]

    def _funded(self, counted: Counted, proposal: Proposal) -> list[tuple[str, str, str, str]]:
        """Project, votes as they counted, cost, and what was left after it."""
        left, rows = proposal.budget, []
        for one in counted.rounds:
            ((code, votes),) = one.amounts.items()
            left -= self._costs.get(_place(code) + 1, 0)
            rows.append(
                (self.option(code), self.amount(votes, counted.unit), self._cost(code), self._words.fmt.integer(left))
            )
        return rows

    def _funded_by(self) -> tuple[str, ...]:
        if not isinstance(self._method, EqualShares):
            return ()
        return ("equal_shares",) if self._method.completion == "none" else ("equal_shares", self._method.completion)

    def _spent(self, proposal: Proposal) -> tuple[int, int]:
        """By what was decided: a count that failed spends nothing."""
        winners = () if proposal.outcome is None else proposal.outcome.winners
        return sum(self._costs.get(_place(code) + 1, 0) for code in winners), proposal.budget

    def _cost(self, code: str) -> str:
        cost = self._costs.get(_place(code) + 1) if self._method.COSTS else None
        return "" if cost is None else self._words.fmt.integer(cost)

    def _ties(self, proposal: Proposal, counted: Counted) -> list[str]:
        if not counted.tied:
            return []
        told = [self._words.t("outcome.tie", names=self._joined(counted.tied))]
        if proposal.outcome is not None and proposal.outcome.broken is not None:
            key = f"outcome.tie.{proposal.outcome.broken}"
            first = next((code for code in proposal.order if code in counted.tied), counted.tied[0])
            told.append(self._words.t(key, name=self.option(first)))
        return told

    def _joined(self, codes: Sequence[str]) -> str:
        return self._words.joined([self.option(code) for code in codes])


def _state(code: str, counted: Counted, proposal: Proposal, method: Method) -> str:
    """``won``, ``tied`` or nothing; whoever passes has no winner but the proposal itself."""
    if proposal.outcome is None or not method.OPTIONS[1]:
        return ""
    if code in proposal.outcome.winners:
        return "won"
    return "tied" if code in counted.tied and proposal.outcome.broken is None else ""


def _place(code: str) -> int:
    number = code.removeprefix("option_")
    return int(number) - 1 if number.isdecimal() else -1
