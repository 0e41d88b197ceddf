"""One look at one ledger after another: what is fetched, what is found, and what is kept as evidence."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.monitor import look as looking
from app.monitor.look import Asked, Outcome, Stopped, folder_of, look
from app.monitor.targets import Watched
from ledger import checkpoint, merkle
from ledger.checkpoint import Checkpoint
from tests.audit.sample import FilesCopy, export_village, sample_village, vkey
from tests.audit.test_witnessed import cosigned, trust
from tests.monitor.site import Site, served
from tests.simulator import Village


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(looking, "RECHECK", 0.0)
    with served() as found:
        yield found


class Looker:
    """A monitor of one ledger, whose state stays between looks."""

    def __init__(self, site: Site, state: Path) -> None:
        self.site, self.state = site, state
        self.watched = Watched(f"{site.address}/log/village", "village")
        self.stop = threading.Event()

    def __call__(self, **asked: Any) -> Outcome:
        return look(self.watched, Asked(self.state, **asked), self.stop)


@pytest.fixture
def looker(site: Site, tmp_path: Path) -> Looker:
    return Looker(site, tmp_path / "state")


@pytest.fixture
def growing(village: Village) -> Village:
    """A village of its own, which may grow."""
    del village
    return sample_village()


def kinds(outcome: Outcome) -> list[str]:
    return [alarm.kind for alarm in outcome.alarms]


def test_only_what_is_new_is_fetched(looker: Looker, growing: Village, tmp_path: Path) -> None:
    looker.site.show(growing, tmp_path / "first")
    first = looker()
    assert (first.alarms, first.fault, first.size, first.checked) == ((), None, growing.size, growing.size)
    assert set(looker.site.bundles()) == {"000", f"001.p/{growing.size - 256}"}
    assert looker().checked == 0
    assert looker.site.bundles() == []
    for _ in range(3):
        growing.wait(1000)
    looker.site.show(growing, tmp_path / "second")
    grown = looker()
    assert (kinds(grown), grown.size, grown.checked) == ([], growing.size, 3)
    assert set(looker.site.bundles()) == {f"001.p/{growing.size - 256}"}


def test_the_same_checkpoint_is_not_judged_again(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    first = looker()
    looker.site.asked.clear()
    asked = Asked(looker.state)
    assert look(looker.watched, asked, threading.Event(), first) == first._replace(checked=0)
    assert looker.site.asked == ["/log/village/checkpoint"]
    # But time passes.
    assert kinds(look(looker.watched, asked._replace(max_age=1), threading.Event(), first)) == ["stale"]


def test_a_smaller_one_was_rolled_back(looker: Looker, growing: Village, tmp_path: Path) -> None:
    looker.site.show(growing, tmp_path / "whole")
    whole = dict(looker.site.files)
    looker()
    looker.site.show(growing, tmp_path / "shorter", growing.leaves[:-9])
    looker.site.asked.clear()
    outcome = looker()
    assert kinds(outcome) == ["rolled_back"]
    assert outcome.alarms[0].evidence is None
    assert looker.site.asked == ["/log/village/checkpoint"] * 2
    looker.site.files = whole
    assert kinds(looker()) == []


def test_a_cache_that_is_behind_for_a_moment_is_no_alarm(looker: Looker, growing: Village, tmp_path: Path) -> None:
    looker.site.show(growing, tmp_path / "whole")
    whole = dict(looker.site.files)
    looker()
    looker.site.show(growing, tmp_path / "shorter", growing.leaves[:-9])

    class Moment(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            looker.site.files = whole
            return super().wait(timeout)

    looker.stop = Moment()
    assert kinds(looker()) == []


@pytest.mark.parametrize("more", [-20, 0, 20], ids=["shorter", "as long", "longer"])
def test_another_history_becomes_evidence(looker: Looker, growing: Village, tmp_path: Path, more: int) -> None:
    """Whatever its size: what was verified stays, and proves the other one false."""
    looker.site.show(growing, tmp_path / "true")
    true = dict(looker.site.files)
    looker()
    leaves = growing.leaves[:99] + growing.leaves[100:] + growing.leaves[-1:] * 21
    looker.site.show(growing, tmp_path / "false", leaves[: growing.size + more])
    outcome = looker()
    split = next(alarm for alarm in outcome.alarms if alarm.kind == "split_view")
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(split.evidence))
    assert main(["verify-evidence", str(file), "--vkey", vkey(growing).text()]) == 0
    # It goes on from what was true.
    looker.site.files = true
    looker.site.asked.clear()
    assert kinds(looker()) == []
    assert looker.site.bundles() == []


def test_what_the_operator_has_not_signed_is_a_finding(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    looker()
    forged = checkpoint.sign(Checkpoint(village.origin, 7, merkle.leaf_hash(b"x")), village.key("a stranger"))
    looker.site.files["/log/village/checkpoint"] = forged
    outcome = looker()
    assert kinds(outcome) == ["finding"]
    assert outcome.alarms[0].details["findings"][0]["code"] == "checkpoint.signature"


def test_a_broken_entry_is_a_finding_until_it_is_mended(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    path = "/log/village/tile/entries/000"
    good = looker.site.files[path]
    looker.site.files[path] = good[:500] + bytes([good[500] ^ 1]) + good[501:]
    first = looker()
    assert kinds(first) == ["finding"]
    assert first.alarms[0].evidence["exit_code"] == 1
    assert looker().alarms[0].digest == first.alarms[0].digest
    looker.site.files[path] = good
    assert kinds(looker()) == []


def test_another_ledger_at_the_same_address(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    looker()
    other = Village("Jiro", origin="other.example/yui")
    other.wait(1000)
    looker.site.show(other, tmp_path / "other")
    for _ in range(2):
        outcome = looker()
        assert kinds(outcome) == ["other_ledger"]
        assert outcome.alarms[0].details["folder"] == str(folder_of(looker.state, looker.watched.url))
    looker.site.show(village, tmp_path / "again")
    looker.site.bundles()
    assert kinds(looker()) == []
    assert looker.site.bundles() == []


def test_a_successor_takes_the_place_of_its_predecessor(looker: Looker, tmp_path: Path) -> None:
    whole = Village("Hanako")
    whole.join("Jiro")
    whole.appoint("Jiro", "facilitator")
    looker.site.show(whole, tmp_path / "before")
    looker()
    lost = whole.note()
    whole.succeed(lost, "village.example/yui-2", "Hanako", "Jiro", cause="key")
    export_village(whole, tmp_path / "after", None)
    files = FilesCopy.of(tmp_path / "after").files
    looker.site.files |= {"/log/village/" + path: data for path, data in files.items()}
    assert kinds(looker()) == []
    looker()
    looker.site.bundles()
    assert kinds(looker()) == []
    assert looker.site.bundles() == []


def test_pinned_to_another_key(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    looker.watched = looker.watched._replace(vkey=vkey(village)._replace(public=bytes(32)))
    assert kinds(looker()) == ["finding"]


def test_spoilt_bytes_are_not_two_histories(looker: Looker, growing: Village, tmp_path: Path) -> None:
    """A disk that breaks at the operator's is a finding, and nobody's signature."""
    looker.site.show(growing, tmp_path / "first")
    looker()
    growing.wait(1000)
    looker.site.show(growing, tmp_path / "second")
    for path in [path for path in looker.site.files if "/tile/" in path]:
        data = looker.site.files[path]
        looker.site.files[path] = data[:20] + bytes([data[20] ^ 1]) + data[21:]
    assert kinds(looker()) == ["finding"]


def test_a_tree_without_its_entries(looker: Looker, growing: Village, tmp_path: Path) -> None:
    """Where entries are not shown, the operator's key has to be named; then two histories are still found."""

    def hide() -> None:
        looker.site.files = {path: data for path, data in looker.site.files.items() if "/tile/entries" not in path}

    looker.watched = looker.watched._replace(vkey=vkey(growing))
    looker.site.show(growing, tmp_path / "first")
    hide()
    assert kinds(looker()) == ["could_not_check"]
    growing.wait(1000)
    looker.site.show(growing, tmp_path / "second")
    hide()
    assert kinds(looker()) == ["could_not_check"]
    looker.site.show(growing, tmp_path / "false", growing.leaves[:9] + growing.leaves[10:] + growing.leaves[-1:] * 4)
    hide()
    outcome = looker()
    assert kinds(outcome) == ["split_view"]
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(outcome.alarms[0].evidence))
    assert main(["verify-evidence", str(file), "--vkey", vkey(growing).text()]) == 0


def test_witnesses_that_do_not_cosign(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    witnesses = trust("all", live=True)
    assert kinds(looker(witnesses=witnesses)) == ["no_quorum"]
    looker.site.files["/log/village/checkpoint"] = cosigned(village, village.size, "north", "south")
    assert kinds(looker(witnesses=witnesses)) == []


def test_a_cut_off_answer_accuses_nobody(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")

    def cut(handler: Any) -> None:
        data = looker.site.files.get(handler.path, b"")
        handler.send_response(200 if data else 404)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data if "entries" not in handler.path else data[:-7])
        handler.close_connection = True

    looker.site.broken = cut
    outcome = looker()
    assert (outcome.fault, outcome.alarms) == ("source.no_connection", ())


def test_whoever_answers_a_byte_at_a_time_is_not_waited_for(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")

    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    looker.site.broken = drip
    begun = time.monotonic()
    assert looker(limit=0.3).fault == "source.too_slow"
    assert time.monotonic() - begun < 8


def test_a_log_that_grows_while_it_is_read_accuses_nobody(looker: Looker, growing: Village, tmp_path: Path) -> None:
    looker.site.show(growing, tmp_path / "first")
    old = looker.site.files["/log/village/checkpoint"]
    growing.wait(1000)
    looker.site.show(growing, tmp_path / "second")

    def once(handler: Any) -> None:
        looker.site.broken = None
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(old)))
        handler.end_headers()
        handler.wfile.write(old)

    def twice(handler: Any) -> None:
        looker.site.broken = once
        once(handler)
        looker.site.broken = once

    looker.site.broken = twice  # the look itself and the audit in it
    assert looker().fault == "source.moved_on"
    assert kinds(looker()) == []
    # What stays missing is a finding.
    del looker.site.files[next(path for path in looker.site.files if "/tile/0/001" in path)]
    growing.wait(1000)
    head = Checkpoint(growing.origin, growing.size, merkle.leaf_hash(b"x"))
    looker.site.files["/log/village/checkpoint"] = checkpoint.sign(head, growing.log_key)
    assert kinds(looker()) == ["finding"]


def test_somebody_says_stop(looker: Looker, village: Village, tmp_path: Path) -> None:
    looker.site.show(village, tmp_path / "shown")
    looker.stop.set()
    with pytest.raises(Stopped):
        looker()
