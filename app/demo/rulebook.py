"""The rules that the sample village adopts in its first month: one for each kind of decision, by one decision."""

from __future__ import annotations

from typing import Any, Final

from app.demo.founding import DAY_SECONDS, rule

GRADES: Final = 5
MOST_PROJECTS: Final = 5
PANEL: Final = 15
_NOTICE: Final = 10 * DAY_SECONDS
_RELATIVE: Final = {"module": "relative_majority/1"}
_LOT: Final = {"module": "lot/1"}
_EVERYWHERE: Final = ["online", "paper", "assisted", "room", "hands", "unopposed"]


def ordinary(days: int = 7) -> dict[str, Any]:
    """Who does not vote may have named somebody who speaks for them."""
    return rule(days=days, delegation={"depth": None, "module": "standing/1"})


def special() -> dict[str, Any]:
    """What only a general meeting decides: a third of the members there, two thirds of those for it."""
    return rule(
        venue={"kinds": ["general"], "module": "meeting/1", "motions": False},
        proxy={"module": "members/1", "most": None, "to_chair": True, "who": "members"},
        quorum={"fraction": "1/3", "module": "heads/1", "strict": False},
        threshold={"fraction": "2/3", "module": "fraction/1", "of": "present", "strict": False},
        timing={
            "delay_seconds": _NOTICE,
            "module": "fixed/1",
            "timelock_seconds": 0,
            "voting_seconds": 7 * DAY_SECONDS,
        },
        channels=_EVERYWHERE,
    )


def election() -> dict[str, Any]:
    """Seats are shared out by preferences; how people vote is hidden until the close, and a tie falls to the lot."""
    return rule(
        method={"module": "stv/1"},
        quorum={"module": "none/1"},
        secrecy={"module": "hidden/1"},
        threshold=_RELATIVE,
        tie=_LOT,
        uncontested={"module": "elected/1"},
    )


def budget() -> dict[str, Any]:
    """What there is to spend goes to projects in proportion to who wants them."""
    method = {"completion": "add1", "module": "equal_shares/1", "most": MOST_PROJECTS}
    return rule(method=method, threshold=_RELATIVE)


def choice() -> dict[str, Any]:
    """Every option is graded, and the middle grade decides."""
    return rule(method={"grades": GRADES, "module": "majority_judgement/1"}, threshold=_RELATIVE, tie=_LOT)


def gift() -> dict[str, Any]:
    """A panel drawn by lot decides about thanks beyond the usual, and nobody but the auditors sees how they voted."""
    return rule(
        electorate={"module": "panel/1", "of": {"module": "all_active/1"}, "size": PANEL},
        quorum={"fraction": "1/2", "module": "heads/1", "strict": True},
        secrecy={"module": "confidential/1"},
        timing={
            "delay_seconds": DAY_SECONDS,
            "module": "fixed/1",
            "timelock_seconds": 0,
            "voting_seconds": 5 * DAY_SECONDS,
        },
    )


def adopted() -> list[dict[str, Any]]:
    """The effects of the decision that adopts them all."""
    documents = {
        "budget": budget(),
        "choice": choice(),
        "election": election(),
        "ordinary": ordinary(),
        "special": special(),
        "tokens": gift(),
    }
    return [{"document": document, "effect": "rule", "kind": kind} for kind, document in documents.items()]
