"""The words that a page needs to let somebody sign: the catalogue of sentences, and what may go wrong."""

from __future__ import annotations

from typing import Any, Final, Literal

from litestar import Request, Response, get
from litestar.params import FromPath

from app.access import OPT, Access
from app.api import shapes
from app.api.answers import NO_COOKIES, errors
from app.texts import Catalogue, sentences

_PREFIXES: Final = ("signing.", "errors.")


@get(
    "/api/v1/texts/{lang:str}/signing",
    opt={OPT: Access.OPEN, **NO_COOKIES},
    include_in_schema=True,
    tags=["texts"],
    summary="Sentences and words for signing",
    responses=errors(400),
)
async def signing(
    lang: FromPath[Literal["ja", "en"]], request: Request[Any, Any, Any]
) -> Response[shapes.SigningTexts]:
    """Everything in one answer, so that it is there when the network goes."""
    catalogue: Catalogue = request.app.state.texts
    texts: dict[str, str] = {}
    for prefix in _PREFIXES:
        texts |= catalogue.texts(lang, prefix)
    found = shapes.SigningTexts(dict(sentences.catalogue(lang)), texts)
    return Response(found, headers={"Cache-Control": "max-age=300"})
