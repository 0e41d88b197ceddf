"""What a proposal would do, in words: what it changes from, and what to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app import labels
from app.decisions import policy_form
from app.decisions.policy_words import PolicyWords
from app.decisions.words import Words
from app.reading import Reading
from governance import rule
from governance.books.proposals import Proposal
from governance.books.rules import RuleHead, RuleVersion
from ledger import canonical
from ledger.books.members import Application
from ledger.books.policies import Policy, PolicyHead
from ledger.errors import FormatError


@dataclass(frozen=True)
class Change:
    """One line of a comparison; equal sides have not changed."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether anything changes here."""
        return self.before != self.after

    @property
    def how(self) -> str:
        """What becomes of the line: ``new``, ``gone`` or ``changed``."""
        return "changed" if self.before and self.after else "new" if self.after else "gone"


@dataclass(frozen=True)
class Told:
    """One effect: a sentence, and for documents what changes line by line."""

    sentence: str
    changes: list[Change] = field(default_factory=list)
    document: dict[str, Any] | None = None


async def current_rule(reading: Reading, kind: str) -> RuleVersion | None:
    """The rule in force for a kind of proposal; None where the co-op has none."""
    head = await reading.find(RuleHead, kind)
    return None if head is None else await reading.find(RuleVersion, f"{kind}/{head.version}")


async def current_policy(reading: Reading, area: str) -> Policy | None:
    """The policy in force in an area."""
    head = await reading.find(PolicyHead, area)
    return None if head is None else await reading.find(Policy, f"{area}/{head.version}")


class EffectWords:
    """Tells effects to one reader. ``names``: whether members' names are for the reader."""

    def __init__(self, reading: Reading, words: Words, *, names: bool) -> None:
        self._reading, self._words, self._names = reading, words, names
        self._t = words.t

    async def of(self, proposal: Proposal) -> list[Told]:
        """Every effect of a proposal, in order."""
        names = await self._reading.texts(
            [
                (proposal.statement, f"effects/{place}/document/{path}")
                for place, effect in enumerate(proposal.effects)
                for path in policy_form.names_in(effect.get("document", {}))
            ]
        )
        found = []
        for place, effect in enumerate(proposal.effects):
            prefix = f"effects/{place}/document/"
            inside = {path: str(text) for (_, path), text in names.items() if path.startswith(prefix)}
            own = {path.removeprefix(prefix): text for path, text in inside.items()}
            found.append(await self.one(effect, own, None if proposal.executed_at is None else proposal.id))
        return found

    async def one(  # noqa: PLR0911  (one for each effect)
        self, effect: dict[str, Any], own_names: dict[str, str], executed: str | None = None
    ) -> Told:
        """One effect; ``executed``: the proposal that has brought it about, to compare with what was until then."""
        match effect["effect"]:
            case "rule":
                return await self._rule(effect, executed)
            case "policy":
                return await self._policy(effect, own_names, executed)
            case "role":
                return await self._role(effect)
            case "admit":
                return await self._admit(effect)
            case "elect":
                return await self._elect(effect)
            case "log_key":
                return Told(self._t("proposals.effect.log_key", vkey=effect["vkey"]))
            case "articles" | "allot" as plain:
                return Told(self._t(f"proposals.effect.{plain}"))
            case "federation":
                return Told(self._t("proposals.effect.federation", origin=effect["origin"]))
            case "expel" | "suspend" | "mint" | "project" as named:
                return await self._about_member(named, effect)
            case _:
                return Told(self._t("proposals.effect.text"))

    async def _rule(self, effect: dict[str, Any], executed: str | None) -> Told:
        version = await self._version_before(RuleVersion, effect["kind"], executed)
        changes = rule_changes(self._words, None if version is None else version.document, effect["document"])
        kind = self._words.word("proposal_kind", effect["kind"])
        key = "proposals.effect.rule" if version is not None else "proposals.effect.rule.new"
        return Told(self._t(key, kind=kind), changes, effect["document"])

    async def _policy(self, effect: dict[str, Any], own_names: dict[str, str], executed: str | None) -> Told:
        area = effect["area"]
        version = await self._version_before(Policy, area, executed)
        policy_words = PolicyWords(self._words)
        old: dict[str, str] = {}
        if version is not None:
            old = policy_words.lines(area, version.document, await self.called(version))
        new = policy_words.lines(area, effect["document"], policy_words.labels(effect["document"], own_names))
        changes = [Change(key, old.get(key, ""), new.get(key, "")) for key in dict.fromkeys([*new, *old])]
        sentence = self._t("proposals.effect.policy", area=self._words.word("area", area))
        return Told(sentence, changes, effect["document"])

    async def called(self, version: Policy) -> dict[str, str]:
        """What a version of a policy calls its kinds, or its subjects and areas, as ``PolicyWords.lines`` takes it."""
        texts, lang = self._words.texts, self._words.lang
        if version.area == "commons":
            return await labels.kind_labels(self._reading, version, texts, lang)
        return labels.as_said(await labels.member_labels(self._reading, version, texts, lang))

    async def _role(self, effect: dict[str, Any]) -> Told:
        return Told(
            self._t(
                "proposals.effect.role",
                name=(await self._people([effect["member"]]))[0],
                role=self._words.word("role", effect["role"]),
                begins=self._bound("from", effect["from"], self._words.fmt.day),
                ends=self._bound("until", effect["until"], self._words.fmt.through),
            )
        )

    async def _elect(self, effect: dict[str, Any]) -> Told:
        return Told(
            self._t(
                "proposals.effect.elect",
                role=self._words.word("role", effect["role"]),
                candidates=self._words.joined(await self._people(effect["candidates"])),
                begins=self._bound("from", effect["from"], self._words.fmt.day),
                ends=self._bound("until", effect["until"], self._words.fmt.through),
            )
        )

    async def _about_member(self, named: str, effect: dict[str, Any]) -> Told:
        (name,) = await self._people([effect.get("member") or effect["lead"]])
        params = {"name": name}
        if named == "mint":
            params["amount"] = self._words.fmt.integer(effect["amount"])
        if named == "suspend":
            params["until"] = self._bound("until", effect["until"], self._words.fmt.through)
        return Told(self._t(f"proposals.effect.{named}", **params))

    async def _people(self, members: Sequence[str]) -> list[str]:
        known = await self._reading.names(members) if self._names else {}
        return [
            self._t("pages.person", name=known[one]) if one in known else self._words.member(one) for one in members
        ]

    async def _admit(self, effect: dict[str, Any]) -> Told:
        name = effect["applicant"][:10]
        application = await self._reading.find(Application, effect["applicant"]) if self._names else None
        if application is not None:
            name = await self._reading.text(application.statement, "profile/name", name)
        return Told(self._t("proposals.effect.admit", name=name, cls=self._words.cls(effect["class"])))

    def _bound(self, end: str, time: str | None, day: Callable[[int], str]) -> str:
        if time is None:
            return self._t(f"proposals.effect.role.{end}.none")
        return self._t(f"proposals.effect.role.{end}", day=day(canonical.parse_time(time)))

    async def _version_before(self, kind: Any, parent: str, executed: str | None) -> Any:
        """The version in force; of a decision that was executed, the one that it replaced."""
        versions = await self._reading.children(kind, parent, newest_first=True)
        if executed is not None:
            place = next((n for n, version in enumerate(versions) if version.proposal == executed), None)
            return None if place is None or place + 1 >= len(versions) else versions[place + 1]
        return versions[0] if versions else None


def rule_changes(words: Words, before: dict[str, Any] | None, after: dict[str, Any]) -> list[Change]:
    """Two rules question by question, in the order in which a rule is read; questions that neither answers left out."""
    old, new = rule_lines(words, before), rule_lines(words, after)
    return [
        _change(words.t(f"rules.question.{question}"), old.get(question, ""), new.get(question, ""))
        for question in (*rule.QUESTIONS, "channels")
        if question in old or question in new
    ]


def _change(label: str, before: str, after: str) -> Change:
    """A line whose label is not said again where a side begins with it (``可決の条件:…``)."""
    return Change(label, before.removeprefix(f"{label}:"), after.removeprefix(f"{label}:"))


def rule_lines(words: Words, document: dict[str, Any] | None) -> dict[str, str]:
    """A rule's sentences by question; the channels together. Empty for a document that is no rule."""
    if document is None:
        return {}
    try:
        return words.answers(rule.parse(document))
    except FormatError:
        return {}
