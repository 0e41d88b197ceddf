"""The description of the API."""

from __future__ import annotations

from typing import Final

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app.access import OPT, Access
from app.api.answers import NO_COOKIES

CONFIG: Final = OpenAPIConfig(
    title="Yui",
    version="1",
    description="Statements, proofs and sessions of co-ops' ledgers. What is signed, and how: docs/format.md.",
    use_handler_docstrings=True,
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    openapi_router=Router(path="/api/v1", route_handlers=[], opt={OPT: Access.OPEN, **NO_COOKIES}),
)
