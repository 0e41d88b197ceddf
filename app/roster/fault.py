"""What is wrong with a file as a whole: a code with words in the catalogue (``roster.fault.…``), and where."""

from __future__ import annotations

from typing import Any


class Fault(Exception):
    """The file can't be read. ``params``: what the words need; ``line`` and ``column`` count from 1."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params
