"""Vectors of rule modules: what each answers about the same few people and votes. Methods: ``vector_counts``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from governance.count import Count, Counted, Paper
from governance.modules.questions import Ask, House, Module, Poll, Weight
from governance.rule import answer
from governance.standing import Standing
from tools.vector_sentences import named

Json = dict[str, Any]
_DAY: Final = 86_400_000
OPENS: Final = 1000 * _DAY
HANA, TARO, ROKU, UME, GEN = (named("mem", name) for name in ("hana", "taro", "roku", "ume", "gen"))
PEOPLE: Final = (
    Standing(
        HANA, "member", active=True, joined=_DAY, area="north", household="house_1", roles=frozenset(("director",)),
        shares=10, balance=50, contributed=(90, 60, 20),
    ),
    Standing(
        TARO, "member", active=True, joined=995 * _DAY, area="south", household="house_1", represents=False, shares=3,
        balance=5, contributed=(7, 7, 0),
    ),
    Standing(
        ROKU, "worker", active=True, joined=500 * _DAY, area="north", roles=frozenset(("auditor",)), shares=1,
        contributed=(1000, 400, 399),
    ),
    Standing(UME, "supporter", active=True, joined=990 * _DAY, balance=17, contributed=(0, 0, 0)),
    Standing(
        GEN, "worker", active=False, joined=2 * _DAY, area="south", roles=frozenset(("chair",)), shares=4, balance=9,
        contributed=(30, 30, 30),
    ),
)  # fmt: skip
ASK: Final = Ask(frozenset((TARO,)), OPENS - 7 * _DAY, OPENS, frozenset((HANA, UME, GEN)), chair=HANA, gathers="board")
PAPERS: Final = {"one_seat": Paper(3, 1), "three_seats": Paper(3, 3), "four_seats": Paper(3, 4)}


def _yes_no(yes: Count, no: Count, abstain: Count, roll: Count, present: Count, convocation: int = 1) -> Poll:
    tally = {"yes": yes, "no": no, "abstain": abstain}
    first, second = (yes, no) if yes.weight >= no.weight else (no, yes)
    counted = Counted(
        tally=tally,
        winners=("yes",) if yes.weight > no.weight else ("no",) if no.weight > yes.weight else (),
        support=first,
        rival=second,
        cast=yes + no + abstain,
        abstained=abstain,
        tied=("yes", "no") if yes.weight == no.weight else (),
    )
    half = Count(roll.heads // 2, roll.weight // 2)
    houses = {
        "member": House(half, yes + no, {"yes": yes, "no": no}),
        "worker": House(Count(roll.heads - half.heads, roll.weight - half.weight), abstain, {"abstain": abstain}),
    }
    bases = {"all": roll, "present": present, "cast": counted.cast, "expressed": yes + no, "yes_no": yes + no}
    return Poll(bases, counted, houses, convocation)


def _count(number: int) -> Count:
    return Count(number, number)


POLLS: Final = {
    "half_there_and_tied": _yes_no(_count(4), _count(4), _count(2), _count(20), _count(10)),
    "one_fewer": _yes_no(_count(4), _count(4), _count(1), _count(20), _count(9), 2),
    "two_thirds": _yes_no(_count(8), _count(4), _count(0), _count(12), _count(12)),
    "heavy_minority": _yes_no(Count(2, 30), Count(9, 9), Count(1, 1), Count(20, 60), Count(12, 40)),
    "nobody": _yes_no(_count(0), _count(0), _count(0), _count(20), _count(0)),
}
_ALL: Final = {"module": "all_active/1"}
_SHARE: Final = {"fraction": "1/2", "strict": False}
ANSWERS: Final[dict[str, tuple[Json, ...]]] = {
    "admission": (
        {"module": "anyone/1"},
        {"module": "seconders/1", "count": 3},
        {"module": "by_class/1", "classes": ["worker"]},
        {"module": "by_role/1", "roles": ["auditor", "director"]},
        {"module": "deposit/1", "tokens": 20, "returned_from": "1/3"},
        {"module": "cooling_off/1", "wait_seconds": 2_592_000, "below": "1/2"},
        {
            "module": "all_of/1",
            "parts": [{"module": "seconders/1", "count": 3}, {"module": "by_class/1", "classes": ["member"]}],
        },
    ),
    "venue": (
        {"module": "anywhere/1"},
        {"module": "meeting/1", "kinds": ["general", "delegates"], "motions": True},
        {"module": "meeting_or_all/1", "kinds": ["general"], "motions": False},
        {"module": "meeting_or_all/1", "kinds": ["general"], "motions": True},
    ),
    "electorate": (
        _ALL,
        {"module": "by_class/1", "classes": ["worker", "member"]},
        {"module": "by_area/1", "areas": ["north"]},
        {"module": "by_role/1", "roles": ["auditor", "chair"]},
        {"module": "tenure/1", "member_seconds": 864_000},
        {"module": "disinterested/1"},
        {"module": "without_chair/1"},
        {"module": "assembly/1"},
        {"module": "panel/1", "size": 3, "of": _ALL},
        {"module": "all_of/1", "parts": [{"module": "by_area/1", "areas": ["north"]}, {"module": "disinterested/1"}]},
        {
            "module": "any_of/1",
            "parts": [{"module": "by_area/1", "areas": ["south"]}, {"module": "by_class/1", "classes": ["supporter"]}],
        },
    ),
    "weight": (
        {"module": "one_member_one_vote/1"},
        {"module": "household/1"},
        {"module": "by_class/1", "weights": {"worker": 3}, "others": 1},
        {"module": "houses/1", "shares": {"member": 50, "worker": 30, "supporter": 20}},
        {"module": "table/1", "weights": {HANA: 12, UME: 5}, "others": 0},
        {"module": "shares/1", "cap": None},
        {"module": "shares/1", "cap": 5},
        {"module": "contribution/1", "period_seconds": 0, "periods": 1, "keep": "1/1", "base": 0, "cap": None},
        {"module": "contribution/1", "period_seconds": 86_400, "periods": 2, "keep": "1/3", "base": 1, "cap": 200},
        {"module": "balance/1", "cap": None},
        {"module": "square_root/1", "of": {"module": "balance/1", "cap": None}},
    ),
    "delegation": (
        {"module": "none/1"},
        {"module": "standing/1", "depth": None},
        {"module": "standing/1", "depth": 3},
    ),
    "proxy": (
        {"module": "none/1"},
        {"module": "members/1", "most": 4, "who": "members", "to_chair": True},
        {"module": "members/1", "most": 9, "who": "household", "to_chair": False},
        {"module": "assembly/1", "most": 9, "delegates": 2, "who": "members", "to_chair": False},
    ),
    "uncontested": ({"module": "vote/1"}, {"module": "elected/1"}),
    "quorum": (
        {"module": "none/1"},
        {"module": "heads/1", **_SHARE},
        {"module": "weight/1", **_SHARE},
        {
            "module": "answers/1",
            "counts": ["yes", "abstain"],
            "unit": "weight",
            "fraction": "1/25",
            "strict": False,
            "rounding": "down",
        },
        {"module": "approvals/1", "count": 5},
        {"module": "per_class/1", "fractions": {"member": "1/2", "worker": "1/10"}, "strict": False},
        {
            "module": "convocations/1",
            "first": {"module": "heads/1", **_SHARE},
            "second": {"module": "heads/1", "fraction": "1/3", "strict": False},
        },
        {"module": "all_of/1", "parts": [{"module": "heads/1", **_SHARE}, {"module": "weight/1", **_SHARE}]},
    ),
    "threshold": (
        *(
            {"module": "fraction/1", "fraction": fraction, "strict": strict, "of": of}
            for fraction, strict in (("1/2", True), ("2/3", False))
            for of in ("all", "present", "cast", "yes_no", "expressed")
        ),
        {"module": "fraction/1", "fraction": "1/2", "strict": False, "of": "all", "unit": "heads"},
        {"module": "relative_majority/1"},
        {"module": "no_objection/1"},
        {"module": "per_class/1", "classes": ["member"], "fraction": "2/3", "strict": False, "of": "yes_no"},
        {
            "module": "all_of/1",
            "parts": [
                {"module": "fraction/1", "fraction": "1/2", "strict": False, "of": "all", "unit": "heads"},
                {"module": "fraction/1", "fraction": "2/3", "strict": False, "of": "all"},
            ],
        },
    ),
    "tie": tuple({"module": f"{name}/1"} for name in ("fails", "status_quo", "chair", "lot")),
    "timing": (
        {"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 3600, "timelock_seconds": 60},
        {
            "module": "phased/1",
            "deliberation_seconds": 172_800,
            "delay_seconds": 86_400,
            "voting_seconds": 259_200,
            "late_quorum_seconds": 7200,
            "early_close": True,
            "super_quorum": "2/3",
            "timelock_seconds": 86_400,
            "execution_seconds": 604_800,
        },
    ),
    "veto": (
        {"module": "none/1"},
        {"module": "by_class/1", "classes": ["worker"], "count": 1},
        {"module": "by_role/1", "roles": ["auditor"], "count": 2},
    ),
    "secrecy": tuple({"module": f"{name}/1"} for name in ("open", "confidential", "hidden")),
}


def build() -> Json:
    """The file's contents: people and polls that are asked about, and what each module says of them."""
    return {
        "people": [_plain(msgspec.structs.asdict(member)) for member in PEOPLE],
        "ask": _plain(ASK._asdict()),
        "polls": {name: _poll(poll) for name, poll in POLLS.items()},
        "papers": {name: {"options": paper.options, "seats": paper.seats} for name, paper in PAPERS.items()},
        "cases": [
            {"question": question, "answer": document, **_said(answer(question, document), question)}
            for question, documents in ANSWERS.items()
            for document in documents
        ],
    }


def _said(module: Module, question: str) -> Json:
    key, parameters = module.describe()
    return {"line": {"key": key, "with": msgspec.to_builtins(parameters)}, "says": _QUESTIONS[question](module)}


def _included(module: Any) -> Json:
    return {"votes": [member.id for member in PEOPLE if module.includes(member, ASK)]}


def _weights(module: Weight) -> Json:
    voters = [member for member in PEOPLE if member.active and module.of(member)]
    classes = {member.cls: sum(one.cls == member.cls for one in voters) for member in voters}
    scale = module.scale(classes)
    return {"weighs": {member.id: scale.get(member.cls, 0) if scale else module.of(member) for member in voters}}


def _admits(module: Any) -> Json:
    return {
        "admits": [member.id for member in PEOPLE if module.admits(member)],
        "seconders": module.seconders(),
        "deposit": module.deposit(),
        "returned": [name for name, poll in POLLS.items() if module.returns(poll)],
        "cooling_off": module.cooling_off(),
        "defeated": [name for name, poll in POLLS.items() if module.defeated(poll)],
    }


def _steps(module: Any) -> Json:
    return {"steps": {name: msgspec.to_builtins(module.test(poll)) for name, poll in POLLS.items()}}


def _times(module: Any) -> Json:
    share = module.super()
    return {
        name: getattr(module, name)()
        for name in ("deliberation", "delay", "voting", "late_quorum", "closes_early", "timelock", "execution")
    } | {"super": None if share is None else f"{share.numerator}/{share.denominator}"}


_QUESTIONS: Final[dict[str, Callable[[Any], Json]]] = {
    "admission": _admits,
    "venue": lambda module: {
        "kinds": list(module.kinds()),
        "motions": module.motions(),
        "or_all": module.or_all(),
    },
    "electorate": _included,
    "weight": _weights,
    "delegation": lambda module: {"allowed": module.ALLOWED, "depth": module.depth()},
    "proxy": lambda module: {
        "allowed": module.ALLOWED,
        "most": {gathers: module.most(gathers) for gathers in ("general", "delegates")},
        "within_household": module.within_household(),
        "to_chair": module.to_chair(),
    },
    "uncontested": lambda module: {"settles": [name for name, paper in PAPERS.items() if module.settles(paper)]},
    "quorum": _steps,
    "threshold": _steps,
    "tie": lambda module: {"result": module.RESULT, "breaks": module.BREAKS},
    "timing": _times,
    "veto": lambda module: {"needed": module.needed(), "entitles": [one.id for one in PEOPLE if module.entitles(one)]},
    "secrecy": lambda module: {"sealed": module.SEALED, "opened": module.OPENED},
}


def _plain(fields: Json) -> Json:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()}


def _poll(poll: Poll) -> Json:
    return {
        "bases": msgspec.to_builtins(poll.bases),
        "counted": msgspec.to_builtins(poll.counted),
        "houses": {cls: msgspec.to_builtins(house._asdict()) for cls, house in poll.houses.items()},
        "convocation": poll.convocation,
    }
