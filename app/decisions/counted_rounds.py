"""What led to a count's result, so that a reader can go through it again: rounds, duels and their paths, grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from app.decisions.words import Words
from governance.count import Counted, Round
from governance.modules.method.schulze import strongest_paths

MOST_MOVES: Final = 30
"""Of so many options each round tells how many votes came to and went from every one."""

Tell = Callable[[int], str]
"""An amount in words."""


class Turn(NamedTuple):
    """One round: what each option had, for drawing and in words (None: no longer in it), and what came of it.

    ``states``: of each option, ``elected``, ``excluded`` or nothing. ``moved``: whose votes had gone where since the
    round before. ``quota`` likewise for drawing and in words.
    """

    number: int
    amounts: list[tuple[int, str] | None]
    states: list[str]
    told: list[str]
    moved: list[str]
    quota: tuple[int, str] | None


class Duel(NamedTuple):
    """Two options compared: how much weight puts the first before the second, and the other way round."""

    ours: int
    theirs: int

    @property
    def sign(self) -> str:
        """``won``, ``lost`` or ``even``."""
        return "won" if self.ours > self.theirs else "lost" if self.ours < self.theirs else "even"


class Path(NamedTuple):
    """How strong the strongest path of victories is from an option to another, and back; 0: there is none."""

    option: str
    other: str
    there: int
    back: int


class Graded(NamedTuple):
    """An option, how much weight gave it each grade from the lowest, and which of these is the middle one."""

    option: str
    weights: list[str]
    middle: int
    won: bool


class Rounds:
    """Tells the rounds of a count by transfers. ``option``: what one is called; ``tell``: an amount in words."""

    def __init__(self, words: Words, option: Callable[[str], str], tell: Tell, counted: Counted) -> None:
        self._words, self._option, self._tell, self._counted = words, option, tell, counted
        self._codes = list(counted.rounds[0].amounts) if counted.rounds else []

    @property
    def names(self) -> list[str]:
        """Of the options that stand in the first round."""
        return [self._option(code) for code in self._codes]

    def turns(self) -> list[Turn]:
        """All of them in order."""
        rounds = self._counted.rounds
        return [self._turn(at, one, rounds[at - 1] if at else None) for at, one in enumerate(rounds)]

    def _turn(self, at: int, one: Round, before: Round | None) -> Turn:
        states = [
            "elected" if code in one.elected else "excluded" if code in one.excluded else "" for code in self._codes
        ]
        amounts = [self._drawn(one.amounts.get(code)) for code in self._codes]
        told, moved = self._told(one), [] if before is None else self._moved(one, before)
        if not (one.elected or one.excluded):  # nothing was decided in it: why the count went on, or didn't
            ends = at + 1 == len(self._counted.rounds)
            told.append(self._words.t("outcome.round.stopped" if ends else "outcome.round.on"))
        return Turn(at + 1, amounts, states, told, moved, self._drawn(one.quota))

    def _drawn(self, weight: int | None) -> tuple[int, str] | None:
        return None if weight is None else (weight, self._tell(weight))

    def _told(self, one: Round) -> list[str]:
        t, told = self._words.t, []
        if one.elected:
            told.append(t("outcome.round.elected", names=self._joined(one.elected)))
        if one.excluded:
            told.append(t("outcome.round.excluded", names=self._joined(one.excluded)))
        if one.exhausted:
            told.append(t("outcome.round.exhausted", n=self._tell(one.exhausted)))
        if one.lot:
            told.append(t("outcome.round.lot", names=self._joined(one.lot)))
        return told

    def _moved(self, one: Round, before: Round) -> list[str]:
        """Whose votes went where since the round before: surplus, and what was lost and gained by each."""
        if len(self._codes) > MOST_MOVES:
            return []
        gains = {code: one.amounts.get(code, 0) - had for code, had in before.amounts.items()}
        told = [
            self._words.t(
                "outcome.round.surplus",
                name=self._option(code),
                votes=self._tell(before.amounts[code]),
                surplus=self._tell(-gain),
            )
            for code, gain in gains.items()
            if gain < 0 and code in one.amounts
        ]
        moves = [f"{self._option(code)} {self._signed(gain)}" for code, gain in gains.items() if gain]
        if lost := one.exhausted - before.exhausted:
            moves.append(f"{self._words.t('outcome.round.nowhere')} {self._signed(lost)}")
        return [*told, self._words.t("outcome.round.moves", moves=self._words.joined(moves))] if moves else told

    def _signed(self, gain: int) -> str:
        return f"{'+' if gain > 0 else '−'}{self._tell(abs(gain))}"

    def _joined(self, codes: Sequence[str]) -> str:
        return self._words.joined([self._option(code) for code in codes])


def beats_all(counted: Counted, winner: int) -> bool:
    """Whether the option wins every comparison (a Condorcet winner)."""
    pairs = counted.pairs
    return all(pairs[winner][other] > pairs[other][winner] for other in range(len(pairs)) if other != winner)


def paths(counted: Counted, best: Sequence[int], option: Callable[[int], str]) -> list[Path]:
    """The strongest paths between those that are best and all others."""
    strengths = strongest_paths(counted.pairs)
    return [
        Path(option(one), option(other), strengths[one][other], strengths[other][one])
        for one in best
        for other in range(len(strengths))
        if other != one
    ]


def graded(counted: Counted, option: Callable[[str], str], tell: Tell) -> list[Graded]:
    """Which grades every option was given."""
    middles = counted.rounds[0].amounts if counted.rounds else {}
    codes = [code for code in counted.tally if code.startswith("option_")]
    return [
        Graded(option(code), [tell(weight) for weight in weights], middles.get(code, 0), code in counted.winners)
        for code, weights in zip(codes, counted.grades, strict=True)
    ]


def fell_behind(words: Words, counted: Counted, option: Callable[[str], str], names: Mapping[int, str]) -> list[str]:
    """How options of the same middle grade were told apart: at which grades those that lost fell behind."""
    told = []
    for one in (one for one in counted.rounds[1:] if one.excluded):
        rest = [code for code in one.amounts if code not in one.excluded]
        fell = [
            words.t("outcome.grades.each", name=option(code), grade=names[one.amounts[code]]) for code in one.excluded
        ]
        kept = words.t("outcome.grades.each", name=option(rest[0]), grade=names[one.amounts[rest[0]]])
        told.append(words.t("outcome.grades.behind", kept=kept, fell=words.joined(fell)))
    return [words.t("outcome.grades.apart"), *told] if told else []
