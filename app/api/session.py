"""Signing in and out at one co-op.

The sealed cookie names the session by an id that nobody could have planted: signing in makes a new one.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.access import OPT, Access
from app.api import shapes
from app.api.answers import SELF_AUTHENTICATING, errors
from app.api.context import session_shape
from app.api.problems import Problem
from app.installation import Installation
from app.session import challenge as challenges
from app.session.challenge import Challenge
from app.session.current import CLEARED, forget, remember
from app.visit import Visit
from ledger.statement import Signature


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """The answer to a challenge: the challenge as it was given, the signature, and who answers.

    Without ``member`` it is whoever owns the key.
    """

    challenge: shapes.Base64
    expires: shapes.Time
    signature: Signature
    member: str | None = None


@get(
    "/session/challenge",
    opt={OPT: Access.OPEN},
    summary="A challenge to sign in with",
    description="Serves once, for five minutes.",
    responses=errors(404),
)
async def get_challenge(
    slug: FromPath[str], installation: NamedDependency[Installation], visit: NamedDependency[Visit]
) -> shapes.Challenge:
    """A fresh challenge."""
    fresh = await challenges.make(installation, visit.reading)
    return shapes.Challenge(*fresh)


@get("/session", opt={OPT: Access.MEMBER}, summary="Who is signed in", responses=errors(401, 404))
async def get_session(slug: FromPath[str], visit: NamedDependency[Visit]) -> shapes.Session:
    """The session, which a revoked key has ended."""
    session = await session_shape(visit)
    assert session is not None  # noqa: S101 - the access asks for a member
    return session


@post(
    "/session",
    opt={OPT: Access.OPEN, **SELF_AUTHENTICATING},
    status_code=200,
    summary="Sign in",
    responses=errors(400, 403, 404, 409, 415),
)
async def sign_in(
    slug: FromPath[str],
    data: JSONBody[SignIn],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> shapes.Session:
    """The new session."""
    # A page elsewhere may post a form or plain text with our cookies, but no JSON: nobody is signed in by a stranger.
    if request.content_type[0] != "application/json":
        raise Problem("http.media_type", 415)
    asked = Challenge(data.challenge, data.expires, visit.reading.ledger.origin)
    key = await challenges.answer(installation, visit.reading, visit.coop, asked, data.member, data.signature)
    await remember(request, installation, visit.reading, key)
    roles = await visit.reading.roles_of(key.member)
    return shapes.Session(key.member, key.id, sorted(roles))


@delete(
    "/session",
    opt={OPT: Access.OPEN},
    summary="Sign out",
    response_headers=[CLEARED],
    responses=errors(403, 404),
)
async def sign_out(slug: FromPath[str], request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> None:
    """Sign this browser out of this co-op. The session is over for every copy of its cookie."""
    await forget(request, visit.reading)
