"""What goes wrong, as RFC 9457 problem documents with stable codes, in the reader's language.

Codes are the ledger's own wherever the ledger said no. Browsers that asked for a page get one: ``app/pages/errors.py``.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, PermissionDeniedException

from app.errors import DatabaseUnavailable, LedgerUnknown, ServiceError
from app.pages.frame import LANGUAGE_COOKIE
from app.sequencer.lane import Refused
from app.texts import LANGUAGES, Catalogue
from app.texts.formats import JAPAN, Formats
from ledger import canonical
from ledger.errors import FormatError, LedgerError, ProofError, Refusal, SignatureFault, UnknownVersion

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal of the service itself, outside any ledger."""

    def __init__(self, code: str, status: int, **params: Any) -> None:
        super().__init__(code)
        self.code, self.status, self.params = code, status, params


class Moved(Exception):
    """What is asked for has another address now."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


_HTTP_CODES = {400: "http.bad_request", 401: "access.sign_in", 403: "access.role", 404: "http.not_found",
               405: "http.method", 413: "http.too_large", 415: "http.media_type", 429: "http.too_many",
               503: "http.unavailable"}  # fmt: skip


_RETRY, _MINUTE = 5, 60
"""Seconds."""

_MINUTE_MS = 60_000

_AWAY = (
    *(asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError),
    *(asyncpg.OperatorInterventionError, ConnectionError),
)
"""What a read meets while the database is away. The embedded one is started again by itself."""


def language(request: Request[Any, Any, Any]) -> str:
    """The reader's language: as chosen, else as the browser prefers, else Japanese."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wanted = request.headers.get("accept-language", "")
    return "en" if wanted.strip().lower().startswith("en") else "ja"


def describe(error: Exception) -> tuple[str, int, dict[str, Any]]:
    """Stable code, HTTP status and parameters of any error."""
    if isinstance(error, Refused):
        error = error.error
    elif isinstance(error, TimeoutError):  # no free connection in time, or too long an answer
        error = DatabaseUnavailable("database.busy")
    if isinstance(error, Problem):
        return error.code, error.status, error.params
    if isinstance(error, (LedgerError, ServiceError)):
        return error.code, _status(error), error.params
    if isinstance(error, _AWAY):
        return "database.unavailable", 503, {}
    if isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        return "http.csrf", 403, {}
    if isinstance(error, UnicodeDecodeError):  # Litestar lets it through where a body of JSON is no text
        return "http.bad_request", 400, {}
    if isinstance(error, asyncpg.DataError):  # a number or a text in the address that no row could have
        return "http.not_found", 404, {}
    if isinstance(error, HTTPException):
        return _HTTP_CODES.get(error.status_code, "http.error"), error.status_code, {}
    return "http.internal", 500, {}


def _status(error: LedgerError | ServiceError) -> int:
    """Conflict: the ledger said no. Bad request: the form is wrong. Unavailable: the service can't, for now."""
    if isinstance(error, Refusal):
        return 409
    if isinstance(error, LedgerUnknown):
        return 409 if error.code == "ledger.taken" else 404
    if isinstance(error, (FormatError, SignatureFault, ProofError, UnknownVersion)):
        return 400
    return 503


def sentence(texts: Catalogue, lang: str, code: str, params: dict[str, Any], utc_offset: int = JAPAN) -> str:
    """The error in words, its times by the co-op's clock; the general sentence where the catalogue has none for it."""
    key = f"errors.{code}"
    if key not in texts.keys(lang):
        return texts.t(lang, "errors.other", code=code)
    fmt = Formats(lang, partial(texts.t, lang), utc_offset)
    return texts.t(lang, key, **{name: _told(fmt, name, value) for name, value in params.items()})


def _told(fmt: Formats, name: str, value: Any) -> Any:
    """A fact as people write it: a timestamp as a moment, to a whole minute that is not before an ``earliest`` one."""
    if not isinstance(value, str):
        return value
    try:
        ms = canonical.parse_time(value)
    except FormatError:
        return value
    return fmt.moment(ms + (_MINUTE_MS - 1 if name == "earliest" else 0))


def document(request: Request[Any, Any, Any], error: Exception) -> dict[str, Any]:
    """The problem document of an error."""
    code, status, params = describe(error)
    texts: Catalogue = request.app.state.texts
    return {
        "type": f"urn:yui:problem:{code}",
        "code": code,
        "status": status,
        "title": sentence(texts, language(request), code, params, getattr(error, "utc_offset", JAPAN)),
        "params": params,
    }


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to a program: the problem document, and with the ledger's own no its signed refusal."""
    note(request, error)
    body = document(request, error)
    if isinstance(error, Refused):
        body["refusal"] = msgspec.to_builtins(error.signed)
    return Response(body, status_code=body["status"], media_type=MEDIA_TYPE, headers=when_again(error))


def note(request: Request[Any, Any, Any], error: Exception) -> None:
    """Log what is the service's own trouble: the route and the kind of error, never what was sent."""
    _, status, _ = describe(error)
    if status >= 500:  # noqa: PLR2004
        _log.error("error on %s", request.scope.get("path_template", ""), exc_info=error)


def when_again(error: Exception) -> dict[str, str]:
    """For how many seconds there is no use in asking again, where that is so."""
    _, status, params = describe(error)
    if status == 503:  # noqa: PLR2004
        return {"Retry-After": str(_RETRY)}
    if status == 429:  # noqa: PLR2004
        counted = getattr(error, "headers", None) or {}
        return {"Retry-After": str(params.get("seconds") or counted.get("RateLimit-Reset") or _MINUTE)}
    return {}
