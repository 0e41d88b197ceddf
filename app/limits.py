"""How much one caller may have, per process: of all requests, and of what costs the service dearly.

Members who are signed in are known by name, so of what costs much they may have as much as of anything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

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


class Quota(NamedTuple):
    """What a caller may still ask for: ``left`` of ``limit`` requests within the next ``seconds``."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """As clients are told (IETF draft ``ratelimit-headers``)."""
        limit = b"%d" % self.limit
        return [
            (b"ratelimit-policy", b"%b; w=%d" % (limit, MINUTE)),
            (b"ratelimit-limit", limit),
            (b"ratelimit-remaining", b"%d" % self.left),
            (b"ratelimit-reset", b"%d" % self.seconds),
        ]


class Limits:
    """Counts by caller in fixed windows; what an earlier window held is forgotten as a whole."""

    def __init__(self, clock: Clock, web: WebSettings) -> None:
        self._clock = clock
        self._costly, self._foundings = web.requests_per_minute // 10, web.requests_per_minute // 20
        self._all = web.requests_per_minute
        self._windows: dict[int, tuple[int, Counter[str]]] = {}
        self._listening: Counter[str] = Counter()

    def request(self, who: str) -> Quota:
        """Before anything else is done for a caller. Problem ``http.too_many``."""
        left, seconds = self._take(MINUTE, self._all, f"any {who}")
        if left < 0:
            raise Problem("http.too_many", 429, seconds=seconds)
        return Quota(self._all, left, seconds)

    def refused(self, request: Asked, count: int) -> None:
        """Count statements of a batch that came to nothing as so many requests: garbage is not cheaper by the hundred.

        What is accepted is not counted: a whole village may be admitted in a minute.
        """
        self._take(MINUTE, self._all, f"any {caller(request)}", count)

    def costly(self, request: Asked, visit: Visit) -> None:
        """Before whole tables are read or many texts opened for a stranger. Problem ``http.too_many``."""
        if visit.signed_in:
            return
        self._in_a_minute(self._costly, caller(request))

    def working(self, request: Asked) -> None:
        """Before what takes a processor for seconds, members' wishes included. Problem ``http.too_many``."""
        self._in_a_minute(self._costly, f"working {caller(request)}")

    def witness(self, request: Asked) -> None:
        """Before a log's checkpoint is judged: beside all that people ask for. Problem ``http.too_many``."""
        self._in_a_minute(self._all, f"witness {caller(request)}")

    def founding(self, request: Asked) -> None:
        """Before a draft or keys are made for a co-op that may never be. Problem ``founding.too_many``."""
        left, seconds = self._take(HOUR, self._foundings, caller(request))
        if left < 0:
            raise Problem("founding.too_many", 429, seconds=seconds)

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
        left, seconds = self._take(MINUTE, count, who)
        if left < 0:
            raise Problem("http.too_many", 429, seconds=seconds)

    def _take(self, seconds: int, count: int, who: str, taking: int = 1) -> tuple[int, int]:
        """Count what is taken in this window: how many are left, below 0 where that was too many, and until when."""
        number, gone = divmod(self._clock.now() // 1000, seconds)
        window = self._windows.get(seconds)
        if window is None or window[0] != number:
            window = self._windows[seconds] = (number, Counter())
        counts = window[1]
        taken = counts[who] = counts[who] + taking
        return count - taken, seconds - gone


def limits_of(request: Asked) -> Limits:
    """The limits of the application that serves this request."""
    found: Limits = request.app.state.limits
    return found
