"""Canonical JSON: RFC 8785 output over a value space so small that only one spelling exists.

Objects whose keys match ``[a-z][a-z0-9_]*``, arrays, strings, booleans, null and integers within
±(2^53 - 1); no floats; at most 16 levels deep. Within that space msgspec's sorted output equals
RFC 8785 byte for byte (``tests/conformance`` holds it against an independent implementation).

Reading is strict without a second parser: decode, write again, compare. Duplicate keys, other
orders, needless escapes and white space all fail that one comparison.

Nearly everything read is in order, so that is settled first and quickly (``is_plain``, and typed readers elsewhere);
only what is not is looked at again, step by step, to name the fault.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec

from ledger.errors import FormatError

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 16
_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?\Z")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z\Z")
_FEW: Final = 200
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_CONTAINERS: Final = frozenset((dict, list, tuple))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


class Remembered:
    """Short texts that were found to match a pattern: matching is what costs, and the same few texts come again.

    To be asked ``text in remembered.texts or remembered.matches(text)``.
    """

    LONGEST: Final = 128
    MOST: Final = 65_536

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._match = pattern.match
        self.texts: set[str] = set()

    def matches(self, text: str) -> bool:
        """Whether the pattern matches; remembered if so, within bounds, so that nobody can fill the memory."""
        if not self._match(text):
            return False
        if len(text) <= self.LONGEST:
            if len(self.texts) >= self.MOST:
                self.texts.clear()
            self.texts.add(text)
        return True


_keys = Remembered(_KEY)


def encode(value: Any) -> bytes:
    """Canonical bytes of ``value``; FormatError ``format.value`` when it lies outside the value space."""
    check(value)
    return _encoder.encode(value)


def spell(value: Any) -> bytes:
    """Canonical bytes of what is known to lie within the value space, or of a struct whose members do."""
    return _encoder.encode(value)


def decode(data: bytes) -> Any:
    """The value that ``data`` spells; FormatError when ``data`` is not its canonical spelling."""
    require_shallow(data)
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError("format.json") from error
    check(value)
    if _encoder.encode(value) != data:
        raise FormatError("format.not_canonical")
    return value


def require_shallow(data: bytes) -> None:
    """Refuse JSON so deep that reading it could exhaust the stack: ``format.json``.

    A reader that recurses stops at Python's recursion limit, but libraries have been seen to raise that to where the
    process dies first. So nothing hostile is read before its brackets are counted; only where there are many is it
    looked at how deep they go.
    """
    if data.count(b"[") + data.count(b"{") <= _FEW:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > _FEW:
            raise FormatError("format.json")


def check(value: Any) -> None:
    """Refuse what lies outside the value space, naming its path (``body/amount``)."""
    if not is_plain(value):
        _find_fault(value, "", 0)


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether ``value``, ``depth`` levels deep in another, lies within the value space."""
    kind = type(value)
    items: Iterable[Any] = (value,)
    if kind in _CONTAINERS:
        if depth >= MAX_DEPTH or (kind is dict and not _has_plain_keys(value)):
            return False
        items = value.values() if kind is dict else value
    for item in items:
        kind = type(item)
        if kind is str:
            if not item.isascii() and not _is_text(item):
                return False
        elif kind is int:
            if not -MAX_INTEGER <= item <= MAX_INTEGER:
                return False
        elif kind is not bool and item is not None and (kind not in _CONTAINERS or not is_plain(item, depth + 1)):
            return False
    return True


def _has_plain_keys(value: dict[Any, Any]) -> bool:
    return value.keys() <= _keys.texts or all(type(key) is str and _keys.matches(key) for key in value)


def _find_fault(value: Any, path: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if not value.isascii() and not _is_text(value):
            raise FormatError("format.surrogate", path=path)
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise FormatError("format.integer", path=path)
    elif kind in _CONTAINERS:
        if depth >= MAX_DEPTH:
            raise FormatError("format.depth", path=path)
        items = _items(value, path) if kind is dict else enumerate(value)
        for key, item in items:
            _find_fault(item, f"{path}/{key}" if path else str(key), depth + 1)
    elif kind is not bool and value is not None:
        raise FormatError("format.value", path=path)


def _items(value: dict[Any, Any], path: str) -> Iterable[tuple[str, Any]]:
    if not _has_plain_keys(value):
        raise FormatError("format.key", path=path)
    return value.items()


def _is_text(text: str) -> bool:
    """Whether UTF-8 can spell it: a lone surrogate it can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def require_nfc(value: Any, path: str = "") -> None:
    """Refuse text that is not in Unicode form NFC. On acceptance only: Unicode versions differ between
    runtimes, so an auditor that asked this could be made to refuse what the service accepted.
    """
    if isinstance(value, str):
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            raise FormatError("format.not_nfc", path=path)
    elif isinstance(value, dict):
        for key, item in value.items():
            require_nfc(item, f"{path}/{key}" if path else key)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            require_nfc(item, f"{path}/{position}" if path else str(position))


def b64(data: bytes) -> str:
    """Padded standard base64 (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode()


def unb64(text: str, length: int | None = None) -> bytes:
    """Bytes of ``text``, which must be their one padded spelling; ``length`` in bytes where it is fixed."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("format.base64") from error
    if b64(data) != text or (length is not None and len(data) != length):
        raise FormatError("format.base64")
    return data


def is_decimal(text: str) -> bool:
    """Whether ``text`` is an amount in the one grammar (no exponent, no trailing zeros, no ``-0``)."""
    return bool(_DECIMAL.match(text)) and text != "-0"


def parse_time(text: str) -> int:
    """Milliseconds since 1970 of a timestamp such as ``2026-04-01T09:00:00.000Z``."""
    minute, rest = _minutes.get(text[:17]), _seconds.get(text[17:])
    return _learn_time(text) if minute is None or rest is None else minute + rest


_minutes: dict[str, int] = {}
_seconds: dict[str, int] = {}
"""What beginnings and ends of timestamps were found to be worth in milliseconds."""


def _learn_time(text: str) -> int:
    if not _TIMESTAMP.match(text):
        raise FormatError("format.time")
    try:
        day = date.fromisoformat(text[:10]).toordinal() - _EPOCH_DAY
    except ValueError as error:
        raise FormatError("format.time") from error
    if len(_minutes) >= Remembered.MOST:
        _minutes.clear()
    minute = _minutes[text[:17]] = ((day * 24 + int(text[11:13])) * 60 + int(text[14:16])) * 60_000
    rest = _seconds[text[17:]] = int(text[17:19]) * 1000 + int(text[20:23])
    return minute + rest


def format_time(milliseconds: int) -> str:
    """The one spelling of a moment given in milliseconds since 1970 (UTC)."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    # Not %Y, which leaves years before 1000 unpadded on some systems.
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
