"""What travels through the API, as OpenAPI describes it. Times are UTC text in milliseconds, bytes are base64."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ledger.private import Opening
from ledger.refusal import SignedRefusal
from ledger.statement import Signature

Base64 = Annotated[str, Meta(extra_json_schema={"format": "byte"})]
Bytes = Annotated[bytes, Meta(extra_json_schema={"format": "byte"})]
"""The same where many are sent: written in base64 as the answer is."""
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Size = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457 problem document. ``code`` is stable; ``title`` is a sentence in the reader's language.

    ``refusal``: the operator's signed word that a validly signed statement was turned away.
    """

    type: str
    code: str
    status: int
    title: str
    params: dict[str, Any]
    refusal: SignedRefusal | None = None


class Receipt(msgspec.Struct, omit_defaults=True):
    """Proof that a statement is in the log: its entry's exact bytes and index, the inclusion path, and the signed
    checkpoint. ``consistency``: from the size that was asked about to the checkpoint's.
    """

    index: int
    leaf: Bytes
    proof: list[Bytes]
    checkpoint: str
    consistency: list[Bytes] | None = None


class Entry(msgspec.Struct):
    """One entry as it can be read, and its receipt. ``id``: the statement's id, which ``replaces`` names."""

    index: int
    id: Base64
    received: Time
    statement: dict[str, Any]
    signatures: list[dict[str, str]]
    leaf: Base64
    proof: list[Base64]
    checkpoint: str


class KeyChange(msgspec.Struct):
    """An entry by which one key of the log takes another's place (``operator.…``): exact bytes, index, and path to the
    root of the checkpoint that it comes with.
    """

    index: int
    leaf: Base64
    proof: list[Base64]


class Predecessor(msgspec.Struct):
    """A log of another name that this one goes on from: its first ``entries`` entries are this one's."""

    origin: str
    entries: int


class Session(msgspec.Struct, omit_defaults=True):
    """Who is signed in at a co-op: member id, id of the key that signed in, roles held now.

    ``limits``: of the member's keys that are limited, the statement types that each may sign, by its public text.
    """

    member: str
    key: str
    roles: list[str]
    limits: dict[str, list[str]] = {}


class Context(msgspec.Struct, omit_defaults=True):
    """What a device needs to know before it signs. ``utc_offset`` in minutes; ``time`` is the service's clock.

    ``vkey`` is the log's newest key; ``key_changes`` lead to it from the one that the genesis named, oldest first.
    """

    slug: str
    origin: str
    vkey: str
    checkpoint: str
    size: int
    consistency: list[Base64]
    time: Time
    rp_ids: list[str]
    origins: list[str]
    utc_offset: int
    session: Session | None = None
    key_changes: list[KeyChange] = []
    predecessors: list[Predecessor] = []


class Challenge(msgspec.Struct):
    """What to sign to sign in: ``yui/v1/session``, a line feed, and the canonical JSON of exactly these three."""

    challenge: Base64
    expires: Time
    origin: str


class Proof(msgspec.Struct):
    """A Merkle proof (RFC 9162)."""

    proof: list[Base64]


class Pending(msgspec.Struct):
    """A statement that waits for cosigners. ``id`` is the statement's in hex; ``signatures`` has null for whoever has
    not signed yet, in the order of ``signers``; ``private`` opens the private values so that the sentence can be shown.
    """

    id: str
    statement: dict[str, Any]
    signers: list[str]
    signatures: list[Signature | None]
    private: list[Opening]
    created: Time
    expires: Time


class PendingList(msgspec.Struct):
    """What waits, oldest first."""

    items: list[Pending]


class Left(msgspec.Struct, omit_defaults=True):
    """A statement was left for its cosigners. ``missing``: who has yet to sign; nobody, then there is a receipt."""

    id: str
    missing: list[str]
    receipt: Receipt | None = None


class SigningTexts(msgspec.Struct):
    """Templates of sentences by statement type, and the other words that a page needs to let somebody sign."""

    sentences: dict[str, str]
    texts: dict[str, str]
