"""One flipped byte anywhere in an export is never verified, and is laid at the entry it lies in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ledger import tiles
from ledger.verify.entries import Examined
from tests.audit.sample import FilesCopy, audit
from tests.simulator import Village

FLIPS = 2_000
OF_TILES = 60


def test_no_flipped_byte_is_verified(small_village: Village, small_folder: Path) -> None:
    whole = FilesCopy.of(small_folder)
    owner = owners(small_village, whole)
    spread = Remembering()
    assert audit(whole, spread).exit_code == 0
    positions = random.Random(2026).choices(all_positions(whole.files), k=FLIPS)
    # By the luck of the draw a short file might be left out.
    positions += [(path, len(data) // 2, 0x01) for path, data in whole.files.items()]
    verified, unnamed = [], []
    for path, position, mask in positions:
        report = audit(flip(whole, path, position, mask), spread)
        if report.exit_code != 1:
            verified.append((path, position, mask, report.exit_code))
        entry = owner.get((path, position))
        if entry is not None and entry not in {finding.entry for finding in report.findings}:
            unnamed.append((path, position, entry))
    assert verified == []
    assert unnamed == []


def test_no_flipped_byte_of_a_tile_is_verified(folder: Path) -> None:
    whole = FilesCopy.of(folder)
    spread = Remembering()
    hashes = {path: data for path, data in whole.files.items() if path.startswith("tile/") and "entries" not in path}
    assert {"tile/0/000", "tile/0/001.p/22", "tile/1/000.p/1"} <= set(hashes)
    for path, position, mask in random.Random(7).choices(all_positions(hashes), k=OF_TILES):
        report = audit(flip(whole, path, position, mask), spread)
        found = {(finding.step, finding.params["path"]) for finding in report.findings}
        assert found == {(3, path)}


def all_positions(files: dict[str, bytes]) -> list[tuple[str, int, int]]:
    """(path, position, mask): every byte of every file, each with one bit to flip."""
    masks = random.Random(1)
    return [(path, position, 1 << masks.randrange(8)) for path, data in files.items() for position in range(len(data))]


def flip(whole: FilesCopy, path: str, position: int, mask: int) -> FilesCopy:
    data = bytearray(whole.files[path])
    data[position] ^= mask
    return FilesCopy({**whole.files, path: bytes(data)})


def owners(village: Village, whole: FilesCopy) -> dict[tuple[str, int], int]:
    """Which entry each byte of the entry bundles lies in (the two bytes of a length lie in none)."""
    owner: dict[tuple[str, int], int] = {}
    for bundle in (tile for tile in tiles.tiles_of(village.size) if tile.level is None):
        position = 0
        first = bundle.index * tiles.WIDTH
        for index, leaf in enumerate(tiles.decode_bundle(whole.files[bundle.path], bundle.width), start=first):
            owner |= {(bundle.path, position + 2 + offset): index for offset in range(len(leaf))}
            position += 2 + len(leaf)
    return owner


class Remembering:
    """``map`` for signature arithmetic that does none twice: all but one entry are the same each time."""

    def __init__(self) -> None:
        self._known: dict[bytes, Examined] = {}

    def __call__(
        self, examine: Callable[[list[bytes]], list[Examined]], bundles: Iterable[list[bytes]]
    ) -> Iterator[list[Examined]]:
        for leaves in bundles:
            unknown = [leaf for leaf in leaves if leaf not in self._known]
            self._known |= dict(zip(unknown, examine(unknown), strict=True))
            yield [self._known[leaf] for leaf in leaves]
