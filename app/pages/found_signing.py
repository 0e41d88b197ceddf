"""The last steps of a founding, as scripts take them: a founder's key, fixing the bytes, a signature, the founding.

What is signed is fetched, shown by the founder's own device from the bytes themselves, and signed there.
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
from app.founding import genesis, questions, store
from app.founding.answers import Founding, Person, Sealed
from app.founding.store import Link, own_link
from app.installation import Installation
from app.sequencer.submission import check
from app.settings import WebSettings
from governance.founding import MAX_FOUNDERS
from ledger import ids, keys
from ledger.books.keys import Credential
from ledger.private import Opening
from ledger.statement import Signature, parse_statement

_OPEN: Final = {OPT: Access.OPEN}


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    """The public half of the key that a founder's device has made."""

    alg: str
    public: str
    credential: Credential | None = None


class NewFounder(msgspec.Struct, forbid_unknown_fields=True):
    """Another founder, with the fields of the second question and a key."""

    person_name: str
    person_kana: str
    person_type: str
    key: NewKey


class Signed(msgspec.Struct, forbid_unknown_fields=True):
    """One founder's signature over the fixed bytes."""

    signature: Signature


@post("/found/{key:str}/key", opt=_OPEN, status_code=200)
async def set_key(
    key: FromPath[str], data: JSONBody[NewKey], installation: NamedDependency[Installation]
) -> dict[str, Any]:
    """The first founder's key."""
    async with store.changing(installation, own_link(key)) as draft:
        _require_unsealed(draft)
        _take_key(draft, draft.founders[0], data)
    return {"ordinal": 0}


@post("/found/{key:str}/seal", opt=_OPEN, status_code=200)
async def seal(
    request: Request[Any, Any, Any], key: FromPath[str], installation: NamedDependency[Installation]
) -> dict[str, Any]:
    """Fix the bytes: from now on nobody joins and nothing changes, unless all is opened again."""
    web: WebSettings = request.app.state.web
    async with store.changing(installation, own_link(key)) as draft:
        if draft.sealed is None:
            if len(draft.done) < questions.QUESTIONS or not all(person.ready for person in draft.founders):
                raise Problem("founding.incomplete", 409)
            draft.sealed = await asyncio.to_thread(genesis.seal, installation, web, draft)
    return _to_sign(draft)


@post("/found/join/{joining:str}/founders", opt=_OPEN, status_code=200)
async def add_founder(
    joining: FromPath[str], data: JSONBody[NewFounder], installation: NamedDependency[Installation]
) -> dict[str, Any]:
    """Join the draft."""
    async with store.changing(installation, Link(joining, None)) as draft:
        _require_unsealed(draft)
        person = Person()
        form = {name: getattr(data, name) for name in ("person_name", "person_kana", "person_type")}
        if questions.read_person(form, person) or len(draft.founders) >= MAX_FOUNDERS:
            raise Problem("founding.founder", 400)
        _take_key(draft, person, data.key)
        draft.founders.append(person)
        return {"ordinal": len(draft.founders) - 1}


@get("/found/join/{joining:str}/sealed", opt=_OPEN)
async def sealed(joining: FromPath[str], installation: NamedDependency[Installation]) -> dict[str, Any]:
    """What is to be signed, once the first founder has fixed it."""
    return _to_sign(await store.read(installation, Link(joining, None)))


@post("/found/join/{joining:str}/signature", opt=_OPEN, status_code=200)
async def sign(
    joining: FromPath[str], data: JSONBody[Signed], installation: NamedDependency[Installation]
) -> Response[dict[str, Any]]:
    """One founder's signature. The last one founds the co-op; the answer is then the receipt."""
    link = Link(joining, None)
    async with store.changing(installation, link) as draft:
        fixed = _require_sealed(draft)
        _place(draft, fixed, data.signature)
        given = tuple(one for one in fixed.signatures if one is not None)
        if len(given) < len(fixed.signatures):
            return Response({"slug": draft.answers.slug, "waiting": len(fixed.signatures) - len(given)})
    # The draft is free again: founding needs connections of its own, and founding again gives the same receipt.
    statement = fixed.statement.encode()
    openings = tuple(msgspec.convert(one, Opening) for one in fixed.openings)
    submission = await asyncio.to_thread(check, parse_statement(statement), statement, given, openings)
    receipt = await installation.found(draft.answers.slug, submission)
    await store.forget(installation, link)
    return Response({"slug": draft.answers.slug, "receipt": receipt_shape(receipt, [])})


def _to_sign(draft: Founding) -> dict[str, Any]:
    fixed = _require_sealed(draft)
    return {
        "openings": fixed.openings,
        "signed": [one is not None for one in fixed.signatures],
        "slug": draft.answers.slug,
        "statement": msgspec.Raw(fixed.statement.encode()),
    }


def _place(draft: Founding, fixed: Sealed, signature: Signature) -> None:
    """The signature at its founder's place, once it holds."""
    publics = [person.public for person in draft.founders]
    if signature.key not in publics:
        raise Problem("founding.founder", 400)
    keys.verify_statement(signature, fixed.statement.encode())
    fixed.signatures[publics.index(signature.key)] = signature


def _take_key(draft: Founding, person: Person, key: NewKey) -> None:
    keys.check_public(key.alg, key.public)
    if any(other.public == key.public for other in draft.founders if other is not person):
        raise Problem("key.taken", 409, id=ids.key_id(key.public))
    person.alg, person.public, person.credential = key.alg, key.public, key.credential or ""


def _require_unsealed(draft: Founding) -> None:
    if draft.sealed is not None:
        raise Problem("founding.sealed", 409)


def _require_sealed(draft: Founding) -> Sealed:
    if draft.sealed is None:
        raise Problem("founding.not_sealed", 409)
    return draft.sealed


ROUTES: Final = (set_key, seal, add_founder, sealed, sign)
