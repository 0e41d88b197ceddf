"""What a device needs to know before it signs: the ledger's name and key, its checkpoint, and who is signed in."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api import shapes
from app.api.answers import Since, consistency_since, errors, texts
from app.installation import Installation
from app.visit import Visit
from ledger import canonical
from ledger.books.coop import log_keys
from ledger.books.keys import Key


async def session_shape(visit: Visit) -> shapes.Session | None:
    """Who is signed in, and what a device must not try to sign with."""
    if visit.member is None or visit.key is None:
        return None
    keys = await visit.reading.children(Key, visit.member.id)
    limits = {key.public: list(key.may) for key in keys if key.may and key.status == "active"}
    return shapes.Session(visit.member.id, visit.key, sorted(visit.roles), limits)


@get(
    "/context",
    opt={OPT: Access.OPEN},
    summary="What to know before signing",
    description="Open to everyone: whoever applies or signs in has to name a checkpoint too.",
    responses=errors(400, 404),
)
async def context(
    slug: FromPath[str],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
    since: Since = None,
) -> shapes.Context:
    """The context of one co-op's ledger."""
    ledger = visit.reading.ledger
    published = await installation.log.published(ledger)
    consistency = await consistency_since(installation, ledger, since, published.size)
    coop = visit.coop
    return shapes.Context(
        slug=slug,
        origin=ledger.origin,
        vkey=coop.log_key,
        checkpoint=published.note.decode(),
        size=published.size,
        consistency=texts(consistency),
        time=canonical.format_time(installation.clock.now()),
        rp_ids=list(coop.rp_ids),
        origins=list(coop.origins),
        utc_offset=coop.utc_offset,
        session=await session_shape(visit),
        key_changes=await _key_changes(installation, visit, published.size),
        predecessors=[shapes.Predecessor(before.origin, before.entries) for before in coop.predecessors],
    )


async def _key_changes(installation: Installation, visit: Visit, size: int) -> list[shapes.KeyChange]:
    """Open to everyone like the key itself: they name nobody, and without them no device may believe a new key."""
    ledger, found = visit.reading.ledger, []
    for key in reversed(log_keys(visit.coop)[:-1]):
        index = key.since - 1
        entry = await installation.log.entry(ledger, index) if index < size else None
        if entry is not None:
            proof = texts(await installation.log.inclusion(ledger, index, size))
            found.append(shapes.KeyChange(index, canonical.b64(entry.leaf), proof))
    return found
