"""QR codes as the device makes them are those of an independent maker, module for module."""

from __future__ import annotations

import json
import subprocess

import pytest
import segno

from tests.js.test_js import ROOT, node

MODULE = (ROOT / "app/static/js/qr.js").as_uri()

SCRIPT = """
const { modules } = await import(process.argv[1]);
console.log(JSON.stringify(modules(process.argv[2]).map((row) => row.map(Number))));
"""


@pytest.fixture(autouse=True)
def pad_as_the_standard_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bits end at a byte already, segno pads a whole byte of zeros, which readers bear with."""
    monkeypatch.setattr(segno.encoder, "write_padding_bits", lambda buff, _, length: buff.extend([0] * (-length % 8)))


def made(text: str) -> list[list[int]]:
    command = [node(), "--input-type=module", "-e", SCRIPT, MODULE, text]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows: list[list[int]] = json.loads(done.stdout)
    return rows


def by_another_maker(text: str, mask: int) -> list[list[int]]:
    code = segno.make(text, error="m", mode="byte", mask=mask, boost_error=False, micro=False, encoding="utf-8")
    return [list(row) for row in code.matrix]


@pytest.mark.parametrize(
    "text", ["結の里", *(("https://village.example/c/yui/" + "aZ9-" * 200)[:n] for n in (5, 150, 666))]
)
def test_as_another_maker_draws_it_under_one_of_the_masks(text: str) -> None:
    assert made(text) in [by_another_maker(text, mask) for mask in range(8)]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        made("x" * 2332)
