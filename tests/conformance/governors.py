"""Votes held by OpenZeppelin's governors: their own code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.conformance.evm import NOBODY, START, Answer, Call, Stage, person

SOURCE: Final = Path(__file__).parent / "governor" / "House.sol"
GOVERNORS: Final = {"simple": 3, "fractional": 2, "withSuperQuorum": 2}
"""Functions of the house, and which of the contracts that it creates is the governor."""
STATES: Final = ("pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed")
"""As ``IGovernor.ProposalState`` numbers them."""
CHOICES: Final = ("against", "for", "abstain")
"""As ``GovernorCountingSimple.VoteType`` numbers them."""
FRACTIONAL: Final = 255
_SET: Final = "(uint48,uint32,uint256,uint256,uint48,uint256)"
_PROPOSAL: Final = ((NOBODY,), (0,), (b"",))
_HASHED: Final = keccak(b"")


class Setting(NamedTuple):
    """What a governor is set to: times in seconds, quorums in hundredths of all weight."""

    delay: int
    period: int
    quorum: int
    super_quorum: int = 100
    extension: int = 0
    timelock: int = 0


class Act(NamedTuple):
    """What somebody does, ``at`` seconds after the proposal was made.

    ``vote`` makes one of the CHOICES, ``recast`` another; ``split`` gives three ``amounts`` of weight to them, in this
    order; ``give`` and ``take`` change a member's weight by the amount. Member 0 has proposed; ``propose``: the same
    again.
    """

    at: int
    kind: Literal["vote", "recast", "split", "give", "take", "propose", "queue", "execute", "cancel", "look"]
    member: int = 0
    choice: str = ""
    amounts: tuple[int, ...] = ()


class Seen(NamedTuple):
    """What the governor says after an act, and whether it let it happen. ``deadline``: in seconds as ``Act.at``."""

    done: bool
    state: str
    deadline: int
    against: int
    in_favour: int
    abstain: int


class House:
    """Where governors are built."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def hold(self, kind: str, setting: Setting, weights: Sequence[int], acts: Sequence[Act]) -> list[Seen]:
        """What was seen after each act, of a proposal among members of those weights. Acts in order of time."""
        members, governor = self._stage.created(1), self._stage.created(GOVERNORS[kind])
        founding = [self._build(kind, setting, governor)]
        founding += [_give(members, member, weight) for member, weight in enumerate(weights) if weight]
        blocks: list[tuple[int, list[Call]]] = [(-1, founding), (0, [_propose(0, governor)])]
        for at, at_once in groupby(acts, key=lambda act: act.at):
            # What happens in the second of the proposal itself still happens after it, in the same second.
            calls = [call for act in at_once for call in (_done(act, members, governor), *_looks(governor))]
            if at == 0:
                blocks[1][1].extend(calls)
            else:
                blocks.append((at, calls))
        found = [answer for block in self._stage.play(*blocks) for answer in block]
        first = len(founding) + 1
        assert all(answer.done for answer in found[:first]), found[:first]
        return [_seen(*found[at : at + 4]) for at in range(first, len(found), 4)]

    def _build(self, kind: str, setting: Setting, governor: str) -> Call:
        if kind == "simple":
            return Call(NOBODY, self._stage.address, f"simple({_SET},address)", (setting, governor))
        return Call(NOBODY, self._stage.address, f"{kind}({_SET})", (setting,))


def _done(act: Act, members: str, governor: str) -> Call:
    who = person(act.member)
    match act.kind:
        case "vote" | "recast":
            return Call(who, governor, "castVote(uint256,uint8)", (_proposal(), CHOICES.index(act.choice)))
        case "split":
            amounts = b"".join(amount.to_bytes(16, "big") for amount in act.amounts)
            signature = "castVoteWithReasonAndParams(uint256,uint8,string,bytes)"
            return Call(who, governor, signature, (_proposal(), FRACTIONAL, "", amounts))
        case "give":
            return _give(members, act.member, *act.amounts)
        case "take":
            return Call(NOBODY, members, "take(address,uint256)", (who, *act.amounts))
        case "propose":
            return _propose(act.member, governor)
        case "look":
            return Call(NOBODY, governor, "name()")
    return Call(who, governor, f"{act.kind}(address[],uint256[],bytes[],bytes32)", (*_PROPOSAL, _HASHED))


def _propose(member: int, governor: str) -> Call:
    return Call(person(member), governor, "propose(address[],uint256[],bytes[],string)", (*_PROPOSAL, ""))


def _give(members: str, member: int, weight: int) -> Call:
    return Call(NOBODY, members, "give(address,uint256)", (person(member), weight))


def _looks(governor: str) -> list[Call]:
    asked = ("state(uint256)", "proposalDeadline(uint256)", "proposalVotes(uint256)")
    return [Call(NOBODY, governor, signature, (_proposal(),)) for signature in asked]


def _seen(did: Answer, state: Answer, deadline: Answer, votes: Answer) -> Seen:
    (number,), (until,) = state.read("uint8"), deadline.read("uint256")
    counted: Any = votes.read("uint256", "uint256", "uint256")
    return Seen(did.done, STATES[number], until - START, *counted)


@cache
def _proposal() -> int:
    """Its number, as ``Governor.hashProposal`` makes it."""
    packed = encode(["address[]", "uint256[]", "bytes[]", "bytes32"], [*_PROPOSAL, _HASHED])
    return int.from_bytes(keccak(packed), "big")
