"""Lots: the clerk announces them, from a checkpoint published after the question was fixed, and the fold draws them
again (``governance.lots``).
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from governance import lots, standing
from governance.books import calls, counts, proposals
from governance.books.proposals import Drawn, Proposal, change
from governance.books.rules import RuleVersion
from governance.count import MAX_OPTIONS, options
from governance.modules.questions import Ask, Panel
from ledger import canonical
from ledger.books import coop
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.state import State


class DrawPanel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``lot.panel/1``: who votes on a proposal, drawn from the checkpoint that the statement has seen.

    ``last``: the highest ticket drawn (base64); ``among``: how many the lot could fall on.
    """

    proposal: str
    last: str
    among: int


class DrawOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``lot.order/1``: in which order a proposal's options win ties, drawn from the checkpoint that the statement
    has seen; of very many the first ones, from which the others follow as well.
    """

    proposal: str
    order: tuple[str, ...]


class Lot(NamedTuple):
    """A panel as drawn: who is on it in the order of their tickets, of which the last is the highest, and among how
    many it was drawn.
    """

    seed: bytes
    members: tuple[str, ...]
    among: int

    @property
    def last(self) -> bytes:
        """The highest ticket drawn; empty where there was nobody."""
        return lots.ticket(self.seed, self.members[-1]) if self.members else b""


def draw_panel(state: State, proposal: Proposal, panel: Panel, root: bytes) -> Lot:
    """The panel, drawn from members as they stood at the call."""
    if proposal.called_index is None or proposal.called_at is None or proposal.rule is None:
        raise Refusal("proposal.not_called", id=proposal.id)
    needs = state.need(RuleVersion, proposal.rule).rule().needs
    # The call's own moment is the first that it does not see.
    sight = (proposal.called_index, proposal.called_at + 1)
    gathers = proposal.gathers or ""
    ask = Ask(frozenset(proposal.interested), proposal.called_at, proposal.called_at, gathers=gathers)
    seed = lots.seed(coop.get(state).origin, proposal.id, root)
    names = (member.id for member in standing.everyone(state, needs, sight) if panel.of.includes(member, ask))
    return Lot(seed, *lots.draw(seed, names, panel.size))


def draw_order(state: State, proposal: Proposal, root: bytes) -> tuple[str, ...]:
    """The options in the order in which they are drawn; yes and no where there are none."""
    names = options(proposals.paper(state, proposal)) or ("yes", "no")
    return lots.order(lots.seed(coop.get(state).origin, proposal.id, root), names)


def said_of(order: tuple[str, ...]) -> tuple[str, ...]:
    """What is announced of an order: no more names than a statement has room for."""
    return order[:MAX_OPTIONS]


def _draw_panel(ctx: Context, body: DrawPanel) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if not proposal.drawing or proposal.called_index is None or proposal.opens_at is None:
        raise Refusal("lot.none", id=proposal.id)
    if ctx.statement.seen.size <= proposal.called_index:
        raise Refusal("lot.too_early", id=proposal.id)
    rule = proposals.pinned(ctx.state, proposal)
    panel = rule.electorate.panel()
    if panel is None:
        raise Refusal("lot.none", id=proposal.id)
    root = canonical.unb64(ctx.statement.seen.root, 32)
    lot = draw_panel(ctx.state, proposal, panel, root)
    if not lot.members:
        raise Refusal("lot.nobody", id=proposal.id)
    if (body.last, body.among) != (canonical.b64(lot.last), lot.among):
        raise Refusal("lot.differs", id=proposal.id)
    drawn = Drawn(
        seed=canonical.b64(lot.seed), last=body.last, members=lot.members, rule=proposal.rule or "", entry=ctx.index
    )
    proposal = change(ctx.state, proposal, draw=drawn, drawing=False)
    if proposal.opens_at is not None and proposal.opens_at <= ctx.time:
        calls.start(ctx, proposal, rule)


def _draw_order(ctx: Context, body: DrawOrder) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.closed_index is None or proposal.order or proposal.outcome is not None:
        raise Refusal("lot.none", id=proposal.id)
    rule = proposals.pinned(ctx.state, proposal)
    if rule.tie.BREAKS != "lot":
        raise Refusal("lot.none", id=proposal.id)
    if ctx.statement.seen.size <= proposal.closed_index:
        raise Refusal("lot.too_early", id=proposal.id)
    order = draw_order(ctx.state, proposal, canonical.unb64(ctx.statement.seen.root, 32))
    if body.order != said_of(order):
        raise Refusal("lot.differs", id=proposal.id)
    proposal = change(ctx.state, proposal, order=order)
    counts.settle(ctx, proposal, rule)


BOOK = Book(
    "draws",
    handlers=(
        Handler("lot.panel/1", DrawPanel, _draw_panel, by=("clerk",)),
        Handler("lot.order/1", DrawOrder, _draw_order, by=("clerk",)),
    ),
)
