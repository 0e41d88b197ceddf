"""The signing endpoints over a log in memory, and the static files: what the browser's modules need to be tried alone.

Bytes, signatures, openings, proofs and checkpoints are the ledger's own; there is no fold, so anyone may say anything.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from nacl.signing import SigningKey

from app.sequencer import submission
from ledger import canonical, checkpoint, keys, merkle, statement, tiles
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey

ROOT = Path(__file__).parents[2]
ORIGIN = "coop.example/owase"
CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'"
PAGE = b"<!doctype html><html lang='ja'><head><meta charset='utf-8'><title>t</title></head><body></body></html>"
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}


class Log:
    """A log that signs and proves."""

    def __init__(self) -> None:
        self.key = SigningKey(bytes(range(32)))
        self.leaves: list[bytes] = [b"genesis"]
        self.pending: dict[str, bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        if level == 0:
            return merkle.leaf_hash(self.leaves[index])
        return merkle.node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))

    def note(self) -> str:
        root = merkle.range_root(self.node, 0, len(self.leaves))
        return checkpoint.sign(checkpoint.Checkpoint(ORIGIN, len(self.leaves), root), self.key).decode()

    def consistency(self, old: int, new: int) -> list[str]:
        return [canonical.b64(value) for value in merkle.prove_consistency(self.node, old, new)]

    def context(self, old: int) -> dict[str, Any]:
        vkey = VerifierKey(ORIGIN, bytes(self.key.verify_key)).text()
        size = len(self.leaves)
        proof = self.consistency(old, size) if 0 < old <= size else []
        told = {"origin": ORIGIN, "vkey": vkey, "checkpoint": self.note(), "size": size, "consistency": proof}
        return told | {"rp_ids": ["localhost"], "origins": [], "utc_offset": 540}

    def submit(self, data: bytes, old: int = 0) -> dict[str, Any]:
        said = submission.parse(data)
        leaf = statement.build_leaf(said.data, said.signatures, canonical.parse_time(said.statement.at))
        if leaf not in self.leaves:
            self.leaves.append(leaf)
        index, size = self.leaves.index(leaf), len(self.leaves)
        path = [canonical.b64(value) for value in merkle.prove_inclusion(self.node, index, size)]
        answer = {"index": index, "leaf": canonical.b64(leaf), "proof": path, "checkpoint": self.note()}
        return answer | ({"consistency": self.consistency(old, size)} if old else {})

    def leave(self, data: bytes) -> dict[str, Any]:
        posted = json.loads(data)
        id_ = statement.statement_id(canonical.encode(posted["statement"])).hex()
        signers = [posted["statement"]["author"], *posted["statement"]["cosigners"]]
        missing = [who for who, by in zip(signers, posted["signatures"], strict=True) if by is None]
        self.pending[id_] = data
        return {"id": id_, "missing": missing} | ({} if missing else {"receipt": self.submit(data)})

    def sign_in(self, data: bytes) -> dict[str, str]:
        answer = json.loads(data)
        asked = {"challenge": answer["challenge"], "expires": answer["expires"], "origin": ORIGIN}
        message = keys.SESSION_DOMAIN + canonical.encode(asked)
        keys.verify(statement.Signature(**answer["signature"]), message)
        return {"member": answer["member"]}

    def file(self, path: str) -> bytes:
        tile = tiles.parse_path(path)
        end = tile.index * tiles.WIDTH + tile.width
        leaves = self.leaves[tile.index * tiles.WIDTH : end]
        return tiles.encode_bundle(leaves) if tile.level is None else b"".join(map(merkle.leaf_hash, leaves))


def answer(log: Log, path: str, body: bytes) -> bytes:
    """One API call's answer."""
    sizes = [int(number) for number in re.findall(r"=(\d+)", path)]
    match path.partition("?")[0].removeprefix("/api/v1/ledgers/owase/").split("/"):
        case ["context"]:
            found: Any = log.context(*sizes)
        case ["proofs", "consistency"]:
            found = {"proof": log.consistency(*sizes)}
        case ["statements"]:
            found = log.submit(body, *sizes)
        case ["statements", "batch"]:
            found = [log.submit(bytes(one)) for one in msgspec.json.decode(body, type=list[msgspec.Raw])]
        case ["pending"]:
            found = log.leave(body)
        case ["pending", id_]:
            return log.pending[id_]
        case ["session", "challenge"]:
            found = {"challenge": canonical.b64(bytes(32)), "expires": "2026-04-01T09:05:00.000Z", "origin": ORIGIN}
        case ["session"]:
            found = log.sign_in(body)
        case _:
            raise LookupError(path)
    return json.dumps(found).encode()


def texts(lang: str) -> bytes:
    """What the signing modules ask for in one language."""
    folder = ROOT / "app" / "texts"
    sentences = json.loads((folder / "sentences" / f"{lang}.json").read_text(encoding="utf-8"))
    words = json.loads((folder / lang / "signing.json").read_text(encoding="utf-8"))
    return json.dumps({"sentences": sentences, "texts": words}).encode()


class Handler(BaseHTTPRequestHandler):
    """Pages, static files, texts and the API."""

    log: ClassVar[Log]
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_GET(self) -> None:
        path = self.path
        if path.startswith("/static/"):
            file = ROOT / "app" / path.lstrip("/")
            self.reply(200, TYPES[file.suffix], file.read_bytes())
        elif path.startswith("/api/v1/texts/"):
            self.reply(200, TYPES[".json"], texts(path.split("/")[4]))
        elif path.startswith("/log/owase/"):
            self.reply(200, "application/octet-stream", self.log.file(path.removeprefix("/log/owase/")))
        elif path.startswith("/api/"):
            self.api(b"")
        else:
            self.reply(200, "text/html", PAGE)

    def do_POST(self) -> None:
        self.api(self.rfile.read(int(self.headers["Content-Length"])))

    def api(self, body: bytes) -> None:
        with self.lock:
            try:
                self.reply(200, TYPES[".json"], answer(self.log, self.path, body))
            except LedgerError as error:
                problem = {"code": error.code, "params": error.params}
                self.reply(400, "application/problem+json", json.dumps(problem).encode())

    def reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serve() -> Iterator[tuple[str, Log]]:
    """A service on loopback; ``http://localhost`` is a secure context."""
    log = Log()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"log": log}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}", log
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
