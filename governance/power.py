"""How power is spread among voters: how unequal weights are (Gini), and how often a vote is the one that decides.

    Gini        C. Gini, *Variabilità e mutabilità* (1912): mean difference of all pairs, by twice the mean weight.
                0: all weigh the same; towards 1: one weighs all.
    Banzhaf     L. Penrose, "The Elementary Statistics of Majority Voting", J. R. Stat. Soc. 109 (1946);
                J. F. Banzhaf, "Weighted Voting Doesn't Work", Rutgers Law Review 19 (1965). ``measure``: in what share
                of all ways in which the others can divide into yes and no does this vote decide? ``share``: that by the
                sum over all voters.

Voters are told apart by class and weight alone. A vote is won by whoever reaches every quota of a ``Game``. Up to
``EXACT`` voters, and wherever all are alike, every division is counted: in two halves of the voters, all sums of one
held against the sorted sums of the other, so that large weights take no longer than small ones. Above, ``SAMPLES``
divisions are drawn from a seed that anyone can draw from again, and the error is bounded for all rows together
(A. Maurer and M. Pontil, "Empirical Bernstein Bounds and Sample Variance Penalization", 2009, theorem 4).
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

Kind = tuple[str, int]
"""What voters are told apart by: class and weight."""
Voters = Mapping[Kind, int]
"""How many voters there are of each kind."""

EXACT: Final = 30
MOST: Final = 10_000
"""Voters of several kinds beyond whom power is not worked out."""
SAMPLES: Final = 65_536
ROWS: Final = 10
"""Kinds of voters, the heaviest first, whose power is told."""
CONFIDENCE: Final = Fraction(999, 1000)
"""That no row of a sample is further off than its ``error``."""
_LOGARITHM: Final = Fraction(53, 5)
"""Above ln(4 x ROWS / (1 - CONFIDENCE)), for both sides of every row."""
_DOMAIN: Final = b"yui/v1/banzhaf\n"


class Game(NamedTuple):
    """Who wins: whoever has at least that weight, that many heads, and that many heads of each class named."""

    weight: int = 0
    heads: int = 0
    classes: Mapping[str, int] = {}

    def axes(self) -> tuple[tuple[str, int], ...]:
        """What is asked for and how much of it: ``weight``, ``heads``, or ``of`` a class."""
        plain = (("weight", self.weight), ("heads", self.heads))
        asked = (*plain, *((f"of {cls}", quota) for cls, quota in sorted(self.classes.items())))
        return tuple((axis, quota) for axis, quota in asked if quota > 0)

    def quotas(self) -> tuple[int, ...]:
        """How much, in the order of ``axes``."""
        return tuple(quota for _, quota in self.axes())

    def brings(self, kind: Kind) -> tuple[int, ...]:
        """What a voter of that kind adds to each."""
        cls, weight = kind
        own = {"weight": weight, "heads": 1, f"of {cls}": 1}
        return tuple(own.get(axis, 0) for axis, _ in self.axes())


class Row(NamedTuple):
    """The power of one voter of a kind of which there are ``voters``. ``error``: None where it is exact."""

    kind: Kind
    voters: int
    measure: Fraction
    error: Fraction | None
    share: Fraction | None


class Power(NamedTuple):
    """Rows for the heaviest kinds, and from how many divisions they were drawn; None where all were counted."""

    rows: tuple[Row, ...]
    samples: int | None


def gini(weights: Mapping[int, int]) -> Fraction:
    """Of how many voters have which weight; 0 where nobody has any."""
    voters = sum(weights.values())
    whole = sum(weight * count for weight, count in weights.items())
    if not whole:
        return Fraction(0)
    # By ranks: of the lightest 1, of the heaviest n; voters of equal weight share the sum of theirs.
    ranked = before = 0
    for weight, count in sorted(weights.items()):
        ranked += weight * (count * before + count * (count + 1) // 2)
        before += count
    return Fraction(2 * ranked, voters * whole) - Fraction(voters + 1, voters)


def lorenz(weights: Mapping[int, int], parts: int) -> list[Fraction]:
    """What share of all weight the lightest 0, 1, … ``parts`` of ``parts`` equal shares of the voters have together."""
    voters = sum(weights.values())
    whole = sum(weight * count for weight, count in weights.items())
    found, rest, below, passed = [], sorted(weights.items(), reverse=True), 0, 0
    for part in range(parts + 1):
        upto = Fraction(voters * part, parts)
        while rest and passed + rest[-1][1] <= upto:
            weight, count = rest.pop()
            below, passed = below + weight * count, passed + count
        within = (upto - passed) * rest[-1][0] if rest else 0
        found.append(Fraction(below + within) / whole if whole else Fraction(0))
    return found


def banzhaf(game: Game, voters: Voters, seed: bytes) -> Power | None:
    """The power of the heaviest kinds of voters; None where there are too many to tell. ``seed``: of the sample."""
    kinds = {kind: count for kind, count in sorted(voters.items(), key=lambda item: (-item[0][1], item[0])) if count}
    if len({game.brings(kind) for kind in kinds}) == 1 and sum(kinds.values()) <= MOST:
        return Power(tuple(_alike(game, kinds)), None)
    if sum(kinds.values()) <= EXACT:
        return Power(tuple(_exact(game, kinds)), None)
    if sum(kinds.values()) <= MOST:
        return Power(tuple(_sampled(game, kinds, seed)), SAMPLES)
    return None


def _alike(game: Game, kinds: Voters) -> Iterator[Row]:
    """Everyone decides as often as everyone else: where all but one of those needed are for it."""
    count = sum(kinds.values())
    each = game.brings(next(iter(kinds)))
    pairs = zip(each, game.quotas(), strict=True)
    needed = max((-(-quota // own) if own else count + 1 for own, quota in pairs), default=0)
    decisive = math.comb(count - 1, needed - 1) if needed else 0
    for kind in list(kinds)[:ROWS]:
        share = Fraction(1, count) if decisive else None
        yield Row(kind, kinds[kind], Fraction(decisive, 2 ** (count - 1)), None, share)


def _exact(game: Game, kinds: Voters) -> Iterator[Row]:
    """Of all divisions: a vote decides as often as those with it win more often than those without it."""
    # By class, so that the sums of a half are of few classes.
    each = sorted((kind for kind, count in kinds.items() for _ in range(count)), key=lambda kind: kind[0])
    brought = [game.brings(kind) for kind in each]
    middle = len(each) // 2
    halves = brought[:middle], brought[middle:]
    one = _wins(*halves, game.quotas())
    other = _wins(halves[1], halves[0], game.quotas())
    wins = sum(one)
    swings: dict[Kind, int] = {}
    for place, kind in enumerate(each):
        counts, bit = (one, 1 << place) if place < middle else (other, 1 << (place - middle))
        swings[kind] = 2 * sum(found for division, found in enumerate(counts) if division & bit) - wins
    total = sum(swings[kind] * count for kind, count in kinds.items())
    for kind in list(kinds)[:ROWS]:
        share = Fraction(swings[kind], total) if total else None
        yield Row(kind, kinds[kind], Fraction(swings[kind], 2 ** (len(each) - 1)), None, share)


def _wins(half: Sequence[tuple[int, ...]], rest: Sequence[tuple[int, ...]], quotas: tuple[int, ...]) -> list[int]:
    """With how many sets of ``rest`` each set of ``half`` (by its bits) wins."""
    nothing = (0,) * len(quotas)
    sorted_: dict[tuple[int, ...], list[int]] = {}
    for sums in _sums(rest, nothing):
        sorted_.setdefault(sums[1:], []).append(sums[0] if sums else 0)
    for amounts in sorted_.values():
        amounts.sort()
    known: dict[tuple[int, ...], int] = {}

    def count(own: tuple[int, ...]) -> int:
        missing = tuple(quota - had for quota, had in zip(quotas, own, strict=True))
        first, others = missing[0] if missing else 0, missing[1:]
        return sum(
            len(amounts) - bisect_left(amounts, first)
            for beside, amounts in sorted_.items()
            if all(had >= lacks for had, lacks in zip(beside, others, strict=True))
        )

    found = []
    for sums in _sums(half, nothing):
        if sums not in known:
            known[sums] = count(sums)
        found.append(known[sums])
    return found


def _sums(voters: Sequence[tuple[int, ...]], nothing: tuple[int, ...]) -> list[tuple[int, ...]]:
    """What every set of those voters brings together; a set's place in the list has a bit for each of them."""
    sums = [nothing]
    for own in voters:
        sums += [tuple(a + b for a, b in zip(one, own, strict=True)) for one in sums]
    return sums


def _sampled(game: Game, kinds: Voters, seed: bytes) -> Iterator[Row]:
    """All samples at once: an integer has a bit for each of them, and a number in binary is a list of such integers."""
    quotas = game.quotas()
    axes: list[list[int]] = [[] for _ in quotas]
    first: dict[Kind, int] = {}
    for kind, count in kinds.items():
        heads: list[int] = []
        for number in range(count):
            chosen = _draw(seed, kind, number)
            first.setdefault(kind, chosen)
            _add(heads, [chosen])
        for axis, times in zip(axes, game.brings(kind), strict=True):
            for bit in range(times.bit_length()):
                if times >> bit & 1:
                    _add(axis, [0] * bit + heads)
    for kind in list(kinds)[:ROWS]:
        swings = _swings(axes, quotas, game.brings(kind), first[kind])
        measure = Fraction(swings.bit_count(), SAMPLES)
        yield Row(kind, kinds[kind], measure, _error(measure), None)


def _draw(seed: bytes, kind: Kind, number: int) -> int:
    """In which samples that voter says yes."""
    name = f"{kind[0]}/{kind[1]}/{number}".encode()
    return int.from_bytes(hashlib.shake_128(_DOMAIN + seed + b"\n" + name).digest(SAMPLES // 8), "big")


def _add(number: list[int], more: Sequence[int]) -> None:
    """Add one number to another, in every sample."""
    carry = place = 0
    while place < len(more) or carry:
        if place == len(number):
            number.append(0)
        own, other = number[place], more[place] if place < len(more) else 0
        number[place] = own ^ other ^ carry
        carry = own & other | carry & (own ^ other)
        place += 1


def _reaches(number: Sequence[int], bar: int) -> int:
    """In which samples a number is at least ``bar``."""
    everywhere = (1 << SAMPLES) - 1
    if bar <= 0:
        return everywhere
    above, equal = 0, everywhere
    for place in reversed(range(max(len(number), bar.bit_length()))):
        bits = number[place] if place < len(number) else 0
        if bar >> place & 1:
            equal &= bits
        else:
            above |= equal & bits
            equal &= ~bits
    return above | equal


def _swings(axes: Sequence[Sequence[int]], quotas: tuple[int, ...], own: tuple[int, ...], chosen: int) -> int:
    """In which samples those for it win with that voter, and without it don't."""
    with_ = without = (1 << SAMPLES) - 1
    for number, quota, brings in zip(axes, quotas, own, strict=True):
        reached = _reaches(number, quota)
        with_ &= chosen & reached | ~chosen & _reaches(number, quota - brings)
        without &= chosen & _reaches(number, quota + brings) | ~chosen & reached
    return with_ & ~without


def _error(measure: Fraction) -> Fraction:
    """How far a sampled share can be off, rounded up to millionths."""
    others = SAMPLES - 1
    variance = measure * (1 - measure) * SAMPLES / others
    square = 2 * variance * _LOGARITHM / SAMPLES * 10**12
    root = math.isqrt(square.numerator // square.denominator) + 1
    return Fraction(root, 10**6) + Fraction(math.ceil(7 * _LOGARITHM / (3 * others) * 10**6), 10**6)
