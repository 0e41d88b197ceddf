"""From bytes to text: UTF-8 or Windows-31J (cp932), found out strictly and said in words.

The name ``shift_jis`` is avoided on purpose: that codec lacks 髙, 﨑 and ①, which every Japanese roster has.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple, get_args

from app.roster.fault import Fault

MAX_BYTES: Final = 5 * 1024 * 1024
Encoding = Literal["utf-8", "cp932"]
ENCODINGS: Final[tuple[str, ...]] = get_args(Encoding)
Sign = Literal["bom", "ascii", "valid_utf8", "only_cp932", "likelier_cp932", "chosen"]
"""Why an encoding was taken: ``roster.sign.…`` says it."""
_OTHERS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_ARCHIVES: Final = ((b"PK\x03\x04", "Excel (.xlsx)"), (b"\xd0\xcf\x11\xe0", "Excel (.xls)"), (b"%PDF", "PDF"))
_JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f]")
_ACCENTED: Final = re.compile("[A-Za-z][\u0080-\u07ff]|[\u0080-\u07ff][A-Za-z]")
_NOT_CP932: Final = re.compile("[\x80\uf8f0-\uf8f3]")
"""What Python's codec lets through for bytes that Windows-31J does not assign (0x80, 0xA0, 0xFD to 0xFF)."""


class Decoded(NamedTuple):
    """The text, the encoding that it was in, and why we think so."""

    text: str
    encoding: Encoding
    sign: Sign


def decode(data: bytes, chosen: str = "") -> Decoded:
    """The text of a file; ``chosen``: the encoding that somebody insists on. Fault for anything else, and its place."""
    if len(data) > MAX_BYTES:
        raise Fault("too_large", limit=MAX_BYTES // (1024 * 1024))
    if not data.strip(b"\x00\t\r\n ,;\xef\xbb\xbf\xff\xfe"):
        raise Fault("empty")
    _refuse_others(data)
    if chosen:
        return _as_chosen(data, chosen)
    if data.startswith(codecs.BOM_UTF8):
        return Decoded(_utf8(data[len(codecs.BOM_UTF8) :]), "utf-8", "bom")
    if data.isascii():
        return Decoded(data.decode("ascii"), "utf-8", "ascii")
    return _told_apart(data)


def _told_apart(data: bytes) -> Decoded:
    utf8, wrong_utf8 = _try(_utf8, data)
    cp932, wrong_cp932 = _try(_cp932, data)
    if utf8 is not None:
        # A few pairs of half-width kana are valid UTF-8 too: ﾂｱ is ±. Accented letters stand beside plain ones: Zoé.
        strange = not _JAPANESE.search(utf8) and not _ACCENTED.search(utf8)
        if strange and cp932 is not None and _JAPANESE.search(cp932):
            return Decoded(cp932, "cp932", "likelier_cp932")
        return Decoded(utf8, "utf-8", "valid_utf8")
    if cp932 is not None:
        return Decoded(cp932, "cp932", "only_cp932")
    # Broken either way: the encoding that goes wrong later is the one that was meant.
    faults = [fault for fault in (wrong_utf8, wrong_cp932) if fault is not None]
    raise max(faults, key=lambda fault: fault.params["offset"])


def _as_chosen(data: bytes, chosen: str) -> Decoded:
    if chosen == "utf-8":
        return Decoded(_utf8(data.removeprefix(codecs.BOM_UTF8)), "utf-8", "chosen")
    if chosen == "cp932":
        return Decoded(_cp932(data), "cp932", "chosen")
    raise Fault("encoding_unknown", encoding=chosen)


def _refuse_others(data: bytes) -> None:
    for start, name in _ARCHIVES:
        if data.startswith(start):
            raise Fault("not_csv", name=name)
    for mark, name in _OTHERS:
        if data.startswith(mark):
            raise Fault("other_encoding", name=name)
    nul = data.find(b"\x00")
    if nul >= 0:
        # Every second byte of ASCII text in UTF-16 is zero.
        if data[:400].count(b"\x00") * 3 > len(data[:400]):
            raise Fault("other_encoding", name="UTF-16")
        raise Fault("nul", **_place(data, nul, "latin-1"))


def _try(reader: Callable[[bytes], str], data: bytes) -> tuple[str | None, Fault | None]:
    try:
        return reader(data), None
    except Fault as fault:
        return None, fault


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _wrong(data, error.start, error.end, "utf-8") from error


def _cp932(data: bytes) -> str:
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError as error:
        raise _wrong(data, error.start, error.end, "cp932") from error
    unassigned = _NOT_CP932.search(text)
    if unassigned:
        start = len(text[: unassigned.start()].encode("cp932"))
        raise _wrong(data, start, start + 1, "cp932")
    return text


def _wrong(data: bytes, start: int, end: int, encoding: Encoding) -> Fault:
    found = data[start : max(end, start + 1)].hex(" ").upper()
    return Fault("wrong_bytes", **_place(data, start, encoding), bytes=found, encoding=encoding)


def _place(data: bytes, offset: int, encoding: str) -> dict[str, int]:
    """Line and column (in characters) of a byte, counting from 1."""
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.rpartition(b"\n")[2].decode(encoding, "replace").removeprefix("\ufeff")
    return {"line": before.count(b"\n") + 1, "column": len(line) + 1, "offset": offset}
