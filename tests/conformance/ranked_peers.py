"""How other people's packages count the same ranked ballots. Options are numbers from 1, results are sets of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import pyrankvote
import pytest
import votelib.convert
import votelib.evaluate.condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential

from tests.conformance.peers import left_out
from tests.governance.ranked_oracle import read
from tests.governance.rankings import Profile

with left_out():
    from pref_voting.c1_methods import copeland
    from pref_voting.iterative_methods import instant_runoff_put
    from pref_voting.margin_based_methods import beat_path
    from pref_voting.profiles_with_ties import ProfileWithTies
    from pref_voting.proportional_methods import stv_scottish
    from pref_voting.scoring_methods import borda_for_profile_with_ties

Sets = set[frozenset[int]]


class Undecided(Exception):
    """The package stops at a tie instead of telling who is tied."""


def pref_voting(profile: Profile, options: Iterable[int]) -> Any:
    """A profile of pref_voting; unnamed options come last there too."""
    told = [{number: place for place, level in enumerate(read(text), 1) for number in level} for text in profile]
    made = ProfileWithTies(told, rcounts=list(profile.values()), candidates=list(options))
    made.use_extended_strict_preference()
    return made


def pref_voting_runoff(profile: Profile, options: int) -> set[int]:
    """Everyone who wins on some way out of every tie ("parallel universes"); earlier rounds are not asked."""
    return set(instant_runoff_put(pref_voting(profile, range(1, options + 1))))


def pref_voting_schulze(profile: Profile, options: int) -> set[int]:
    """Beat path, strength being the votes of the winner."""
    told = pref_voting(profile, range(1, options + 1))
    return set(beat_path(told, strength_function=told.support))


def pref_voting_copeland(profile: Profile, options: int) -> set[int]:
    """Wins minus losses, which orders options as wins plus half of the draws do."""
    return set(copeland(pref_voting(profile, range(1, options + 1))))


def pref_voting_borda(profile: Profile, options: int) -> set[int]:
    """Symmetric Borda: options below minus options above, which orders options as averaged points do."""
    return set(borda_for_profile_with_ties(pref_voting(profile, range(1, options + 1))))


def pref_voting_stv(profile: Profile, options: Iterable[int], seats: int) -> Sets:
    """Scottish STV, with every way that its lots can fall. ``options``: those that stand."""
    return pref_voting_stv_lots(profile, options, seats)[0]


def pref_voting_stv_lots(profile: Profile, options: Iterable[int], seats: int) -> tuple[Sets, int]:
    """The same, and among how many options a lot was drawn at most: see below on three."""
    told = pref_voting(profile, options)
    ways, most = set(), 0
    for lots in every_lot():
        ways.add(frozenset(int(number) for number in stv_scottish(told, num_seats=seats, rng=lots)))
        most = max(most, *lots.sizes, 0)
    return ways, most


class Lots:
    """Stands in for a random generator: picks what the script says, then always the first."""

    def __init__(self, script: Sequence[int]) -> None:
        self.script = list(script)
        self.sizes: list[int] = []

    def choice(self, things: Sequence[int]) -> int:
        """The next pick."""
        if len(self.sizes) == len(self.script):
            self.script.append(0)
        self.sizes.append(len(things))
        return things[self.script[len(self.sizes) - 1]]


def every_lot() -> Iterator[Lots]:
    """Generators that between them pick in every way; each has to be used up before the next is asked for."""
    script: list[int] = []
    while True:
        lots = Lots(script)
        yield lots
        script = lots.script[: len(lots.sizes)]
        while script and script[-1] + 1 == lots.sizes[len(script) - 1]:
            script.pop()
        if not script:
            return
        script[-1] += 1


def _votelib(profile: Profile) -> dict[Any, int]:
    """Rankings with sets for levels of several options."""
    return {
        tuple(level[0] if len(level) == 1 else frozenset(level) for level in read(text)): weight
        for text, weight in profile.items()
    }


def votelib_condorcet(method: str, profile: Profile) -> set[int]:
    """``Schulze`` or ``Copeland``; ties are told as such."""
    duels = votelib.convert.RankedToCondorcetVotes().convert(_votelib(profile))
    evaluator = {
        "Schulze": votelib.evaluate.condorcet.Schulze(),
        "Copeland": votelib.evaluate.condorcet.Copeland(second_order=False),
    }[method]
    found: set[int] = set()
    for one in evaluator.evaluate(duels, 1):
        found |= set(one) if isinstance(one, votelib.evaluate.core.Tie) else {one}
    return found


def votelib_transfers(profile: Profile, seats: int) -> set[int]:
    """Droop quota, Gregory with exact fractions, whoever reaches the quota in one count at once."""
    selector = votelib.evaluate.sequential.TransferableVoteSelector(quota_function="droop", transferer="Gregory")
    try:
        return set(selector.evaluate(_votelib(profile), seats))
    except NotImplementedError as tie:
        raise Undecided from tie


def pyrankvote_runoff(profile: Profile, options: int) -> set[int]:
    """Ties by second choices, then by chance."""
    candidates = {number: pyrankvote.Candidate(str(number)) for number in range(1, options + 1)}
    ballots = _pyrankvote(profile, candidates)
    winners = pyrankvote.instant_runoff_voting(list(candidates.values()), ballots).get_winners()
    return {int(winner.name) for winner in winners}


def pyrankvote_rounds(profile: Profile, options: int) -> int:
    """How many rounds it takes."""
    candidates = {number: pyrankvote.Candidate(str(number)) for number in range(1, options + 1)}
    return len(pyrankvote.instant_runoff_voting(list(candidates.values()), _pyrankvote(profile, candidates)).rounds)


def pyrankvote_transfers(profile: Profile, options: int, seats: int) -> set[int]:
    """Quota votes / (seats + 1) without more; an excluded option's ballots all pass on the same share of its votes."""
    candidates = {number: pyrankvote.Candidate(str(number)) for number in range(1, options + 1)}
    ballots = _pyrankvote(profile, candidates)
    winners = pyrankvote.single_transferable_vote(list(candidates.values()), ballots, seats).get_winners()
    return {int(winner.name) for winner in winners}


def _pyrankvote(profile: Profile, candidates: dict[int, Any]) -> list[Any]:
    return [
        pyrankvote.Ballot([candidates[level[0]] for level in read(text)])
        for text, weight in profile.items()
        for _ in range(weight)
    ]


@cache
def _votekit() -> Any:
    """Where there is one: this version goes as far as Python 3.13."""
    with left_out():
        return pytest.importorskip("votekit.elections"), pytest.importorskip("votekit")


def votekit_profile(profile: Profile, options: int) -> Any:
    """A profile of votekit."""
    _, votekit = _votekit()
    ballots = [
        votekit.Ballot(ranking=[{str(number) for number in level} for level in read(text)], weight=weight)
        for text, weight in profile.items()
    ]
    names = [str(number) for number in range(1, options + 1)]
    return votekit.RankProfile(ballots=tuple(ballots), candidates=names, max_ranking_length=options)


def votekit_elected(method: str, profile: Any, seats: int = 1, **settings: Any) -> set[int]:
    """``IRV``, ``STV``, ``Schulze`` or ``Borda``."""
    kinds, _ = _votekit()
    more = {"n_seats": seats} if method != "IRV" else {}
    try:
        election = getattr(kinds, method)(profile, **more, **settings)
    except ValueError as tie:
        if "tie" not in str(tie).lower():
            raise
        raise Undecided from tie
    return {int(name) for level in election.get_elected() for name in level}
