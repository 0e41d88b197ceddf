"""The letters, labels and lists of a general meeting: time, size and memory.

    python -m benchmarks.papers [--households 500] [--members 2] [--items 8] [--runs 3]

Each letter is a notice with the agenda and, for each member, a proxy form and a written ballot, each with a QR code of
its own; all letters are made in batches, as an office prints them. Rendering is one thread's work. Memory is the
process's highest, after each paper.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from functools import partial
from typing import Final

from app.papers import render
from app.papers.ballot_form import Written
from app.papers.convocation import Convocation
from app.papers.households import Household, Voter
from app.papers.labels import Labels
from app.papers.meeting import Item, Meeting
from app.papers.paper import Code, House, Paper
from app.papers.proxy_form import Proxies
from app.papers.reception import Expected, Reception
from app.texts import Catalogue
from app.texts.formats import Formats
from benchmarks import measure

STARTS: Final = 1_775_034_000_000
DAY: Final = 86_400_000
HOUSE: Final = House(
    name="山の結協同組合", address="山の村大字上野5番地", contact="0280-00-0000", head="理事長 甲野 花子"
)


def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    measure.introduce("Papers of a general meeting")
    households = tuple(_household(at, args.members) for at in range(args.households))
    papers: list[tuple[str, list[Paper]]] = [
        ("one household's letter", [_letters(households[:1], args.items)]),
        (f"letters of {args.households:,} households", [*_letters(households, args.items).batches()]),
        ("their labels, 24 on a sheet", [Labels(dated=STARTS, households=households, per_sheet=24)]),
        ("reception list of their members", [_reception(households)]),
    ]
    catalogue = Catalogue.load()
    fmt = Formats("ja", partial(catalogue.t, "ja"))
    heads = ("paper", "files", "median", "bytes", "highest memory so far")
    measure.table(heads, [_row(name, files, fmt, args.runs) for name, files in papers])


def _row(name: str, papers: list[Paper], fmt: Formats, runs: int) -> tuple[str, ...]:
    times, size = [], 0
    for _ in range(runs):
        started = time.perf_counter()
        size = sum(len(render.pdf(paper, fmt)) for paper in papers)
        times.append(time.perf_counter() - started)
    assert size
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (name, f"{len(papers)}", f"{statistics.median(times) * 1000:,.0f} ms", f"{size:,}", f"{memory:,} MB")


def _household(at: int, members: int) -> Household:
    voters = tuple(_voter(at * members + one) for one in range(members))
    return Household(members=voters, postcode="321-0001", address=f"山の村大字上野{at + 1}番地")


def _voter(number: int) -> Voter:
    proxy, ballot = (Code(f"https://yui.example/c/yama/meetings/3/{kind}/{number:05}", f"{number:05}") for kind in "pb")
    return Voter(number=f"{number:05}", name=f"会員 {number}号", proxy=proxy, ballot=ballot)


def _letters(households: tuple[Household, ...], items: int) -> Convocation:
    agenda = tuple(Item(number=at, title=f"議題{at}について", text="別紙のとおりです。") for at in range(1, items + 1))
    meeting = Meeting(title="第3回通常総会", starts=STARTS, place="公民館", items=agenda)
    by = STARTS - DAY
    return Convocation(
        house=HOUSE,
        dated=STARTS - 14 * DAY,
        meeting=meeting,
        households=households,
        proxies=Proxies(by=by, chair=True, cap=9),
        written=Written(by=by),
    )


def _reception(households: tuple[Household, ...]) -> Reception:
    expected = tuple(
        Expected(number=voter.number, name=voter.name, kana="かいいん")
        for house in households
        for voter in house.members
    )
    return Reception(house=HOUSE, dated=STARTS, meeting="第3回通常総会", starts=STARTS, expected=expected)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--households", type=int, default=500, help="how many letters")
    parser.add_argument("--members", type=int, default=2, help="members of each household")
    parser.add_argument("--items", type=int, default=8, help="matters on the agenda")
    parser.add_argument("--runs", type=int, default=3, help="how often each paper is made")
    main(parser.parse_args())
