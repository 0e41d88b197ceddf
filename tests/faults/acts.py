"""What is done while a step fails: one act for each path, given as plain values, so that another process can do it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from nacl.signing import SigningKey

from app.erasure import Eraser
from app.errors import ServiceError
from app.installation import Installation
from app.sequencer.lane import Refused
from app.stores import DirectoryStore
from app.stores.copier import Copier
from app.witness.memory import Memory
from app.witness.service import Witness
from app.witness.settings import PolicyFile
from app.witness.watermarks import Watermarks
from ledger import witness
from tests.app.witness.log import NumberLog
from tests.faults.injector import Step
from tests.faults.steps import APPEND, COPY, ERASE, FOUND, WITNESS
from tests.town import Town

Arguments = dict[str, Any]
LOG: Final = NumberLog()
WITNESS_KEY: Final = SigningKey(hashlib.sha256(b"witness").digest())


async def append(installation: Installation, slug: str, envelopes: list[str]) -> Any:
    """Submit statements at once; the receipts."""
    ledger = await installation.ledger(slug)
    read = [await installation.read(one.encode()) for one in envelopes]
    return await asyncio.gather(*(installation.submit(ledger, one) for one in read))


async def found(installation: Installation, slug: str, envelope: str) -> Any:
    """Make keys, and found with a genesis that is kept in the file ``envelope``: the second time it is the same."""
    town, file = Town(slug, slug), Path(envelope)
    origin = f"faults.example/{slug}"
    prepared = installation.draft(origin)._asdict() | {"origin": origin, "origins": ["https://faults.example"]}
    envelope_ = await asyncio.to_thread(_kept, file, lambda: _genesis(town, prepared))
    return [await installation.found(slug, await installation.read(envelope_))]


def _genesis(town: Town, prepared: dict[str, Any]) -> bytes:
    return town.genesis(prepared | {"rp_ids": ["faults.example"]}, "Hanako").json()


def _kept(file: Path, make: Callable[[], bytes]) -> bytes:
    if not file.exists():
        file.write_bytes(make())
    return file.read_bytes()


async def cosign(installation: Installation, folder: str, old: int, new: int) -> Any:
    """As a witness: judge, remember, sign. Whoever asks begins where the witness says that it stands."""
    asked = await asyncio.to_thread(witnessing, installation, folder)
    try:
        return await asked.add_checkpoint(LOG.request(old, new))
    except witness.Conflict as conflict:
        return await asked.add_checkpoint(LOG.request(conflict.params["size"], new))


async def copy(installation: Installation, slug: str, folder: str) -> Any:
    """Bring a tile store up to the ledger."""
    await Copier(installation, DirectoryStore(Path(folder))).copy(await installation.ledger(slug))


async def erase(installation: Installation, slug: str) -> Any:
    """Destroy what the ledger says is erased."""
    await Eraser(installation).erase(await installation.ledger(slug))


def witnessing(installation: Installation, folder: str) -> Witness:
    """A witness of the log, with its memory in that folder and in the installation's database."""
    listed = Path(folder) / "witness.logs"
    listed.write_text(f"log {LOG.vkey.text()}\nquorum none\n")
    memory = remembering(folder)
    return Witness(memory, marks(installation, folder), PolicyFile(listed), installation.clock)


def remembering(folder: str) -> Memory:
    """A witness's memory in that folder, after which it has its name."""
    return Memory(Path(folder) / "witness", f"{Path(folder).name}.example", WITNESS_KEY)


def marks(installation: Installation, folder: str) -> Watermarks:
    """The same witness's memory in the database."""
    return Watermarks(installation.database.pool, remembering(folder).public)


PATHS: Final[dict[str, tuple[tuple[Step, ...], Callable[..., Awaitable[Any]]]]] = {
    "append": (APPEND, append),
    "found": (FOUND, found),
    "witness": (WITNESS, cosign),
    "copy": (COPY, copy),
    "erase": (ERASE, erase),
}


async def told(act: Awaitable[Any]) -> tuple[str, Any]:
    """What whoever asked was told, in a word, and the answer if there was one."""
    try:
        answer = await act
    except Refused as refused:
        return refused.error.code, None
    except ServiceError as error:
        return error.code, None
    except Exception as error:  # noqa: BLE001 - whatever comes is what the table says
        return type(error).__name__, None
    return "done", answer
