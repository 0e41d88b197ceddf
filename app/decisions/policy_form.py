"""The two policies as forms, and back to documents. Fields are named by their path in the document.

Names of kinds, subjects and areas are private values: they travel beside the document, by their path in it.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from app.decisions.rule_spelling import Values, number, seconds
from ledger.books.members_policy import LEAST_YEARS, NAMED

NEW_ROWS: Final = 2
"""Empty lines below the kinds, the subjects and the areas, for new ones."""
ATTESTERS: Final = ("member", "administrator", "auditor", "facilitator", "concierge", "steward")
APPOINTED: Final = ("administrator", "facilitator", "concierge", "steward")
ADMISSIONS: Final = ("administrator", "two_officials", "decision")
APPLICATIONS: Final = ("open", "invited")
PERIODS: Final = ("month", "fiscal_year")
PAYOUTS: Final = ("provider", "burn")
_ROW: Final = re.compile(r"(kinds|topics|areas)/([0-9]{1,3})/")


class Spelt(NamedTuple):
    """A policy's document, and the names in it by path (``kinds/0/name``, ``topic_names/water``)."""

    document: dict[str, Any]
    names: dict[str, str]


def document(area: str, values: Values) -> Spelt:
    """What a submitted form spells. What can't be read stays as it is, for the policy to refuse."""
    return _commons(values) if area == "commons" else _members(values)


def at(document: Any, path: str, default: Any = "") -> Any:
    """What stands at a path of a document that may be faulty."""
    found = document
    for part in path.split("/"):
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return default
    return found


def _members(values: Values) -> Spelt:
    spelt: dict[str, Any] = {
        "admission": _one(values, "admission"),
        "applications": _one(values, "applications"),
        "appointed": [role for role in APPOINTED if role in values.get("appointed", ())],
        "classes": _one(values, "classes").replace("、", " ").replace(",", " ").split(),
        "recovery_days": number(_one(values, "recovery_days")),
        "retention_days": number(_one(values, "retention_days")),
    }
    years = _one(values, "minutes_years").strip()
    if years and number(years) != LEAST_YEARS:
        spelt["minutes_years"] = number(years)
    names: dict[str, str] = {}
    for group, stem in NAMED.items():
        codes, own = _listed(values, group, stem)
        spelt |= {group: codes} if codes else {}
        names |= {f"{stem}_names/{code}": name for code, name in own.items()}
    return Spelt(spelt, names)


def _listed(values: Values, group: str, stem: str) -> tuple[list[str], dict[str, str]]:
    """The subjects or areas that are kept, and their names: those with a code from before, and new ones with a name.

    A new one gets a code that none ever had (``topics/past``): who was named for another subject speaks not on this
    one, who belongs to another area not to this one. A code that is in use unlisted (``used``) is listed once named.
    """
    codes: list[str] = []
    names: dict[str, str] = {}
    rows = _rows(values, group)
    taken = {*_one(values, f"{group}/past").split(), *(_one(values, f"{group}/{row}/code") for row in rows)}
    for row in rows:
        code, name, used = (_one(values, f"{group}/{row}/{part}").strip() for part in ("code", "name", "used"))
        if _one(values, f"{group}/{row}/ends") or not (code or name):
            continue
        code = code or used or _free(stem, taken)
        taken.add(code)
        codes.append(code)
        if name:
            names[code] = name
    return codes, names


def names_in(document: Any) -> list[str]:
    """Paths of the names that a policy's document may have: of kinds, of subjects and areas."""
    kinds = at(document, "kinds", [])
    own = [(stem, at(document, f"{stem}_names", {})) for stem in NAMED.values()]
    return [*(f"kinds/{row}/name" for row in range(len(kinds))), *(f"{s}_names/{code}" for s, n in own for code in n)]


def _rows(values: Values, group: str) -> list[int]:
    return sorted({int(match[2]) for key in values if (match := _ROW.match(key)) and match[1] == group})


def _free(kind: str, codes: set[str]) -> str:
    return next(free for free in (f"{kind}_{n}" for n in range(1, len(codes) + 2)) if free not in codes)


def _commons(values: Values) -> Spelt:
    kinds, names = _kinds(values)
    spelt: dict[str, Any] = {
        "attestation": {
            "by": [role for role in ATTESTERS if role in values.get("attestation/by", ())],
            "count": number(_one(values, "attestation/count")),
        },
        "bookings": {"payout": _one(values, "bookings/payout")}
        | {
            days: number(_one(values, f"bookings/{days}"))
            for days in ("confirm_days", "pickup_days", "settle_days")
            if _one(values, f"bookings/{days}").strip()
        },
        "claim_days": number(_one(values, "claim_days")),
        "gifts": _one(values, "gifts"),
        "kinds": kinds,
        "mode": _one(values, "mode"),
        "objection_seconds": seconds(values, "objection_seconds"),
    }
    if _one(values, "transfer_cap").strip():
        spelt["transfer_cap"] = number(_one(values, "transfer_cap"))
    if _one(values, "mint_cap/amount").strip():
        period = _one(values, "mint_cap/period")
        spelt["mint_cap"] = {"amount": number(_one(values, "mint_cap/amount")), "period": period}
    return Spelt(spelt, names)


def _kinds(values: Values) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The lines that are kept: those with a code from before, and new ones that were given a name."""
    rows = _rows(values, "kinds")
    codes = {_one(values, f"kinds/{row}/code") for row in rows}
    kinds: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for row in rows:
        code, name = (_one(values, f"kinds/{row}/{part}").strip() for part in ("code", "name"))
        if _one(values, f"kinds/{row}/ends") or not (code or name):
            continue
        if not code:
            code = _free("kind", codes)
            codes.add(code)
        if name:
            names[f"kinds/{len(kinds)}/name"] = name
        kinds.append({"code": code, "unit": _one(values, f"kinds/{row}/unit")} | _rate(values, row))
    return kinds, names


def _rate(values: Values, row: int) -> dict[str, Any]:
    per = number(_one(values, f"kinds/{row}/per") or "1")
    rate = {"tokens": number(_one(values, f"kinds/{row}/tokens") or "0")}
    return rate if per == 1 else rate | {"per": per}


def _one(values: Values, path: str) -> str:
    found = values.get(path, ())
    return found[-1] if found else ""
