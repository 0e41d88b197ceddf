"""Reads posted envelopes in worker threads, as many at a time as wait.

Handing one envelope to a thread and its result back costs about as much as reading it, so what arrives while the
threads are busy waits for them and is handed over as a whole.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from app.sequencer.submission import Submission, parse

_MOST: Final = 64
"""Envelopes handed over at a time: so many that handing over is cheap, so few that all threads have some."""

Read = Submission | Exception
_Answer = asyncio.Future[list[Read]]


class Reader:
    """Threads that read. Results keep the order of what was given."""

    def __init__(self, workers: ThreadPoolExecutor, threads: int) -> None:
        self._workers, self._free = workers, threads
        self._waiting: deque[tuple[Sequence[bytes], _Answer]] = deque()
        self._called = False

    async def read(self, data: bytes) -> Submission:
        """One envelope; see ``submission.parse``."""
        found = (await self.read_many((data,)))[0]
        if isinstance(found, Exception):
            raise found
        return found

    async def read_many(self, envelopes: Sequence[bytes]) -> list[Read]:
        """Each as it was read, or why it could not be."""
        loop = asyncio.get_running_loop()
        answer: _Answer = loop.create_future()
        self._waiting.append((envelopes, answer))
        if not self._called and self._free:
            self._called = True
            loop.call_soon(self._hand_over)  # after everything that arrives at the same time
        return await answer

    def _hand_over(self) -> None:
        self._called = False
        while self._waiting and self._free:
            taken: list[tuple[Sequence[bytes], _Answer]] = []
            count = 0
            while self._waiting and count < _MOST:
                envelopes, answer = self._waiting.popleft()
                if not answer.done():  # else whoever asked has gone
                    taken.append((envelopes, answer))
                    count += len(envelopes)
            if not taken:
                return
            self._free -= 1
            read = asyncio.get_running_loop().run_in_executor(self._workers, _read_all, [one for one, _ in taken])
            read.add_done_callback(partial(self._hand_back, taken))

    def _hand_back(self, taken: list[tuple[Sequence[bytes], _Answer]], done: asyncio.Future[list[list[Read]]]) -> None:
        self._free += 1
        error = asyncio.CancelledError() if done.cancelled() else done.exception()
        results: list[list[Read]] = [] if error is not None else done.result()
        for position, (_, answer) in enumerate(taken):
            if answer.done():  # whoever asked has gone
                continue
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(results[position])
        self._hand_over()


def _read_all(groups: list[Sequence[bytes]]) -> list[list[Read]]:
    return [[_read(one) for one in envelopes] for envelopes in groups]


def _read(data: bytes) -> Read:
    try:
        return parse(data)
    except Exception as error:  # noqa: BLE001  (told to whoever sent it)
        return error
