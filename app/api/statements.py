"""Posting statements: what a person has signed becomes an entry, or is refused with a signed word."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, RawBody

from app import pending
from app.access import OPT, Access
from app.api import problems, shapes
from app.api.answers import SELF_AUTHENTICATING, Since, consistency_since, errors, receipt_shape
from app.api.bodies import ENVELOPE, ENVELOPES, takes
from app.api.problems import Problem
from app.errors import ServiceError
from app.installation import Installation
from app.limits import limits_of
from app.sequencer.lane import Refused
from app.storage.log import Receipt
from ledger import canonical, checkpoint
from ledger.errors import FormatError, LedgerError

MAX_BATCH: Final = 100
_batch = msgspec.json.Decoder(list[msgspec.Raw])


@post(
    "/statements",
    opt={OPT: Access.SIGNED, **SELF_AUTHENTICATING},
    summary="Post a statement",
    description=(
        "The same statement again is answered with its first receipt. A refusal carries the operator's signature, "
        "so that turning statements away leaves evidence."
    ),
    operation_class=takes(ENVELOPE),
    responses=errors(400, 404, 409, 413),
)
async def post_statement(
    slug: FromPath[str], body: RawBody, installation: NamedDependency[Installation], since: Since = None
) -> shapes.Receipt:
    """The receipt, once the entry is durable and published."""
    ledger = await installation.ledger(slug)
    submission = await installation.read(body)
    receipt = await installation.submit(ledger, submission)
    if submission.statement.cosigners:
        await pending.settle(installation, ledger.id, submission.id)
    if since is None:
        return receipt_shape(receipt)
    size = checkpoint.parse(receipt.note)[0].size
    return receipt_shape(receipt, await consistency_since(installation, ledger, since, size))


@post(
    "/statements/batch",
    opt={OPT: Access.SIGNED, **SELF_AUTHENTICATING},
    status_code=200,
    summary="Post up to a hundred statements",
    description="Each is judged on its own: the answer has, in their order, a receipt or a problem for each.",
    operation_class=takes(ENVELOPES),
    responses={
        200: ResponseSpec(list[shapes.Receipt | shapes.Problem], description="In order.", generate_examples=False),
        **errors(400, 404, 413),
    },
)
async def post_statements(
    slug: FromPath[str],
    body: RawBody,
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
) -> list[Any]:
    """A receipt or a problem for each."""
    ledger = await installation.ledger(slug)
    read = await installation.read_many([bytes(one) for one in envelopes(body)])
    # All are queued before the first is answered, in their order: one batch, one commit.
    posted = [one for one in read if not isinstance(one, Exception)]
    queued = [installation.enqueue(ledger, one) for one in posted]
    answers = await asyncio.gather(*queued, return_exceptions=True)
    for one, answer in zip(posted, answers, strict=True):
        if one.statement.cosigners and isinstance(answer, Receipt):
            await pending.settle(installation, ledger.id, one.id)
    refused = len(read) - sum(isinstance(answer, Receipt) for answer in answers)
    if refused > 1:  # one is counted as the request that it came with
        limits_of(request).refused(request, refused - 1)
    told = iter(answers)
    return [_outcome(request, one if isinstance(one, Exception) else next(told)) for one in read]


def envelopes(body: bytes) -> list[msgspec.Raw]:
    """A batch in its parts. FormatError for what is none, or too long a one."""
    try:
        canonical.require_shallow(body)
        found = _batch.decode(body)
    except (FormatError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("format.envelope", detail=str(error)) from error
    if not 1 <= len(found) <= MAX_BATCH:
        raise FormatError("format.batch_size", limit=MAX_BATCH, found=len(found))
    return found


def _outcome(request: Request[Any, Any, Any], outcome: Receipt | BaseException) -> Any:
    return receipt_shape(outcome) if isinstance(outcome, Receipt) else said_no(request, outcome)


def said_no(request: Request[Any, Any, Any], error: BaseException) -> dict[str, Any]:
    """The problem document of one in a batch; a fault of the service itself is none of these."""
    if isinstance(error, (LedgerError, Refused, ServiceError, Problem)):
        return problems.document(request, error)
    raise error
