"""How the sample village is founded: its genesis, its policies and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from nacl.signing import SigningKey

from app.demo import words
from app.demo.people import Villager
from ledger.compose import Private, public_of

DAY_SECONDS: Final = 86_400
TOPICS: Final = ("water", "care", "festivals", "money")
AREAS: Final = ("upper", "middle", "lower", "river", "hill")
"""Subject areas of proposals; the village has its own word for one of them."""


@dataclass(frozen=True)
class Place:
    """Where the village's ledger lives: origin, the operator's keys, and the addresses whose pages may ask passkeys.

    ``coop``, ``about``: what the village says of itself.
    """

    origin: str
    log_key: str
    clerk: SigningKey
    rp_ids: tuple[str, ...]
    origins: tuple[str, ...]
    coop: str = words.COOP
    about: str = words.ABOUT


def genesis(place: Place, founders: list[Villager]) -> dict[str, Any]:
    """The body of entry 0."""
    return {
        "clerk_key": public_of(place.clerk),
        "entries": "public",
        "fiscal_month": 4,
        "fold": 1,
        "founders": [
            {"alg": "ed25519", "cls": f.cls, "profile": profile(f), "public": public_of(key(f)), "type": "person"}
            for f in founders
        ],
        "log_key": place.log_key,
        "origins": list(place.origins),
        "policies": {"commons": commons(), "members": members()},
        "profile": {"about": Private(place.about), "name": Private(place.coop), "token_word": Private(words.TOKEN)},
        "rp_ids": list(place.rp_ids),
        "rules": {
            **{kind: rule() for kind in ("ordinary", "policy", "role", "admit", "rules")},
            "special": rule(fraction="2/3"),
            "choice": rule(method={"module": "single_choice/1"}, threshold={"module": "relative_majority/1"}),
        },
        "tiles": "public",
        "utc_offset": 540,
    }


def key(person: Villager) -> SigningKey:
    """The key of somebody who has one."""
    if person.key is None:
        raise ValueError(f"{person.name} has no key")
    return person.key


def profile(person: Villager) -> dict[str, Any]:
    """A member's private fields. There is neither such a prefecture nor a postcode that begins with 000."""
    return {
        "address": Private(words.address(person.group, person.name.split()[0])),
        "group": Private(person.group),
        "kana": Private(person.kana),
        "name": Private(person.name),
        "number": Private(f"M-{person.number + 1:03d}"),
    }


def members() -> dict[str, Any]:
    """The members' policy."""
    return {
        "admission": "administrator",
        "applications": "open",
        "appointed": ["administrator", "facilitator", "concierge", "steward"],
        "areas": list(AREAS),
        "classes": ["member", "supporter"],
        "recovery_days": 7,
        "retention_days": 30,
        "topic_names": {"water": Private("川と用水")},
        "topics": list(TOPICS),
    }


def commons(ride: int = 8) -> dict[str, Any]:
    """The commons policy; ``ride``: tokens for driving somebody."""
    return {
        "attestation": {"by": ["member"], "count": 1},
        "bookings": {"payout": "provider"},
        "claim_days": 60,
        "gifts": "anyone",
        "kinds": [
            {
                "code": kind.code,
                "name": Private(kind.name),
                "tokens": ride if kind.code == "ride" else kind.tokens,
                "unit": kind.unit,
            }
            for kind in words.KINDS
        ],
        "mode": "tokens",
        "objection_seconds": 7 * DAY_SECONDS,
    }


def rule(days: int = 7, fraction: str = "1/2", **answers: Any) -> dict[str, Any]:
    """A rule document: a fifth of the members take part, more than ``fraction`` of yes and no."""
    document: dict[str, Any] = {
        "channels": ["online", "paper", "assisted"],
        "electorate": {"module": "all_active/1"},
        "method": {"module": "yes_no_abstain/1"},
        "quorum": {"fraction": "1/5", "module": "heads/1", "strict": False},
        "secrecy": {"module": "open/1"},
        "threshold": {"fraction": fraction, "module": "fraction/1", "of": "yes_no", "strict": True},
        "tie": {"module": "fails/1"},
        "timing": {
            "delay_seconds": 0,
            "module": "fixed/1",
            "timelock_seconds": 0,
            "voting_seconds": days * DAY_SECONDS,
        },
        "weight": {"module": "one_member_one_vote/1"},
    }
    return document | answers
