"""The loop: every ledger by itself, at its own pace, until somebody says stop.

Looks run in threads, each with an end; whoever is sick is asked less often and keeps nobody else waiting. All that is
remembered is written by the loop's own thread.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from app.monitor import webhooks
from app.monitor.look import Alarm, Asked, Outcome, Stopped, look
from app.monitor.memory import Event, Memory
from app.monitor.metrics import KINDS, Metrics
from app.monitor.targets import Target, Watched, find
from ledger.errors import LedgerError

LOOKS: Final = "look"
"""What the threads' names begin with."""
OF_ONE: Final = 4
"""Looks at the ledgers of one address at a time: however slow they all are, others have their turn."""
_MOST_THREADS: Final = 256
_SLOWEST: Final = 3600.0
"""Seconds between two looks at whoever fails, at most; never less often than asked for."""
_JITTER: Final = 0.1
T = TypeVar("T")
_LOOKED: Final = tuple(kind for kind in KINDS if kind != "unreachable")


class Plan(NamedTuple):
    """What is watched and how. Seconds, but ``unreachable`` in ms; ``hooks`` are addresses."""

    targets: tuple[Target, ...]
    state: Path
    asked: Asked
    interval: float = 60.0
    rediscover: float = 600.0
    unreachable: int = 3_600_000
    hooks: tuple[str, ...] = ()
    secret: bytes | None = None


class Look(NamedTuple):
    """What is said of a look: for the log of whoever runs this."""

    watched: Watched
    outcome: Outcome


class Monitor:
    """All ledgers of a plan. ``tell`` hears of every event and of every look that came to something new."""

    def __init__(self, plan: Plan, memory: Memory, metrics: Metrics, tell: Callable[[Event | Look], None]) -> None:
        self._plan, self._memory, self._metrics, self._tell = plan, memory, metrics, tell
        self._stop = threading.Event()
        threads = min(OF_ONE * len(plan.targets) + OF_ONE, _MOST_THREADS)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=LOOKS)
        self._turns = {target: asyncio.Semaphore(OF_ONE) for target in plan.targets}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._last: dict[str, Outcome] = {}

    async def run(self) -> None:
        """For ever, until the task is cancelled; then looks under way are broken off, and go on another day."""
        try:
            async with asyncio.TaskGroup() as group:
                for hook in self._plan.hooks:
                    group.create_task(webhooks.deliver(self._memory, hook, self._plan.secret))
                for target in self._plan.targets:
                    group.create_task(self._discover(target, group))
        finally:
            self._end()

    async def once(self) -> bool:
        """One look at everything, and the outbox emptied as far as it can be; whether no fault and no alarm is left."""
        try:
            shown = await asyncio.gather(*(self._find(target) for target in self._plan.targets))
            failed = None in shown
            pairs = zip(self._plan.targets, shown, strict=True)
            found = {watched.url: (watched, target) for target, ledgers in pairs for watched in ledgers or ()}
            outcomes = await asyncio.gather(*(self._look(*pair) for pair in found.values()))
            hooks = (webhooks.deliver(self._memory, hook, self._plan.secret, once=True) for hook in self._plan.hooks)
            await asyncio.gather(*hooks)
            return not failed and all(outcome.fault is None and not outcome.alarms for outcome in outcomes)
        finally:
            self._end()

    def _end(self) -> None:
        self._stop.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _discover(self, target: Target, group: asyncio.TaskGroup) -> None:
        """See now and then which ledgers an address has; those that it no longer names are watched on."""
        failures = 0
        while True:
            found = await self._find(target)
            for watched in found or ():
                if watched.url not in self._tasks:
                    self._tasks[watched.url] = group.create_task(self._watch(watched, target))
            failures = failures + 1 if found is None else 0
            usual = self._plan.interval if found is None else self._plan.rediscover
            await asyncio.sleep(_pause(usual, failures))

    async def _find(self, target: Target) -> list[Watched] | None:
        """The ledgers at an address; None where it could not be asked, which is an alarm once it has lasted."""
        address = Watched(target.address.rstrip("/"), target.address)
        try:
            found = await self._in_thread(find, target, self._stop)
        except LedgerError as error:
            self._judge_silence(address, error.code)
            return None
        if all(watched.url != address.url for watched in found):  # of a single ledger, only a whole look is an answer
            self._heard(address)
        return found

    async def _watch(self, watched: Watched, target: Target) -> None:
        failures = 0
        while True:
            outcome = await self._look(watched, target)
            failures = failures + 1 if outcome.fault is not None and not outcome.got_on else 0
            await asyncio.sleep(0 if outcome.got_on else _pause(self._plan.interval, failures))

    async def _look(self, watched: Watched, target: Target) -> Outcome:
        before = self._last.get(watched.url)
        try:
            async with self._turns[target]:
                outcome = await self._in_thread(look, watched, self._plan.asked, self._stop, before)
        except Stopped:
            raise asyncio.CancelledError from None
        except Exception as error:  # noqa: BLE001 - a fault of ours at one ledger must not end the watch over the others
            outcome = Outcome(fault=f"internal.{type(error).__name__}")
        self._metrics.looked(watched, outcome, _now())
        try:
            self._note(watched, outcome)
        except (OSError, sqlite3.Error) as error:  # a disk that is full: what is not noted is news at the next look
            outcome = Outcome(fault=f"internal.{type(error).__name__}")
        if outcome.fault is not None or outcome.checked or before is None:
            self._tell(Look(watched, outcome))
        return outcome

    def _note(self, watched: Watched, outcome: Outcome) -> None:
        if outcome.got_on:
            self._heard(watched)
        elif outcome.fault is not None:
            self._judge_silence(watched, outcome.fault)
        else:
            self._heard(watched)
            self._take(watched, outcome.alarms, _LOOKED)
            self._last[watched.url] = outcome

    def _judge_silence(self, watched: Watched, code: str) -> None:
        now = _now()
        since = self._memory.first_asked(watched.url, now)
        if now - since >= self._plan.unreachable:
            # That it is away is told once, whatever the reason was each time.
            self._take(watched, [Alarm("unreachable", "", {"code": code, "since": since})], ("unreachable",))

    def _heard(self, watched: Watched) -> None:
        self._memory.answered(watched.url, _now())
        self._take(watched, [], ("unreachable",))

    def _take(self, watched: Watched, alarms: Any, kinds: tuple[str, ...]) -> None:
        for event in self._memory.take(watched, alarms, kinds, _now()):
            self._tell(event)
        self._metrics.alarms(watched.url, set(self._memory.alarms(watched.url)))
        for hook in self._plan.hooks:
            self._metrics.waiting.labels(webhooks.host(hook)).set(self._memory.waiting(hook))

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _pause(usual: float, failures: int) -> float:
    """Seconds until the next look; nobody's looks fall together for long."""
    longest = max(usual, _SLOWEST)
    grown: float = usual * 2 ** min(failures, 12)
    return min(grown, longest) * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311


def _now() -> int:
    return time.time_ns() // 1_000_000
