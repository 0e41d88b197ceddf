"""Every book of the house, named one by one. A new book is one line here."""

from __future__ import annotations

from typing import Final

from governance import founding
from governance.books import ballots, counts, proposals, rules
from ledger.books import (
    anchors,
    bookings,
    contributions,
    coop,
    joining,
    keyring,
    keys,
    leaving,
    membership,
    operator,
    policies,
    resources,
    roles,
    succession,
    tokens,
)
from ledger.fold import Books

BOOKS: Final = Books(
    (
        founding.BOOK,
        coop.BOOK,
        operator.BOOK,
        succession.BOOK,
        anchors.BOOK,
        joining.BOOK,
        membership.BOOK,
        leaving.book(on_leave=(bookings.release_all, tokens.close)),
        keyring.BOOK,
        roles.BOOK,
        policies.BOOK,
        contributions.BOOK,
        tokens.BOOK,
        resources.BOOK,
        bookings.BOOK,
        rules.BOOK,
        proposals.BOOK,
        ballots.BOOK,
        counts.BOOK,
    ),
    authenticate=keys.authenticate,
)
