"""Asking witnesses: cosignatures under each head, a policy, and every way in which a witness may fail."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from app.cli.main import main
from app.installation import Installation, Settings
from app.storage.embedded import Server
from app.stores import DirectoryStore
from app.stores.copier import Copier
from app.witness import exchange
from app.witness.asking import Asker
from app.witness.cosigned import Witnessed, witnessed
from app.witness.settings import HOUR, PolicyFile, Witnessing
from governance.all_books import BOOKS
from ledger import checkpoint, cosignature, merkle, receipt, signed_note
from ledger.signed_note import VerifierKey
from ledger.witness_policy import parse
from tests.app.api.service import Coop, Travelling, create_app, web

NAMES = ("north", "south")
ORIGINS = ("coops.example/owase", "coops.example/closed")


class Neighbours(httpx.AsyncBaseTransport):
    """The network: installations by host name, and what may go wrong with each."""

    def __init__(self) -> None:
        self.apps: dict[str, httpx.AsyncBaseTransport] = {}
        self.broken: dict[str, Callable[[], httpx.Response]] = {}
        self.requests: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        self.requests.append(host)
        if host in self.broken:
            return self.broken[host]()
        return await self.apps[host].handle_async_request(request)


class World:
    """Two witnesses, the installation that asks them, and the asker."""

    def __init__(self, installation: Installation, witnesses: dict[str, Installation], network: Neighbours) -> None:
        self.installation, self.witnesses, self.network = installation, witnesses, network
        self.asker = Asker(installation)
        self.client = httpx.AsyncClient(transport=network)

    def key(self, name: str) -> VerifierKey:
        found = self.witnesses[name].witness
        assert found is not None
        return found.key

    async def ask(self) -> None:
        await self.asker.look_around(self.client)
        await self.asker.settle()

    async def stands(self, slug: str = "owase", *, public: bool = True) -> Witnessed:
        found = await witnessed(self.installation, await self.installation.ledger(slug), public=public)
        assert found is not None
        return found

    async def faults(self) -> dict[str, str]:
        return {one.key.name.partition(".")[0]: one.fault for one in (await self.stands()).witnesses}


def policy_text(keys: dict[str, VerifierKey], rule: str, more: str = "") -> str:
    lines = [f"witness {name} {key.text()} http://{name}.example/witness\n" for name, key in keys.items()]
    return "".join([*lines, more, f"group enough {rule} {' '.join(keys)}\nquorum enough\n"])


@pytest.fixture
async def installation(world: World) -> Installation:
    return world.installation


@pytest.fixture
async def world(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[World]:
    url, network = migrated.service_dsn.url, Neighbours()
    async with AsyncExitStack() as stack:
        witnesses, listed = {}, tmp_path / "witness.logs"
        listed.write_text("quorum none\n")
        for name in NAMES:
            witnessing = Witnessing(logs=PolicyFile(listed), name=f"{name}.example/witness")
            settings = Settings(tmp_path / name, url, BOOKS, clock, witnessing)
            witnesses[name] = await stack.enter_async_context(Installation.open(settings))
            application: Any = create_app(witnesses[name], web(address=f"http://{name}.example"))
            network.apps[f"{name}.example"] = httpx.ASGITransport(application)
        policy = tmp_path / "witness.policy"
        keys = {name: one.witness.key for name, one in witnesses.items() if one.witness is not None}
        policy.write_text(policy_text(keys, "all"))
        own = Settings(tmp_path / "own", url, BOOKS, clock, Witnessing(policy=PolicyFile(policy)))
        installation = await stack.enter_async_context(Installation.open(own))
        listed.write_text("".join(f"log {vkey(installation, origin)}\n" for origin in ORIGINS) + "quorum none\n")
        world = World(installation, witnesses, network)
        yield world
        await world.client.aclose()


def vkey(installation: Installation, origin: str) -> str:
    return installation.draft(origin).log_key


async def test_every_head_is_cosigned_by_both(coop: Coop, world: World) -> None:
    assert (await coop.stranger.get(coop.log("cosigned"))).status_code == 404
    for name in ("Taro", "Jiro"):
        await world.ask()
        note = (await coop.stranger.get(coop.log("checkpoint"))).content
        parsed = signed_note.parse(note)
        found = cosignature.verify_all(parsed.text, parsed.lines, [world.key(name) for name in NAMES])
        assert len(found) == 2
        assert checkpoint.verify(note, world.installation.keys.verifier(coop.town.origin))
        assert (await coop.stranger.get(coop.log("cosigned"))).content == note
        await coop.record(coop.town.invitation(name, "Hanako"))
    head = checkpoint.parse((await coop.stranger.get(coop.log("checkpoint"))).content)
    assert len(head[1]) == 1
    cosigned = checkpoint.parse((await coop.stranger.get(coop.log("cosigned"))).content)[0]
    assert cosigned.size == head[0].size - 1
    stands = await world.stands()
    assert (stands.size, stands.late, stands.waiting_since > 0) == (cosigned.size, False, True)


async def test_nothing_is_asked_twice_and_nobody_else_hears_of_closed_ledgers(
    closed: Coop, world: World, tmp_path: Path
) -> None:
    await world.ask()
    assert world.network.requests == []
    keys = {name: world.key(name) for name in NAMES}
    named = f"log {vkey(world.installation, closed.town.origin)}\n"
    (tmp_path / "witness.policy").write_text(policy_text(keys, "all", named))
    await world.ask()
    await world.ask()
    assert sorted(world.network.requests) == ["north.example", "south.example"]
    assert (await world.stands("closed", public=False)).size == 1


async def test_receipts_carry_the_cosignatures(coop: Coop, world: World) -> None:
    await world.ask()
    await coop.record(coop.town.invitation("Taro", "Hanako"))
    policy = world.installation.witnessing.policy
    assert policy is not None
    for index, count in ((0, 2), (1, 0)):
        answer = await coop.stranger.get(coop.api(f"entries/{index}/receipt"))
        found = receipt.parse(answer.content)
        receipt.verify(found, world.installation.keys.verifier(coop.town.origin))
        parsed = signed_note.parse(found.note)
        assert len(cosignature.verify_all(parsed.text, parsed.lines, policy.current().keys)) == count


async def test_copies_for_auditors_carry_them_as_they_come(
    coop: Coop, closed: Coop, world: World, tmp_path: Path
) -> None:
    copier = Copier(world.installation, DirectoryStore(tmp_path / "tiles"))
    folder, policy = tmp_path / "tiles" / "owase", tmp_path / "witness.policy"

    async def copied() -> set[str]:
        for one in (coop, closed):
            await copier.copy(await world.installation.ledger(one.town.slug))
        assert not (tmp_path / "tiles" / "closed").exists()
        assert (folder / "checkpoint").read_bytes() == (await coop.stranger.get(coop.log("checkpoint"))).content
        return {path.name for path in folder.iterdir()}

    assert await copied() == {"bundles", "checkpoint", "tile"}
    await world.ask()
    await closed.record(closed.town.invitation("Jiro", "Hanako"))
    assert "cosigned" in await copied()  # at the same size: the lines came later
    assert (folder / "cosigned").read_bytes() == (await coop.stranger.get(coop.log("cosigned"))).content
    for name in NAMES:
        world.network.broken[f"{name}.example"] = down
    await coop.record(coop.town.invitation("Taro", "Hanako"))
    await copied()
    assert [checkpoint.parse((folder / name).read_bytes())[0].size for name in ("checkpoint", "cosigned")] == [2, 1]
    assert await asyncio.to_thread(main, ["verify", str(folder), "--witness-policy", str(policy), "--json"]) == 0


async def test_discovery_names_the_witnesses(coop: Coop, world: World) -> None:
    (card,) = (await coop.stranger.get("/.well-known/yui.json")).json()["ledgers"]
    assert card["witnesses"] == [world.key(name).text() for name in NAMES]
    policy = world.installation.witnessing.policy
    assert policy is not None
    assert parse(card["witness_policy"].encode()) == policy.current()._replace(logs=())


async def test_one_of_two_is_enough_where_the_policy_says_so(coop: Coop, world: World, tmp_path: Path) -> None:
    world.network.broken["south.example"] = down
    await world.ask()
    assert (await world.stands()).size == 0
    (tmp_path / "witness.policy").write_text(policy_text({name: world.key(name) for name in NAMES}, "any"))
    assert (await world.stands()).size == 1
    assert (await coop.stranger.get(coop.log("cosigned"))).status_code == 200


async def test_a_witness_that_is_down_is_left_alone_and_then_asked_again(
    coop: Coop, world: World, clock: Travelling
) -> None:
    world.network.broken["south.example"] = down
    await world.ask()
    assert await world.faults() == {"north": "", "south": "silent"}
    asked = len(world.network.requests)
    await world.ask()
    assert len(world.network.requests) == asked
    clock.ahead += 2 * HOUR
    assert (await world.stands()).late
    page = await coop.stranger.get(f"/c/{coop.town.slug}/verify", headers={"Accept-Language": "en"})
    assert "Not enough witnesses" in page.text
    assert "does not answer" in page.text
    del world.network.broken["south.example"]
    await world.ask()
    assert await world.faults() == {"north": "", "south": ""}
    stands = await world.stands()
    assert (stands.size, stands.late) == (1, False)


ANSWERS = (
    ((200, b""), "answer"),
    ((200, b"\xff"), "answer"),
    ((200, "— south.example/witness AAAA\n".encode()), "answer"),
    ((200, b"x" * 100_000), "answer"),
    ((302, b""), "answer"),
    ((400, b""), "malformed"),
    ((403, b""), "unsigned"),
    ((404, b""), "unknown"),
    ((409, b"nonsense"), "answer"),
    ((409, b"99\n"), "ahead"),
    ((422, b""), "fork"),
    ((429, b""), "busy"),
    ((500, b""), "busy"),
    ((503, b""), "busy"),
)


async def test_what_a_witness_may_answer(coop: Coop, world: World, clock: Travelling) -> None:
    for answer, fault in ANSWERS:
        world.network.broken["south.example"] = partial(httpx.Response, answer[0], content=answer[1])
        await world.ask()
        assert await world.faults() == {"north": "", "south": fault}
        page = await coop.stranger.get(f"/c/{coop.town.slug}/audit", headers={"Accept-Language": "en"})
        assert ("A witness has seen another history" in page.text) == (fault in ("fork", "ahead"))
        clock.ahead += HOUR


async def test_an_answer_that_never_ends_is_broken_off(
    coop: Coop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "TIMEOUT", 0.2)
    world.network.broken["south.example"] = lambda: httpx.Response(200, stream=Endless())
    await world.ask()
    assert await world.faults() == {"north": "", "south": "silent"}


def counted(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"yui_witness_{name}_ledgers", labels)


async def test_what_goes_on_for_too_long_is_counted_and_told_once(
    coop: Coop, world: World, clock: Travelling, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One silent witness is an alarm also where the other is enough."""
    keys, policy = {name: world.key(name) for name in NAMES}, tmp_path / "witness.policy"
    policy.write_text(policy_text(keys, "any"))
    north, south = (world.key(name).name for name in NAMES)
    await world.ask()
    await world.asker.survey()
    assert (counted("silent", witness=south), counted("late"), counted("contradicted")) == (0, 0, 0)
    world.network.broken["south.example"] = down
    await coop.join("Taro")
    await world.ask()
    await world.asker.survey()
    assert counted("silent", witness=south) == 0, "within the grace"
    clock.ahead += HOUR + 1
    for _ in range(2):
        await world.asker.survey()
    assert (counted("silent", witness=south), counted("silent", witness=north), counted("late")) == (1, 0, 0)
    assert caplog.text.count(f"{south} has been silent or refusing for too long") == 1
    policy.write_text(policy_text(keys, "all"))
    await world.asker.survey()
    assert counted("late") == 1
    world.network.broken["south.example"] = partial(httpx.Response, 422)
    await world.ask()
    await world.asker.survey()
    assert counted("contradicted") == 1
    del world.network.broken["south.example"]
    clock.ahead += HOUR
    await world.ask()
    await world.asker.survey()
    assert (counted("silent", witness=south), counted("late"), counted("contradicted")) == (0, 0, 0)


async def test_a_witness_restored_from_an_old_backup_waits_for_its_operator(
    coop: Coop, world: World, clock: Travelling, tmp_path: Path
) -> None:
    await world.ask()
    folder, backup, newest = (tmp_path / name for name in ("north/witness", "backup", "newest"))
    shutil.copytree(folder, backup)
    await coop.join("Taro")
    await world.ask()
    shutil.move(folder, newest)
    shutil.copytree(backup, folder)
    await coop.record(coop.town.invitation("Jiro", "Hanako"))
    await world.ask()
    assert await world.faults() == {"north": "busy", "south": ""}
    shutil.rmtree(folder)
    shutil.copytree(newest, folder)
    clock.ahead += HOUR
    await world.ask()
    assert await world.faults() == {"north": "", "south": ""}
    assert (await world.stands()).size == 4


async def test_a_witness_of_which_all_was_put_back_goes_on_from_there(coop: Coop, world: World, tmp_path: Path) -> None:
    """Folder and database of the same old day: it knows less, and the log shows it the way again."""
    await world.ask()
    folder, backup = tmp_path / "north" / "witness", tmp_path / "backup"
    shutil.copytree(folder, backup)
    pool = world.installation.database.pool
    marks = await pool.fetch("SELECT size, witness, origin FROM watermark")
    await coop.join("Taro")
    await world.ask()
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    await pool.executemany("UPDATE watermark SET size = $1 WHERE witness = $2 AND origin = $3", marks)
    await coop.record(coop.town.invitation("Jiro", "Hanako"))
    await world.ask()
    assert await world.faults() == {"north": "", "south": ""}
    assert (await world.stands()).size == 4


async def test_another_history_under_the_same_key_is_refused_and_seen(coop: Coop, world: World) -> None:
    """The operator has shown one witness other entries than the rest of the world."""
    origin, key = coop.town.origin, world.installation.keys.get(coop.town.origin, "log")
    forged = checkpoint.sign(checkpoint.Checkpoint(origin, 1, merkle.leaf_hash(b"forged")), key)
    body = b"old 0\n\n" + forged
    answer = await world.client.post("http://north.example/witness/add-checkpoint", content=body)
    assert answer.status_code == 200
    await world.ask()
    assert await world.faults() == {"north": "fork", "south": ""}
    north = world.witnesses["north"].witness
    assert north is not None
    (watched,) = [one for one in await north.watched() if one.origin == origin]
    assert watched.proven


async def test_what_was_learnt_survives_and_one_process_asks(coop: Coop, world: World) -> None:
    await world.ask()
    again = Asker(world.installation)
    await again.recall()
    await again.look_around(world.client)
    await again.settle()
    assert len(world.network.requests) == 2


def down() -> httpx.Response:
    raise httpx.ConnectError("down")


class Endless(httpx.AsyncByteStream):
    """Says nothing, for ever."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await asyncio.sleep(3600)
        yield b""
