"""What the service writes down about itself: JSON lines, one per event, never what people sent.

No bodies, cookies, names, ballots or addresses: a request is its method, its route's template, its status and time.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
import time
from pathlib import Path
from typing import Any, Final

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("yui.request")
_LARGEST: Final = 10_000_000
_KEPT: Final = 3
_QUIET: Final = ("granian", "asyncio", "alembic", "sqlalchemy", "httpx", "httpcore")
"""Libraries of which only warnings are wanted."""


def configure(data: Path | None = None) -> None:
    """Log to the standard error output, or where somebody sits in front of that, to ``data``/yui.log."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _handler(data)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _trace_without_values,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class RequestLog(ASGIMiddleware):
    """One line per request."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on and note what came of it."""
        started, status = time.perf_counter_ns(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, noting)
        except Exception as error:
            status = getattr(error, "status_code", 500)  # answered further out
            raise
        finally:
            milliseconds = (time.perf_counter_ns() - started) // 1_000_000
            route = str(scope.get("path_template", ""))
            _log.info("request", method=scope.get("method"), route=route, status=status, ms=milliseconds)


def _handler(data: Path | None) -> logging.Handler:
    if data is None or not sys.stderr.isatty():
        return logging.StreamHandler(sys.stderr)
    return logging.handlers.RotatingFileHandler(
        data / "yui.log", maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8", delay=True
    )


def _trace_without_values(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Where an error happened and of which kind; its message may quote what somebody sent."""
    error = event.pop("exc_info", None)
    error = sys.exc_info() if error is True else error
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[0] is not None:
        event["error"] = error[0].__qualname__
        event["at"] = _frames(error[2])
    return event


def _frames(trace: Any) -> list[str]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames
