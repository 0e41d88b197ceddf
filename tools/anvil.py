"""A chain for tests and measurements: Foundry's anvil from npm, as our child, on a free port of this machine.

Its accounts, their keys and their wealth are the same in the whole world; nothing here is a secret.
"""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import requests

from app.cli.anvil import KEY as FIRST_KEY
from app.cli.anvil import LISTENING, program

__all__ = ["KEY", "OTHER_KEY", "Chain", "program", "running"]
KEY: Final = bytes.fromhex(FIRST_KEY)
"""Of the first account."""
OTHER_KEY: Final = bytes.fromhex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
"""Of the second."""


class Chain:
    """A running anvil and the address of its RPC."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # our child is asked without a proxy, and environments are slow to read

    def ask(self, method: str, *params: Any) -> Any:
        """One JSON-RPC call; anvil's own ones too, such as ``anvil_reorg``."""
        question: Any = {"id": 1, "jsonrpc": "2.0", "method": method, "params": params}
        answer = self._session.post(self.url, json=question, timeout=30).json()
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def mine(self, blocks: int = 1) -> None:
        """Make blocks, with whatever waits in the pool."""
        self.ask("anvil_mine", hex(blocks))


@contextmanager
def running(*options: str) -> Iterator[Chain]:
    """An anvil that mines only when told to, ended when left."""
    anvil = program()
    if anvil is None:
        raise FileNotFoundError("anvil (Foundry) is not installed on this machine")
    command = [anvil, "--port", "0", "--no-mining", "--threads", "1", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        # It writes a line for every call, and stands still when nobody takes them.
        listener = threading.Thread(target=deque, args=(process.stdout, 0))
        try:
            port = _port(process)
            listener.start()
            yield Chain(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            if listener.ident is not None:
                listener.join()


def _port(process: subprocess.Popen[str]) -> int:
    said = []
    for line in process.stdout or ():
        said.append(line)
        found = LISTENING.search(line)
        if found:
            return int(found[1])
    raise RuntimeError("anvil did not start: " + "".join(said))
