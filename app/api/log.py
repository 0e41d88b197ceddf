"""The log as files, on the paths of C2SP tlog-tiles, for auditors, mirrors and witnesses.

Who may read what is the co-op's setting. What everyone may read is marked so that proxies may keep it; an answer to
somebody signed in never is.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from app.access import OPT, Access
from app.anchors import standing as anchors
from app.api.answers import NO_COOKIES, errors
from app.api.problems import Problem
from app.installation import Installation
from app.sequencer.guard import Published
from app.session.current import SIGNED_IN
from app.succession.former import former, last_published
from app.visit import Visit
from app.witness import cosigned as cosignatures
from ledger.errors import FormatError
from ledger.tiles import WIDTH, Tile, has, parse_path

_FOREVER: Final = "max-age=31536000, immutable"
_SHORT: Final = "max-age=3600"
"""A partial tile never changes either, but a wider one soon takes its place."""
_FRESH: Final = "max-age=1, must-revalidate"
_FILE: Final = "application/octet-stream"
_PROOF: Final = re.compile(r"([1-9][0-9]{0,15})\.json\Z")


def _caching(request: Request[Any, Any, Any], age: str, *, public: bool) -> dict[str, str]:
    # The session cookie is renewed with every answer to whoever has one: nobody else may be handed that.
    shared = public and SIGNED_IN not in request.session
    return {"Cache-Control": f"{'public' if shared else 'private'}, {age}"}


@get(
    "/checkpoint",
    opt={OPT: Access.COOP, **NO_COOKIES},
    summary="The published checkpoint (C2SP tlog-checkpoint)",
    responses={
        200: ResponseSpec(str, description="The signed note.", media_type="text/plain", generate_examples=False),
        304: ResponseSpec(None, description="It is the one that you have."),
        **errors(401, 403, 404),
    },
)
async def checkpoint(
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """The guard's note, with the cosignatures that there are under it already."""
    if visit.reading.ledger.slug != slug:
        return _note(request, last_published(installation, visit, await former(installation, visit)), visit)
    published = await installation.log.published(visit.reading.ledger)
    if installation.witnessing.policy is not None:
        pool = installation.database.pool
        published = await cosignatures.with_cosignatures(pool, visit.reading.ledger, published)
    return _note(request, published, visit)


@get(
    "/cosigned",
    opt={OPT: Access.COOP, **NO_COOKIES},
    summary="The newest checkpoint that enough witnesses have cosigned",
    responses={
        200: ResponseSpec(str, description="The signed note.", media_type="text/plain", generate_examples=False),
        304: ResponseSpec(None, description="It is the one that you have."),
        **errors(401, 403, 404),
    },
)
async def cosigned(
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """By the witness policy of this installation."""
    found = await cosignatures.newest(installation, visit.reading.ledger)
    if found is None:
        raise Problem("http.not_found", 404)
    return _note(request, found, visit)


@get(
    "/anchors/{name:str}",
    opt={OPT: Access.COOP, **NO_COOKIES},
    summary="The proof that a checkpoint stands on a public chain",
    description="`name`: `{size}.json`, as the ledger's `anchor` records have it.",
    responses={
        200: ResponseSpec(bytes, description="The proof.", media_type="application/json", generate_examples=False),
        **errors(401, 403, 404),
    },
)
async def anchor(
    slug: FromPath[str],
    name: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """It never changes: there is one as soon as the anchor is final."""
    size = _PROOF.match(name)
    pool = installation.database.pool
    found = None if size is None else await anchors.proof(pool, visit.reading.ledger.id, int(size[1]))
    if found is None:
        raise Problem("http.not_found", 404)
    headers = _caching(request, _FOREVER, public=visit.coop.tiles == "public")
    return Response(found, media_type="application/json", headers=headers)


def _note(request: Request[Any, Any, Any], published: Published, visit: Visit) -> Response[bytes]:
    headers = _caching(request, _FRESH, public=visit.coop.tiles == "public")
    tag = f'"{hashlib.sha256(published.note).hexdigest()[:32]}"'
    if tag in _tags(request.headers.get("if-none-match", "")):
        return Response(b"", status_code=304, headers=headers | {"ETag": tag})
    return Response(published.note, media_type="text/plain", headers=headers | {"ETag": tag})


@get(
    "/tile/entries/{path:path}",
    opt={OPT: Access.ENTRIES, **NO_COOKIES},
    summary="A bundle of entries (C2SP tlog-tiles)",
    description="`path`: `{N}` or `{N}.p/{W}`.",
    responses={
        200: ResponseSpec(bytes, description="Entries.", media_type=_FILE, generate_examples=False),
        **errors(401, 403, 404),
    },
)
async def bundle(
    slug: FromPath[str],
    path: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """Up to 256 entries, each a big-endian uint16 length and its bytes."""
    tile = _parse(f"tile/entries/{path.lstrip('/')}")
    return await _tile(request, installation, visit, tile, public=visit.coop.entries == "public")


@get(
    "/tile/{path:path}",
    opt={OPT: Access.COOP, **NO_COOKIES},
    summary="A hash tile (C2SP tlog-tiles)",
    description="`path`: `{L}/{N}` or `{L}/{N}.p/{W}`.",
    responses={
        200: ResponseSpec(bytes, description="Hashes.", media_type=_FILE, generate_examples=False),
        **errors(401, 403, 404),
    },
)
async def hash_tile(
    slug: FromPath[str],
    path: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """Up to 256 hashes of 32 bytes."""
    tile = _parse(f"tile/{path.lstrip('/')}")
    if tile.level is None:
        raise Problem("http.not_found", 404)
    return await _tile(request, installation, visit, tile, public=visit.coop.tiles == "public")


def _parse(path: str) -> Tile:
    try:
        return parse_path(path)
    except FormatError as error:
        raise Problem("http.not_found", 404) from error


async def _tile(
    request: Request[Any, Any, Any], installation: Installation, visit: Visit, tile: Tile, *, public: bool
) -> Response[bytes]:
    before = await former(installation, visit) if visit.reading.ledger.slug != visit.slug else None
    shown = before is None or has(tile, before.entries)
    data = await installation.log.tile(visit.reading.ledger, tile) if shown else None
    if data is None:
        raise Problem("http.not_found", 404)
    age = _FOREVER if tile.width == WIDTH else _SHORT
    return Response(data, media_type=_FILE, headers=_caching(request, age, public=public))


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
