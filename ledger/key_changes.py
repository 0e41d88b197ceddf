"""From one key of a log to the others, by the entries in which each names the next (``ledger/books/operator.py``).

An entry of type ``operator.key/1`` is signed by the key in force and by the one that it names, so it leads both ways:
who knows either key believes the other, without folding the ledger and wherever the entry comes from. From which size
of the tree on a key counts is more than such an entry says: that takes the tree that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger import ids, keys, statement
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey, parse_vkey

ROTATE: Final = "operator.key/1"


class KeyChange(NamedTuple):
    """That ``old`` has named ``new``, and ``new`` has agreed."""

    old: VerifierKey
    new: VerifierKey


def read(leaf: bytes) -> KeyChange | None:
    """The change that an entry is, None where it is none or its signatures do not hold."""
    try:
        entry = statement.parse_leaf(leaf)
        said = entry.statement
        if said.type != ROTATE:
            return None
        new = parse_vkey(str(said.body.get("log_key")))
        for signature in entry.signatures:
            keys.verify_statement(signature, entry.statement_bytes)
        first, *others = (signature.key for signature in entry.signatures)
        if new.name != said.ledger or others != [keys.ed25519_public(new.public)]:
            return None
        if said.author != ids.key_id(first) or said.cosigners != (ids.key_id(others[0]),):
            return None
        return KeyChange(VerifierKey(said.ledger, keys.split_public(first)[1]), new)
    except LedgerError:
        return None


def lineage(key: VerifierKey, leaves: Iterable[bytes]) -> tuple[VerifierKey, ...]:
    """The key first, and all others of its log that those entries lead to, before it and after it."""
    changes = [change for leaf in leaves if (change := read(leaf)) is not None]
    found = [key]
    for known in found:  # grows as it goes
        for change in changes:
            found += [one for one, other in (change, change[::-1]) if other == known and one not in found]
    return tuple(found)
