"""A lost guard is made anew by an operator who names the number of entries that were published, and by nothing less."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.cli.main import main
from app.storage.embedded import Server
from tests.app.api.service import Coop


async def test_it_asks_for_the_number_that_was_published(
    coop: Coop, migrated: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YUI_DATABASE_URL", migrated.service_dsn.url)
    monkeypatch.setenv("YUI_DATABASE_OWNER_URL", migrated.owner_dsn.url)
    await coop.join("Taro")
    one, size = coop.town.invitation("Jiro", "Hanako"), coop.town.head[0]
    (note,) = (tmp_path / "guard").glob("*.note")
    note.unlink()
    assert (await coop.post(one)).status_code == 503
    line = ["operator", "recreate-guard", coop.town.slug, "--data", str(tmp_path)]

    def act(*more: str) -> int:
        return main([*line, *more])

    with monkeypatch.context() as inner:
        # A command takes signals, which only the main thread may.
        inner.setattr("app.cli.runtime._until_signal", lambda work: work())
        inner.setattr("app.logs.configure", lambda _: None)  # its log would outlive the test
        for wrong in ((), ("--size", str(size - 1)), ("--size", str(size + 1))):
            assert await asyncio.to_thread(act, *wrong) == 2
            assert f"--size {size}" in capsys.readouterr().err
            assert not note.exists()
        assert await asyncio.to_thread(act, "--size", str(size)) == 0
    assert f"the guard stands at {size} entries" in capsys.readouterr().out
    assert (await coop.post(one)).status_code == 201
