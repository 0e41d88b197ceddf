"""Bodies that are read as bytes, because what was signed must not be written anew, as OpenAPI describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema


def _object(description: str, **properties: Schema) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT, description=description, properties=dict(properties), required=sorted(properties)
    )


def _text(description: str = "") -> Schema:
    return Schema(type=OpenAPIType.STRING, description=description or None)


SIGNATURE: Final = Schema(
    type=OpenAPIType.OBJECT,
    description="One signature with the public key that made it; the last two belong to `webauthn`.",
    properties={
        "alg": Schema(type=OpenAPIType.STRING, enum=["ed25519", "es256", "webauthn", "eip712"]),
        "key": _text("`ed25519:` or `es256:` and the public key in base64, or `eip712:` and an address"),
        "sig": _text("64 bytes in base64, 65 of a wallet"),
        "authenticator_data": _text(),
        "client_data": _text(),
    },
    required=["alg", "key", "sig"],
)
_OPENING: Final = _object(
    "What opens a private value.", path=_text("Place in the body"), salt=_text("32 bytes in base64"), value=Schema()
)
_STATEMENT: Final = Schema(
    type=OpenAPIType.OBJECT, description="The statement in its canonical spelling: see docs/format.md."
)


def _envelope(signatures: Schema) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        description="A statement, its signatures in the order of its signers, and what opens its private values.",
        properties={
            "statement": _STATEMENT,
            "signatures": Schema(type=OpenAPIType.ARRAY, items=signatures),
            "private": Schema(type=OpenAPIType.ARRAY, items=_OPENING),
        },
        required=["signatures", "statement"],
    )


ENVELOPE: Final = _envelope(SIGNATURE)
ENVELOPES: Final = Schema(type=OpenAPIType.ARRAY, items=ENVELOPE, min_items=1, max_items=100)
PENDING: Final = _envelope(Schema(one_of=[SIGNATURE, Schema(type=OpenAPIType.NULL)]))
PENDINGS: Final = Schema(type=OpenAPIType.ARRAY, items=PENDING, min_items=1, max_items=100)


def takes(schema: Schema) -> type[Operation]:
    """The operation class of a route whose body, read as bytes, has that schema."""

    @dataclass
    class Takes(Operation):
        def __post_init__(self) -> None:
            content: dict[str, Any] = {"application/json": OpenAPIMediaType(schema=schema)}
            self.request_body = RequestBody(content=content, required=True)

    return Takes
