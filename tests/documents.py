"""Documents that a statement may hold, for Hypothesis: rules and policies, right ones and spoilt ones."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from governance import rule
from governance.modules.questions import MEETINGS
from governance.rule import CHANNELS, QUESTIONS, UNANSWERED
from ledger.books.commons_policy import UNITS
from ledger.books.policies import AREAS
from ledger.books.roles import ROLES
from ledger.canonical import MAX_INTEGER
from ledger.errors import FormatError

Json = dict[str, Any]

CODES = st.sampled_from(["member", "supporter", "constructor", "a", "b2", "c_d", "module", "name", "others", "kind_1"])
_ROLES = st.sampled_from(["administrator", "facilitator", "concierge", "steward"])


def _module(name: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({"module": st.just(name), **fields})


def _spelled(parts: tuple[int, int]) -> str:
    share = Fraction(min(parts), sum(parts))
    return f"{share.numerator}/{share.denominator}"


_PART = st.tuples(st.integers(1, 999), st.integers(1, 999)).map(_spelled)
_SHARES = st.one_of(
    st.tuples(_PART, st.booleans()), st.just(("1/2", True)), st.just(("2/3", False)), st.just(("1/1", False))
)
_SECONDS = st.one_of(st.just(0), st.integers(0, 366 * 86_400), st.integers(0, 9).map(lambda days: days * 86_400))
_LONG = st.integers(60, 3660 * 86_400)
_VOTING = st.integers(60, 366 * 86_400)
_CODE_LISTS = st.lists(CODES, min_size=1, max_size=4, unique=True)
_ROLE_LISTS = st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True)
_MEMBER = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=25, max_size=25).map(lambda text: f"mem_{text}a")
_SMALL = st.integers(1, 1000)
_MOST = st.one_of(st.none(), _SMALL)
_WEIGHTS = st.integers(1, 1_000_000)


@st.composite
def _share(draw: st.DrawFn, /, name: str, **fields: st.SearchStrategy[Any]) -> Json:
    fraction, strict = draw(_SHARES)
    return draw(_module(name, **fields)) | {"fraction": fraction, "strict": strict}


@st.composite
def _per_class(draw: st.DrawFn) -> Json:
    strict = draw(st.booleans())
    shares = st.sampled_from(["1/4", "1/2", "2/3", "3/7"] + ([] if strict else ["1/1"]))
    return {
        "module": "per_class/1",
        "fractions": draw(st.dictionaries(CODES, shares, min_size=1, max_size=3)),
        "strict": strict,
    }


@st.composite
def _contribution(draw: st.DrawFn) -> Json:
    period = draw(_SECONDS)
    periods = draw(st.integers(1, 24)) if period else 1
    return {
        "module": "contribution/1",
        "period_seconds": period,
        "periods": periods,
        "keep": draw(_PART) if periods > 1 else "1/1",
        "base": draw(st.integers(0, 50)),
        "cap": draw(_MOST),
    }


def _rows(parts: st.SearchStrategy[Json]) -> st.SearchStrategy[list[Json]]:
    return st.lists(parts, min_size=2, max_size=3, unique_by=repr)


_ADMISSIONS = st.one_of(
    _module("seconders/1", count=_SMALL),
    _module("by_class/1", classes=_CODE_LISTS),
    _module("by_role/1", roles=_ROLE_LISTS),
    _module("deposit/1", tokens=_SMALL, returned_from=_PART),
    _module("cooling_off/1", wait_seconds=_LONG, below=_PART),
)
_VOTERS = st.one_of(
    _module("all_active/1"),
    _module("assembly/1"),
    _module("by_class/1", classes=_CODE_LISTS),
    _module("by_area/1", areas=_CODE_LISTS),
    _module("by_role/1", roles=_ROLE_LISTS),
    _module("tenure/1", member_seconds=_LONG),
    _module("disinterested/1"),
    _module("without_chair/1"),
)
_ANY_VOTERS = st.one_of(_VOTERS, _module("any_of/1", parts=_rows(_VOTERS)), _module("all_of/1", parts=_rows(_VOTERS)))
_PLAIN_WEIGHTS = st.one_of(
    _module("one_member_one_vote/1"),
    _module("household/1"),
    _module("by_class/1", weights=st.dictionaries(CODES, _WEIGHTS, min_size=1, max_size=4), others=_WEIGHTS),
    _module("table/1", weights=st.dictionaries(_MEMBER, _WEIGHTS, min_size=1, max_size=3), others=st.integers(0, 9)),
    _module("shares/1", cap=_MOST),
    _module("balance/1", cap=_MOST),
    _contribution(),
)
_QUORUMS = st.one_of(
    _module("none/1"),
    _share("heads/1"),
    _share("weight/1"),
    _share(
        "answers/1",
        counts=st.lists(st.sampled_from(["yes", "no", "abstain"]), min_size=1, max_size=3, unique=True),
        unit=st.sampled_from(["weight", "heads"]),
        rounding=st.sampled_from(["exact", "down"]),
    ),
    _module("approvals/1", count=_SMALL),
    _per_class(),
)
_EQUAL = {"equal": st.booleans()}
METHODS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "yes_no_abstain/1": {},
    "consent/1": {},
    "single_choice/1": {},
    "approval/1": {"most": st.one_of(st.none(), st.integers(1, 200))},
    "score/1": {"highest": st.integers(1, 100)},
    "majority_judgement/1": {"grades": st.integers(2, 10)},
    "irv/1": {},
    "schulze/1": _EQUAL,
    "copeland/1": _EQUAL,
    "borda/1": _EQUAL,
    "stv/1": {},
    "weighted/1": {"points": st.integers(2, 1000)},
    "quadratic/1": {"credits": st.integers(1, 10_000)},
    "equal_shares/1": {"most": _SMALL, "completion": st.sampled_from(["none", "add1", "greedy"])},
    "greedy_budget/1": {"most": _SMALL, "by": st.sampled_from(["votes", "votes_per_cost"])},
}
_ANSWERS: dict[str, st.SearchStrategy[Json]] = {
    "admission": st.one_of(_ADMISSIONS, _module("all_of/1", parts=_rows(_ADMISSIONS))),
    "venue": st.one_of(
        *(
            _module(
                module,
                kinds=st.lists(st.sampled_from(MEETINGS), min_size=1, max_size=3, unique=True),
                motions=st.booleans(),
            )
            for module in ("meeting/1", "meeting_or_all/1")
        )
    ),
    "electorate": st.one_of(_ANY_VOTERS, _module("panel/1", size=st.integers(3, 1000), of=_ANY_VOTERS)),
    "weight": st.one_of(
        _PLAIN_WEIGHTS,
        _module("houses/1", shares=st.dictionaries(CODES, _SMALL, min_size=2, max_size=4)),
        _module("square_root/1", of=_PLAIN_WEIGHTS),
    ),
    "delegation": _module("standing/1", depth=_MOST),
    "proxy": st.one_of(
        _module("members/1", most=_MOST, who=st.just("members"), to_chair=st.booleans()),
        _module("members/1", most=_MOST, who=st.just("household"), to_chair=st.just(value=False)),
        _module("assembly/1", most=_MOST, delegates=_SMALL, who=st.just("members"), to_chair=st.booleans()),
    ),
    "uncontested": _module("elected/1"),
    "quorum": st.one_of(
        _QUORUMS,
        _module("all_of/1", parts=_rows(_QUORUMS)),
        st.lists(_QUORUMS, min_size=2, max_size=2, unique_by=repr).map(
            lambda two: {"module": "convocations/1", "first": two[0], "second": two[1]}
        ),
    ),
    "tie": st.one_of(*(_module(name) for name in ("fails/1", "status_quo/1", "chair/1", "lot/1"))),
    "timing": st.one_of(
        _module("fixed/1", voting_seconds=_VOTING, delay_seconds=_SECONDS, timelock_seconds=_SECONDS),
        _module(
            "phased/1",
            deliberation_seconds=_SECONDS,
            delay_seconds=_SECONDS,
            voting_seconds=_VOTING,
            late_quorum_seconds=_SECONDS,
            early_close=st.booleans(),
            super_quorum=st.one_of(st.none(), _PART),
            timelock_seconds=_SECONDS,
            execution_seconds=_SECONDS,
        ),
    ),
    "veto": st.one_of(
        _module("by_class/1", classes=_CODE_LISTS, count=_SMALL), _module("by_role/1", roles=_ROLE_LISTS, count=_SMALL)
    ),
    "secrecy": st.one_of(*(_module(name) for name in ("open/1", "confidential/1", "hidden/1"))),
}
"""Answers to every question but the method and the threshold, which depends on it."""
_PLAIN: Json = {
    "electorate": {"module": "all_active/1"},
    "weight": {"module": "one_member_one_vote/1"},
    "quorum": {"module": "none/1"},
    "tie": {"module": "fails/1"},
    "timing": {"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 0, "timelock_seconds": 0},
    "secrecy": {"module": "open/1"},
}
"""What stands where answers don't go together."""


@st.composite
def _thresholds(draw: st.DrawFn, method: str) -> Json:
    bases = next(module.BASES for module in QUESTIONS["method"] if method == module.NAME)  # type: ignore[attr-defined]
    unit: st.SearchStrategy[Json] = st.sampled_from([{}, {"unit": "heads"}])
    share = [_share("fraction/1", of=st.sampled_from(bases)).flatmap(lambda one: unit.map(lambda more: one | more))]
    plain = [_module("no_objection/1")] if method == "consent/1" else []
    if "yes_no" in bases:
        plain.append(_share("per_class/1", classes=_CODE_LISTS, of=st.sampled_from(["all", "present", "yes_no"])))
    elif method != "consent/1":
        plain.append(_module("relative_majority/1"))
    simple = st.one_of(*plain, *(share if bases else []))
    return draw(st.one_of(simple, _module("all_of/1", parts=_rows(simple))) if bases else simple)


@st.composite
def rules(draw: st.DrawFn, methods: Iterable[str] = METHODS) -> Json:
    """A rule that ``governance.rule.parse`` takes, with one of those methods, of any modules that go together."""
    document: Json = {name: draw(answers) for name, answers in _ANSWERS.items() if name in _PLAIN}
    document["method"] = draw(st.one_of(*(_module(name, **METHODS[name]) for name in methods)))
    for name in sorted(UNANSWERED):
        if draw(st.booleans()):
            document[name] = draw(_ANSWERS[name])
    document["threshold"] = draw(_thresholds(document["method"]["module"]))
    document["channels"] = draw(st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True))
    while (path := _misfit(document)) is not None:
        question, _, rest = path.partition("/")
        if question == "channels":
            del document["channels"][int(rest)]
            document["channels"] = document["channels"] or ["online"]
        elif question == "threshold":
            document["threshold"] = draw(_thresholds(document["method"]["module"]))
        elif question in _PLAIN:
            assert document[question] != _PLAIN[question], path
            document[question] = _PLAIN[question]
        else:
            del document[question]
    return copy.deepcopy(document)


def _misfit(document: Json) -> str | None:
    """Where it does not go together; None where it does."""
    try:
        rule.parse(document)
    except FormatError as error:
        return str(error.params["path"])
    return None


_DAYS = st.integers(1, 3660)
_CAPS = st.one_of(st.none(), st.integers(1, 1_000_000_000_000))
MEMBERS = st.fixed_dictionaries(
    {
        "admission": st.sampled_from(["administrator", "two_officials", "decision"]),
        "applications": st.sampled_from(["open", "invited"]),
        "classes": st.lists(CODES, min_size=1, max_size=4, unique=True),
        "appointed": st.lists(_ROLES, max_size=4),
        "recovery_days": st.integers(1, 36_600),
        "retention_days": st.integers(0, 36_600),
    }
)
_KIND = st.fixed_dictionaries(
    {"code": CODES, "unit": st.sampled_from(sorted(UNITS)), "tokens": st.integers(0, 1_000_000)},
    optional={"per": st.integers(1, 1_000_000)},
)
COMMONS = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["tokens", "counts"]),
        "kinds": st.lists(_KIND, min_size=1, max_size=5, unique_by=lambda kind: kind["code"]),
        "attestation": st.fixed_dictionaries(
            {"count": st.integers(1, 10), "by": st.lists(st.one_of(_ROLES, st.just("member")), min_size=1, max_size=3)}
        ),
        "claim_days": _DAYS,
        "objection_seconds": st.integers(0, 3660 * 86_400),
        "gifts": st.sampled_from(["off", "anyone"]),
        "bookings": st.fixed_dictionaries(
            {"payout": st.sampled_from(["provider", "burn"])},
            optional={"confirm_days": _DAYS, "pickup_days": _DAYS, "settle_days": _DAYS},
        ),
    },
    optional={
        "transfer_cap": _CAPS,
        "mint_cap": st.fixed_dictionaries(
            {"amount": st.integers(1, 1_000_000), "period": st.sampled_from(["month", "fiscal_year"])}
        ),
    },
)
POLICIES = {"commons": COMMONS, "members": MEMBERS}
assert POLICIES.keys() == AREAS.keys()

_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
_LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(-MAX_INTEGER, MAX_INTEGER), st.integers(-3, 70), _TEXT,
    st.sampled_from(["1/2", "2/4", "0/1", "true", "all", "constructor", "open/1", "2026-04-01T00:00:00.000Z", "null"]),
)  # fmt: skip
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(_LEAF, st.just({"commit": "AAAA"}), st.just([]), st.just({})),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(CODES, below, max_size=3)),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn, documents: st.SearchStrategy[Json]) -> Json:
    """A document with anything put anywhere into it, and parts of it gone."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(0, 3))):
        place: Any = document
        while True:
            keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys)) if keys else None
            if key is None or not isinstance(place[key], (dict, list)) or draw(st.booleans()):
                break
            place = place[key]
        how = draw(st.sampled_from(["other", "more", "less"]))
        if how == "more" and isinstance(place, dict):
            place[draw(CODES)] = copy.deepcopy(draw(ANYTHING))
        elif key is not None and how == "less":
            del place[key]
        elif key is not None:
            place[key] = copy.deepcopy(draw(st.one_of(st.integers(-2, 1), ANYTHING)))
    return document
