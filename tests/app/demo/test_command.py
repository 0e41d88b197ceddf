"""``yui demo``: what ``--at`` and ``--fresh`` do, and that what it loads is what an auditor folds."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.cli import demo, runtime
from app.cli.failures import CommandError
from app.cli.main import main
from app.demo.villages import MIZUNASATO
from app.errors import LedgerUnknown
from app.installation import Installation, Settings
from app.storage.embedded import EmbeddedError, Server
from app.storage.embedded.place import Lock
from governance.all_books import BOOKS
from ledger import canonical
from ledger.statement import parse_leaf
from tests.app.sequencer.audit import audit

ADDRESS = "http://localhost:8321"
AT = "2026-04-01T09:00:00.000Z"


@pytest.fixture
async def installation(migrated: Server, tmp_path: Path) -> AsyncIterator[Installation]:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS)) as installation:
        yield installation


def asked(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.mark.slow
async def test_the_village_ends_when_it_should_and_stays_as_it_is(installation: Installation) -> None:
    await demo.settle(installation, ADDRESS, asked("--at", AT))
    ledger = await installation.ledger(MIZUNASATO.slug)
    async with installation.database.pool.acquire() as connection:
        leaves = await audit(connection, ledger, BOOKS)
    last = parse_leaf(leaves[-1]).received
    assert 0 <= canonical.parse_time(AT) - last < 86_400_000
    published = await installation.log.published(ledger)
    assert published.size == len(leaves)
    # A start with another end finds the village and leaves it alone.
    await demo.settle(installation, ADDRESS, asked("--at", "2027-04-01T09:00:00.000Z"))
    assert (await installation.log.published(ledger)).root == published.root


class Stop(Exception):
    """What is asked of the installation is known."""


def test_letters_go_out_and_copies_are_kept_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pages offer to send letters as soon as a mail server is named: then somebody has to send them."""
    found: dict[str, Any] = {}

    def running(_where: object, _show: object, **asked_for: object) -> None:
        found.update(asked_for)
        raise Stop

    monkeypatch.setattr(runtime, "running", running)
    monkeypatch.setattr(runtime, "check_port", lambda *_: None)
    mail = ("--mail-server", "127.0.0.1:2525", "--mail-from", "office@mizuna.example", "--mail-tls", "none")
    with pytest.raises(Stop):
        demo.run(asked("--data", str(tmp_path), "--tiles", f"file://{tmp_path}/copies", *mail))
    assert (found["posting"].port, found["posting"].sender) == (2525, "office@mizuna.example")
    assert found["store"] is not None


@pytest.mark.parametrize("at", ["yesterday", "2026-04-01", "2026-04-01T09:00:00Z", "2026-02-30T09:00:00.000Z"])
async def test_an_end_that_is_no_time_makes_nothing(installation: Installation, at: str) -> None:
    with pytest.raises(CommandError) as refusal:
        await demo.settle(installation, ADDRESS, asked("--at", at))
    assert (refusal.value.code, refusal.value.params) == ("demo.at", {"at": at})
    with pytest.raises(LedgerUnknown):
        await installation.ledger(MIZUNASATO.slug)


def test_fresh_takes_the_demos_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    data = tmp_path / demo.FOLDER
    for folder in (data / "guard", tmp_path / "guard"):
        folder.mkdir(parents=True)
        (folder / "note").touch()
    demo.clear(data)
    assert not data.exists()
    assert (tmp_path / "guard" / "note").exists()
    demo.clear(data)  # nothing there is fine


def test_fresh_leaves_a_village_alone_that_is_being_served(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    held = Lock(tmp_path)
    with pytest.raises(EmbeddedError) as refusal:
        demo.clear(tmp_path)
    assert refusal.value.code == "database.in_use"
    assert (tmp_path / "note").exists()
    held.release()


def test_an_export_without_a_ledger_leads_to_the_village(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("YUI_DATABASE_URL", raising=False)
    cluster = tmp_path / demo.FOLDER / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("18")
    assert main(["export", "--data", str(tmp_path), str(tmp_path / "copy")]) == 2
    assert f"--data {tmp_path / demo.FOLDER}" in capsys.readouterr().err
    assert not (tmp_path / "postgres").exists()
