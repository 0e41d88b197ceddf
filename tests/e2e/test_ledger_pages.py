"""Home, the ledger, its check in the browser and the auditor's desk, in a real browser; and what arrives by itself."""

from __future__ import annotations

import asyncio
import json
import re
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app.cli.main import main
from app.storage.embedded import EmbeddedPostgres, Server
from ledger.compose import Private
from tests.e2e.conftest import SERVE, Coop, OpenPage, Village, running
from tests.town import Town

pytestmark = pytest.mark.browser

PROFILE = {"profile": {"name": Private("海の里")}}


def answered(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def done(page: Page) -> None:
    page.locator("[data-verdict] .banner").wait_for(timeout=120_000)


def verdict(page: Page) -> str:
    return page.locator("[data-verdict]").inner_text()


def status(page: Page, step: str) -> str | None:
    return page.locator(f'[data-step="{step}"]').get_attribute("data-status")


def verify(page: Page, coop: Coop) -> None:
    page.goto(coop.address("verify"))
    page.get_by_role("button", name="この端末で確かめる").click()
    done(page)


# Home.


def test_a_member_finds_what_is_asked_and_goes_there(village: Village, page: Page) -> None:
    village.be(page, village.ADMINISTRATOR)
    page.goto(village.address())
    asked = page.get_by_role("list", name="あなたにお願いしたいこと").get_by_role("link")
    assert asked.count() >= 3
    places = [link.get_attribute("href") for link in asked.all()]
    for place in places:
        assert answered(page, f"{village.server}{place}") == 200, place


def test_a_stranger_finds_the_ways_in(coop: Coop, page: Page) -> None:
    page.goto(coop.address())
    expect(page.get_by_role("link", name="加入を申し込む")).to_have_attribute("href", f"/c/{coop.slug}/join")
    expect(page.locator("main").get_by_role("link", name="台帳を確かめる")).to_be_visible()
    assert page.get_by_role("heading", name="あなたにお願いしたいこと").count() == 0


def test_a_closed_co_op_shows_strangers_its_door_alone(server: str, page: Page) -> None:
    coop = Coop(server, Town("closed-door", "closed-door"))
    coop.found("Hanako", tiles="members", entries="auditors")
    page.goto(coop.address())
    expect(page.get_by_role("link", name="組合員の方はこちら")).to_be_visible()
    assert "記録" not in page.locator("main").inner_text()
    assert answered(page, coop.address("verify")) == 401


def test_a_young_co_op_shows_its_founder_the_first_steps(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address())
    steps = page.locator("section", has=page.get_by_role("heading", name="はじめの一歩")).get_by_role("link")
    assert steps.count() == 4


# The ledger.


def test_the_stream_narrows_and_leads_to_an_entry(village: Village, page: Page) -> None:
    page.goto(village.address("ledger"))
    page.get_by_label("種類").select_option("ballot")
    page.get_by_role("button", name="しぼりこむ").click()
    page.wait_for_url("**=ballot*")
    lines = page.locator("#lines li")
    assert lines.count() == 20
    assert all(
        "投票する" in line or "申し立てる" in line for line in lines.locator("span:first-child").all_inner_texts()
    )
    sentence = lines.first.locator("span").first.inner_text()
    lines.first.get_by_role("link").click()
    expect(page.locator(".lead")).to_have_text(sentence)


def test_strangers_read_no_names(village: Village, page: Page, open_page: OpenPage) -> None:
    village.be(page, village.MEMBER)
    page.goto(village.address("ledger"))
    assert "さんが、" in page.locator("#lines").inner_text()
    stranger = open_page()
    stranger.goto(village.address("ledger"))
    assert "さんが、" not in stranger.locator("#lines").inner_text()


def test_an_entry_that_is_not_there_or_not_open_says_so(coop: Coop, page: Page, server: str) -> None:
    assert answered(page, coop.address("ledger/99")) == 404
    expect(page.locator("main")).to_contain_text("第99号の記録はありません")
    closed = Coop(server, Town("shut", "shut"))
    closed.found("Hanako", tiles="public", entries="auditors")
    assert answered(page, closed.address("ledger/0")) == 403
    expect(page.locator("main")).to_contain_text("監事と、かかわった本人だけ")


# The check in the browser.


def test_a_sound_ledger_is_found_sound_with_its_receipts(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("ledger"))
    page.evaluate(
        "(html) => { document.querySelector('main').innerHTML = html; }",
        '<form data-statement="coop.profile/1" data-then="stay">'
        '<input name="profile/name" data-as="private" value="海"><button>改める</button></form>',
    )
    page.get_by_role("button", name="改める").click()
    page.get_by_role("button", name="署名して届け出る").click()
    expect(page.locator("#toasts")).to_contain_text("第1号")
    verify(page, coop)
    steps = ("seal", "history", "tree", "entries", "witnessed", "receipts")
    assert {step: status(page, step) for step in steps} == dict.fromkeys(steps, "ok")
    assert "台帳はそろっていて、変わっていません" in verdict(page)


def test_where_entries_are_closed_the_tree_is_built_from_hashes(server: str, page: Page) -> None:
    coop = Coop(server, Town("hashes", "hashes"))
    coop.found("Hanako", tiles="public", entries="auditors")
    verify(page, coop)
    assert (status(page, "tree"), status(page, "entries")) == ("ok", "skipped")
    assert "ひとつひとつの署名" in verdict(page)


@pytest.mark.parametrize("what", ["entries", "0"])
def test_a_changed_file_is_found_and_handed_out_as_evidence(coop: Coop, page: Page, what: str, tmp_path: Path) -> None:
    coop.join("Taro")

    def change(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    page.route(f"**/tile/{what}/**", change)
    verify(page, coop)
    assert status(page, "tree") == "failed"
    assert "合わないところがあります" in verdict(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="証拠を保存する").click()
    download.value.save_as(tmp_path / "evidence.json")
    evidence = json.loads((tmp_path / "evidence.json").read_text())
    assert evidence["origin"] == coop.town.origin
    assert evidence["faults"][0]["step"] == "tree"


def test_a_ledger_that_lost_what_was_seen_is_found(coop: Coop, page: Page) -> None:
    old = page.request.get(f"{coop.server}/log/{coop.slug}/checkpoint").text()
    coop.join("Taro")
    verify(page, coop)
    assert status(page, "history") == "ok"
    # The service shows another history of the same length: as if the later entries had been others.
    other = Coop(coop.server, Town(f"{coop.slug}-b", "other"))
    other.found("Hanako")
    page.route("**/log/*/checkpoint", lambda route: route.fulfill(body=old, content_type="text/plain"))
    page.route("**/proofs/consistency**", lambda route: route.fulfill(json={"proof": []}))
    verify(page, coop)
    assert status(page, "history") == "failed"
    assert "続きではありません" in page.locator('[data-step="history"]').inner_text()


def test_no_answer_is_neither_good_nor_ill(coop: Coop, page: Page) -> None:
    page.route("**/tile/**", lambda route: route.fulfill(status=503))
    verify(page, coop)
    assert status(page, "tree") == "skipped"
    assert "確かめきれませんでした" in verdict(page)


def test_the_check_can_be_held(village: Village, page: Page) -> None:
    page.goto(village.address("verify"))
    page.get_by_role("button", name="この端末で確かめる").click()
    page.get_by_role("button", name="いったん止める").click()
    # What was under way when it was held may still arrive; then it stands still, before its end.
    bar, before, now = page.locator("progress"), -1, 0
    while now != before:
        before = now
        page.wait_for_timeout(600)
        now = bar.evaluate("(bar) => bar.value")
    assert now < bar.evaluate("(bar) => bar.max")
    page.get_by_role("button", name="続ける").click()
    done(page)
    assert "変わっていません" in verdict(page)


# The auditor's desk.


AUDIT = {
    "ja": {
        "start": "全体を検証する",
        "done": "件を検証しました",
        "same": "数え直しは、発表と一致しました",
        "cast": "投票する",
        "ballots": "票の一覧",
    },
    "en": {
        "start": "Run a full pass",
        "done": "entries were verified",
        "same": "The recount equals what was announced",
        "cast": "votes",
        "ballots": "Ballots",
    },
}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_full_pass_runs_beside_the_service_and_its_verdict_stays(
    village: Village, open_page: OpenPage, lang: str
) -> None:
    page = open_page(lang)
    village.be(page, village.AUDITOR)
    page.goto(village.address("audit"))
    page.get_by_role("button", name=AUDIT[lang]["start"]).click()
    expect(page.locator("#pass .banner-success")).to_contain_text(AUDIT[lang]["done"], timeout=120_000)
    page.reload()
    expect(page.locator("#pass .banner-success")).to_be_visible()


def test_only_an_auditor_may_start_a_pass(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("audit"))
    assert page.get_by_role("button", name="全体を検証する").count() == 0
    token = page.evaluate("document.body.dataset.csrf")
    answer = page.request.post(coop.address("audit/pass"), headers={"x-csrftoken": token})
    assert answer.status == 403


def test_the_export_is_what_the_verifier_reads(coop: Coop, page: Page, tmp_path: Path) -> None:
    coop.join("Taro")
    page.goto(coop.address("audit"))
    with page.expect_download() as download:
        page.get_by_role("link", name="写しを受け取る").click()
    download.value.save_as(tmp_path / "copy.zip")
    assert "checkpoint" in zipfile.ZipFile(tmp_path / "copy.zip").namelist()
    assert main(["verify", str(tmp_path / "copy.zip"), "--json"]) == 0


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_decided_proposals_are_counted_again_with_every_ballot(
    village: Village, open_page: OpenPage, lang: str
) -> None:
    page = open_page(lang)
    village.be(page, village.AUDITOR)
    page.goto(village.address("audit"))
    page.locator("a[href*='/audit/proposals/']").first.click()
    expect(page.locator(".banner-success")).to_contain_text(AUDIT[lang]["same"])
    rows = page.get_by_role("table", name=AUDIT[lang]["ballots"], exact=True).locator("tbody tr")
    assert rows.count() > 10
    rows.first.get_by_role("link").click()
    expect(page.locator(".lead")).to_contain_text(AUDIT[lang]["cast"])


def test_a_member_is_followed_by_name(village: Village, page: Page) -> None:
    village.be(page, village.AUDITOR)
    page.goto(village.address("audit"))
    page.get_by_label("名前かふりがな").fill("谷口")
    page.get_by_role("button", name="探す").click()
    found = page.get_by_role("list", name="ひとりの人をたどる").get_by_role("link").first
    name = found.inner_text()
    found.click()
    expect(page.locator("main")).to_contain_text(f"{name}に関わる記録だけ")


# What arrives by itself.


def listen(page: Page, address: str) -> None:
    """Open a page, and wait until it hears what is appended."""
    with page.expect_response(lambda answer: answer.url.endswith("/events")):
        page.goto(address)


@pytest.fixture
def two_servers(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two processes of one installation: the same data and the same database."""
    launcher = EmbeddedPostgres(tmp_path)
    # In a thread of its own, for the browser's driver has a loop in ours; the server ends when its thread does.
    with ThreadPoolExecutor(1) as thread:
        database: Server = thread.submit(asyncio.run, launcher.start()).result()
        addresses = {"YUI_DATABASE_URL": database.service_dsn.url, "YUI_DATABASE_OWNER_URL": database.owner_dsn.url}
        try:
            with running(SERVE, tmp_path, addresses) as one, running(SERVE, tmp_path, addresses) as other:
                yield one, other
        finally:
            thread.submit(asyncio.run, launcher.stop()).result()


def test_what_one_process_takes_another_shows_within_two_seconds(two_servers: tuple[str, str], page: Page) -> None:
    one, other = two_servers
    coop = Coop(other, Town("both", "both"))
    coop.found("Hanako")
    listen(page, f"{one}/c/both/ledger")
    expect(page.locator("#lines li")).to_have_count(1)
    seconds = []
    for entries in range(2, 7):
        coop.say("Hanako", "coop.profile/1", PROFILE)
        begun = time.monotonic()
        expect(page.locator("#lines li")).to_have_count(entries)
        seconds.append(time.monotonic() - begun)
    assert min(seconds) < 2  # at least once the machine had nothing else to do


def test_nobody_is_interrupted_by_news(coop: Coop, page: Page) -> None:
    listen(page, coop.address("ledger"))
    page.evaluate("document.querySelector('#lines').insertAdjacentHTML('afterbegin', '<input id=\"draft\">')")
    page.locator("#draft").fill("half a sentence")
    coop.say("Hanako", "coop.profile/1", PROFILE)
    offer = page.get_by_role("button", name="新しい記録があります。表示する")
    expect(offer).to_be_visible()
    assert page.locator("#draft").input_value() == "half a sentence"
    offer.click()
    expect(page.locator("#lines li")).to_have_count(2)
    expect(offer).to_have_count(0)


def test_news_that_could_not_be_had_are_asked_for_again(coop: Coop, page: Page) -> None:
    listen(page, coop.address("ledger"))
    asked = []

    def away(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503)

    page.route(re.compile(r"/ledger\?"), away, times=1)
    coop.say("Hanako", "coop.profile/1", PROFILE)
    expect(page.locator("#lines li")).to_have_count(2)
    assert asked


def test_news_that_come_before_the_page_is_whole_are_shown(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")

    def late(route: Route) -> None:
        coop.say("Hanako", "coop.profile/1", PROFILE)
        time.sleep(2)
        route.continue_()

    page.route(re.compile(r"/js/statement-form\.js"), late, times=1)
    page.goto(coop.address("ledger"))
    expect(page.locator("#lines li")).to_have_count(2)


def test_several_entries_at_once_are_all_shown(coop: Coop, page: Page) -> None:
    listen(page, coop.address("ledger"))
    for _ in range(4):
        coop.say("Hanako", "coop.profile/1", PROFILE)
    expect(page.locator("#lines li")).to_have_count(5)
