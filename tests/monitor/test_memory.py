"""What is news, what is told, and what a crash in between leaves."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.monitor import webhooks
from app.monitor.look import Alarm
from app.monitor.memory import Event, Memory
from app.monitor.targets import Target, Watched, parse, read
from app.monitor.webhooks import EVENT, SIGNATURE, deliver, sign
from ledger.errors import FormatError
from tests.monitor.site import Site, served

HOOK = "http://127.0.0.1:1/hook"
VILLAGE = Watched("https://coop.example/log/owase", "owase")
STALE = Alarm("stale", "a", {})
KINDS = ("finding", "split_view", "stale")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    found = Memory(tmp_path / "state", [HOOK])
    yield found
    found.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


def types(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.type, event.kind) for event in events]


def test_an_alarm_is_news_once_until_it_changes_or_ends(memory: Memory) -> None:
    found = Alarm("finding", "a", {})
    assert types(memory.take(VILLAGE, [found], KINDS, 1)) == [("alarm.raised", "finding")]
    assert memory.take(VILLAGE, [found], KINDS, 2) == []
    assert types(memory.take(VILLAGE, [found._replace(digest="b"), STALE], KINDS, 3)) == [
        ("alarm.changed", "finding"),
        ("alarm.raised", "stale"),
    ]
    assert memory.alarms(VILLAGE.url) == {"finding": 1, "stale": 3}
    assert types(memory.take(VILLAGE, [STALE], KINDS, 4)) == [("alarm.cleared", "finding")]
    assert memory.alarms(VILLAGE.url) == {"stale": 3}
    again = memory.take(VILLAGE, [found, STALE], KINDS, 5)
    assert types(again) == [("alarm.raised", "finding")]
    bodies = [json.loads(letter.body) for letter in memory.letters(HOOK, 99)]
    assert len({body["id"] for body in bodies}) == len(bodies) == 5


def test_two_histories_stay_an_alarm(memory: Memory) -> None:
    split = Alarm("split_view", "a", {}, {"kept": "…", "shown": "…"})
    (event,) = memory.take(VILLAGE, [split], KINDS, 1)
    assert event.evidence is not None
    assert json.loads(Path(event.evidence).read_text()) == split.evidence
    assert memory.take(VILLAGE, [], KINDS, 2) == []
    assert memory.alarms(VILLAGE.url) == {"split_view": 1}


def test_other_kinds_and_other_ledgers_are_left_alone(memory: Memory) -> None:
    memory.take(VILLAGE, [STALE], KINDS, 1)
    assert memory.take(VILLAGE, [], ("unreachable",), 2) == []
    assert memory.take(VILLAGE._replace(url="https://other.example"), [], KINDS, 2) == []
    assert memory.any_alarm()


def test_what_was_noted_survives(memory: Memory, tmp_path: Path) -> None:
    memory.take(VILLAGE, [STALE], KINDS, 1)
    memory.close()
    again = Memory(tmp_path / "state", [HOOK])
    assert again.take(VILLAGE, [STALE], KINDS, 2) == []
    assert again.waiting(HOOK) == 1


def test_silence_is_counted_from_the_last_answer(memory: Memory) -> None:
    assert memory.first_asked(VILLAGE.url, 5) == 5
    assert memory.first_asked(VILLAGE.url, 9) == 5
    memory.answered(VILLAGE.url, 20)
    assert memory.first_asked(VILLAGE.url, 30) == 20


def test_letters_arrive_in_order_signed_and_as_often_as_it_takes(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "_FIRST", 0.01)
    hook, secret = f"{site.address}/hook", b"secret"
    memory = Memory(tmp_path / "state", [hook])
    memory.take(VILLAGE, [STALE], KINDS, 1)
    memory.take(VILLAGE, [], KINDS, 2)
    site.refuse = 3

    async def main() -> None:
        task = asyncio.create_task(deliver(memory, hook, secret))
        while memory.waiting(hook):  # noqa: ASYNC110 - nobody tells when a letter has gone
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(main())
    assert [json.loads(body)["type"] for _, body in site.taken] == ["alarm.raised", "alarm.cleared"]
    for headers, body in site.taken:
        assert headers[EVENT] == json.loads(body)["id"]
        seconds, _, given = headers[SIGNATURE].removeprefix("t=").partition(",v1=")
        expected = hmac.new(secret, seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(given, expected)
        assert headers[SIGNATURE] == sign(secret, body, int(seconds))
    memory.close()


def test_once_it_is_tried_and_kept(site: Site, tmp_path: Path) -> None:
    hook = f"{site.address}/hook"
    memory = Memory(tmp_path / "state", [hook])
    memory.take(VILLAGE, [STALE], KINDS, 1)
    site.refuse = 1
    asyncio.run(deliver(memory, hook, None, once=True))
    assert (memory.waiting(hook), memory.letters(hook)[0].tries) == (1, 1)
    asyncio.run(deliver(memory, hook, None, once=True))
    assert (memory.waiting(hook), len(site.taken)) == (0, 1)
    assert SIGNATURE not in site.taken[0][0]
    memory.close()


def test_lists_of_addresses(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("# neighbours\nhttps://one.example\n\nhttps://two.example/log/x  # the other\n")
    assert read(file) == [Target("https://one.example"), Target("https://two.example/log/x")]
    for wrong in ("ftp://one.example", "one.example", "https://one.example key more", "https://one.example no-key"):
        file.write_text(wrong + "\n")
        with pytest.raises(FormatError):
            read(file)
    with pytest.raises(FormatError):
        parse("file:///etc/passwd")
