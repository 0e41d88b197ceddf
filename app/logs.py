"""What the service writes down about itself: JSON lines, one per event, never what people sent.

No bodies, cookies, names, ballots or addresses: a request is its method, its route's template, its status and time.
"""

from __future__ import annotations

import atexit
import json
import logging
import logging.handlers
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import structlog

_GATHERED: Final = 0.1
"""Seconds in which lines are gathered before they are written."""
_MOST: Final = 10_000
"""Lines that may wait."""
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
    handler = Writer(_sink(data))
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
    for old in root.handlers:
        if isinstance(old, Writer):
            old.end()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Writer(logging.Handler):
    """Gathers lines and has a thread of its own write them: nobody who is served waits for the log.

    Warnings and errors are written before ``emit`` returns. The rest follows within a moment, all of it before the
    process ends; whoever finds too much waiting writes it, so that memory has a bound and no line is lost.
    """

    def __init__(self, sink: logging.Handler) -> None:
        super().__init__()
        self._sink, self._writing = sink, threading.Lock()
        self._lines: deque[str] = deque()
        self._some, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="yui-log", daemon=True)
        self._thread.start()
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """See logging."""
        try:
            self._lines.append(self.format(record))
        except Exception:  # noqa: BLE001  (what can't be written down must not stop what it tells of)
            self.handleError(record)
            return
        if record.levelno >= logging.WARNING:
            self.flush()
        else:
            self._some.set()

    def request(self, method: str, route: str, status: int, milliseconds: int) -> None:
        """One request: what it asked for, and what came of it."""
        # No record, no formatter: this is written more often than anything else by far.
        self._lines.append(
            f'{{"method": {_quoted(method)}, "route": {_quoted(route)}, "status": {status}, "ms": {milliseconds}, '
            f'"event": "request", "level": "info", "logger": "yui.request", "time": "{_now()}"}}'
        )
        if not self._some.is_set():
            self._some.set()
        if len(self._lines) > _MOST:
            self.flush()

    def flush(self) -> None:
        """Write what is there."""
        with self._writing:
            lines = []
            while self._lines:
                lines.append(self._lines.popleft())
            if lines:
                text = "\n".join(lines)
                with suppress(OSError, ValueError):  # a full disk or a closed stream stops nobody who is served
                    self._sink.handle(logging.makeLogRecord({"msg": "%s", "args": (text,)}))
                    self._sink.flush()

    def close(self) -> None:
        """Write what is there. No more than that: a library that configures its own log closes everybody's handlers."""
        self.flush()

    def end(self) -> None:
        """Write what is left; from here on nothing is written."""
        atexit.unregister(self.flush)
        self._ended.set()
        self._some.set()
        self._thread.join()
        self.flush()
        self._sink.close()

    def _write_on(self) -> None:
        while not self._ended.is_set():
            self._some.wait()
            self._ended.wait(_GATHERED)
            self._some.clear()
            self.flush()


def requests() -> Callable[[str, str, int, int], None]:
    """Where requests are written down: method, route's template, status, milliseconds."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Writer):
            return handler.request
    return lambda _method, _route, _status, _milliseconds: None


@cache
def _quoted(text: str) -> str:
    """Methods and routes, of which there are few."""
    return json.dumps(text, ensure_ascii=False)


def _now() -> str:
    seconds, rest = divmod(time.time_ns() // 1000, 1_000_000)
    return f"{_second(seconds)}.{rest:06d}Z"


@lru_cache(2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _sink(data: Path | None) -> logging.Handler:
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
