"""Fresh ground for each failure: a co-op of its own, what is done in it, how it stands, and whether all of it holds."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import asyncpg

from app.errors import LedgerUnknown
from app.exports import write
from app.installation import Installation
from app.storage.ledgers import Ledger, read_head
from app.storage.log import Receipt
from ledger import checkpoint, merkle
from ledger.compose import Private
from ledger.tiles import decode_bundle, tiles_of
from tests.app.api.service import Travelling
from tests.app.sequencer.house import check_receipt
from tests.app.witness.log import NumberLog
from tests.audit.sample import EVERYTHING, FilesCopy, audit
from tests.faults import acts
from tests.town import Town, Written

MONTH = 31 * 86_400_000


class Hamlet:
    """A co-op in an installation, spoken to without HTTP, and every receipt that it ever gave."""

    def __init__(self, installation: Installation, slug: str) -> None:
        self.installation, self.slug, self.town = installation, slug, Town(slug, slug)
        self.origin = f"faults.example/{slug}"
        self.receipts: list[Receipt] = []

    async def found(self) -> None:
        """Hanako founds it; everything is public."""
        drafted = self.installation.draft(self.origin)._asdict()
        prepared = drafted | {"origin": self.origin, "origins": ["https://faults.example"]}
        self.genesis = self.town.genesis(prepared | {"rp_ids": ["faults.example"]}, "Hanako")
        self.keep([await self.installation.found(self.slug, await self.installation.read(self.genesis.json()))])

    async def ledger(self) -> Ledger:
        return await self.installation.ledger(self.slug)

    async def record(self, *written: Written) -> list[Receipt]:
        """Submit at once, and keep the receipts."""
        envelopes = [one.json().decode() for one in written]
        return self.keep(await acts.append(self.installation, self.slug, envelopes))

    async def say(self, author: str, type_: str, body: dict[str, Any]) -> None:
        await self.record(self.town.says(author, type_, body))

    async def invite(self, name: str) -> Written:
        invitation = self.town.invitation(name, "Hanako")
        await self.record(invitation)
        return invitation

    def keep(self, receipts: list[Receipt]) -> list[Receipt]:
        """What was acknowledged must hold for ever."""
        self.receipts += receipts
        for receipt in receipts:
            self.town.saw(receipt.note.decode())
        return receipts

    async def check(self) -> None:
        """It serves again by itself, is verified as a whole, and proves every entry that was acknowledged."""
        await self.invite(f"somebody {len(self.receipts)}")
        with tempfile.TemporaryDirectory() as name:
            size = await write(self.installation, await self.ledger(), Path(name) / "copy", EVERYTHING)
            copy = FilesCopy.of(Path(name) / "copy")
        report = audit(copy, now=self.installation.clock.now())
        assert report.exit_code == 0, report.findings
        assert size == self.receipts[-1].index + 1
        leaves, frontier, roots = leaves_of(copy, size), merkle.Frontier(), [merkle.EMPTY_ROOT]
        for leaf in leaves:
            frontier.append(merkle.leaf_hash(leaf))
            roots.append(frontier.root())
        for receipt in self.receipts:
            check_receipt(receipt, self.installation.keys.verifier(self.origin))
            shown = checkpoint.parse(receipt.note)[0]
            assert leaves[receipt.index] == receipt.leaf, "what was acknowledged is not there"
            assert roots[shown.size] == shown.root, "what was shown is another history"
        assert {head.size for head in shown_by(self.receipts)} <= await self._seeable()

    async def _seeable(self) -> set[int]:
        """The checkpoints that a statement may say it has ``seen``: every one that was shown must be among them."""
        query = "SELECT size FROM checkpoint WHERE ledger_id = $1"
        return {size for (size,) in await self.installation.database.pool.fetch(query, (await self.ledger()).id)}


def shown_by(receipts: list[Receipt]) -> list[checkpoint.Checkpoint]:
    """The checkpoints that receipts carry."""
    return [checkpoint.parse(receipt.note)[0] for receipt in receipts]


def leaves_of(copy: FilesCopy, size: int) -> list[bytes]:
    """Every entry of a copy."""
    bundled = (tile for tile in tiles_of(size) if tile.level is None)
    return [leaf for tile in bundled for leaf in decode_bundle(copy.read(tile.path), tile.width)]


class Ground(ABC):
    """What one step fails on, in every way. ``arguments`` are what the next act, in ``acts.py``, takes."""

    path: ClassVar[str]
    arguments: dict[str, Any]

    def __init__(self, installation: Installation, number: int, folder: Path) -> None:
        self.installation, self._folder, self._slug = installation, folder, f"{self.path}-{number}"
        self._count = 0

    async def fresh(self) -> None:
        """A co-op and a folder of its own."""
        self._count += 1
        self.hamlet = Hamlet(self.installation, f"{self._slug}-{self._count}")
        self.folder = self._folder / self.hamlet.slug
        self.folder.mkdir()

    @abstractmethod
    async def prepare(self, step: str) -> None:
        """Before each act: bring about what it needs; ``step``: which one will fail."""

    @abstractmethod
    async def stands(self) -> str:
        """What of the act there is now, in words."""

    @abstractmethod
    async def check(self, answer: Any) -> None:
        """After the same act again, which was answered so: all of it is there, once, and whatever depends on it."""


class Appending(Ground):
    """Two statements in one batch: one makes a member, both have private values."""

    path = "append"

    async def prepare(self, step: str) -> None:
        if not self._count or step == "write full tiles":
            await self.fresh()
            await self.hamlet.found()
        town, name = self.hamlet.town, f"Taro {len(self.hamlet.receipts)}"
        invitation = await self.hamlet.invite(name)
        if step == "write full tiles":
            await self.hamlet.record(*(town.invitation(f"guest {number}", "Hanako") for number in range(252)))
        profile = town.says("Hanako", "coop.profile/1", {"profile": {"name": Private(name)}})
        said = (town.application(name, invitation), profile)
        self.arguments = {"slug": self.hamlet.slug, "envelopes": [one.json().decode() for one in said]}
        self._before = self.hamlet.receipts[-1].index + 1
        # Without what it knows from before it asks for everything, as a process does that has just been started.
        await self.installation.lanes.stop()

    async def stands(self) -> str:
        ledger = await self.hamlet.ledger()
        async with self.installation.database.pool.acquire() as connection:
            size = (await read_head(connection, ledger.id)).size
        published = self.installation.guard.read(self.installation.keys.verifiers(ledger.origin)).size
        assert size in (self._before, self._before + 2), "half a batch"
        assert published in (self._before, size), "more is published than there is"
        if size == self._before:
            return "nothing written"
        return "published" if published == size else "committed, not published"

    async def check(self, answer: Any) -> None:
        receipts = self.hamlet.keep(answer)
        assert {receipt.index for receipt in receipts} == {self._before, self._before + 1}
        await self.hamlet.check()


class Founding(Ground):
    """From no keys to the receipt of the genesis."""

    path = "found"

    async def prepare(self, _step: str) -> None:
        await self.fresh()
        self.arguments = {"slug": self.hamlet.slug, "envelope": str(self.folder / "genesis.json")}

    async def stands(self) -> str:
        try:
            ledger = await self.installation.ledger(self.hamlet.slug)
            return "founded" if (await self.installation.log.published(ledger)).size else "no genesis yet"
        except LedgerUnknown:
            return "no ledger yet"

    async def check(self, answer: Any) -> None:
        self.hamlet.keep(answer)
        genesis = await self.installation.read((self.folder / "genesis.json").read_bytes())
        ledger = await self.hamlet.ledger()
        found = await self.installation.log.find(ledger, genesis.id)
        assert found is not None
        assert found.index == 0
        town = self.hamlet.town
        town.origin = ledger.origin
        town.ids["Hanako"] = await self._first_member(ledger)
        await self.hamlet.check()

    async def _first_member(self, ledger: Ledger) -> str:
        query = "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'member'"
        found: str = await self.installation.database.pool.fetchval(query, ledger.id)
        return found


class Witnessing(Ground):
    """A log of nine entries comes to a witness that has cosigned three."""

    path = "witness"

    async def prepare(self, _step: str) -> None:
        await self.fresh()
        self.arguments = {"folder": str(self.folder), "old": 3, "new": 9}
        await acts.cosign(self.installation, str(self.folder), 0, 3)

    async def stands(self) -> str:
        last = acts.remembering(str(self.folder)).last(acts.LOG.origin)
        assert last is not None
        marked = await acts.marks(self.installation, str(self.folder)).of(acts.LOG.origin)
        return {
            (3, 3): "not remembered",
            (9, 3): "remembered, unknown to the database",
            (9, 9): "remembered",
        }[last.head.size, marked]

    async def check(self, _answer: Any) -> None:
        assert await self.stands() == "remembered"
        own, with_another = acts.witnessing(self.installation, str(self.folder)), NumberLog(fork=5)
        said, _ = await acts.told(own.add_checkpoint(with_another.request(9, 12)))
        assert said == "ProofError"
        # Whatever befell it: what was answered is never forgotten with the file.
        (note,) = (self.folder / "witness").glob("*.note")
        kept = note.read_bytes()
        note.unlink()
        said, _ = await acts.told(own.add_checkpoint(with_another.request(0, 12)))
        assert said == "witness.lost"
        note.write_bytes(kept)


class Copying(Ground):
    """A tile store is brought up to a ledger that has grown by an entry."""

    path = "copy"

    async def prepare(self, _step: str) -> None:
        if not self._count:
            await self.fresh()
            await self.hamlet.found()
        self.arguments = {"slug": self.hamlet.slug, "folder": str(self.folder)}
        await acts.copy(self.installation, **self.arguments)
        self._before = self.hamlet.receipts[-1].index + 1
        await self.hamlet.invite(f"guest {self._before}")

    async def stands(self) -> str:
        files = FilesCopy.of(self.folder / self.hamlet.slug)
        size = checkpoint.parse(files.read("checkpoint"))[0].size
        assert audit(_without_partial(files, size)).exit_code == 0, "the copy promises what is not there"
        return {self._before: "the copy before", self._before + 1: "the new copy"}[size]

    async def check(self, _answer: Any) -> None:
        assert await self.stands() == "the new copy"
        clean = self.folder / f"clean {self._before}"
        await acts.copy(self.installation, self.hamlet.slug, str(clean))
        there, expected = (FilesCopy.of(one / self.hamlet.slug).files for one in (self.folder, clean))
        assert {path: there.get(path) for path in expected} == expected
        await self.hamlet.check()


def _without_partial(copy: FilesCopy, size: int) -> FilesCopy:
    """As who reads the checkpoint's size sees it: partial tiles of another size are no part of it."""
    stale = {path for path in copy.files if ".p/" in path and not path.endswith(f"/{size}")}
    return FilesCopy({path: copy.files[path] for path in copy.files.keys() - stale})


class Erasing(Ground):
    """The ledger says that a former member is erased; the key goes, and the sealed rows."""

    path = "erase"

    async def prepare(self, _step: str) -> None:
        clock = self.installation.clock
        assert isinstance(clock, Travelling)
        await self.fresh()
        await self.hamlet.found()
        invitation = await self.hamlet.invite("Taro")
        await self.hamlet.record(self.hamlet.town.application("Taro", invitation))
        await self.hamlet.say("Taro", "member.leave/1", {})
        await self.hamlet.say("Hanako", "member.erase/1", {"member": self.hamlet.town.id("Taro")})
        clock.ahead += MONTH
        try:
            await self.hamlet.invite("Jiro")
        finally:
            clock.ahead -= MONTH
        self.arguments = {"slug": self.hamlet.slug}
        self._rows = await self._sealed()
        assert self._rows

    async def stands(self) -> str:
        ledger, there = await self.hamlet.ledger(), await self._sealed()
        opened = [self.installation.privacy.open(ledger.id, *row) for row in self._rows]
        if all(opened):
            return "still readable"
        assert not any(opened), "half erased"
        return "unreadable for ever, rows still there" if there else "gone"

    async def check(self, _answer: Any) -> None:
        assert await self.stands() == "gone"
        await self.hamlet.check()

    async def _sealed(self) -> list[asyncpg.Record]:
        query = "SELECT subject, statement_id, path, sealed FROM private WHERE subject = $1"
        rows: list[asyncpg.Record] = await self.installation.database.pool.fetch(query, self.hamlet.town.id("Taro"))
        return rows


GROUNDS: tuple[type[Ground], ...] = (Appending, Founding, Witnessing, Copying, Erasing)
