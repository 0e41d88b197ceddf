"""Documents that a statement may hold, for Hypothesis: rules and policies, right ones and spoilt ones."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from governance.rule import CHANNELS
from ledger.books.commons_policy import UNITS
from ledger.books.policies import AREAS
from ledger.canonical import MAX_INTEGER

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


@st.composite
def _share(draw: st.DrawFn, /, name: str, **fields: st.SearchStrategy[Any]) -> Json:
    fraction, strict = draw(_SHARES)
    return draw(_module(name, **fields)) | {"fraction": fraction, "strict": strict}


@st.composite
def rules(draw: st.DrawFn) -> Json:
    """A rule that ``governance.rule.parse`` takes."""
    codes = st.lists(CODES, min_size=1, max_size=4, unique=True)
    chooses = draw(st.booleans())
    bases = ["all", "present", "cast"] + ([] if chooses else ["yes_no"])
    thresholds = _share("fraction/1", of=st.sampled_from(bases))
    weights = st.integers(1, 1_000_000)
    seconds = st.one_of(st.just(0), st.integers(0, 366 * 86_400), st.integers(0, 9).map(lambda days: days * 86_400))
    return {
        "electorate": draw(st.one_of(_module("all_active/1"), _module("by_class/1", classes=codes))),
        "weight": draw(
            st.one_of(
                _module("one_member_one_vote/1"),
                _module("by_class/1", weights=st.dictionaries(CODES, weights, min_size=1, max_size=4), others=weights),
            )
        ),
        "method": {"module": "single_choice/1" if chooses else "yes_no_abstain/1"},
        "quorum": draw(st.one_of(_module("none/1"), _share("heads/1"), _share("weight/1"))),
        "threshold": draw(st.one_of(thresholds, _module("relative_majority/1")) if chooses else thresholds),
        "tie": draw(st.one_of(_module("fails/1"), _module("status_quo/1"))),
        "timing": draw(
            _module(
                "fixed/1",
                voting_seconds=st.integers(60, 366 * 86_400),
                delay_seconds=seconds,
                timelock_seconds=seconds,
            )
        ),
        "secrecy": draw(st.one_of(_module("open/1"), _module("confidential/1"))),
        "channels": draw(st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True)),
    }


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
