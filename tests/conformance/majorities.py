"""Votes held by Aragon's token voting: its own code, from the packages ``osx`` and ``osx-commons-contracts``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from tests.conformance.evm import NOBODY, START, Call, Stage, person

SOURCE: Final = Path(__file__).parent / "majority" / "Majority.sol"
MODES: Final = ("standard", "early", "replacement")
"""As ``MajorityVotingBase.VotingMode`` numbers them: decided when it can't change, or ballots may be recast."""
CHOICES: Final = ("none", "abstain", "yes", "no")
"""As ``IMajorityVoting.VoteOption`` numbers them."""
RATIO: Final = 10**6
"""What ratios are counted in."""
HOUR: Final = 3600
"""The shortest that a vote may last."""
_CREATED: Final = 3
"""The organisation and the code come first, then for each vote members and the vote itself."""
_FOUND: Final = "found((uint8,uint32,uint32,uint64,uint256))"
_PROPOSE: Final = "createProposal(bytes,(address,uint256,bytes)[],uint256,uint64,uint64,uint8,bool)"
_READ: Final = (
    *("bool", "bool", "(uint8,uint32,uint64,uint64,uint64,uint256)", "(uint256,uint256,uint256)"),
    *("(address,uint256,bytes)[]", "uint256"),
)


class Setting(NamedTuple):
    """How it is decided: the mode; ratios in millionths that support has to pass and participation to reach."""

    mode: str
    support: int
    participation: int


class Act(NamedTuple):
    """A vote ``at`` so many seconds after the proposal was made; ``none`` only looks."""

    at: int
    member: int
    choice: str


class Seen(NamedTuple):
    """What stands after an act: was it let happen; is the vote open; are both bars reached; may it be executed?"""

    done: bool
    open: bool
    support: bool
    participation: bool
    executable: bool
    abstain: int
    yes: int
    no: int


class Majority:
    """Where token voting is built."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def hold(self, setting: Setting, weights: Sequence[int], acts: Sequence[Act]) -> list[Seen]:
        """What was seen after each act, of a proposal among members of those weights. Acts in order of time."""
        members, voting = self._stage.created(_CREATED), self._stage.created(_CREATED + 1)
        settings = (MODES.index(setting.mode), setting.support, setting.participation, HOUR, 0)
        founding = [Call(NOBODY, self._stage.address, _FOUND, (settings,))]
        founding += [_give(members, member, weight) for member, weight in enumerate(weights) if weight]
        proposing = Call(person(0), voting, _PROPOSE, (b"", (), 0, 0, START + HOUR, 0, False))
        blocks = [(-1, founding), (0, [proposing])]
        for at, at_once in groupby(acts, key=lambda act: act.at):
            blocks.append((at, [call for act in at_once for call in (_vote(act, voting), *_looks(voting))]))
        found = self._stage.play(*blocks)
        assert all(answer.done for block in found[:2] for answer in block), found[:2]
        answers = [answer for block in found[2:] for answer in block]
        seen = []
        for first in range(0, len(answers), 5):
            did, proposal, *asked = answers[first : first + 5]
            is_open, _, _, tally, _, _ = proposal.read(*_READ)
            seen.append(Seen(did.done, is_open, *(answer.read("bool")[0] for answer in asked), *tally))
        return seen

    def power(self, cases: Sequence[tuple[int, int]]) -> list[int]:
        """For each (total, ratio) the power that this ratio of all power comes to."""
        asked = [Call(NOBODY, self._stage.address, "power(uint256,uint256)", case) for case in cases]
        (found,) = self._stage.play((0, asked))
        return [int(answer.read("uint256")[0]) for answer in found]


def _give(members: str, member: int, weight: int) -> Call:
    return Call(NOBODY, members, "give(address,uint256)", (person(member), weight))


def _vote(act: Act, voting: str) -> Call:
    if act.choice == "none":
        return Call(NOBODY, voting, "votingMode()")
    return Call(person(act.member), voting, "vote(uint256,uint8,bool)", (0, CHOICES.index(act.choice), False))


def _looks(voting: str) -> list[Call]:
    asked = ("getProposal", "isSupportThresholdReached", "isMinParticipationReached", "canExecute")
    return [Call(NOBODY, voting, f"{name}(uint256)", (0,)) for name in asked]
