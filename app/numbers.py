"""Numbers of what is asked, for Prometheus: by route, never by address. ``/metrics`` is in ``app/api/health.py``.

Plain counts, made into metrics when somebody asks for them: a request costs less than a microsecond here. Counted in
the event loop's thread alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

_LABELS: Final = ("method", "path", "status_code", "app_name")
_APP: Final = "yui"
_FAULT: Final = 500
_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Seconds up to which answers are counted together."""

Kind = tuple[str, str, int]
"""Method, route (its template) and status of an answer."""


class _Answers:
    """Answers of one kind: how many in each span of time, and their seconds in all."""

    def __init__(self) -> None:
        self.spans = [0] * (len(_BOUNDS) + 1)
        self.seconds = 0.0


class Requests(Collector):
    """What has been asked so far, and what is being answered."""

    def __init__(self) -> None:
        self._answers: dict[Kind, _Answers] = {}
        self._under_way: Counter[tuple[str, str]] = Counter()

    def begin(self, method: str, route: str) -> None:
        """A request to a route has come."""
        self._under_way[method, route] += 1

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        """It is answered."""
        self._under_way[method, route] -= 1
        answers = self._answers.get((method, route, status))
        if answers is None:
            answers = self._answers[method, route, status] = _Answers()
        answers.spans[bisect_left(_BOUNDS, seconds)] += 1
        answers.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """As Prometheus has it."""
        total = CounterMetricFamily("yui_requests", "Total requests", labels=_LABELS)
        errors = CounterMetricFamily("yui_requests_error", "Total errors in requests", labels=_LABELS)
        seconds = HistogramMetricFamily("yui_request_duration_seconds", "Request duration, in seconds", labels=_LABELS)
        for (method, route, status), answers in self._answers.items():
            labels = (method, route, str(status), _APP)
            count = sum(answers.spans)
            total.add_metric(labels, count)
            if status >= _FAULT:
                errors.add_metric(labels, count)
            bounds = (*(str(bound) for bound in _BOUNDS), "+Inf")
            buckets = list(zip(bounds, accumulate(answers.spans), strict=True))
            seconds.add_metric(labels, buckets, answers.seconds)
        now = GaugeMetricFamily("yui_requests_in_progress", "Total requests currently in progress", labels=_LABELS)
        for (method, route), number in self._under_way.items():
            now.add_metric((method, route, "200", _APP), number)
        yield from (total, errors, seconds, now)


REQUESTS: Final = Requests()
"""Of this process, whichever application it serves."""
REGISTRY.register(REQUESTS)
