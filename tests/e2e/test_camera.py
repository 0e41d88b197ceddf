"""Codes before a camera: a film of a real QR code is what the browser's camera sees."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.cli.test_tools import BROWSERS
from ledger import canonical, ids
from ledger.compose import Private
from tests.e2e.conftest import PATIENCE, Coop, OpenPage
from tests.e2e.test_meeting_door import shown
from tests.e2e.test_proposals import sign
from tests.town import Town

pytestmark = pytest.mark.browser
SOON = 3_600_000
"""In ms: the meeting begins in an hour, so that its reception is open."""
WIDTH, HEIGHT, DOTS = 640, 480, 7
"""Pixels of the film, and of each module of a code in it."""
WHITE, BLACK, GREY = b"\xff", b"\x00", b"\x80"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera sees: an empty wall, until a test hangs something up there."""
    file = tmp_path_factory.mktemp("camera") / "camera.y4m"
    file.write_bytes(_film([]))
    return file


@pytest.fixture(scope="module")
def browser(film: Path) -> Iterator[Browser]:
    """One with a camera."""
    expect.set_options(timeout=PATIENCE)
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with sync_playwright() as playwright:
        path = os.environ.get("YUI_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
        args = ["--no-sandbox", *camera, f"--use-file-for-fake-video-capture={film}"]
        browser = playwright.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


@pytest.fixture
def coop(server: str) -> Coop:
    """Hanako is in the chair, Jiro countersigns, Taro comes."""
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    coop.found("Hanako")
    coop.join("Jiro", "Taro")
    coop.appoint("Jiro", "facilitator")
    return coop


@pytest.fixture
def meeting(coop: Coop) -> str:
    body: dict[str, Any] = {
        "kind": "general",
        "mode": "room",
        "title": Private("春の総会"),
        "starts_at": canonical.format_time(time.time_ns() // 1_000_000 + SOON),
        "chair": coop.town.id("Hanako"),
    }
    return ids.object_id("mtg", coop.say("Hanako", "meeting.convene/1", body).id)


def _film(rows: list[bytes]) -> bytes:
    """Two seconds of those rows of light, in the middle of a white wall (YUV4MPEG2)."""
    above = (HEIGHT - len(rows)) // 2
    wall = [WHITE * WIDTH]
    light = b"".join([*wall * above, *(row.center(WIDTH, WHITE) for row in rows), *wall * (HEIGHT - above - len(rows))])
    frame = b"FRAME\n" + light + GREY * (WIDTH * HEIGHT // 2)
    return f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 20


def hang_up(film: Path, text: str) -> None:
    """The camera sees that code from now on."""
    modules = segno.make_qr(text, error="m").matrix
    rows = [b"".join((BLACK if dark else WHITE) * DOTS for dark in row) for row in modules]
    assert len(rows) * DOTS < HEIGHT - 8 * DOTS
    film.write_bytes(_film([row for row in rows for _ in range(DOTS)]))


def scan(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def test_a_member_comes_by_the_code_that_their_camera_sees(
    coop: Coop, meeting: str, open_page: OpenPage, film: Path
) -> None:
    screen, phone = open_page(), open_page(phone=True)
    coop.sign_in(screen, "Hanako")
    screen.goto(coop.address(f"meetings/{meeting}/code"))
    door = coop.address(f"meetings/{meeting}/door")
    hang_up(film, f"{door}?openExternalBrowser=1#{shown(screen)}")
    coop.sign_in(phone, "Taro")
    phone.goto(door)
    expect(phone.get_by_role("button", name="ここにいます")).to_be_hidden()
    scan(phone, "カメラで読み取る")
    phone.get_by_role("button", name="ここにいます").click()
    sign(phone, "ja")
    phone.wait_for_url(re.compile(f"/meetings/{meeting}$"))
    expect(phone.get_by_text("会場で受付ずみ", exact=True)).to_be_visible()


def test_a_code_that_is_no_door_is_said_to_be_none(coop: Coop, meeting: str, open_page: OpenPage, film: Path) -> None:
    hang_up(film, "https://elsewhere.example/")
    phone = open_page(phone=True)
    coop.sign_in(phone, "Taro")
    phone.goto(coop.address(f"meetings/{meeting}/door"))
    scan(phone, "カメラで読み取る")
    expect(phone.locator("[data-said] .banner-warning").first).to_be_visible()
    expect(phone.get_by_role("button", name="ここにいます")).to_be_hidden()


def test_the_code_on_a_form_finds_its_member_at_reception_and_in_the_pile(
    coop: Coop, meeting: str, open_page: OpenPage, film: Path
) -> None:
    envelope = f"{coop.address(f'meetings/{meeting}/returned')}/{coop.town.id('Taro')}"
    hang_up(film, f"{envelope}#ballot")
    page = open_page()
    coop.sign_in(page, "Hanako")
    page.goto(coop.address(f"meetings/{meeting}/reception"))
    expect(page.locator("#reception .thing")).to_have_count(3)
    scan(page, "用紙のコードを読み取る")
    expect(page.locator("#reception .thing")).to_have_count(1)
    expect(page.locator("#reception")).to_contain_text("Taroさん")
    page.goto(coop.address(f"meetings/{meeting}/returned"))
    scan(page, "用紙のコードを読み取る")
    page.wait_for_url(envelope)
    expect(page.get_by_role("heading", name="Taroさんから届いた紙")).to_be_visible()
