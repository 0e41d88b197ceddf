"""An installation that runs: its database, migrations, itself, and the work that goes on beside requests.

``yui serve`` and ``yui demo`` do the same with it::

    async with runtime.running(places) as installation:
        await runtime.serve(installation, web, host, port, ready)
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.errors import FatalError
from granian.server.embed import Server
from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.anchors.settings import Anchoring
from app.clerk import Clerk
from app.cli.failures import CommandError, fail, say
from app.cli.places import Places
from app.clock import Clock
from app.erasure import Eraser
from app.errors import DatabaseUnavailable
from app.installation import Installation, Settings
from app.post.settings import Posting
from app.server import create_app
from app.settings import WebSettings
from app.storage.database import AWAY
from app.storage.embedded import EmbeddedError, EmbeddedPostgres, Stage
from app.storage.migrate import migrate
from app.stores import Store
from app.stores.copier import Copier
from app.sweeping import Sweeper
from app.witness.asking import Asker
from app.witness.settings import Witnessing
from app.workers import Worker, keep
from governance.all_books import BOOKS

_ANSWERING: Final = 0.02
"""Seconds between two looks whether the server answers."""
_GRACE: Final = 5.0
"""Seconds that running requests have when the service stops."""
_COLLECTIONS: Final = (10_000, 50)
"""Objects made between two searches for cycles among the youngest, and such searches between two deeper ones: often, so
that no page waits long for one; seldom deep, for records, of which a lane keeps many, are in no cycle.
"""
_NO_DATABASE: Final = (*AWAY, SQLAlchemyError)


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Run a command's coroutine until it ends or a signal ends it; the exit code. Everything is closed either way."""
    try:
        with asyncio.Runner(loop_factory=_loop()) as runner:
            runner.run(_until_signal(main))
    except asyncio.CancelledError:
        return 0
    except CommandError as error:
        return fail(*say(error.code, **error.params))
    except EmbeddedError as error:
        return fail(error.sentence("ja"), error.sentence("en"))
    return 0


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop where there is one (not on Windows), else Python's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _until_signal(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    task = asyncio.ensure_future(main())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _cancel_once(task))
    await task


def _cancel_once(task: asyncio.Future[None]) -> Callable[[], None]:
    """A second Ctrl-C must not break off the clearing up."""
    asked = False

    def cancel() -> None:
        nonlocal asked
        if not asked:
            asked = True
            task.cancel()

    return cancel


@contextlib.asynccontextmanager
async def database(places: Places, progress: Callable[[Stage], None] = lambda _: None) -> AsyncIterator[str]:
    """The service's address of a migrated database, embedded or outside. CommandError or EmbeddedError."""
    _prepare(places)
    async with contextlib.AsyncExitStack() as stack:
        if places.database_url is None or places.owner_url is None:
            postgres = await stack.enter_async_context(EmbeddedPostgres(places.data, progress))
            service, owner = postgres.service_dsn.url, postgres.owner_dsn.url
        else:
            service, owner = places.database_url, places.owner_url
        try:
            await migrate(owner)
        except DatabaseUnavailable as error:
            raise CommandError(error.code, **error.params) from error
        except _NO_DATABASE as error:
            raise CommandError("database_away", reason=_first_line(error)) from error
        yield service


@contextlib.asynccontextmanager
async def running(
    places: Places,
    progress: Callable[[Stage], None] = lambda _: None,
    clock: Clock | None = None,
    witnessing: Witnessing | None = None,
    store: Store | None = None,
    anchoring: Anchoring | None = None,
    posting: Posting | None = None,
) -> AsyncIterator[Installation]:
    """An open installation and all that works in it beside requests; by the machine's clock, unless told another.

    ``store``: where public ledgers are copied to.
    """
    async with (
        database(places, progress) as url,
        Installation.open(
            Settings(places.data, url, BOOKS, clock or Clock(), witnessing or Witnessing(), anchoring)
        ) as installation,
    ):
        workers: list[Worker] = [Clerk(installation), Eraser(installation), Sweeper(installation), Asker(installation)]
        if store is not None:
            workers.append(Copier(installation, store))
        if anchoring is not None:
            # Loaded here: who does not anchor has nothing to do with chains.
            from app.anchors.sending import Sender

            workers.append(Sender(installation, anchoring))
        if posting is not None:
            # Loaded here: who sends no mail has nothing to do with mail servers.
            from app.post.sending import Postman

            workers.append(Postman(installation, posting))
        tasks = [asyncio.create_task(keep(worker)) for worker in workers]
        try:
            yield installation
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def serve(
    installation: Installation, web: WebSettings, host: str, port: int, ready: Callable[[], None] = lambda: None
) -> None:
    """Answer requests until cancelled; ``ready`` is called once the server answers. CommandError where it can't."""
    check_port(host, port)
    app = create_app(installation, web)
    gc.set_threshold(*_COLLECTIONS)
    gc.collect()
    gc.freeze()  # what is there now stays: no later search goes through it, nor holds up a page
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )
    serving = asyncio.create_task(server.serve())
    try:
        await _answers(host, port, serving)
        ready()
        await asyncio.shield(serving)
    finally:
        app.state.closing.set()
        server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(TimeoutError, FatalError):
            await asyncio.wait_for(serving, _GRACE)


def check_port(host: str, port: int) -> None:
    """CommandError where the port can't be had. The server itself would share it with another one of its kind."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CommandError("port", host=host, port=port, reason=reason) from error


async def _answers(host: str, port: int, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(_ANSWERING)
            continue
        writer.close()
        return
    raise CommandError("port", host=host, port=port, reason=str(serving.exception()))


def _prepare(places: Places) -> None:
    """A data directory that can be written to, and a log."""
    try:
        places.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = places.data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CommandError("data", path=places.data, reason=error.strerror) from error
    logs.configure(places.data)


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]
