"""Reading the forms of the six questions: what was typed into the answers, and what is wrong with it in words.

Each reader changes the draft as far as it can and returns the faults.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, get_args

from app.founding import documents, genesis
from app.founding.answers import VISIBILITY, Answers, Founding, KindRow, Person
from app.settings import WebSettings
from governance import presets
from governance.books import rules
from ledger.books import policies
from ledger.books.commons_policy import MAX_RATE, UNITS, names_money
from ledger.books.members import MemberType

Form = Mapping[str, str]

QUESTIONS: Final = 6
MAX_TEXT: Final = 2000
MAX_NAME: Final = 80
MAX_KINDS: Final = 40
MAX_DOCUMENTS: Final = 65_536
"""Characters of JSON that are read: twice what a statement can hold."""
SPARE_ROWS: Final = 2
"""Empty lines in the list of kinds, to add some."""
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")


class Fault(NamedTuple):
    """What is wrong with a field: the key of a sentence and, where the field holds a document, the path inside it."""

    field: str
    key: str
    path: str = ""
    params: Mapping[str, Any] = MappingProxyType({})


def text(form: Form, name: str, limit: int = MAX_NAME) -> str:
    """What was typed, composed (NFC) and trimmed."""
    return unicodedata.normalize("NFC", form.get(name, "")).replace("\r\n", "\n").strip()[:limit]


def choice(form: Form, name: str, allowed: tuple[str, ...], default: Any) -> Any:
    """One of those values, else what it was."""
    return form[name] if form.get(name) in allowed else default


def number(form: Form, name: str, lowest: int, highest: int) -> int | None:
    """A whole number as people type it (full-width digits too), or None when it is none or out of range."""
    typed = unicodedata.normalize("NFKC", form.get(name, "")).strip()
    if not re.fullmatch(r"-?[0-9]{1,9}", typed):
        return None
    return int(typed) if lowest <= int(typed) <= highest else None


def read_name(form: Form, draft: Founding, web: WebSettings) -> list[Fault]:
    """1: what the co-op is called, where it is found, what it is about."""
    answers = draft.answers
    answers.name, answers.about = text(form, "name"), text(form, "about", MAX_TEXT)
    answers.slug = unicodedata.normalize("NFKC", form.get("slug", "")).strip().lower()[:60]
    faults = [] if answers.name else [Fault("name", "found.error.name")]
    if not _SLUG.match(answers.slug) or not genesis.is_possible_slug(web, answers.slug):
        faults.append(Fault("slug", "found.error.slug"))
    return faults


def read_person(form: Form, person: Person) -> list[Fault]:
    """2: who a founder is."""
    person.name, person.kana = text(form, "person_name"), text(form, "person_kana")
    person.type = choice(form, "person_type", get_args(MemberType), person.type)
    return [] if person.name else [Fault("person_name", "found.error.person_name")]


def read_words(form: Form, draft: Founding, _web: WebSettings) -> list[Fault]:
    """3: the co-op's own words, its year, and what earns thanks."""
    answers = draft.answers
    answers.member_word, answers.token_word = text(form, "member_word", 20), text(form, "token_word", 20)
    answers.fiscal_month = number(form, "fiscal_month", 1, 12) or answers.fiscal_month
    faults = [
        Fault(name, "found.error.money")
        for name in ("member_word", "token_word")
        if names_money(getattr(answers, name))
    ]
    return faults + _read_kinds(form, answers)


def _read_kinds(form: Form, answers: Answers) -> list[Fault]:
    rows, faults = [], []
    for line in range(MAX_KINDS + SPARE_ROWS):
        name = text(form, f"kind_name_{line}", 60)
        if not name:
            continue
        tokens = number(form, f"kind_tokens_{line}", 0, MAX_RATE)
        if tokens is None:
            faults.append(Fault(f"kind_tokens_{line}", "found.error.tokens"))
        if names_money(name):
            faults.append(Fault(f"kind_name_{line}", "found.error.money"))
        rows.append(KindRow(name, choice(form, f"kind_unit_{line}", tuple(UNITS), "hour"), tokens or 0))
    answers.kinds = rows[:MAX_KINDS]
    return faults if rows else [*faults, Fault("kind_name_0", "found.error.kinds")]


def read_joining(form: Form, draft: Founding, _web: WebSettings) -> list[Fault]:
    """4: how people join, and whether some belong without a vote."""
    answers = draft.answers
    answers.applications = choice(form, "applications", ("open", "invited"), answers.applications)
    admissions = ("administrator", "two_officials", "decision")
    answers.admission = choice(form, "admission", admissions, answers.admission)
    answers.supporters = form.get("supporters") == "yes"
    return []


def read_deciding(form: Form, draft: Founding, _web: WebSettings) -> list[Fault]:
    """5: how the co-op decides."""
    answers = draft.answers
    answers.preset = choice(form, "preset", presets.FOUNDING, answers.preset)
    answers.secrecy = choice(form, "secrecy", ("open", "confidential"), answers.secrecy)
    faults: list[Fault] = []
    days = number(form, "voting_days", 1, 90)
    if days is None:
        faults.append(Fault("voting_days", "found.error.voting_days"))
    answers.voting_days = days or answers.voting_days
    answers.rules_typed, answers.rules = _read_documents(form, "rules", rules.check, rules.KINDS, faults)
    return faults


def read_showing(form: Form, draft: Founding, _web: WebSettings) -> list[Fault]:
    """6: who may see the ledger."""
    answers = draft.answers
    answers.visibility = choice(form, "visibility", tuple(VISIBILITY), answers.visibility)
    faults: list[Fault] = []
    offset = number(form, "utc_offset", -14 * 60, 14 * 60)
    if offset is None or offset % 15:
        faults.append(Fault("utc_offset", "found.error.utc_offset"))
    else:
        answers.utc_offset = offset
    answers.policies_typed, answers.policies = _read_documents(
        form, "policies", documents.check_policy, tuple(policies.AREAS), faults
    )
    return faults


def _read_documents(
    form: Form, name: str, check: documents.Check, needed: tuple[str, ...], faults: list[Fault]
) -> tuple[str, documents.Documents | None]:
    """What was typed, and the documents that it spells; nothing typed: none of one's own."""
    typed = text(form, name, MAX_DOCUMENTS)
    if not typed:
        return "", None
    if len(typed) == MAX_DOCUMENTS:
        faults.append(Fault(name, "rules.fault.too_large"))
        return typed, None
    try:
        return typed, documents.read(typed, check, needed)
    except documents.DocumentFault as fault:
        faults.append(Fault(name, fault.key, fault.path, fault.params))
        return typed, None


Reader = Callable[[Form, Founding, WebSettings], list[Fault]]


def _read_first(form: Form, draft: Founding, _web: WebSettings) -> list[Fault]:
    return read_person(form, draft.founders[0])


READERS: Final[tuple[Reader, ...]] = (read_name, _read_first, read_words, read_joining, read_deciding, read_showing)
"""One reader for each question, in order."""
