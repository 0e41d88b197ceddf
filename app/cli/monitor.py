"""``yui monitor ADDRESS…``: verify many ledgers for ever, and tell when one is not right.

With ``--once``, for cron: exit code 0 all is well, 1 an alarm, 2 something could not be looked at.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.audit.words import Words
    from app.monitor.memory import Event
    from app.monitor.watch import Look, Monitor, Plan

_ALARM, _COULD_NOT = 1, 2
SECRET = "YUI_MONITOR_SECRET"  # noqa: S105 - where it is, not what it is
_HARD_END = 5.0
"""Seconds that looks have to end when somebody says stop; what they had reached is kept anyway."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is watched, what it is held to, and who is told."""
    from app.cli.verify import add_witnesses, duration

    parser.add_argument("address", nargs="*", help="設置先か台帳のアドレス / installations or single ledgers to watch")
    parser.add_argument("--list", metavar="FILE", type=Path, help="アドレスの一覧 / a file of addresses, one a line")
    parser.add_argument(
        "--state", metavar="DIR", type=Path, required=True, help="検証したものを覚えておく場所 / what was verified"
    )
    parser.add_argument(
        "--interval", metavar="1m", type=duration, default=60_000, help="見に行く間隔 / how often each is looked at"
    )
    parser.add_argument(
        "--unreachable", metavar="1h", type=duration, default=3_600_000, help="答えないまま待つ長さ / silence allowed"
    )
    parser.add_argument(
        "--max-age", metavar="48h", type=duration, help="封印の古さの限度 / alarm when a checkpoint is older"
    )
    add_witnesses(parser)
    parser.add_argument(
        "--webhook", metavar="URL", action="append", default=[], help="知らせる先 / who is told; repeatable"
    )
    parser.add_argument(
        "--webhook-secret",
        metavar="FILE",
        type=Path,
        help=f"知らせに署名する合言葉のファイル(または {SECRET}) / the secret that signs what is told",
    )
    parser.add_argument("--metrics", metavar="127.0.0.1:9464", help="Prometheus の数字 / numbers for Prometheus")
    parser.add_argument("--once", action="store_true", help="一度だけ見る / look once, for cron")
    parser.add_argument("--lang", choices=("ja", "en"), help="ことば / language")
    parser.add_argument("--json", action="store_true", help="一行ごとに JSON で / each event as a line of JSON")


def run(args: argparse.Namespace) -> int:
    """Watch until a signal comes."""
    from app.audit.words import Words, choose_language
    from ledger.errors import LedgerError

    words = Words(choose_language(args.lang))
    try:
        plan = _plan(args)
        if not plan.targets:
            return _fail(words.say("monitor.nothing"))
        return _watch(args, plan, words)
    except LedgerError as error:
        return _fail(words.code(error.code, error.params))
    except OSError as error:
        return _fail(words.say("monitor.failed", reason=f"{error.filename or ''} {error.strerror or error}".strip()))


def _plan(args: argparse.Namespace) -> "Plan":
    from app.audit.copies import is_address
    from app.monitor import targets
    from app.monitor.look import Asked
    from app.monitor.watch import Plan
    from ledger.errors import FormatError
    from ledger.verify import Witnesses
    from ledger.witness_policy import parse

    wanted = [targets.parse(address) for address in args.address]
    if args.list is not None:
        wanted += targets.read(args.list)
    for hook in args.webhook:
        if not is_address(hook):
            raise FormatError("monitor.webhook", url=hook)
    policy = None if args.witness_policy is None else parse(args.witness_policy.read_bytes())
    witnesses = None if policy is None else Witnesses(policy, args.witness_grace, live=True)
    secret = os.environ.get(SECRET, "").encode() or None
    if args.webhook_secret is not None:
        secret = args.webhook_secret.read_bytes().strip()
    return Plan(
        targets=tuple(dict.fromkeys(wanted)),
        state=args.state,
        asked=Asked(args.state, args.max_age, witnesses),
        interval=args.interval / 1000,
        unreachable=args.unreachable,
        hooks=tuple(dict.fromkeys(args.webhook)),
        secret=secret,
    )


def _watch(args: argparse.Namespace, plan: "Plan", words: "Words") -> int:
    from contextlib import ExitStack

    from app.monitor.memory import Memory
    from app.monitor.metrics import Metrics
    from app.monitor.watch import Monitor

    with ExitStack() as stack:
        plan.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _alone(plan.state, stack):
            return _fail(words.say("monitor.in_use", path=plan.state))
        memory = Memory(plan.state, plan.hooks)
        stack.callback(memory.close)
        metrics = Metrics()
        if args.metrics is not None:
            host, port = metrics.serve(args.metrics)
            _say({"type": "metrics", "url": f"http://{host}:{port}/metrics"}, words, as_json=args.json)

        def tell(said: "Event | Look") -> None:
            _say(_document(said), words, as_json=args.json)

        return _run(args, Monitor(plan, memory, metrics, tell), memory)


def _run(args: argparse.Namespace, monitor: "Monitor", memory: Any) -> int:
    import asyncio
    import signal
    import threading
    import time

    from app.monitor.watch import LOOKS

    async def main() -> int:
        task = asyncio.create_task(monitor.once() if args.once else monitor.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            well = await task
        except asyncio.CancelledError:
            return 0
        return 0 if well else _ALARM if memory.any_alarm() else _COULD_NOT

    code = asyncio.run(main())
    # Looks that wait for somebody else's network would hold the end up, and have nothing left to save.
    looks = [thread for thread in threading.enumerate() if thread.name.startswith(LOOKS)]
    deadline = time.monotonic() + _HARD_END
    for thread in looks:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in looks):
        sys.stdout.flush()
        os._exit(code)
    return code


def _alone(state: Path, stack: Any) -> bool:
    """Whether no other monitor works with that state."""
    import fcntl

    file = stack.enter_context((state / "monitor.lock").open("ab"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _document(said: "Event | Look") -> dict[str, Any]:
    from app.monitor.memory import Event

    if isinstance(said, Event):
        return said.to_json()
    watched, outcome = said
    return {
        "alarms": [alarm.kind for alarm in outcome.alarms],
        "checked": outcome.checked,
        "fault": outcome.fault,
        "ledger": {"name": watched.name, "url": watched.url},
        "size": outcome.size,
        "type": "looked",
    }


def _say(document: dict[str, Any], words: "Words", *, as_json: bool) -> None:
    import json
    from datetime import UTC, datetime

    if as_json:
        print(json.dumps(document, ensure_ascii=False, sort_keys=True), flush=True)
        return
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(f"{at} {_sentence(document, words)}", flush=True)


def _sentence(document: dict[str, Any], words: "Words") -> str:
    kind = document["type"]
    if kind == "metrics":
        return words.say("monitor.metrics", url=document["url"])
    ledger = document["ledger"]["url"]
    if kind == "looked":
        if document["fault"] is not None:
            return words.say("monitor.fault", ledger=ledger, reason=words.code(document["fault"], _Anything()))
        if document["alarms"]:
            return words.say("monitor.looked.alarm", ledger=ledger, size=document["size"])
        return words.say("monitor.looked", ledger=ledger, size=document["size"], checked=document["checked"])
    alarm = words.say(f"monitor.kind.{document['kind']}")
    if kind == "alarm.cleared":
        return words.say("monitor.cleared", ledger=ledger, alarm=alarm)
    codes = ", ".join(sorted({one["code"] for one in document["details"].get("findings", ())}))
    told = words.say("monitor.alarm", ledger=ledger, alarm=alarm) + (f" [{codes}]" if codes else "")
    return told if document["evidence"] is None else f"{told} {words.say('evidence', path=document['evidence'])}"


class _Anything(dict[str, Any]):
    """Parameters of a fault that were not brought along."""

    def __missing__(self, key: str) -> str:
        return "…"


def _fail(why: str) -> int:
    print(f"yui: {why}", file=sys.stderr)
    return _COULD_NOT
