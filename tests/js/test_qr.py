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
const [text, mask] = JSON.parse(process.argv[2]);
console.log(JSON.stringify(modules(text, mask ?? undefined).map((row) => row.map(Number))));
"""


@pytest.fixture(autouse=True)
def pad_as_the_standard_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bits end at a byte already, segno pads a whole byte of zeros, which readers bear with."""
    monkeypatch.setattr(segno.encoder, "write_padding_bits", lambda buff, _, length: buff.extend([0] * (-length % 8)))


def made(text: str, mask: int | None) -> list[list[int]]:
    command = [node(), "--input-type=module", "-e", SCRIPT, MODULE, json.dumps([text, mask])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows: list[list[int]] = json.loads(done.stdout)
    return rows


@pytest.mark.parametrize("length", [5, 60, 150, 213, 330, 666])
def test_as_another_maker_draws_it(length: int) -> None:
    text = ("https://village.example/c/yui/join/" + "aZ9-" * 200)[:length]
    for mask in (0, 3, 7) if length < 300 else (5,):
        other = segno.make(text, error="m", mode="byte", mask=mask, boost_error=False, micro=False)
        assert made(text, mask) == [list(row) for row in other.matrix]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        made("x" * 667, None)


def test_without_a_mask_the_best_is_taken() -> None:
    assert made("結の里", None) in [made("結の里", mask) for mask in range(8)]
