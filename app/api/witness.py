"""Witnessing others' logs, on the paths and with the answers of C2SP tlog-witness."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from app.access import OPT, Access
from app.api.answers import NO_COOKIES, errors
from app.api.problems import Problem
from app.installation import Installation
from app.limits import limits_of
from app.witness.service import Witness, status
from ledger.errors import LedgerError
from ledger.witness import MAX_REQUEST, SIZE_TYPE, Conflict

PATH: Final = "/witness"
_TEXT: Final = "text/plain"
_REFUSALS: Final = {
    400: "Malformed, or the old size is beyond the new one.",
    403: "No key on the list for that origin has signed the checkpoint.",
    404: "Not a log that is witnessed here.",
    422: "The checkpoint is not shown to have grown out of the one that was cosigned before.",
}
_UNABLE: Final = replace(
    errors()[503],
    description="Not now: send the same again later. `witness.lost`, `witness.damaged`: what this witness remembers of "
    "the log is gone, older than it was, or spoilt, and nothing of that log is cosigned until its operator acts.",
)
_Hash = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$", description="SHA-256 of the log's origin, in hex.")]


def _said(description: str, media_type: str = _TEXT) -> ResponseSpec:
    return ResponseSpec(str, description=description, media_type=media_type, generate_examples=False)


@post(
    "/add-checkpoint",
    opt={OPT: Access.SIGNED, **NO_COOKIES},
    status_code=200,
    request_max_body_size=MAX_REQUEST,
    summary="Have a checkpoint cosigned",
    responses={
        **errors(413),
        503: _UNABLE,
        200: _said("The cosignature's line."),
        409: _said("The size that was cosigned last.", SIZE_TYPE),
        **{code: _said(text) for code, text in _REFUSALS.items()},
    },
)
async def add_checkpoint(
    request: Request[Any, Any, Any], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """A checkpoint and the proof that it grew out of the one before."""
    limits_of(request).witness(request)
    body = await request.body()
    if installation.witness is None:
        return Response(b"witness.unknown_log\n", media_type=_TEXT, status_code=404)
    try:
        line = await installation.witness.add_checkpoint(body)
    except Conflict as conflict:
        return Response(f"{conflict.size}\n".encode(), media_type=SIZE_TYPE, status_code=409)
    except LedgerError as error:
        return Response(f"{error.code}\n".encode(), media_type=_TEXT, status_code=status(error))
    return Response(line, media_type=_TEXT)


@get(
    "/{hash:str}/checkpoint",
    opt={OPT: Access.OPEN, **NO_COOKIES},
    summary="The checkpoint of a log that was cosigned last",
    responses={200: _said("The cosigned note."), **errors(400, 404)},
)
async def cosigned(hash: _Hash, installation: NamedDependency[Installation]) -> Response[bytes]:  # noqa: A002
    """With the log's signatures and ours."""
    witness = _need(installation)
    found = await witness.cosigned(hash)
    if found is None:
        raise Problem("http.not_found", 404)
    return Response(found.note, media_type=_TEXT, headers={"Cache-Control": "public, max-age=10"})


@get(
    "/{hash:str}/evidence.json",
    opt={OPT: Access.OPEN, **NO_COOKIES},
    summary="What a log has signed beside the history that was cosigned",
    responses=errors(400, 404),
)
async def evidence(hash: _Hash, installation: NamedDependency[Installation]) -> Response[dict[str, Any]]:  # noqa: A002
    """Both notes, for ``yui verify-evidence``."""
    found = await asyncio.to_thread(_need(installation).memory.evidence, hash)
    if found is None:
        raise Problem("http.not_found", 404)
    return Response(found, headers={"Content-Disposition": f'attachment; filename="yui-evidence-{hash[:12]}.json"'})


def _need(installation: Installation) -> Witness:
    if installation.witness is None:
        raise Problem("http.not_found", 404)
    return installation.witness


ROUTER: Final = Router(
    PATH, route_handlers=[add_checkpoint, cosigned, evidence], include_in_schema=True, tags=["witness"]
)
