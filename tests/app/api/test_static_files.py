"""Scripts, styles and pictures: sent once, kept by what they are, and the same as the framework sends them."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from app.front import Door
from app.limits import Limits
from app.pages.environment import STATIC, make_environment
from app.static_files import StaticFiles
from tests.app.api.service import Coop, Travelling, web

SCRIPT = "/static/js/sign.js"
FOREVER = "public, max-age=31536000, immutable"


async def test_what_a_browser_has_is_not_sent_again(coop: Coop) -> None:
    first = await coop.stranger.get(SCRIPT)
    assert (first.status_code, first.content) == (200, (STATIC / "js/sign.js").read_bytes())
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await coop.stranger.get(SCRIPT, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-security-policy" in again.headers
    other = await coop.stranger.get(SCRIPT, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_only_an_address_that_names_the_content_is_kept(coop: Coop) -> None:
    address = make_environment().from_string("{{ static('css/base.css') }}").render()
    assert (await coop.stranger.get(address)).headers["cache-control"] == FOREVER
    for other in (address[:-1], f"{address}0", address.partition("?")[0], f"{address}&v=1"):
        answer = await coop.stranger.get(other)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


async def test_it_is_packed_for_those_who_can_unpack(coop: Coop) -> None:
    async with coop.stranger.stream("GET", SCRIPT, headers={"Accept-Encoding": "br, gzip"}) as answer:
        packed = b"".join([part async for part in answer.aiter_raw()])
    plain = await coop.stranger.get(SCRIPT, headers={"Accept-Encoding": "identity"})
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert len(packed) == int(answer.headers["content-length"]) < len(plain.content)
    assert gzip.decompress(packed) == plain.content
    assert "content-encoding" not in plain.headers
    for refused in ("gzip;q=0", "br, gzip ; q=0.000, identity"):
        answer = await coop.stranger.get(SCRIPT, headers={"Accept-Encoding": refused})
        assert "content-encoding" not in answer.headers
        assert answer.content == plain.content


async def test_every_file_is_what_the_framework_sends(
    app: Litestar, coop: Coop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def all_() -> dict[str, tuple[int, str, bytes]]:
        found = {}
        for path in STATIC.rglob("*"):
            if path.is_file():
                answer = await coop.stranger.get(f"/static/{path.relative_to(STATIC).as_posix()}")
                found[path.name] = (answer.status_code, answer.headers["content-type"], answer.content)
        return found

    ours = await all_()
    monkeypatch.setattr(StaticFiles, "find", lambda *_: None)
    assert ours == await all_()


@pytest.mark.parametrize("path", ["/static/", "/static/%2e%2e/server.py", "/static/js", "/static/nothing.js"])
async def test_what_is_no_file_is_not_found(coop: Coop, path: str) -> None:
    assert (await coop.stranger.get(path)).status_code in {404, 400}
    assert (await coop.stranger.post(SCRIPT)).status_code in {403, 405}


async def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export const one = 1;\n")
    files = StaticFiles(tmp_path, Door(Limits(Travelling(), web()), web()))

    async def ask() -> httpx.Response:
        async def serve(scope: Any, receive: Any, send: Any) -> None:
            file = files.find(scope)
            assert file is not None
            await files.answer(file, scope, send)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(serve), base_url="http://coops.example") as client:
            address = f"/static/one.js?v={hashlib.sha256(b'export const one = 1;' + bytes([10])).hexdigest()[:10]}"
            return await client.get(address)

    old = await ask()
    (tmp_path / "one.js").write_text("export const one = 2;\n")
    os.utime(tmp_path / "one.js", (0, 0))
    new = await ask()
    assert (old.text, old.headers["cache-control"]) == ("export const one = 1;\n", FOREVER)
    assert (new.text, new.headers["cache-control"]) == ("export const one = 2;\n", "no-cache")
    assert old.headers["etag"] != new.headers["etag"]
