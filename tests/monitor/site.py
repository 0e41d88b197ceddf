"""A ledger served from files, whatever the operator likes to show, and what was asked of it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.audit.export import export
from tests.audit.acts import Shown
from tests.audit.sample import FilesCopy
from tests.simulator import Village


class Site:
    """Its ``files`` by path, changed at will; ``broken``: how to answer instead."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.refuse = 0
        self.broken: Callable[[Any], None] | None = None
        self.address = ""

    def show(self, village: Village, folder: Path, leaves: list[bytes] | None = None) -> None:
        """The village's log, or another that its operator signs."""
        export(Shown(village, village.leaves if leaves is None else leaves), folder, None)
        files = {"/log/village/" + path: data for path, data in FilesCopy.of(folder).files.items()}
        card = b'{"ledgers":[{"name":"village","origin":"village.example/yui","url":"%s/log/village"}]}'
        self.files = {**files, "/.well-known/yui.json": card % self.address.encode()}

    def bundles(self) -> list[str]:
        """Entry bundles that were asked for since the last time."""
        found = [path.rpartition("/entries/")[2] for path in self.asked if "/entries/" in path]
        self.asked.clear()
        return found


@contextmanager
def served() -> Iterator[Site]:
    site = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            if site.broken is not None:
                site.broken(self)
                return
            data = site.files.get(self.path)
            self.send_response(200 if data is not None else 404)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if site.refuse:
                site.refuse -= 1
                self.send_response(503)
            else:
                site.taken.append((dict(self.headers), body))
                self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Tests are quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
