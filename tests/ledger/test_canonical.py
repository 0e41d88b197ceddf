"""Canonical JSON: equal to an independent RFC 8785, one spelling for each value, and nothing outside the space."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.errors import FormatError
from tests.ledger.values import flips, values


@given(values)
def test_equals_rfc_8785(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(values)
def test_reads_back_what_it_wrote(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(values)
def test_a_flipped_bit_never_reads_as_the_same_value(value: Any) -> None:
    data = canonical.encode(value)
    for flipped in flips(data):
        try:
            assert canonical.encode(canonical.decode(flipped)) == flipped != data
        except FormatError:
            continue


@given(values)
def test_other_spellings_are_refused(value: Any) -> None:
    data = canonical.encode(value)
    spaced = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
    escaped = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    for other in (spaced, escaped, b" " + data, data + b"\n"):
        if other != data:
            with pytest.raises(FormatError):
                canonical.decode(other)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a":1,"a":1}', "format.not_canonical"),
        ('{"b":1,"a":1}', "format.not_canonical"),
        ('"\\u0041"', "format.not_canonical"),
        ('"\\/"', "format.not_canonical"),
        ("-0", "format.not_canonical"),
        ("1.0", "format.value"),
        ("1e2", "format.value"),
        ("9007199254740992", "format.integer"),
        ("-9007199254740992", "format.integer"),
        ('{"A":1}', "format.key"),
        ('{"1a":1}', "format.key"),
        ('{"":1}', "format.key"),
        ('{"a-b":1}', "format.key"),
        ('{"a\\n":1}', "format.key"),
        ("[" * 17 + "]" * 17, "format.depth"),
        ("[" * 100_000, "format.json"),
        ("NaN", "format.json"),
        ("1 2", "format.json"),
        ("", "format.json"),
        ('"\\ud800"', "format.json"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as error:
        canonical.decode(text.encode())
    assert error.value.code == code


@pytest.mark.parametrize("text", ["[" * 1000, '{"a":' * 1000, '["[[",' * 300, "[" * 100_000 + "]" * 100_000])
def test_depth_is_refused_whatever_the_recursion_limit(text: str) -> None:
    """In a process of its own, for without the check it dies."""
    program = (
        "import sys; sys.setrecursionlimit(10**6)\n"
        "from ledger import canonical, errors\n"
        "try: canonical.decode(sys.stdin.buffer.read())\n"
        "except errors.FormatError as error: print(error.code)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=text.encode(), capture_output=True, check=False)
    assert (done.stdout, done.returncode) == (b"format.json\n", 0)


def test_many_brackets_are_not_deep() -> None:
    rows = [{"a": ['"[[[[', "\\"]} for _ in range(500)]
    assert canonical.decode(canonical.encode(rows)) == rows


@pytest.mark.parametrize("data", [b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", '{"a":1}'.encode("utf-16")])
def test_what_is_not_plain_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        canonical.decode(data)


@pytest.mark.parametrize("value", [1.0, b"bytes", {1: "a"}, {"a": {"b": [0.5]}}, "\ud800", object()])
def test_values_outside_the_space_are_not_written(value: Any) -> None:
    with pytest.raises(FormatError):
        canonical.encode(value)


def test_a_refusal_names_the_path() -> None:
    with pytest.raises(FormatError) as error:
        canonical.encode({"lines": [{"amount": 1}, {"amount": 2.5}]})
    assert error.value.params == {"path": "lines/1/amount"}


def test_depth_is_counted_in_levels() -> None:
    assert canonical.decode(b"[" * 16 + b"]" * 16) is not None


def test_nfc_is_asked_only_on_acceptance() -> None:
    decomposed = {"name": "か\u3099"}
    assert canonical.decode(canonical.encode(decomposed)) == decomposed
    with pytest.raises(FormatError, match=r"format\.not_nfc"):
        canonical.require_nfc({"list": [decomposed]})
    canonical.require_nfc({"list": [{"name": "が"}]})


@given(st.binary(max_size=70))
def test_base64_has_one_spelling(data: bytes) -> None:
    text = canonical.b64(data)
    assert canonical.unb64(text) == data
    for other in (text.rstrip("="), text + "=", text + "\n", " " + text, text.replace("+", "-").replace("/", "_")):
        if other != text:
            with pytest.raises(FormatError):
                canonical.unb64(other)


def test_base64_with_set_trailing_bits_is_refused() -> None:
    with pytest.raises(FormatError):
        canonical.unb64("AB==")


@given(st.integers(-62_135_596_800_000, 32_503_680_000_000))
def test_times_have_one_spelling(milliseconds: int) -> None:
    text = canonical.format_time(milliseconds)
    assert canonical.parse_time(text) == milliseconds
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert text == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01T09:00:00Z",
        "2026-04-01T09:00:00.0000Z",
        "2026-04-01T09:00:00.000+00:00",
        "2026-04-01 09:00:00.000Z",
        "2026-02-30T09:00:00.000Z",
        "2026-04-01T24:00:00.000Z",
        "2026-04-01T09:00:60.000Z",
        "2026-04-01T09:00:00.000Z\n",
        "٢٠٢٦-04-01T09:00:00.000Z",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(FormatError):
        canonical.parse_time(text)


@pytest.mark.parametrize("text", ["0", "-1", "12", "0.5", "-0.25", "1000.001"])
def test_decimals(text: str) -> None:
    assert canonical.is_decimal(text)


@pytest.mark.parametrize("text", ["-0", "01", "1.0", "1.", ".5", "1e3", "+1", "", "1\n", "١", "0.50"])
def test_other_decimals_are_refused(text: str) -> None:
    assert not canonical.is_decimal(text)


def test_what_is_remembered_has_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical.Remembered, "MOST", 3)
    remembered = canonical.Remembered(re.compile("[a-z]+\\Z"))
    assert all(remembered.matches(text) for text in ("a", "b", "c", "d", "e" * 200))
    assert not remembered.matches("A")
    assert remembered.texts == {"d"}
