"""What was clearly rejected and has to rest: told to whoever drafts the same again, before the ledger refuses it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from app.decisions.effect_words import current_rule
from app.installation import Installation
from app.naming import names_for
from app.visit import Visit
from governance import effects
from governance.books import calls
from ledger.errors import LedgerError

_NOTHING: Final[tuple[dict[str, Any], ...]] = ()


class Rests(NamedTuple):
    """The proposal that was rejected, its title (empty where the reader may not see it), and until when (ms)."""

    proposal: str
    title: str
    until: int


async def resting(
    visit: Visit, installation: Installation, kind: str, proposer: str, documents: tuple[Any, ...] = _NOTHING
) -> Rests | None:
    """What keeps a proposal of that kind, with those effects, from coming to the vote now; None where nothing does."""
    version = await current_rule(visit.reading, kind)
    wait = 0 if version is None else version.rule().admission.cooling_off()
    if not wait:
        return None
    try:
        wanted = effects.parse(documents, kind)
    except LedgerError:  # not yet complete: what it would do is not known
        return None
    found = await installation.ask(
        visit.reading.ledger, lambda state: calls.resting(state, calls.Again(kind, proposer, wanted), wait)
    )
    if found is None or found.until <= installation.clock.now():
        return None
    titles = await names_for(visit, [found.proposal])
    return Rests(found.proposal, titles.get(found.proposal, ""), found.until)
