"""Vectors of counting: what ballots a method takes, and what it finds in a profile, with every tie broken and not."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from governance.count import Count, Paper
from governance.documents import read
from governance.modules.method import MODULES
from governance.modules.questions import Method

Json = dict[str, Any]
Profile = dict[str, tuple[int, int]]
"""Heads and weight by what the ballots say."""

PAPERS: Final = {
    "yes_no": Paper(),
    "one": Paper(options=4),
    "two": Paper(options=4, seats=2),
    "projects": Paper(options=4, costs=(300, 200, 260, 90), budget=600),
    "equal": Paper(options=4, costs=(40, 40, 40, 40), budget=100),
}
APPROVALS: Final[tuple[Profile, ...]] = (
    {"1": (3, 3), "1,2": (2, 4), "3,4": (2, 2), "4": (1, 1), "abstain": (2, 2), "invalid": (1, 1)},
    {"1,2,3": (2, 2), "2,3": (1, 1), "4": (1, 0)},
    {"1,3,4": (3, 3), "4": (1, 1)},
    {},
)
AMOUNTS: Final[tuple[Profile, ...]] = (
    {"1:3,2:1": (3, 3), "2:3,3:1": (2, 4), "3:4": (2, 2), "1:1,2:1,3:1,4:1": (1, 1), "abstain": (2, 2)},
    {"1:2,2:2": (2, 2), "3:4": (1, 1), "4:4": (1, 0)},
    {},
)
AGAINST: Final[Profile] = {"1:4": (1, 1), "1:3,2:1": (2, 2), "lowest": (3, 3), "abstain": (4, 4)}
RANKINGS: Final[tuple[Profile, ...]] = (
    {"1>2>3": (4, 4), "2>3>1": (3, 3), "3>1>2": (2, 2), "4": (1, 1), "abstain": (2, 2), "invalid": (1, 1)},
    {"1>2": (2, 2), "2>1": (2, 2), "3": (1, 0)},
    {"1>2": (8, 8), "1>3": (4, 4), "2": (2, 2), "3": (3, 3), "4": (3, 3)},
    {"1": (4, 4), "2": (4, 4), "3>1": (2, 2), "4>2": (2, 2)},
    {},
)
LEVELS: Final[tuple[Profile, ...]] = (
    {"1=2>3": (3, 3), "3>1=4": (2, 4), "2": (1, 1), "2=3=4": (1, 2)},
    {"1=2": (1, 1)},
)
CHOICES: Final[tuple[Profile, ...]] = (
    {"option_1": (3, 3), "option_2": (2, 3), "option_3": (1, 1), "abstain": (2, 2), "invalid": (1, 1)},
    {},
)
OBJECTIONS: Final[Profile] = {"consent": (3, 3), "object": (1, 2), "abstain": (1, 1)}
ANSWERS: Final[Profile] = {"yes": (3, 3), "no": (2, 3), "abstain": (1, 1)}
CASES: Final[tuple[tuple[Json, tuple[str, ...], tuple[Profile, ...]], ...]] = (
    ({"module": "yes_no_abstain/1"}, ("yes_no",), (ANSWERS, {})),
    ({"module": "consent/1"}, ("yes_no",), (OBJECTIONS, {})),
    ({"module": "single_choice/1"}, ("one", "two"), CHOICES),
    ({"module": "approval/1", "most": None}, ("one", "two"), APPROVALS),
    ({"module": "approval/1", "most": 3}, ("one",), APPROVALS[:1]),
    ({"module": "score/1", "highest": 4}, ("one", "two"), AMOUNTS),
    ({"module": "majority_judgement/1", "grades": 5}, ("one",), (*AMOUNTS, AGAINST)),
    ({"module": "irv/1"}, ("one",), RANKINGS),
    ({"module": "schulze/1", "equal": True}, ("one",), RANKINGS + LEVELS),
    ({"module": "schulze/1", "equal": False}, ("one",), RANKINGS[:1]),
    ({"module": "copeland/1", "equal": True}, ("one",), RANKINGS + LEVELS),
    ({"module": "copeland/1", "equal": False}, ("one",), RANKINGS[:1]),
    ({"module": "borda/1", "equal": True}, ("one",), RANKINGS + LEVELS),
    ({"module": "borda/1", "equal": False}, ("one",), RANKINGS[:1]),
    ({"module": "stv/1"}, ("one", "two"), RANKINGS),
    ({"module": "weighted/1", "points": 4}, ("one", "two"), AMOUNTS),
    ({"module": "quadratic/1", "credits": 16}, ("one", "two"), AMOUNTS),
    *(
        ({"module": "equal_shares/1", "most": 4, "completion": completion}, ("projects", "equal"), APPROVALS)
        for completion in ("none", "add1", "greedy")
    ),
    *(
        ({"module": "greedy_budget/1", "most": 4, "by": by}, ("projects", "equal"), APPROVALS)
        for by in ("votes", "votes_per_cost")
    ),
)
ORDERS: Final = ((), ("option_3", "option_2", "option_4", "option_1"))
BALLOTS: Final = (
    *("yes", "no", "consent", "object", "abstain", "lowest", "invalid", "option_1", "option_4", "option_5", ""),
    *("1", "4", "5", "01", "1,2", "2,1", "1,1", "1,2,3,4", "1,5", "1, 2", "1,", "1,2,3"),
    *("1:1", "1:4", "1:5", "1:0", "1:01", "1:2,3:2", "3:2,1:2", "1:3,2:1", "1:4,2:1", "1:3,2:2,3:1", "1:2,1:2"),
    *("1>2", "2>1>4", "1=2", "2=1", "1>2=3", "1>1", "1>5", ">1", "1>"),
)


def build() -> Json:
    """The file's contents."""
    return {
        "ballots": [_taken(document, name) for document, papers, _ in CASES for name in papers[:1]],
        "counts": [
            _counted(document, name, profile, order)
            for document, papers, profiles in CASES
            for name in papers
            for profile in profiles
            for order in ORDERS
        ],
        "papers": {name: paper._asdict() | {"costs": list(paper.costs)} for name, paper in PAPERS.items()},
    }


def method(document: Json) -> Method:
    """As a rule would have it."""
    found = next(module for module in MODULES if document["module"] == module.NAME)
    read_ = read(document, found, tag="module")
    read_.check()
    return read_


def _taken(document: Json, name: str) -> Json:
    paper = PAPERS[name]
    taken = [choice for choice in BALLOTS if method(document).accepts(choice, paper)]
    return {"method": document, "paper": name, "accept": taken, "refuse": [c for c in BALLOTS if c not in taken]}


def _counted(document: Json, name: str, profile: Profile, order: tuple[str, ...]) -> Json:
    read_, paper = method(document), PAPERS[name]
    valid = {choice: count for choice, count in profile.items() if choice == "invalid" or read_.accepts(choice, paper)}
    counted = read_.count({choice: Count(*count) for choice, count in valid.items()}, paper, order)
    return {
        "method": document,
        "paper": name,
        "profile": {choice: list(count) for choice, count in valid.items()},
        "order": list(order),
        "counted": msgspec.to_builtins(counted),
    }
