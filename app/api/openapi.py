"""The description of the API, and the page that shows it."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment
from litestar import Request, Response, Router, get
from litestar.enums import MediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app.access import OPT, Access
from app.api.answers import NO_COOKIES
from app.api.problems import language
from app.pages.frame import Frame, page_context

DESCRIPTION: Final = "/api/v1/openapi.json"


@get("/docs", include_in_schema=False)
async def docs(request: Request[Any, Any, Any]) -> Response[str]:
    """Swagger UI, served from here: the content security policy lets nothing in from elsewhere."""
    environment: Environment = request.app.state.environment
    frame = Frame(lang=language(request), path=request.url.path)
    context = page_context(request.app.state.texts, frame)
    html = environment.get_template("api/docs.html").render(**context, url=DESCRIPTION)
    return Response(html, media_type=MediaType.HTML)


CONFIG: Final = OpenAPIConfig(
    title="Yui",
    version="1",
    description="Statements, proofs and sessions of co-ops' ledgers. What is signed, and how: docs/format.md.",
    use_handler_docstrings=True,
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    openapi_router=Router(path="/api/v1", route_handlers=[docs], opt={OPT: Access.OPEN, **NO_COOKIES}),
)
