"""Entries one by one, with their proofs: for whoever may read them, and always for those whose act they are."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, PathParameter, QueryParameter
from litestar.response import Stream

from app.access import OPT, Access
from app.api import shapes
from app.api.answers import errors, texts
from app.api.problems import Problem
from app.installation import Installation
from app.limits import limits_of
from app.storage.log import Stored
from app.storage.records import record_lines
from app.visit import Visit
from app.witness.cosigned import cosigned_receipt
from ledger import canonical, receipt
from ledger.statement import Statement, parse_leaf

Number = Annotated[int, PathParameter(ge=0, le=canonical.MAX_INTEGER, description="Index of the entry.")]
_Size = Annotated[int, QueryParameter(ge=0, le=canonical.MAX_INTEGER)]
_PROOF_FILE: Final = "text/plain"
_IN_MEMORY: Final = 4 * 1024 * 1024
"""Bytes of records beyond which they are set down on disk."""
_PIECE: Final = 64 * 1024


@get(
    "/entries/{index:int}",
    opt={OPT: Access.OPEN},
    summary="An entry with its proof",
    description="Those whose act it is, or who signed it, may always read it.",
    responses=errors(400, 401, 403, 404),
)
async def entry(
    slug: FromPath[str],
    index: Number,
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> shapes.Entry:
    """The entry of that index."""
    stored = await _readable(installation, visit, index)
    found = parse_leaf(stored.leaf)
    proof = await installation.log.receipt(visit.reading.ledger, index)
    return shapes.Entry(
        index=index,
        id=canonical.b64(stored.statement_id),
        received=canonical.format_time(stored.received),
        statement=msgspec.to_builtins(found.statement),
        signatures=[msgspec.to_builtins(signature) for signature in found.signatures],
        leaf=canonical.b64(stored.leaf),
        proof=texts(proof.path),
        checkpoint=proof.note.decode(),
    )


@get(
    "/entries/{index:int}/receipt",
    opt={OPT: Access.OPEN},
    summary="An entry's receipt as a file (C2SP tlog-proof)",
    responses={
        200: ResponseSpec(str, description="Receipt.", media_type=_PROOF_FILE, generate_examples=False),
        **errors(400, 401, 403, 404),
    },
)
async def receipt_file(
    slug: FromPath[str],
    index: Number,
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """What ``yui verify-receipt`` checks offline."""
    await _readable(installation, visit, index)
    proof = await cosigned_receipt(installation, visit.reading.ledger, index)
    file = receipt.Receipt(proof.leaf, proof.index, tuple(proof.path), proof.note).to_file()
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{index}.tlog-proof"', "Cache-Control": "private"}
    return Response(file, media_type=_PROOF_FILE, headers=headers)


@get("/proofs/inclusion", opt={OPT: Access.COOP}, summary="An inclusion proof", responses=errors(400, 401, 403, 404))
async def inclusion(
    slug: FromPath[str],
    index: _Size,
    size: _Size,
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> shapes.Proof:
    """The path from entry ``index`` to the root of the first ``size`` entries."""
    return shapes.Proof(texts(await installation.log.inclusion(visit.reading.ledger, index, size)))


@get("/proofs/consistency", opt={OPT: Access.COOP}, summary="A consistency proof", responses=errors(400, 401, 403, 404))
async def consistency(
    slug: FromPath[str],
    old: Annotated[int, QueryParameter(name="from", ge=1, le=canonical.MAX_INTEGER)],
    new: Annotated[int, QueryParameter(name="to", ge=1, le=canonical.MAX_INTEGER)],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> shapes.Proof:
    """That the tree of ``to`` entries extends the one of ``from``."""
    return shapes.Proof(texts(await installation.log.consistency(visit.reading.ledger, old, new)))


@get(
    "/records.jsonl",
    opt={OPT: Access.ENTRIES},
    summary="Every record that the ledger has come to",
    description="One canonical line for each, ordered by kind and id, all as of one moment.",
    responses={
        200: ResponseSpec(str, description="Lines.", media_type="application/jsonl", generate_examples=False),
        **errors(401, 403, 404),
    },
)
async def records(
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Stream:
    """The books, for an export."""
    limits_of(request).costly(request, visit)
    return Stream(_lines(installation, visit), media_type="application/jsonl", headers={"Cache-Control": "private"})


async def _lines(installation: Installation, visit: Visit) -> AsyncIterator[bytes]:
    """All lines, set down first: a reader who is slow to take them must not keep a connection from everyone else."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        async with (
            installation.exporting,
            installation.database.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            async for line in record_lines(connection, installation.books, visit.reading.ledger_id):
                file.write(line + b"\n")
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


async def _readable(installation: Installation, visit: Visit, index: int) -> Stored:
    """The entry, if there is one and the reader may see it; who may not is not told whether there is one."""
    stored = await installation.log.entry(visit.reading.ledger, index)
    own = stored is not None and visit.member is not None and visit.member.id in _parties(stored)
    if not own and not visit.sees_entries:
        raise Problem("access.role", 403) if visit.signed_in else Problem("access.sign_in", 401)
    if stored is None:
        raise Problem("entry.unknown", 404, index=index)
    return stored


def _parties(stored: Stored) -> set[Any]:
    statement: Statement = parse_leaf(stored.leaf).statement
    return {*statement.signers, statement.for_}
