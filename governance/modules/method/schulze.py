"""The option that beats every other at least as strongly as it is beaten, over others if need be (Schulze)."""

from __future__ import annotations

from collections.abc import Sequence

from governance.count import ABSTAIN, INVALID, NOBODY, Count, Counted, Paper, Tally, options, sort_out
from governance.modules.method.compared import Comparing
from governance.modules.method.pairwise import HALVES, Pairs, compare_pairs, halves


class Schulze(Comparing, frozen=True):
    """``schulze/1``: the strongest paths of victories decide, a path being as strong as its weakest victory.

    M. Schulze, A new monotonic, clone-independent, reversal symmetric, and condorcet-consistent single-winner
    election method, Social Choice and Welfare 36 (2011). A victory is as strong as the weight that prefers the
    winner (winning votes); a draw is no victory. Several options may be unbeaten: they are tied. ``equal``: whether
    a ballot may put several options on one level.

    ``tally``: each option's hardest comparison, in halves of a vote: the least weight that prefers it to some
    other, who finds both equal counting half. So more than half of those that choose is reached by whoever
    beats all others, and by nobody else.
    """

    NAME = "schulze/1"
    KEYS = ("rule.method.schulze", "rule.method.schulze.equal")

    def largest(self, weight: int, paper: Paper) -> int:  # noqa: ARG002
        """All prefer one to another."""
        return weight * HALVES

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The unbeaten option; of several the first in the order."""
        ballots, names = sort_out(profile), options(paper)
        compared = compare_pairs(ballots.marks, paper.options)
        others = range(paper.options)
        tally = {
            name: Count(compared.named[one], min(halves(compared, one, other) for other in others if other != one))
            for one, name in enumerate(names)
        }
        best = [names[one] for one in unbeaten(strongest_paths(compared.pairs))] if compared.weight else []
        winners = best if len(best) == 1 else [name for name in order if name in best][:1]
        ranked = sorted(tally.values(), key=lambda count: (-count.weight, -count.heads))
        losers = [tally[name] for name in names if name not in winners] if winners else ranked[1:]
        return Counted(
            tally={**tally, ABSTAIN: ballots.abstained, INVALID: ballots.invalid},
            winners=tuple(winners),
            support=tally[winners[0]] if winners else ranked[0],
            rival=max(losers, key=lambda count: (count.weight, count.heads), default=NOBODY),
            cast=ballots.expressed + ballots.abstained,
            abstained=ballots.abstained,
            tied=tuple(best) if len(best) > 1 else (),
            unit=HALVES,
            pairs=compared.pairs,
        )


def strongest_paths(pairs: Pairs) -> list[list[int]]:
    """For every two options the strength of the strongest path from the first to the second; 0: there is none.

    Victories are laid from the strongest down, and whatever a victory connects for the first time is connected by
    a path as strong as that victory. Who reaches whom is one integer's bits per option, so that 200 options take
    a few tenths of a second where following all paths through all options would take 8 million steps.
    """
    size = len(pairs)
    victories = sorted(
        ((pairs[one][other], one, other) for one in range(size) for other in range(size) if _beats(pairs, one, other)),
        reverse=True,
    )
    paths = [[0] * size for _ in range(size)]
    reached = [1 << one for one in range(size)]
    for strength, winner, loser in victories:
        if reached[winner] >> loser & 1:
            continue
        beyond = reached[loser]
        for one in range(size):
            if reached[one] >> winner & 1 and (new := beyond & ~reached[one]):
                reached[one] |= new
                while new:
                    lowest = new & -new
                    paths[one][lowest.bit_length() - 1] = strength
                    new ^= lowest
    return paths


def unbeaten(paths: list[list[int]]) -> list[int]:
    """Those to whom nobody has a stronger path than they have back."""
    size = range(len(paths))
    return [one for one in size if all(paths[one][other] >= paths[other][one] for other in size)]


def _beats(pairs: Pairs, one: int, other: int) -> bool:
    return pairs[one][other] > pairs[other][one]
