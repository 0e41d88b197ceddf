"""Every place where a value could be: rows, files, keys, pages."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from app.storage.embedded.account import Account
from app.storage.embedded.binaries import Binaries
from app.storage.embedded.dsn import Dsn

_LINK = re.compile(r'(?:href|hx-get|action|src)="(/[^"#]*)')
_SEALED = ("private", "pending", "roster", "founding", "outbox")
_ENOUGH = 80
"""Pages that a crawl looks at."""


def spellings(value: str) -> list[bytes]:
    """How a value could be written: as text of several kinds, within JSON, in base64 at every offset, in hex."""
    raw = value.encode()
    inside = [base64.b64encode(bytes(offset) + raw)[4 if offset else 0 : -4] for offset in range(3)]
    texts = [raw, value.encode("utf-16-le"), value.encode("utf-16-be"), json.dumps(value).strip('"').encode()]
    return [*texts, *inside, raw.hex().encode(), raw.hex().upper().encode()]


def files_with(value: bytes | str, folders: Iterable[Path]) -> list[Path]:
    """The files that hold it, in any spelling."""
    wanted = [value] if isinstance(value, bytes) else spellings(value)
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in files if any(one in path.read_bytes() for one in wanted)]


async def rows_with(value: str, dsn: Dsn) -> list[str]:
    """The tables whose rows hold it: as they are read, whatever the database compresses."""
    connection = await asyncpg.connect(**dsn.keywords())
    try:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        tables = [name for (name,) in await connection.fetch(query)]
        found = []
        for table in tables:
            rows = await connection.fetch(f'SELECT * FROM "{table}"')  # noqa: S608 - the catalogue's own names
            cells = [cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row]
            if any(one in cell for one in spellings(value) for cell in cells):
                found.append(table)
        return found
    finally:
        await connection.close()


class Sealed(NamedTuple):
    """A sealed value as the database had it."""

    table: str
    box: bytes


async def sealed_rows(dsn: Dsn) -> list[Sealed]:
    """All that is sealed."""
    connection = await asyncpg.connect(**dsn.keywords())
    try:
        found = []
        for table in _SEALED:
            for (sealed,) in await connection.fetch(f"SELECT sealed FROM {table} WHERE sealed IS NOT NULL"):  # noqa: S608 - from above
                boxes = [base64.b64decode(box) for _, box in json.loads(sealed)] if table == "pending" else [sealed]
                found += [Sealed(table, box) for box in boxes]
        return found
    finally:
        await connection.close()


def keys_in(file: Path) -> dict[tuple[int, str], bytes]:
    """Every key of a key store, by ledger and subject."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return {(ledger, subject): key for ledger, subject, key in connection.execute("SELECT * FROM key")}
    finally:
        connection.close()


def opened(rows: Iterable[Sealed], keys: Iterable[bytes]) -> Iterator[tuple[Sealed, str]]:
    """What any of the keys opens of any of the rows, as text that JSON does not escape."""
    boxes = [SecretBox(key) for key in keys]
    for row in rows:
        for box in boxes:
            try:
                plain = box.decrypt(row.box)
            except CryptoError:
                continue
            yield row, json.dumps(json.loads(plain), ensure_ascii=False)


def dump(dsn: Dsn, data: Path, to: Path) -> None:
    """``pg_dump`` in plain text, as an operator makes one."""
    _tool(data, "pg_dump", dsn, "--file=-", stdout=to)


def base_copy(cluster: Path, to: Path) -> None:
    """The files of the database's directory, its write-ahead log among them, as a snapshot has them."""
    to.mkdir()
    subprocess.run(["cp", "-a", "--", str(cluster), str(to)], check=False, capture_output=True)  # files come and go
    assert (to / "postgres" / "pg_wal").is_dir()


def _tool(data: Path, name: str, dsn: Dsn, *arguments: str, stdout: Path) -> None:
    program = Binaries.find(Account.for_cluster(data / "postgres")).program("postgres")
    environment = {**os.environ, "PGPASSWORD": dsn.password}
    where = ["-h", dsn.host, "-p", str(dsn.port), "-U", dsn.user, "-d", dsn.database]
    command = [str(Path(program).with_name(name)), *where, *arguments]
    with stdout.open("wb") as file:
        subprocess.run(command, check=True, stdout=file, env=environment)


async def crawl(client: httpx.AsyncClient, start: str, *more: str) -> dict[str, httpx.Response]:
    """Every page that can be reached from there by links, and ``more``."""
    waiting, seen = [start, *more], dict[str, httpx.Response]()
    while waiting and len(seen) < _ENOUGH:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/static/", "/log/")) or "/events" in path:
            continue
        seen[path] = answer = await client.get(path)
        if "text/html" in answer.headers.get("content-type", ""):
            waiting += [link.replace("&amp;", "&") for link in _LINK.findall(answer.text)]
    return seen


def showing(value: str, pages: dict[str, httpx.Response]) -> dict[str, Any]:
    """Those that show it, beside what whoever searches has typed."""
    typed = f'value="{value}"'
    return {path: answer for path, answer in pages.items() if value in answer.text.replace(typed, "")}
