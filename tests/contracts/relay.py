"""An RPC between an installation and its chain that does what bad RPCs do."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests


class Relay:
    """Passes on what it is not told to falsify."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self.url = ""
        self.answers: dict[str, Any] = {}
        """Method to what is answered in its place; a callable is given the true answer."""
        self.raw: dict[str, tuple[int, bytes]] = {}
        """Method to an HTTP status and body."""
        self.away_before: set[str] = set()
        """Methods on which the connection breaks, the chain having heard nothing."""
        self.away_after: set[str] = set()
        """Methods on which it breaks when the chain has done what was asked."""
        self.asked: Counter[str] = Counter()

    def answer(self, body: bytes) -> tuple[int, bytes] | None:
        question = json.loads(body)
        method = question["method"]
        self.asked[method] += 1
        if method in self.away_before:
            return None
        if method in self.raw:
            return self.raw[method]
        found = requests.post(self._upstream, data=body, headers={"Content-Type": "application/json"}, timeout=30)
        if method in self.away_after:
            return None
        told = found.json()
        if method in self.answers:
            wanted: Any = self.answers[method]
            result = wanted(told.get("result")) if isinstance(wanted, Callable) else wanted  # type: ignore[arg-type]
            if isinstance(result, dict) and "error" in result:
                told = {"id": question["id"], "jsonrpc": "2.0", "error": result["error"]}
            else:
                told = {"id": question["id"], "jsonrpc": "2.0", "result": result}
        return 200, json.dumps(told).encode()


@contextmanager
def relaying(upstream: str) -> Iterator[Relay]:
    relay = Relay(upstream)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = relay.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.close_connection = True
            if answer is None:
                return
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        relay.url = f"http://127.0.0.1:{server.server_port}/v1/s3cret"
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()
