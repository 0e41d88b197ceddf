"""Statements that several people sign, each on a device of their own: left here by the first, found by the others."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Final

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, RawBody

from app import pending
from app.access import OPT, Access
from app.api import shapes
from app.api.answers import SELF_AUTHENTICATING, errors, receipt_shape
from app.api.bodies import PENDING, PENDINGS, takes
from app.api.problems import Problem
from app.api.statements import envelopes, said_no
from app.installation import Installation
from app.pending import Pending
from app.reading import Reading, reading_of
from app.sequencer.lane import Refused
from app.visit import Visit
from ledger import canonical

_TOGETHER: Final = 2
"""Statements of one batch that are being kept at a time."""


@post(
    "/pending",
    opt={OPT: Access.SIGNED, **SELF_AUTHENTICATING},
    summary="Leave a statement for its cosigners",
    description=(
        "Signatures stand in the order of the signers, null where they are missing; one at least is by a member's key. "
        "Again with more signatures: they are added. With the last one the statement is submitted."
    ),
    operation_class=takes(PENDING),
    responses=errors(400, 403, 404, 409, 413),
)
async def leave(slug: FromPath[str], body: RawBody, installation: NamedDependency[Installation]) -> shapes.Left:
    """What is kept for two weeks, and who has yet to sign."""
    return await _leave(installation, await reading_of(installation, slug), body, nullcontext())


@post(
    "/pending/batch",
    opt={OPT: Access.SIGNED, **SELF_AUTHENTICATING},
    status_code=200,
    summary="Leave up to a hundred statements for their cosigners, or add to those that wait",
    description="Each is judged on its own: the answer has, in their order, what is kept or a problem for each.",
    operation_class=takes(PENDINGS),
    responses={
        200: ResponseSpec(list[shapes.Left | shapes.Problem], description="In order.", generate_examples=False),
        **errors(400, 404, 413),
    },
)
async def leave_many(
    slug: FromPath[str], body: RawBody, request: Request[Any, Any, Any], installation: NamedDependency[Installation]
) -> Response[Any]:
    """A roster that two officials sign: one confirmation of each, a statement per line."""
    reading = await reading_of(installation, slug)
    parts = [bytes(one) for one in envelopes(body)]
    # They are counted one after the other, and must not wait for that with every connection that there is.
    turn = asyncio.Semaphore(_TOGETHER)
    work = (_leave(installation, reading, one, turn) for one in parts)
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    return Response([one if isinstance(one, shapes.Left) else said_no(request, one) for one in outcomes])


async def _leave(
    installation: Installation, reading: Reading, body: bytes, turn: AbstractAsyncContextManager[None]
) -> shapes.Left:
    posted = await asyncio.to_thread(pending.parse, body)
    async with turn:
        kept = await pending.keep(installation, reading, posted)
    if kept.missing:
        return shapes.Left(kept.id.hex(), kept.missing)
    try:
        receipt = await installation.submit(reading.ledger, await installation.read(kept.envelope()))
    except Refused:
        # Nobody is left to wait for: the member has voted meanwhile, say, and the ledger has said no.
        await pending.settle(installation, reading.ledger_id, kept.id)
        raise
    await pending.settle(installation, reading.ledger_id, kept.id)
    return shapes.Left(kept.id.hex(), [], receipt_shape(receipt))


@get(
    "/pending",
    opt={OPT: Access.MEMBER},
    summary="What waits for my signature, or for others' beside mine",
    responses=errors(401, 404),
)
async def list_pending(
    slug: FromPath[str], installation: NamedDependency[Installation], visit: NamedDependency[Visit]
) -> shapes.PendingList:
    """Every waiting statement that names the reader as a signer."""
    assert visit.member is not None  # noqa: S101 - the access asks for a member
    found = await pending.of(installation, visit.reading, visit.member.id)
    return shapes.PendingList([_shape(one) for one in found])


@get(
    "/pending/{id:str}",
    opt={OPT: Access.OPEN},
    summary="A waiting statement, to be read and signed",
    description="For its signers. Where one of them is a bare key (a device being enrolled), for whoever has the link.",
    responses=errors(401, 403, 404),
)
async def get_pending(
    slug: FromPath[str],
    id: FromPath[str],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> shapes.Pending:
    """With its private values: whoever signs must be able to read what it says."""
    found = await pending.find(installation, visit.reading, pending.parse_id(id))
    _require_signer(visit, found)
    return _shape(found)


@delete(
    "/pending/{id:str}",
    opt={OPT: Access.MEMBER},
    summary="Take a waiting statement back, or decline to sign it",
    responses=errors(401, 403, 404),
)
async def withdraw(
    slug: FromPath[str],
    id: FromPath[str],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> None:
    """Gone, with its private values; for every signer alike, since it can't be without any of them."""
    found = await pending.find(installation, visit.reading, pending.parse_id(id))
    if visit.member is None or visit.member.id not in found.statement.signers:
        raise Problem("pending.not_yours", 403)
    await pending.settle(installation, visit.reading.ledger_id, found.id)


def _require_signer(visit: Visit, found: Pending) -> None:
    signers = found.statement.signers
    # An id is a hash over a random nonce: whoever has it was given it by one of the signers.
    if any(signer.startswith("key_") for signer in signers):
        return
    if visit.member is None:
        raise Problem("access.sign_in", 401)
    if visit.member.id not in signers:
        raise Problem("pending.not_yours", 403)


def _shape(found: Pending) -> shapes.Pending:
    return shapes.Pending(
        id=found.id.hex(),
        statement=msgspec.to_builtins(found.statement),
        signers=list(found.statement.signers),
        signatures=list(found.signatures),
        private=list(found.openings),
        created=canonical.format_time(found.created),
        expires=canonical.format_time(found.expires),
    )
