"""The shape of documents that people write for themselves, as JSON Schema, for their editors and programs."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get

from app.access import OPT, Access
from app.api.answers import NO_COOKIES
from governance import schema

RULE: Final = "/api/v1/rule.schema.json"
_MEDIA: Final = "application/schema+json"


@get(
    RULE,
    opt={OPT: Access.OPEN, **NO_COOKIES},
    include_in_schema=True,
    tags=["rules"],
    summary="JSON Schema of rules, with every module",
    media_type=_MEDIA,
)
async def rule() -> Response[dict[str, Any]]:
    """Draft 2020-12, made from the modules of this version."""
    return Response(schema.rule(), media_type=_MEDIA, headers={"Cache-Control": "public, max-age=3600"})
