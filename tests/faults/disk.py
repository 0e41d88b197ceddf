"""A disk of a few megabytes that can be filled to the last byte. Mounting one is for root, on Linux."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Disk:
    """A small file system in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    @contextmanager
    def full(self) -> Iterator[None]:
        """While nothing more fits on it."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass
        try:
            yield
        finally:
            self._ballast.unlink()


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Disk | None]:
    """A disk at that folder; None where this account may not mount one."""
    folder.mkdir(parents=True)
    done = os.geteuid() == 0 and _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "yui", str(folder))
    if not done:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        # Lazily, for a process that is just ending may still stand in it.
        _run("umount", "--lazy", str(folder))


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
