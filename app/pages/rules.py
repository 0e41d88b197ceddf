"""How this co-op decides, and what it has agreed on: rules and policies in force, with their history."""

from __future__ import annotations

from dataclasses import dataclass, field

from litestar import get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.decisions import rule_form
from app.decisions.effect_words import EffectWords
from app.decisions.policy_words import PolicyWords
from app.decisions.words import Words
from app.naming import names_for, sees_names
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, members_policy, words_of
from app.visit import Visit
from governance.books import rules as rule_book
from governance.books.rules import RuleVersion
from ledger.books.policies import AREAS, Policy


@dataclass(frozen=True)
class Told:
    """One rule or policy: what it is called, its version in force (None: there is none), and all its versions.

    ``sentences`` read it aloud, ``pairs`` say it line by line, ``query`` begins a proposal to change it.
    """

    name: str
    label: str
    query: str
    versions: list[RuleVersion] | list[Policy]
    sentences: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def version(self) -> RuleVersion | Policy | None:
        """What is in force: the newest."""
        return self.versions[0] if self.versions else None


@get("/c/{slug:str}/rules", opt={OPT: Access.COOP})
async def rules(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Every rule by kind of proposal, then the policies."""
    words = words_of(request, visit)
    told = [await _rule(visit, words, kind) for kind in (*rule_book.KINDS, rule_book.CHOICE)]
    policies = [await _policy(visit, words, area) for area in sorted(AREAS)]
    decisions = {version.proposal for one in (*told, *policies) for version in one.versions if version.proposal}
    titles = await names_for(visit, decisions)
    return await show(request, visit, "rules/rules.html", rules=told, policies=policies, titles=titles)


async def _rule(visit: Visit, words: Words, kind: str) -> Told:
    versions = await visit.reading.children(RuleVersion, kind, newest_first=True)
    label, query = words.word("proposal_kind", kind), f"kind=rules&decides={kind}"
    if not versions:
        return Told(kind, label, query, versions)
    classes = (await members_policy(visit.reading)).classes
    document = versions[0].document
    pairs = []
    for answer in rule_form.answers(document, classes):
        pairs.append((words.t(f"rules.question.{answer.question}"), words.module(answer.question, answer.chosen)))
        pairs += [(words.field(answer.question, control.path), words.control(control)) for control in answer.controls]
    channels = [words.t(f"rules.channel.{channel}") for channel in rule_form.channels(document)]
    pairs.append((words.t("rules.question.channels"), words.joined(channels)))
    return Told(kind, label, query, versions, words.rule(versions[0].rule()), pairs)


async def _policy(visit: Visit, words: Words, area: str) -> Told:
    versions = await visit.reading.children(Policy, area, newest_first=True)
    kinds = await EffectWords(visit.reading, words, names=sees_names(visit)).kinds(versions[0])
    lines = PolicyWords(words).lines(area, versions[0].document, kinds)
    return Told(area, words.word("area", area), f"kind=policy&area={area}", versions, [], list(lines.items()))


ROUTES = (rules,)
