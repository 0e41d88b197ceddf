"""Writing a copy of a log as a tree of files, the same that the service serves under ``/log/{coop}/``.

    checkpoint                    the signed note
    cosigned                      an older one that enough witnesses have cosigned, where that one still waits for them
    tile/{L}/{N}[.p/{W}]          hash tiles        tile/entries/{N}[.p/{W}]   entry bundles
    anchors/{size}.json           proofs that checkpoints stand on a public chain, one for each anchor record
    records.jsonl                 what the fold gives, one canonical line per record, ordered by kind and id
    yui.json                      discovery: which ledger this is, under which key
    private/…                     openings of private values, only when asked for (``ledger/verify/private.py``)

The tree is built from the leaves themselves, and an export whose root is not the checkpoint's is refused.
The checkpoint is written last: a copy that was broken off has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Protocol

from ledger import canonical, checkpoint, merkle, tiles
from ledger.books.anchors import proof_path
from ledger.errors import ProofError
from ledger.private import Opening
from ledger.tiles import Tile, TileBuilder
from ledger.verify import private
from ledger.verify.cosigned import COSIGNED
from ledger.verify.records import DISCOVERY, RECORDS


class Log(Protocol):
    """A log to be exported, at one checkpoint."""

    def note(self) -> bytes:
        """The signed checkpoint."""

    def cosigned(self) -> bytes | None:
        """An older signed checkpoint that enough witnesses have cosigned, where they have not cosigned ``note``."""

    def leaves(self) -> Iterable[bytes]:
        """The exact bytes of every entry up to the checkpoint, in order."""

    def records(self) -> Iterable[bytes]:
        """``Record.line()`` of every record as of that checkpoint, ordered by kind and id."""

    def discovery(self) -> dict[str, Any]:
        """What ``yui.json`` says (``house.discovery``)."""

    def anchors(self) -> Iterable[tuple[int, bytes]]:
        """(size, proof file) of the anchors of which the records tell, as far as they are there."""

    def openings(self) -> Iterable[tuple[int, tuple[Opening, ...]]]:
        """(entry index, openings) in order, of the entries that have any."""


def export(log: Log, folder: Path, scope: private.Scope | None = None) -> None:
    """Write ``log`` into ``folder``, which must be empty or not yet there; ``scope``: whose private values go along."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    note = log.note()
    head = checkpoint.parse(note)[0]
    if _write_tree(log.leaves(), folder) != (head.size, head.root):
        raise ProofError("export.root", size=head.size)
    with (folder / RECORDS).open("wb") as file:
        file.writelines(line + b"\n" for line in log.records())
    (folder / DISCOVERY).write_bytes(canonical.encode(log.discovery()))
    if scope is not None:
        _write_private(log.openings(), folder, scope)
    for size, proof in log.anchors():
        _write(folder / proof_path(size), proof)
    cosigned = log.cosigned()
    if cosigned is not None:
        (folder / COSIGNED).write_bytes(cosigned)
    (folder / "checkpoint").write_bytes(note)


def _write_tree(leaves: Iterable[bytes], folder: Path) -> tuple[int, bytes]:
    frontier = merkle.Frontier()
    builder = TileBuilder(lambda tile, hashes: _write(folder / tile.path, b"".join(hashes)))
    bundle: list[bytes] = []
    for leaf in leaves:
        bundle.append(leaf)
        hash_ = merkle.leaf_hash(leaf)
        frontier.append(hash_)
        builder.append(hash_)
        if len(bundle) == tiles.WIDTH:
            _write(folder / Tile(None, frontier.size // tiles.WIDTH - 1).path, tiles.encode_bundle(bundle))
            bundle = []
    if bundle:
        _write(folder / Tile(None, frontier.size // tiles.WIDTH, len(bundle)).path, tiles.encode_bundle(bundle))
    builder.finish()
    return frontier.size, frontier.root()


def _write_private(openings: Iterable[tuple[int, tuple[Opening, ...]]], folder: Path, scope: private.Scope) -> None:
    _write(folder / private.INDEX, canonical.encode({"all": scope.all, "subjects": list(scope.subjects)}))
    number, file = -1, None
    try:
        for index, opened in openings:
            if index // tiles.WIDTH != number:
                number = index // tiles.WIDTH
                _close(file)
                path = folder / private.bundle_path(number)
                path.parent.mkdir(parents=True, exist_ok=True)
                file = path.open("wb")
            assert file is not None  # noqa: S101 - opened with the first index, for the type checker
            file.write(private.encode_line(index, opened) + b"\n")
    finally:
        _close(file)


def _close(file: IO[bytes] | None) -> None:
    if file is not None:
        file.close()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
