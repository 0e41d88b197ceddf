"""Every code that anything may refuse with has a sentence in both languages, and the sentence gets what it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from app.api.problems import _HTTP_CODES
from app.texts import LANGUAGES, Catalogue, placeholders
from governance.all_books import BOOKS

ROOT = Path(__file__).parents[2]
LEDGER = {"LedgerError", "Refusal", "FormatError", "SignatureFault", "ProofError", "UnknownVersion"}
SERVICE = {
    "ServiceError",
    "GuardError",
    "WitnessError",
    "ClockError",
    "KeyMissing",
    "LedgerDamaged",
    "DatabaseUnavailable",
    "LedgerUnknown",
}
RAISED = LEDGER | SERVICE | {"Problem"}
KEY_STATES = ("waiting", "disputed", "revoked")
AUDITOR = ("app/audit/", "app/monitor/", "app/cli/monitor.py")
"""Where an auditor is spoken to, who has words of their own."""


class Site(NamedTuple):
    """Where a code is raised: ``params`` None where they are passed on from elsewhere."""

    place: str
    code: str
    params: frozenset[str] | None

    @property
    def text(self) -> str:
        """The key of its sentence."""
        own = f"verify.code.{self.code}"
        return own if self.place.startswith(AUDITOR) and own in _auditors_words() else f"errors.{self.code}"


@cache
def _auditors_words() -> frozenset[str]:
    return frozenset(Catalogue.load().texts("ja", "verify.code."))


@cache
def sites() -> tuple[Site, ...]:
    return tuple(_read_sites())


def _read_sites() -> Iterator[Site]:
    for folder in ("ledger", "governance", "app"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            faults = {"Fault"} if "from app.errors import" in path.read_text(encoding="utf-8") else set()
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED | faults:
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    params = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
                    passed_on = any(keyword.arg is None for keyword in node.keywords)
                    for code in _codes(node.args[0], place):
                        yield Site(place, code, None if passed_on else frozenset(params - {"status"}))


def _codes(code: ast.expr, place: str) -> list[str]:
    match code:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=first, orelse=second):
            return _codes(first, place) + _codes(second, place)
        case ast.JoinedStr():
            written = ast.unparse(code)
            if written == "f'{kind.kind}.unknown'":
                return [f"{kind}.unknown" for kind in BOOKS.kinds]
            if written == "f'key.{key.status}'":
                return [f"key.{state}" for state in KEY_STATES]
        case ast.Attribute(attr="code"):
            return []  # what another one raised
    raise AssertionError(f"{place}: a code that no test can read: {ast.unparse(code)}")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_sentence(catalogue: Catalogue, lang: str) -> None:
    keys = catalogue.keys(lang)
    missing = {site.code: site.place for site in sites() if site.text not in keys}
    assert not missing
    assert all(f"errors.{code}" in keys for code in _HTTP_CODES.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_given_what_it_needs(catalogue: Catalogue, lang: str) -> None:
    texts = catalogue.texts(lang, "errors.") | catalogue.texts(lang, "verify.code.")
    starved = {
        site.place: (site.code, needed - site.params)
        for site in sites()
        if site.params is not None and (needed := placeholders(texts[site.text])) - site.params
    }
    assert not starved


def test_no_sentence_is_left_without_a_code(catalogue: Catalogue) -> None:
    # Some of an auditor's codes are told on pages too, in words of the errors'.
    known = {text for site in sites() for text in (site.text, f"errors.{site.code}")} | {
        f"errors.{code}" for code in _HTTP_CODES.values()
    }
    own = {"errors.http.error", "errors.http.internal", "errors.http.csrf", "errors.other"}
    idle = {key for key in catalogue.texts("ja", "errors.") if not key.startswith("errors.page.")} - known - own
    assert not idle
