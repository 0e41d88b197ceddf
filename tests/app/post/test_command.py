"""What an operator sets, sees and mends; and the service itself, with a mail server and without."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from app.cli import mail_options
from app.cli.failures import CommandError
from app.cli.main import main
from app.installation import Installation, Settings
from app.post.settings import Posting
from app.storage.embedded import Server
from governance.all_books import BOOKS
from tests.app.post.desk import JIRO, NOTICE, TARO, Desk, letter
from tests.app.post.office import Office
from tests.app.test_serve import Running
from tests.faults.ground import Hamlet

Act = Callable[[Desk], Awaitable[object]]


class House:
    """An installation on an outside database, opened for as long as something is done in it."""

    def __init__(self, server: Server, data: Path, office: Office) -> None:
        self.server, self.data, self.office = server, data, office

    def do(self, act: Act) -> object:
        return asyncio.run(self._do(act))

    async def _do(self, act: Act) -> object:
        async with Installation.open(Settings(self.data, self.server.service_dsn.url, BOOKS)) as installation:
            hamlet = Hamlet(installation, "owase")
            if not await installation.ledgers():
                await hamlet.found()
            ledger = await hamlet.ledger()
            return await act(Desk(installation, ledger, self.office))

    def states(self) -> object:
        return self.do(lambda desk: desk.states())


@pytest.fixture
def house(migrated: Server, tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("YUI_DATABASE_URL", migrated.service_dsn.url)
    monkeypatch.setenv("YUI_DATABASE_OWNER_URL", migrated.owner_dsn.url)
    monkeypatch.setenv("YUI_DATA", str(tmp_path / "data"))
    return House(migrated, tmp_path / "data", office)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def say(*arguments: str, status: int = 0) -> str:
        assert main(["mail", *arguments]) == status
        out, error = capsys.readouterr()
        return error if status else out

    return say


def test_an_operator_sees_and_mends(house: House, office: Office, said: Callable[..., str]) -> None:
    assert "通知はありません" in said("list")
    office.rcpt.extend(["550 5.1.1 no", "550 5.1.1 no"])
    house.do(lambda desk: desk.queue(letter(TARO), letter(JIRO)))
    house.do(lambda desk: desk.send())
    listed = said("list")
    assert "owase: failed 2" in listed
    first, second = NOTICE.id_for(TARO), NOTICE.id_for(JIRO)
    assert f"{first} failed 550 5.1.1" in listed
    assert "people.example" not in listed
    assert first in said("again", "owase", first)
    assert second in said("cancel", "owase", second)
    assert house.states() == {TARO: "waiting", JIRO: "cancelled"}
    assert second in said("again", "owase", second, status=2)
    assert "nowhere" in said("cancel", "nowhere", first, status=2)
    assert "1" in said("doubt")
    assert house.states() == {TARO: "unknown", JIRO: "cancelled"}


def options(*arguments: str) -> Posting | None:
    parser = argparse.ArgumentParser()
    mail_options.add_arguments(parser)
    return mail_options.posting(parser.parse_args(arguments))


@pytest.fixture
def password(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_bytes("ひみつ\r\nmore\n".encode())
    return str(file)


def test_without_a_server_nothing_is_sent() -> None:
    assert options() is None


def test_what_an_operator_decides(password: str) -> None:
    login = ("--mail-user", "yui", "--mail-password", password)
    found = options("--mail-server", "mail.example", "--mail-from", "yui@coop.example", *login)
    assert found == Posting("mail.example", 587, "yui@coop.example", "starttls", "yui", "ひみつ")
    ends = [
        ("mail.example:2525", "none", "mail.example", 2525),
        ("mail.example", "tls", "mail.example", 465),
        ("[2001:db8::1]", "none", "2001:db8::1", 25),
        ("[2001:db8::1]:26", "none", "2001:db8::1", 26),
    ]
    for server, tls, host, port in ends:
        found = options("--mail-server", server, "--mail-tls", tls, "--mail-from", "yui@coop.example")
        assert found is not None
        assert (found.host, found.port, found.tls) == (host, port, tls)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--mail-server", "mail.example"), "mail.incomplete"),
        (("--mail-from", "yui@coop.example"), "mail.incomplete"),
        (("--mail-server", "mail.example", "--mail-from", "yui@coop.example", "--mail-user", "yui"), "mail.incomplete"),
        (("--mail-server", "mail.example", "--mail-from", "yui"), "mail.address"),
        (("--mail-server", "mail.example:x", "--mail-from", "yui@coop.example"), "mail.address"),
        (("--mail-server", "mail.example:70000", "--mail-from", "yui@coop.example"), "mail.address"),
    ],
)
def test_what_is_at_fault_is_said(arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(CommandError) as fault:
        options(*arguments)
    assert fault.value.code == code


def test_passwords_are_in_files_and_never_in_the_clear(password: str) -> None:
    plain = ("--mail-server", "mail.example", "--mail-from", "yui@coop.example", "--mail-user", "yui")
    with pytest.raises(CommandError) as fault:
        options(*plain, "--mail-tls", "none", "--mail-password", password)
    assert fault.value.code == "mail.in_the_clear"
    with pytest.raises(CommandError) as fault:
        options(*plain, "--mail-password", f"{password}-not-there")
    assert fault.value.code == "mail.password"


def test_the_service_sends_where_it_is_told_a_server(house: House, office: Office) -> None:
    running = Running(house.data)
    try:
        house.do(lambda desk: desk.queue())
        time.sleep(1)
        assert "yui_mail" not in httpx.get(f"{running.address}/metrics").text
    finally:
        running.stop()
    assert house.states() == {TARO: "waiting"}
    mail = {"SERVER": f"127.0.0.1:{office.port}", "TLS": "none", "FROM": "yui@coops.example", "PER_MINUTE": "6000"}
    running = Running(house.data, **{f"YUI_MAIL_{name}": value for name, value in mail.items()})
    try:
        until = time.monotonic() + 30
        while house.states() != {TARO: "sent"}:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert "yui_mail_sent_total 1.0" in httpx.get(f"{running.address}/metrics").text
    finally:
        log = running.stop()
    assert "people.example" not in log
    assert len(office.taken) == 1
