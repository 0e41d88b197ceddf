"""From the founders' answers to the genesis: rules from a preset, policies from a template, bytes to sign."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Final

from app import presets
from app.founding.answers import VISIBILITY, Answers, Founding, Person, Sealed
from app.installation import Installation
from app.settings import WebSettings
from governance import founding
from governance.books import rules as rule_book
from ledger import canonical, ids
from ledger.books.commons_policy import ANY_MEMBER
from ledger.compose import Private, compose, nonce, seen
from ledger.errors import FormatError
from ledger.fold import GENESIS_TYPE
from ledger.merkle import EMPTY_ROOT
from ledger.private import SALT_SIZE
from ledger.statement import Statement, is_origin

MEMBER: Final = "member"
SUPPORTER: Final = "supporter"
_DAY: Final = 86_400


def origin_of(web: WebSettings, slug: str) -> str:
    """The log's name for ever (C2SP): today's host and the co-op's part of the address."""
    return f"{web.address.partition('://')[2]}/{slug}"


def is_possible_slug(web: WebSettings, slug: str) -> bool:
    """Whether such a log could be named."""
    return is_origin(origin_of(web, slug))


def rules_of(answers: Answers) -> dict[str, dict[str, Any]]:
    """Rule document by kind of proposal: as the founders wrote them, else the preset with their wishes in it.

    A wish that does not go together with a document (a sealed vote with a show of hands) leaves it as it is.
    """
    if answers.rules is not None:
        return answers.rules
    rules = presets.read(answers.preset).rules()
    return {kind: _wished(kind, document, answers) for kind, document in rules.items()}


def _wished(kind: str, document: dict[str, Any], answers: Answers) -> dict[str, Any]:
    wishes: list[dict[str, Any]] = []
    if answers.secrecy == "confidential":
        wishes.append({"secrecy": {"module": "confidential/1"}})
    if "venue" not in document:
        # What meetings decide is closed there by the chair.
        wishes.append({"timing": document["timing"] | {"voting_seconds": answers.voting_days * _DAY}})
    if answers.supporters:
        wishes.append({"electorate": _of_members(document["electorate"])})
    for wish in wishes:
        try:
            rule_book.check(kind, document | wish)
        except FormatError:
            continue
        document = document | wish
    return document


def _of_members(electorate: dict[str, Any]) -> dict[str, Any]:
    """The same electorate without supporters."""
    members = {"module": "by_class/1", "classes": [MEMBER]}
    if electorate["module"] == "all_active/1":
        return members
    parts = electorate["parts"] if electorate["module"] == "all_of/1" else [electorate]
    return {"module": "all_of/1", "parts": [members, *parts]}


def policies_of(answers: Answers) -> dict[str, dict[str, Any]]:
    """Policy document by area; kinds of contribution still have their names in plain words."""
    return answers.policies or {"commons": _commons(answers), "members": _members(answers)}


def _members(answers: Answers) -> dict[str, Any]:
    return {
        "admission": answers.admission,
        "applications": answers.applications,
        "appointed": ["administrator", "facilitator", "concierge", "steward"],
        "classes": [MEMBER, SUPPORTER] if answers.supporters else [MEMBER],
        "recovery_days": 7,
        "retention_days": 3650,
    }


def _commons(answers: Answers) -> dict[str, Any]:
    return {
        "attestation": {"by": [ANY_MEMBER], "count": 1},
        "bookings": {"payout": "provider"},
        "claim_days": 90,
        "gifts": "anyone",
        "kinds": [
            {"code": f"kind_{number}", "name": row.name, "tokens": row.tokens, "unit": row.unit}
            for number, row in enumerate(answers.kinds, start=1)
        ],
        "mode": "tokens",
        "objection_seconds": 7 * _DAY,
    }


def named(policies: dict[str, dict[str, Any]], name: Callable[[str], Any]) -> dict[str, dict[str, Any]]:
    """The policies with the names of kinds of contribution as ``name`` has them: in the log they are private values."""
    commons = policies.get("commons", {})
    if not isinstance(commons.get("kinds"), list):
        return policies
    kinds = [
        kind | {"name": name(kind["name"])} if isinstance(kind, dict) and isinstance(kind.get("name"), str) else kind
        for kind in commons["kinds"]
    ]
    return policies | {"commons": commons | {"kinds": kinds}}


def seal(installation: Installation, web: WebSettings, draft: Founding) -> Sealed:
    """Fix the bytes that every founder signs. The operator's keys for this ledger are made now."""
    origin = origin_of(web, draft.answers.slug)
    now = installation.clock.now()
    statement = Statement(
        at=canonical.format_time(now),
        author=ids.GENESIS,
        body=_body(installation, web, draft),
        ledger=origin,
        nonce=nonce(now, secrets.token_bytes(10)),
        seen=seen(0, EMPTY_ROOT),
        type=GENESIS_TYPE,
        v=1,
        cosigners=tuple(ids.key_id(person.public) for person in draft.founders),
    )
    made = compose(statement, lambda: secrets.token_bytes(SALT_SIZE))
    openings = [{"path": o.path, "salt": o.salt, "value": o.value} for o in made.openings]
    return Sealed(made.data.decode(), openings, [None] * len(draft.founders))


def _body(installation: Installation, web: WebSettings, draft: Founding) -> dict[str, Any]:
    answers = draft.answers
    operator = installation.draft(origin_of(web, answers.slug))
    tiles, entries = VISIBILITY[answers.visibility]
    return {
        "clerk_key": operator.clerk_key,
        "entries": entries,
        "fiscal_month": answers.fiscal_month,
        "fold": founding.FOLD_VERSION,
        "founders": [_founder(person) for person in draft.founders],
        "log_key": operator.log_key,
        "origins": [web.address],
        "policies": named(policies_of(answers), Private),
        "profile": _private(answers, "name", "about", "member_word", "token_word"),
        "rp_ids": [web.host],
        "rules": rules_of(answers),
        "tiles": tiles,
        "utc_offset": answers.utc_offset,
    }


def _founder(person: Person) -> dict[str, Any]:
    founder = {
        "alg": person.alg,
        "cls": MEMBER,
        "profile": _private(person, "name", "kana"),
        "public": person.public,
        "type": person.type,
    }
    return founder | ({"credential": person.credential} if person.credential else {})


def _private(holder: Any, *names: str) -> dict[str, Private]:
    return {name: Private(value) for name in names if (value := getattr(holder, name))}
