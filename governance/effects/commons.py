"""Effects on the commons: tokens minted for somebody, projects opened and paid for, a federation joined."""

from __future__ import annotations

import re
from typing import Final

from governance.documents import Fault
from governance.effects.base import Decision, Effect
from ledger.books import members, policies, projects, tokens
from ledger.errors import Refusal
from ledger.fold import Context, Moment

MAX_GRANT: Final = 1_000_000
"""Tokens that one decision can mint for one member: rare and capped, and listed for all to see."""
_ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9.\-/]{2,199}\Z")


class Mint(Effect, frozen=True):
    """Tokens are minted for a member beyond what the policy's rates give (a special mint, 特別発行)."""

    NAME = "mint"
    KINDS = ("tokens",)

    member: str
    amount: int

    def check(self) -> None:
        """A whole number within the cap."""
        if not 1 <= self.amount <= MAX_GRANT:
            raise Fault("amount", "range")

    def refer(self, ctx: Context) -> None:
        """An active member, in a co-op that has tokens."""
        tokens.need_tokens(policies.current(ctx.state, "commons").commons())
        ctx.refer(members.Member, self.member)
        members.need_active(ctx.state, self.member)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the tokens' own verb; the decision is the cause."""
        members.need_active(moment.state, self.member)
        tokens.mint(moment, self.member, self.amount, decision.proposal)


class OpenProject(Effect, frozen=True):
    """A project begins, named as the proposal is, with somebody who leads it."""

    NAME = "project"
    KINDS = ("ordinary", "special", "tokens")

    lead: str

    def refer(self, ctx: Context) -> None:
        """An active member."""
        ctx.refer(members.Member, self.lead)
        members.need_active(ctx.state, self.lead)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the projects' own verb."""
        members.need_active(moment.state, self.lead)
        projects.open_project(moment, decision.proposal, self.lead)


class Allot(Effect, frozen=True):
    """Whatever a budgeting round pays for begins as a project, with its cost as budget, led by whoever proposed it."""

    NAME = "allot"
    KINDS = ("budget",)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the projects' own verb, for each. Somebody who has left since leads it in name: the vote was for it."""
        for one in decision.funded:
            projects.open_project(moment, decision.proposal, one.by, item=one.number, allotted=one.cost)


class JoinFederation(Effect, frozen=True):
    """The co-op joins a federation, known by the name of its log."""

    NAME = "federation"
    KINDS = ("special",)

    origin: str

    def check(self) -> None:
        """A log's name."""
        if not _ORIGIN.match(self.origin):
            raise Fault("origin", "not_an_origin")

    def refer(self, ctx: Context) -> None:
        """Not joined yet."""
        if projects.joined(ctx.state, self.origin):
            raise Refusal("federation.joined", origin=self.origin)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the federations' own verb."""
        projects.join(moment, self.origin, decision.proposal)
