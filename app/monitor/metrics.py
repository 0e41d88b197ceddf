"""Numbers for Prometheus, on a port of this machine's own, in a registry of their own."""

from __future__ import annotations

import ipaddress
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from app.monitor.look import Outcome
from app.monitor.targets import Watched
from ledger.errors import FormatError

KINDS: Final = (
    "could_not_check",
    "finding",
    "no_quorum",
    "other_ledger",
    "rolled_back",
    "split_view",
    "stale",
    "unreachable",
)
"""Every kind of alarm."""


class Metrics:
    """What has been seen."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._size = self._gauge("yui_monitor_ledger_size", "Entries of the ledger that were verified.")
        self._received = self._gauge("yui_monitor_ledger_received_seconds", "When its newest entry was received.")
        self._looked = self._gauge("yui_monitor_ledger_looked_seconds", "When it was last looked at to the end.")
        self._alarm = Gauge(
            "yui_monitor_alarm", "Whether there is an alarm.", ["ledger", "kind"], registry=self.registry
        )
        self._looks = Counter("yui_monitor_looks", "Looks at it.", ["ledger", "outcome"], registry=self.registry)
        self._checked = Counter(
            "yui_monitor_entries_checked", "Entries that were verified.", ["ledger"], registry=self.registry
        )
        self.waiting = Gauge(
            "yui_monitor_webhook_waiting", "Events that still have to be told.", ["hook"], registry=self.registry
        )

    def looked(self, watched: Watched, outcome: Outcome, now: int) -> None:
        """Note what a look came to."""
        result = "failed" if outcome.fault is not None else "alarm" if outcome.alarms else "verified"
        self._looks.labels(watched.url, result).inc()
        self._checked.labels(watched.url).inc(outcome.checked)
        if outcome.fault is not None:
            return
        self._looked.labels(watched.url).set(now / 1000)
        if outcome.size is not None and not outcome.alarms:
            self._size.labels(watched.url).set(outcome.size)
        if outcome.received is not None:
            self._received.labels(watched.url).set(outcome.received / 1000)

    def alarms(self, url: str, kinds: set[str]) -> None:
        """Note which alarms there are."""
        for kind in KINDS:
            self._alarm.labels(url, kind).set(kind in kinds)

    def serve(self, place: str) -> tuple[str, int]:
        """Answer at ``host:port`` of this machine; where that is. FormatError ``monitor.metrics`` for another's."""
        name, _, port = place.rpartition(":")
        try:
            number = int(port)
            own = name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
        except ValueError as error:
            raise FormatError("monitor.metrics", place=place) from error
        if not own:
            raise FormatError("monitor.metrics", place=place)
        server, _ = start_http_server(number, name.strip("[]"), self.registry)
        return name, int(server.server_port)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, ["ledger"], registry=self.registry)
