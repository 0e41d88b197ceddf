"""The page that says what went wrong and what to do next."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from litestar import Request, Response
from litestar.enums import MediaType

from app.api import problems
from app.pages.frame import Frame, page_context


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Exception handler of the whole application: a page for a browser that asked for one, else a document."""
    if isinstance(error, problems.Moved):
        return Response(b"", status_code=303, headers={"Location": error.address})
    if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith("/api/"):
        return problems.respond(request, error)
    problems.note(request, error)
    return _page(request, problems.document(request, error), problems.when_again(error))


def _page(request: Request[Any, Any, Any], problem: dict[str, Any], headers: dict[str, str]) -> Response[str]:
    """The problem as a page. It needs no ledger and no session: those may be what failed."""
    slug = request.scope.get("path_params", {}).get("slug")
    # Two slashes at the start would make the language switch lead to another host.
    frame = Frame(lang=problems.language(request), path="/" + request.url.path.lstrip("/"))
    environment: Environment = request.app.state.environment
    # What was asked for is shown after signing in, where it can be asked for again.
    wanted = f"?next={quote(frame.path, safe='')}" if slug and request.method == "GET" else ""
    html = environment.get_template("error.html").render(
        **page_context(request.app.state.texts, frame),
        problem=problem,
        coop_href=f"/c/{slug}" if slug else "/",
        wanted=wanted,
    )
    return Response(html, media_type=MediaType.HTML, status_code=problem["status"], headers=headers)
