"""Server-sent events: ``head`` with the newly published size, whichever process has appended.

A page asks again for what it shows; the event carries no content, so nobody sees here what they may not read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from app.access import OPT, Access
from app.api.answers import NO_COOKIES, errors
from app.caller import caller
from app.installation import Installation
from app.limits import limits_of
from app.storage.database import TROUBLE
from app.storage.ledgers import Ledger
from app.visit import Visit

HEARTBEAT: Final = 15.0
"""Seconds of quiet after which a comment is sent, so that no router in between thinks the connection dead."""
_RETRY: Final = 2000
"""Milliseconds after which a browser connects again."""


@get(
    "/events",
    opt={OPT: Access.COOP, **NO_COOKIES},
    summary="What is appended, as it happens",
    description='Event `head` with `{"size": …}`, first with the size at connecting.',
    responses={
        200: ResponseSpec(str, description="Events.", media_type="text/event-stream", generate_examples=False),
        **errors(401, 403, 404),
    },
)
async def events(
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    installation: NamedDependency[Installation],
    visit: NamedDependency[Visit],
) -> ServerSentEvent:
    """Follow one ledger until the reader leaves or the service stops."""
    closing: asyncio.Event = request.app.state.closing
    limits = limits_of(request)
    limits.check_listeners(request)
    follow = _follow(installation, visit.reading.ledger, closing, partial(limits.listening, caller(request)))
    return ServerSentEvent(follow, retry_duration=_RETRY)


async def _follow(
    installation: Installation,
    ledger: Ledger,
    closing: asyncio.Event,
    listening: Callable[[], AbstractContextManager[None]],
) -> AsyncIterator[ServerSentEventMessage]:
    # Counted here rather than by the handler: only what has begun is certain to end.
    with listening():
        async with installation.bulletin.follow(ledger.id) as news:
            size = (await installation.log.published(ledger)).size
            yield _head(size)
            while not closing.is_set():
                told = await _next(news, closing)
                if told is None:
                    yield ServerSentEventMessage(data=None, comment="quiet")  # and a look, should news have been lost
                try:
                    published = await installation.log.published(ledger)
                except TROUBLE:
                    if told is None:
                        continue
                    return
                if published.size > size:
                    size = published.size
                    yield _head(size)


async def _next(news: asyncio.Queue[int], closing: asyncio.Event) -> int | None:
    """The next thing told, None when nothing was for a while; at once when the service is closing."""
    waits = {asyncio.create_task(news.get()), asyncio.create_task(closing.wait())}
    try:
        done, _ = await asyncio.wait(waits, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        return 0 if done else None
    finally:
        for wait in waits:
            wait.cancel()


def _head(size: int) -> ServerSentEventMessage:
    return ServerSentEventMessage(event="head", data=msgspec.json.encode({"size": size}))
