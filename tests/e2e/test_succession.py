"""An old backup comes back to a running service: officers sign on a page, and the co-op goes on with the same keys."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import conftest
from tests.e2e.conftest import ROOT, SERVE, Coop, OpenPage, running
from tests.e2e.test_accessibility import faults
from tests.town import Town

pytestmark = pytest.mark.browser
SLUG, NEW = "owase", "owase-2"


def test_the_co_op_goes_on_under_another_name(
    tmp_path: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = conftest.free_port()
    # Keys in a browser belong to the address: the service has to come back at the same one.
    monkeypatch.setattr(conftest, "free_port", lambda: port)
    page = open_page("ja", phone=True)
    with running(SERVE, tmp_path) as address:
        coop = Coop(address, Town(SLUG, "lost"))
        coop.found("Hanako")
        coop.sign_in(page, "Hanako")
    data = tmp_path / "data"
    subprocess.run(["cp", "-a", data / "postgres", tmp_path / "backup"], check=True)
    with running(SERVE, tmp_path):
        coop.join("Taro")
    shutil.rmtree(data / "postgres")
    subprocess.run(["cp", "-a", tmp_path / "backup", data / "postgres"], check=True)
    said = succeed(data, address)
    with running(SERVE, tmp_path, sound=False):
        page.goto(coop.address("ledger"))
        expect(page.get_by_role("main")).to_contain_text("公開した台帳より古くなっています")
        signing = re.search(rf"{re.escape(address)}/succeed/[a-z2-7]+", said)
        assert signing is not None
        other = open_page("en")
        assert faults(other, signing[0], "en") == []
        other.goto(signing[0])
        expect(other.locator("main")).to_contain_text("No key of an officer who signs here is on this device")
        sign(page, signing[0])
        expect(page).to_have_url(f"{address}/c/{NEW}")
        come_in(page, f"{address}/c/{NEW}")


def succeed(data: Path, address: str) -> str:
    command = ("succeed", SLUG, NEW, "--reason", "ディスクが壊れた", "--data", str(data), "--address", address)
    line = [sys.executable, "-P", "-m", "app.cli", *command]
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sign(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("main")).to_contain_text("記録 1 から 2 まで")
    page.get_by_role("button", name="読んで署名する").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("はじめの 1 件の記録")
    dialog.get_by_role("button", name="署名して届け出る").click()


def come_in(page: Page, address: str) -> None:
    """With the key that she had, to a ledger that says what it lost and that her device finds in order."""
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=re.compile("としてはいる")).first.click()
    expect(page).to_have_url(address)
    page.goto(f"{address}/ledger")
    expect(page.locator("main")).to_contain_text("記録 1 から 2 まで(2件)は失われました")
    page.goto(f"{address}/verify")
    page.get_by_role("button", name="この端末で確かめる").click()
    expect(page.locator("[data-verdict]")).to_contain_text("台帳はそろっていて、変わっていません")
