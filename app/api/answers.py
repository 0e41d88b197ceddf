"""What the API's handlers have in common: the errors they document, and proofs as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from app.api import shapes
from app.api.problems import MEDIA_TYPE
from app.front import NO_LIMIT
from app.installation import Installation
from app.storage.ledgers import Ledger
from app.storage.log import Receipt
from ledger import canonical

Since = Annotated[
    int | None,
    QueryParameter(
        name="from",
        ge=0,
        le=canonical.MAX_INTEGER,
        description="Size of the checkpoint that the device verified last: the answer proves that it was extended.",
    ),
]

SELF_AUTHENTICATING: Final = {"exclude_from_csrf": True}
"""For routes where what is posted is itself signed: a cookie that came along decides nothing."""
NO_COOKIES: Final = {"exclude_from_csrf": True, NO_LIMIT: True}
"""For the log's files: answers that others may keep, and that an auditor fetches by the thousand."""

_MEANINGS: Final = {
    400: "What was sent does not have the permitted form, or a signature does not hold.",
    401: "Sign in first.",
    403: "This needs a role that the reader does not hold.",
    404: "There is no such thing here.",
    409: "The ledger, or the state of things, does not permit it.",
    413: "Too large.",
    415: "Send application/json.",
    429: "Too many requests.",
    503: "Not now: the service can't do its work. Nothing is lost; send the same again later.",
}


def errors(*statuses: int) -> dict[int, ResponseSpec]:
    """The problem documents that a route may answer with; too many requests and an absent database always may be."""
    return {
        status: ResponseSpec(
            shapes.Problem, description=_MEANINGS[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in (*statuses, 429, 503)
    }


def texts(hashes: Iterable[bytes]) -> list[str]:
    """Hashes in base64."""
    return [canonical.b64(hash_) for hash_ in hashes]


def receipt_shape(receipt: Receipt, consistency: list[bytes] | None = None) -> shapes.Receipt:
    """A receipt as it is sent."""
    return shapes.Receipt(receipt.index, receipt.leaf, receipt.path, receipt.note.decode(), consistency)


async def consistency_since(installation: Installation, ledger: Ledger, old: int | None, new: int) -> list[bytes]:
    """The proof from a size that a device has verified to ``new``.

    Empty without such a size; also where it is the larger one: then the device holds the evidence, and sees it.
    """
    if old is None or not 0 < old < new:
        return []
    return await installation.log.consistency(ledger, old, new)
