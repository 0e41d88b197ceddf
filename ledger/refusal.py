r"""Signed refusals: a validly signed statement that was turned away leaves its sender evidence.

    refusal   = JCS{code, root, size, statement, time}
    signature = Ed25519 by the log key over "yui/v1/refusal\n" || refusal

``size`` and ``root`` are the published checkpoint's, ``time`` is the moment of the refusal. Whoever holds one can
show later that the service knew the statement then, and why it said no.
"""

from __future__ import annotations

from typing import Final

import msgspec
from nacl.signing import SigningKey

from ledger import canonical
from ledger.errors import FormatError
from ledger.keys import verify_ed25519

DOMAIN: Final = b"yui/v1/refusal\n"


class SignedRefusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One refusal. ``statement`` is the base64 statement id, ``root`` base64, ``signature`` base64."""

    code: str
    root: str
    signature: str
    size: int
    statement: str
    time: str

    def body(self) -> bytes:
        """The canonical bytes that are signed, without their domain."""
        fields = msgspec.to_builtins(self)
        del fields["signature"]
        return canonical.encode(fields)


def build(statement_id: bytes, code: str, tree: tuple[int, bytes], time: int, key: SigningKey) -> SignedRefusal:
    """Sign that the statement was refused with ``code`` at ``time`` (ms), when the tree (size, root) was published."""
    size, root = tree
    unsigned = SignedRefusal(
        code=code,
        root=canonical.b64(root),
        signature="",
        size=size,
        statement=canonical.b64(statement_id),
        time=canonical.format_time(time),
    )
    signature = key.sign(DOMAIN + unsigned.body()).signature
    return msgspec.structs.replace(unsigned, signature=canonical.b64(signature))


def parse(data: bytes) -> SignedRefusal:
    """Read a refusal in canonical JSON strictly, without judging its signature."""
    try:
        refusal = msgspec.convert(canonical.decode(data), SignedRefusal, strict=True)
    except msgspec.ValidationError as error:
        raise FormatError("refusal.shape", detail=str(error)) from error
    canonical.unb64(refusal.statement, 32)
    canonical.unb64(refusal.root, 32)
    canonical.parse_time(refusal.time)
    return refusal


def verify(refusal: SignedRefusal, public: bytes) -> None:
    """SignatureFault unless the log key (raw 32 bytes) signed this refusal."""
    verify_ed25519(public, canonical.unb64(refusal.signature, 64), DOMAIN + refusal.body())
