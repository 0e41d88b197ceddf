"""How this co-op decides, and what it has agreed on: rules and policies in force, and how they came to be so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.effect_words import Change, EffectWords, rule_changes
from app.decisions.policy_words import PolicyWords
from app.decisions.words import Words
from app.naming import names_for, sees_names
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, area_words_of
from app.visit import Visit
from governance.books import rules as rule_book
from governance.books.rules import RuleVersion
from ledger.books.policies import AREAS, Policy


@dataclass(frozen=True)
class Told:
    """One rule or policy: what it is called, and all its versions, the one in force first (none: there is no rule).

    ``sentences`` read it aloud, ``pairs`` say it line by line, ``query`` begins a proposal to change it.
    """

    name: str
    label: str
    query: str
    versions: Sequence[RuleVersion | Policy]
    sentences: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def version(self) -> RuleVersion | Policy | None:
        """What is in force."""
        return self.versions[0] if self.versions else None


@dataclass(frozen=True)
class Step:
    """One version, and what it changed."""

    version: RuleVersion | Policy
    changes: list[Change]


@get("/c/{slug:str}/rules", opt={OPT: Access.COOP})
async def rules(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Every rule by kind of proposal, then the policies; then the kinds for which there is no rule yet."""
    words = await area_words_of(request, visit)
    told = [await _rule(visit, words, kind) for kind in rule_book.ALL]
    policies = [await _policy(visit, words, area) for area in sorted(AREAS)]
    return await show(
        request,
        visit,
        "rules/rules.html",
        rules=[one for one in told if one.versions],
        unruled=[one for one in told if not one.versions],
        policies=policies,
        titles=await _titles(visit, (one.version for one in (*told, *policies))),
    )


@get("/c/{slug:str}/rules/{name:str}", opt={OPT: Access.COOP})
async def history(request: Asked, visit: NamedDependency[Visit], name: FromPath[str]) -> Page:
    """One rule or policy: every version, which decision adopted it, and what that changed in words."""
    words = await area_words_of(request, visit)
    if name in rule_book.ALL:
        told = await _rule(visit, words, name)
    elif name in AREAS:
        told = await _policy(visit, words, name)
    else:
        raise Problem("http.not_found", 404)
    steps = [
        Step(version, await _changes(visit, words, version, before))
        for version, before in zip(told.versions, [*told.versions[1:], None], strict=True)
    ]
    titles = await _titles(visit, told.versions)
    return await show(request, visit, "rules/history.html", told=told, steps=steps, titles=titles)


async def _rule(visit: Visit, words: Words, kind: str) -> Told:
    versions = await visit.reading.children(RuleVersion, kind, newest_first=True)
    label, query = words.word("proposal_kind", kind), f"kind=rules&decides={kind}"
    sentences = list(words.answers(versions[0].rule()).values()) if versions else []
    return Told(kind, label, query, versions, sentences)


async def _policy(visit: Visit, words: Words, area: str) -> Told:
    versions = await visit.reading.children(Policy, area, newest_first=True)
    lines = await _lines(visit, words, versions[0])
    return Told(area, words.word("area", area), f"kind=policy&area={area}", versions, [], list(lines.items()))


async def _lines(visit: Visit, words: Words, version: Policy) -> dict[str, str]:
    kinds = await EffectWords(visit.reading, words, names=sees_names(visit)).called(version)
    return PolicyWords(words).lines(version.area, version.document, kinds)


async def _changes(
    visit: Visit, words: Words, version: RuleVersion | Policy, before: RuleVersion | Policy | None
) -> list[Change]:
    if isinstance(version, RuleVersion):
        return rule_changes(words, None if before is None else before.document, version.document)
    new = await _lines(visit, words, version)
    old = await _lines(visit, words, before) if isinstance(before, Policy) else {}
    return [Change(key, old.get(key, ""), new.get(key, "")) for key in dict.fromkeys([*new, *old])]


async def _titles(visit: Visit, versions: Iterable[RuleVersion | Policy | None]) -> dict[str, str]:
    """Titles of the decisions that adopted them, as far as this reader may see."""
    decisions = {version.proposal for version in versions if version is not None and version.proposal}
    return await names_for(visit, decisions)


ROUTES = (rules, history)
