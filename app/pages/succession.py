"""Officers sign that a ledger goes on under another name: a page whose address is the key to the draft.

The ledger itself answers nothing meanwhile, so nobody is signed in here: what counts are the signatures.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.access import OPT, Access
from app.api.answers import receipt_shape
from app.api.problems import Problem
from app.installation import Installation
from app.pages.page import Page, show
from app.reading import reading_of
from app.sequencer.submission import check
from app.succession import drafting
from app.succession.drafting import Drafted
from app.succession.founding import succeed
from ledger import ids, keys
from ledger.books.keys import Key
from ledger.private import Opening
from ledger.statement import Signature, parse_statement

_OPEN: Final = {OPT: Access.OPEN}


class Signed(msgspec.Struct, forbid_unknown_fields=True):
    """One officer's signature over the fixed bytes."""

    signature: Signature


@get("/succeed/{token:str}", opt=_OPEN)
async def sign_page(
    request: Request[Any, Any, Any], token: FromPath[str], installation: NamedDependency[Installation]
) -> Page:
    """What is lost, how it goes on, who has signed."""
    drafted = await drafting.read(installation, token)
    reading = await reading_of(installation, drafted.slug)
    names = await reading.names(drafted.signers)
    return await show(
        request,
        None,
        "succession/sign.html",
        address=f"/succeed/{token}",
        drafted=drafted,
        lost=max(drafted.published - drafted.entries, 0),
        signers=[
            (names.get(id_, id_), one is not None) for id_, one in zip(drafted.signers, drafted.signatures, strict=True)
        ],
        reason=str(drafted.openings[0]["value"]),
        ledger=parse_statement(drafted.statement.encode()).ledger,
    )


@get("/succeed/{token:str}/draft", opt=_OPEN)
async def to_sign(token: FromPath[str], installation: NamedDependency[Installation]) -> dict[str, Any]:
    """The fixed bytes and what opens them."""
    drafted = await drafting.read(installation, token)
    return {
        "openings": drafted.openings,
        "signed": [one is not None for one in drafted.signatures],
        "slug": drafted.slug,
        "statement": msgspec.Raw(drafted.statement.encode()),
    }


@post("/succeed/{token:str}/signature", opt={**_OPEN, "exclude_from_csrf": True}, status_code=200)
async def sign(
    token: FromPath[str], data: JSONBody[Signed], installation: NamedDependency[Installation]
) -> Response[dict[str, Any]]:
    """One officer's signature. With the last one the ledger goes on; the answer is then the receipt."""
    async with drafting.changing(installation, token) as drafted:
        await _place(installation, drafted, data.signature)
    given = tuple(one for one in drafted.signatures if one is not None)
    if len(given) < len(drafted.signatures):
        return Response({"slug": drafted.new_slug, "waiting": len(drafted.signatures) - len(given)})
    # The draft is free again; doing this twice gives the same receipt.
    statement = drafted.statement.encode()
    openings = tuple(msgspec.convert(one, Opening) for one in drafted.openings)
    submission = await asyncio.to_thread(check, parse_statement(statement), statement, given, openings)
    receipt = await succeed(installation, drafted.slug, drafted.new_slug, submission)
    await drafting.forget(installation, token)
    return Response({"slug": drafted.new_slug, "receipt": receipt_shape(receipt, [])})


async def _place(installation: Installation, drafted: Drafted, signature: Signature) -> None:
    """The signature at its officer's place, once it holds and the key is the officer's."""
    reading = await reading_of(installation, drafted.slug)
    key = await reading.find(Key, ids.key_id(signature.key))
    if key is None or key.status != "active" or key.member not in drafted.signers:
        raise Problem("succession.signer", 403)
    keys.verify_statement(signature, drafted.statement.encode())
    drafted.signatures[drafted.signers.index(key.member)] = signature


ROUTES: Final = (sign_page, to_sign, sign)
