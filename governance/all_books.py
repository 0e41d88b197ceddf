"""Every book of the house, named one by one. A new book is one line here."""

from __future__ import annotations

from typing import Final

from governance import departing, founding
from governance.books import articles, calls, casting, counts, decided, delegations, drafts, draws, proposals, rules
from ledger.books import (
    anchors,
    belonging,
    bookings,
    contributions,
    coop,
    equity,
    joining,
    keyring,
    keys,
    leaving,
    membership,
    operator,
    policies,
    projects,
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
        belonging.BOOK,
        equity.BOOK,
        leaving.book(on_leave=departing.SETTLED),
        keyring.BOOK,
        roles.BOOK,
        policies.BOOK,
        projects.BOOK,
        contributions.BOOK,
        tokens.BOOK,
        resources.BOOK,
        bookings.BOOK,
        rules.BOOK,
        articles.BOOK,
        proposals.BOOK,
        drafts.BOOK,
        calls.BOOK,
        delegations.BOOK,
        casting.BOOK,
        counts.BOOK,
        draws.BOOK,
        decided.BOOK,
    ),
    authenticate=keys.authenticate,
)
