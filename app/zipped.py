"""A ledger's export as one file to take away: made once for each size, kept until the ledger has grown."""

from __future__ import annotations

import asyncio
import os
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Final

from app import exports
from app.installation import Installation
from app.storage.ledgers import Ledger

FRESH: Final = 10 * 60_000
"""Milliseconds for which a copy will do for whoever need not have the newest: whoever may append must not be able to
have the whole ledger read again with each entry, by asking as a stranger.
"""
_locks: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)


async def zipped(installation: Installation, ledger: Ledger, fresh: int = 0) -> Path:
    """The zip of the export at the published size, without private values; of less, if that one is younger than
    ``fresh`` ms.
    """
    folder = installation.data / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whoever asks while it is being made waits for it: one export at a time is enough work.
    async with _locks[ledger.id]:
        kept = max(folder.glob(f"{ledger.id}-*.zip"), key=_made, default=None)
        if kept is not None and installation.clock.now() - _made(kept) < fresh:
            return kept
        published = await installation.log.published(ledger)
        path = folder / f"{ledger.id}-{published.size}.zip"
        if not path.exists():
            with tempfile.TemporaryDirectory(dir=folder) as draft:
                size = await exports.write(installation, ledger, Path(draft) / "copy", None)
                path = folder / f"{ledger.id}-{size}.zip"
                await asyncio.to_thread(_pack, Path(draft) / "copy", Path(draft) / "zip")
                os.replace(Path(draft) / "zip", path)  # noqa: PTH105  (replaces what another process may have put there)
            for older in folder.glob(f"{ledger.id}-*.zip"):
                if older != path:
                    older.unlink(missing_ok=True)
    return path


def _made(path: Path) -> int:
    """When it was made (ms)."""
    return path.stat().st_mtime_ns // 1_000_000


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, path.relative_to(folder))
