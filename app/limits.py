"""How much of what costs the service dearly one caller may have. Beside the limit on all requests, per process.

Members who are signed in are known by name, so what they ask for in the ordinary course is not counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from litestar import Request

from app.api.problems import Problem
from app.caller import caller
from app.clock import Clock
from app.settings import WebSettings
from app.visit import Visit

MINUTE: Final = 60
HOUR: Final = 3600
LISTENERS: Final = 100
"""Event streams of one caller at a time: a whole village may come from one address."""

Asked = Request[Any, Any, Any]


class Limits:
    """Counts by caller in fixed windows; what an earlier window held is forgotten as a whole."""

    def __init__(self, clock: Clock, web: WebSettings) -> None:
        self._clock = clock
        self._costly, self._foundings = web.requests_per_minute // 10, web.requests_per_minute // 20
        self._witnessed = web.requests_per_minute
        self._windows: dict[int, tuple[int, Counter[str]]] = {}
        self._listening: Counter[str] = Counter()

    def costly(self, request: Asked, visit: Visit) -> None:
        """Before whole tables are read or many texts opened for a stranger. Problem ``http.too_many``."""
        if visit.signed_in:
            return
        self._in_a_minute(self._costly, caller(request))

    def witness(self, request: Asked) -> None:
        """Before a log's checkpoint is judged: beside all that people ask for. Problem ``http.too_many``."""
        self._in_a_minute(self._witnessed, f"witness {caller(request)}")

    def founding(self, request: Asked) -> None:
        """Before a draft or keys are made for a co-op that may never be. Problem ``founding.too_many``."""
        wait = self._take(HOUR, self._foundings, caller(request))
        if wait:
            raise Problem("founding.too_many", 429, seconds=wait)

    def check_listeners(self, request: Asked) -> None:
        """Before another event stream is opened. Problem ``events.too_many``."""
        if self._listening[caller(request)] >= LISTENERS:
            raise Problem("events.too_many", 429, seconds=MINUTE)

    @contextmanager
    def listening(self, who: str) -> Iterator[None]:
        """While a caller's event stream is open."""
        self._listening[who] += 1
        try:
            yield
        finally:
            self._listening[who] -= 1
            if not self._listening[who]:
                del self._listening[who]

    def _in_a_minute(self, count: int, who: str) -> None:
        wait = self._take(MINUTE, count, who)
        if wait:
            raise Problem("http.too_many", 429, seconds=wait)

    def _take(self, seconds: int, count: int, who: str) -> int:
        """Count one more in this window; how many seconds to wait where that is too many, else 0."""
        number, gone = divmod(self._clock.now() // 1000, seconds)
        window, counts = self._windows.get(seconds, (number, Counter[str]()))
        if window != number:
            counts = Counter()
        self._windows[seconds] = (number, counts)
        counts[who] += 1
        return seconds - gone if counts[who] > count else 0


def limits_of(request: Asked) -> Limits:
    """The limits of the application that serves this request."""
    found: Limits = request.app.state.limits
    return found
