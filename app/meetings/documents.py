"""Documents of a meeting, each one private text: what it is called, where it is found, what its bytes hash to.

The bytes stay where the address says, or with whoever hands them out. The convocation commits to the text, and with
the hash in it to the bytes: a member who has the file can see that it is the one that was convened with.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")
_ADDRESS: Final = re.compile(r"https?://\S+")


class Document(NamedTuple):
    """``address`` and ``sha256`` (lower-case hex) are empty where the text has none."""

    name: str
    address: str
    sha256: str


def parse(text: str) -> Document:
    """The first line is the name; an address, and a hash as ``sha256:…``, each have a line of their own."""
    name, address, sha256 = [], "", ""
    for line in text.splitlines():
        found = _HASH.fullmatch(line.strip())
        if found:
            sha256 = found[1]
        elif _ADDRESS.fullmatch(line.strip()):
            address = line.strip()
        else:
            name.append(line)
    return Document(" ".join(name).strip() or address or sha256, address, sha256)
