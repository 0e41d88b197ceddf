"""The options of most weight win, as many as there are seats: what several methods come down to."""

from __future__ import annotations

from collections.abc import Sequence

from governance.count import ABSTAIN, INVALID, NOBODY, Counted, Sorted, Tally


def most(tally: Tally, ballots: Sorted, seats: int, order: Sequence[str] = (), unit: int = 1) -> Counted:
    """Fill the seats by weight. Options without any weight never win.

    ``tied``: those of equal weight across the last seat; with ``order`` its earlier ones are seated, and whoever is
    in it before whoever is not.
    """
    standing = {name: place for place, name in enumerate(order)}
    places = {name: (-count.weight, standing.get(name, len(order))) for name, count in tally.items()}
    ranked = sorted(tally, key=lambda name: places[name])
    running = [name for name in ranked if tally[name].weight]
    elected, waiting = running[:seats], running[seats:]
    tied: tuple[str, ...] = ()
    if elected and waiting and tally[elected[-1]].weight == tally[waiting[0]].weight:
        edge = tally[waiting[0]].weight
        tied = tuple(name for name in tally if tally[name].weight == edge)
        elected = [name for name in elected if places[name] < places[waiting[0]]]
    strongest = tally[ranked[0]] if ranked else NOBODY
    others = [tally[name] for name in ranked if name not in elected]
    losers = others if elected else others[1:]
    return Counted(
        tally={**tally, ABSTAIN: ballots.abstained, INVALID: ballots.invalid},
        winners=tuple(elected),
        support=tally[elected[-1]] if elected else strongest,
        rival=losers[0] if losers else NOBODY,
        cast=ballots.expressed + ballots.abstained,
        abstained=ballots.abstained,
        tied=tied,
        unit=unit,
    )
