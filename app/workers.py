"""What works beside requests for as long as the service runs: each by itself, none of them lost without a word."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

_log = logging.getLogger("yui.workers")
_PAUSE = 5.0
"""Seconds until one that failed begins anew."""


class Worker(Protocol):
    """Work that goes on until it is cancelled."""

    async def run(self) -> None:
        """Work. It sees to foreseeable trouble itself; what it raises is a mistake in it."""


async def keep(worker: Worker) -> None:
    """Have it work; where a mistake ends it, that is written down and it begins anew."""
    while True:
        try:
            await worker.run()
        except Exception:  # noqa: BLE001  (a mistake of any kind)
            _log.exception("%s failed", type(worker).__name__)
        else:
            return
        await asyncio.sleep(_PAUSE)
