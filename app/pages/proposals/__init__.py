"""Proposals on pages: lists, one, drafting and amending, comparing versions, ballots from paper and with help."""

from __future__ import annotations

from typing import Final

from app.pages.proposals import entered, items, lists, new, one, versions

ROUTES: Final = (
    lists.proposals,
    new.new,
    new.preview,
    new.amend,
    new.preview_amended,
    one.proposal,
    versions.versions,
    items.items,
    items.pick,
    entered.paper,
    entered.assisted,
)
