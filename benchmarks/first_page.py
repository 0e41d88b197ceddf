"""``./yui demo`` from the command to the first page, with set-up done, and how long the village's main pages take.

    python -m benchmarks.first_page [--rounds 20] [--times 42] [--profile]

Pages are those that the village's home leads to, as a few villagers see them, signed in; one request at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
from nacl.signing import SigningKey

from app.demo.people import CAST, villagers
from app.demo.villages import MIZUNASATO
from benchmarks import measure
from benchmarks.multiplied import multiply
from benchmarks.service import Service
from ledger import canonical
from ledger.compose import public_of
from ledger.keys import SESSION_DOMAIN

SLUG: Final = MIZUNASATO.slug
_LINK: Final = re.compile(rf'href="(/c/{SLUG}(?:/[^"#?]*)?)"')
_ID: Final = re.compile(r"/[a-z]+_[a-z2-7]{26}|/\d+")
"""What names one of many: a list of things is one page here, not a hundred."""
_PATIENCE: Final = 120
_ROLES: Final = ("administrator", "auditor", "")


async def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    measure.introduce("./yui demo to the first page, and the pages of the sample village")
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        data = Path(name) / "data"
        starts = [await _first_page(data, note) for note in ("with the village being made",) + ("again",) * 3]
        measure.table(("start", "seconds to the first page", "of the target of 5 s", "CPU seconds"), starts)
        if args.times > 1:
            many = await multiply(data / "demo", args.times)
            print(f"the village {args.times} times over: " + ", ".join(f"{n:,} {kind}s" for kind, n in many.items()))
        profile = Path(name) / "profile" if args.profile else None
        service = Service(data, "demo", profile=profile)
        await service.start()
        try:
            measure.table(
                ("page", "kB", "median ms", "p95 ms", "slowest for"),
                await asyncio.to_thread(_pages, service, args.rounds),
            )
        finally:
            await service.stop()
        if profile is not None:
            measure.show_profile(profile)


async def _first_page(data: Path, note: str) -> tuple[str, ...]:
    service = Service(data, "demo")
    started = time.perf_counter()
    await service.start()
    answer = await asyncio.to_thread(httpx.get, f"{service.address}/c/{SLUG}", timeout=_PATIENCE)
    seconds, used = time.perf_counter() - started, measure.cpu_seconds(service.pid)
    await service.stop()
    assert answer.status_code == httpx.codes.OK, answer.status_code
    return note, f"{seconds:.1f}", f"{seconds / 5:.0%}", f"{used:.1f}"


def _pages(service: Service, rounds: int) -> list[tuple[str, ...]]:
    found: dict[str, dict[str, list[float]]] = {}
    sizes: dict[str, int] = {}
    for role in _ROLES:
        with closing(_signed_in(service.address, role)) as client:
            paths = _main_pages(client)
            for path in paths.values():
                client.get(path)
            service.profile()
            for _ in range(rounds):
                for page, path in paths.items():
                    started = time.perf_counter()
                    answer = client.get(path)
                    found.setdefault(page, {}).setdefault(role or "member", []).append(time.perf_counter() - started)
                    sizes[page] = len(answer.content)
    return [_row(page, sizes[page], times) for page, times in sorted(found.items())]


def _row(page: str, size: int, times: dict[str, list[float]]) -> tuple[str, ...]:
    slowest = max(times, key=lambda role: measure.percentile(times[role], 0.5))
    middle, slow = (measure.percentile(times[slowest], share) * 1000 for share in (0.5, 0.95))
    return page, f"{size / 1000:.0f}", f"{middle:.0f}", f"{slow:.0f}", slowest


def _main_pages(client: httpx.Client) -> dict[str, str]:
    """What home and the pages it leads to lead to; of many alike the first."""
    pages: dict[str, str] = {}
    waiting = [f"/c/{SLUG}"]
    for _ in range(2):
        links = []
        for path in waiting:
            answer = client.get(path)
            if answer.status_code == httpx.codes.OK and answer.headers["content-type"].startswith("text/html"):
                pages.setdefault(_ID.sub("/…", path), path)
                links += [link for link in _LINK.findall(answer.text) if _ID.sub("/…", link) not in pages]
        waiting = list({_ID.sub("/…", link): link for link in reversed(links)}.values())
    return pages


def _signed_in(address: str, role: str) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=_PATIENCE)
    number = next(number for number, (held, _, _) in enumerate(CAST) if held == role)
    key = villagers(MIZUNASATO.seed)[number].key
    assert key is not None
    member = client.get(f"/demo/keys/{number}").json()["member"]
    asked = client.get(f"/api/v1/ledgers/{SLUG}/session/challenge").json()
    answer = client.post(f"/api/v1/ledgers/{SLUG}/session", json=_answer(member, key, asked))
    assert answer.status_code == httpx.codes.OK, json.dumps(answer.json())
    return client


def _answer(member: str, key: SigningKey, asked: dict[str, Any]) -> dict[str, Any]:
    signed = canonical.b64(key.sign(SESSION_DOMAIN + canonical.encode(asked)).signature)
    signature = {"alg": "ed25519", "key": public_of(key), "sig": signed}
    return {"challenge": asked["challenge"], "expires": asked["expires"], "member": member, "signature": signature}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20, help="how often each page is asked for")
    parser.add_argument("--times", type=int, default=1, help="the village so many times over (42: 10,000 members)")
    parser.add_argument("--profile", action="store_true", help="where the service spends its time on pages")
    asyncio.run(main(parser.parse_args()))
