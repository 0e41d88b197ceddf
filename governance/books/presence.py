"""Who counts as present on an item of a meeting: each voter once, by whatever way they are there first.

Present is who is checked in, who is represented by somebody who is, and who has a ballot; a hand that was raised was
there whenever its owner has left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from governance.books import attendance, proxies
from governance.books.meetings import Hands
from governance.books.proposals import Proposal
from governance.rule import Rule
from governance.standing import Sight
from ledger.state import State


class Assembled(NamedTuple):
    """Of voters on an item: ``here``: who is checked in, and how; ``mandates``: holder by member; ``hands`` raised."""

    here: Mapping[str, str]
    mandates: Mapping[str, str]
    hands: Hands | None

    @property
    def among(self) -> frozenset[str]:
        """Those whose vote is what the hands say."""
        return frozenset() if self.hands is None else frozenset(self.hands.among)

    def attending(self) -> set[str]:
        """Who is there, or represented, ballots apart."""
        represented = (member for member, holder in self.mandates.items() if holder in self.here)
        return {*self.here, *self.among, *represented}


class Turnout(NamedTuple):
    """Heads of voters on an item, each in the first of these that fits: what minutes say about who was present."""

    electorate: int
    in_person: int
    online: int
    proxy: int
    written: int

    @property
    def present(self) -> int:
        """All of them together."""
        return self.in_person + self.online + self.proxy + self.written


def assembled(
    state: State, proposal: Proposal, rule: Rule, sight: Sight, voters: Collection[str], voted: Collection[str]
) -> Assembled:
    """The meeting on that item as of ``sight``; nobody where there is none. ``voted``: who has a ballot that counts."""
    if proposal.meeting is None:
        return Assembled({}, {}, None)
    hands = state.find(Hands, proposal.id)
    own = {*voted, *(() if hands is None else hands.among)}
    present = attendance.present(state, proposal.meeting, sight)
    here = {member: how for member, how in present.items() if member in voters}
    return Assembled(here, proxies.mandates(state, proposal, rule, sight, own, voters), hands)


def turnout(found: Assembled, voters: Collection[str], voted: Collection[str]) -> Turnout:
    """How they are present. Who has sent a ballot and comes is there in person."""
    online = {member for member, how in found.here.items() if how == "online"}
    # Nobody objected, online as in the room; whoever has left since is known by their hand alone.
    room = (found.here.keys() | found.among) - online
    # Somebody's mandate counts where its holder is there, or votes.
    stood_for = {member for member, holder in found.mandates.items() if holder in found.here or holder in voted}
    proxy = stood_for - room - online
    written = set(voted) - room - online - proxy
    return Turnout(len(voters), len(room), len(online), len(proxy), len(written))
