"""Choices that were hidden until the close: the operator publishes their openings, and the fold holds each against its
commitment. Then the count is derived like that of open ballots.

A ballot that the operator does not open counts as one that says nothing. Unless its voter's data were erased
meanwhile, that is a finding against the operator (``yui verify``, step 9).
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from governance.books import proposals
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.rule import MAX_CHOICE
from ledger import canonical, private
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import SALT_SIZE, Commit

MOST: Final = 200
PATH: Final = "choice"
UNREADABLE: Final = ""
"""What is kept of an opening that is no text, or longer than any choice."""


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The opening of one voter's ballot: base64 salt, and the value as it was sealed."""

    member: str
    salt: str
    value: Any


class Publish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ballot.openings/1``: of up to 200 ballots of a vote that has closed."""

    proposal: str
    openings: Annotated[tuple[Opened, ...], msgspec.Meta(min_length=1, max_length=MOST)]


def publishable(value: Any) -> bool:
    """Whether a sealed value may be a choice: as choices are spelled, and no longer, so that it fits into a statement.

    The service takes in no other: one that can't be published would keep its vote from ever being counted.
    """
    return isinstance(value, str) and len(value) <= MAX_CHOICE and value.isascii() and value.isprintable()


def _publish(ctx: Context, body: Publish) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.closed_index is None:
        raise Refusal("proposal.not_closed", id=proposal.id)
    if not proposals.pinned(ctx.state, proposal).secrecy.OPENED or proposal.outcome is not None:
        raise Refusal("ballot.not_hidden", id=proposal.id)
    for opening in body.openings:
        ballot = ctx.state.need(Ballot, f"{proposal.id}/{opening.member}")
        if ballot.opened is not None:
            raise Refusal("ballot.opened", id=ballot.id)
        _check(ballot, opening)
        value = opening.value
        said = value if isinstance(value, str) and len(value) <= MAX_CHOICE else UNREADABLE
        ctx.state.put(msgspec.structs.replace(ballot, opened=said))


def _check(ballot: Ballot, opening: Opened) -> None:
    """It must be what the voter sealed."""
    bound, choice = ballot.bound, ballot.choice
    salt = canonical.unb64(opening.salt, SALT_SIZE)
    if bound is None or not isinstance(choice, Commit):
        raise Refusal("ballot.not_hidden", id=ballot.proposal)
    if private.bind(bound.author, bound.ledger, bound.nonce, PATH, salt, opening.value) != choice.commit:
        raise Refusal("ballot.opening", id=ballot.id)


BOOK = Book("openings", handlers=(Handler("ballot.openings/1", Publish, _publish, by=("clerk",)),))
