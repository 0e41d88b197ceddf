"""Votes with ballots of every family, and how they are filled in with the keyboard."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.test_accessibility import AXE, EVERYTHING, RUN
from tests.e2e.test_proposals import TIMING
from tests.simulator import majority_rule
from tests.town import Town

OPTIONS = ("屋根", "みかん", "花火")
OTHERS = ("Jiro", "Ume")
VOTE = {"ja": "この内容で投票する", "en": "Vote like this"}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
TIED = {"module": "fails/1"}

Fill = Callable[[Page], None]


def tick(*numbers: int) -> Fill:
    """Boxes, by the space bar."""

    def fill(page: Page) -> None:
        for number in numbers:
            page.locator(f"#vote [data-option='{number}']").press("Space")

    return fill


def choose(**given: str) -> Fill:
    """Lists: ``_2="3"`` picks the value 3 for option 2."""

    def fill(page: Page) -> None:
        for number, value in given.items():
            page.locator(f"#vote [data-option='{number[1:]}']").select_option(value)

    return fill


def give(**given: int) -> Fill:
    """Numbers: typed for the first, stepped with the button for the others."""

    def fill(page: Page) -> None:
        (first, value), *rest = given.items()
        page.locator(f"#vote [data-option='{first[1:]}']").fill(str(value))
        for number, times in rest:
            row = page.locator(f"#vote .ballot-row:has([data-option='{number[1:]}'])")
            for _ in range(times):
                row.locator("[data-step='1']").press("Enter")

    return fill


def raise_(*numbers: int) -> Fill:
    """Each option gets the next place, by the button that moves it up."""

    def fill(page: Page) -> None:
        for number in numbers:
            page.locator(f"#vote .ballot-row:has([data-option='{number}']) [data-move=up]").press("Enter")

    return fill


def open_vote(travelling: Travelling, kind: str, method: dict[str, Any], **body: Any) -> tuple[Coop, str]:
    """A vote of that kind that is open: Hanako, Jiro, Ume and Matsu may vote."""
    token = secrets.token_hex(4)
    coop = Coop(travelling.address, Town(f"coop-{token}", token))
    rules: dict[str, Any] = {
        name: majority_rule(timing=TIMING) for name in ("ordinary", "rules", "policy", "role", "admit")
    }
    rules[kind] = majority_rule(timing=TIMING, method=method, threshold={"module": "relative_majority/1"}, tie=TIED)
    coop.found("Hanako", rules=rules)
    coop.join(*OTHERS, "Matsu")
    texts = {"title": Private("来年の取り組み"), "text": Private("どれにするか。")}
    draft = coop.say("Hanako", "proposal.draft/1", {"kind": kind, **texts, **body})
    return coop, ids.object_id("prop", draft.id)


def at_the_ballot(travelling: Travelling, open_page: OpenPage, lang: str, **method: Any) -> tuple[Coop, str, Page]:
    """A choice among the options that is open, and Matsu's page of it."""
    options = [Private(option) for option in OPTIONS]
    coop, proposal = open_vote(travelling, "choice", method, options=options)
    coop.open("Hanako", proposal)
    page = open_page(lang)
    coop.sign_in(page, "Matsu")
    page.goto(coop.address(f"proposals/{proposal}"))
    return coop, proposal, page


def choice_of(coop: Coop, proposal: str, text: str) -> dict[str, Any]:
    return {"proposal": proposal, "choice": text}


def faults(page: Page) -> list[str]:
    """What axe finds in both themes, and whether anything has to be scrolled sideways on a small phone."""
    page.emulate_media(reduced_motion="reduce")  # no colour on its way
    page.evaluate(AXE)
    found: list[str] = []
    for theme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += page.evaluate(RUN, rules)
    page.set_viewport_size({"width": 320, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{wide} pixels wide"] if wide > 320 else [])
