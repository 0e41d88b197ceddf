"""What works beside requests does not end without a word."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app import workers


class Failing:
    def __init__(self) -> None:
        self.begun = 0

    async def run(self) -> None:
        self.begun += 1
        if self.begun < 3:
            raise RuntimeError("a mistake")


async def test_a_mistake_is_written_down_and_the_work_begins_anew(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "_PAUSE", 0.0)
    worker = Failing()
    async with asyncio.timeout(5):
        await workers.keep(worker)
    assert worker.begun == 3
    assert [(one.levelno, one.getMessage()) for one in caplog.records] == [(logging.ERROR, "Failing failed")] * 2


async def test_it_ends_when_it_is_cancelled() -> None:
    class Endless:
        async def run(self) -> None:
            await asyncio.Event().wait()

    task = asyncio.create_task(workers.keep(Endless()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
