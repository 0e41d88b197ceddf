"""Rules and outcomes in words: the keys and parameters that governance answers with, spelt for one reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, Final, NamedTuple

from app.decisions.rule_form import Control
from app.texts import Catalogue
from app.texts.formats import Formats
from app.texts.sentence_values import clean
from app.texts.sentences import catalogue
from governance import rule
from governance.count import Count, Step
from governance.modules.questions import Line
from governance.rule import Rule

_LENGTHS: Final = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


class StepTold(NamedTuple):
    """One step of a count: what was asked, what there was, and whether it was enough."""

    name: str
    asked: str
    found: str
    holds: bool
    step: Step


class Words:
    """The manner of telling about decisions to one reader, in a language and at a co-op's UTC offset (minutes)."""

    def __init__(self, texts: Catalogue, lang: str, utc_offset: int) -> None:
        self.texts, self.lang = texts, lang
        self.t: Callable[..., str] = partial(texts.t, lang)
        self.fmt = Formats(lang, self.t, utc_offset)

    def has(self, key: str) -> bool:
        """Whether the catalogue has that text."""
        return key in self.texts.keys(self.lang)

    def rule(self, found: Rule) -> list[str]:
        """A rule read aloud: one sentence per question and channel."""
        support = self._support(found.chooses)
        return [self._line(line, support) for line in rule.describe(found)]

    def length(self, seconds: int) -> str:
        """A length of time: ``7日``, ``1日12時間``."""
        parts, rest = [], seconds
        for name, size in _LENGTHS:
            count, rest = divmod(rest, size)
            if count:
                parts.append(self.t(f"rule.length.{name}", n=self.fmt.integer(count)))
        return self.t("rule.length.join").join(parts) or self.t("rule.length.seconds", n="0")

    def cls(self, code: str) -> str:
        """What a class of members is called; its code where nobody has named it."""
        return catalogue(self.lang).get(f"word.class.{code}") or clean(code)

    def word(self, group: str, code: str) -> str:
        """The catalogue's word for a code, the same that sentences about statements use."""
        return catalogue(self.lang).get(f"word.{group}.{code}") or clean(code)

    def share(self, text: str) -> str:
        """A share such as ``2/3`` in words; as it was where it is none."""
        try:
            return self.fmt.fraction(Fraction(text))
        except (ValueError, ZeroDivisionError):
            return text

    def module(self, question: str, name: str) -> str:
        """What a form calls an answer: ``majority/1`` without its version."""
        return self.t(f"rules.module.{question}.{name.partition('/')[0]}")

    def field(self, question: str, path: str) -> str:
        """What a form calls a field of an answer."""
        return self.t(f"rules.field.{question}.{path.partition('/')[2]}")

    def control(self, control: Control) -> str:
        """What a field is set to."""
        value = control.value
        match control.kind:
            case "fraction":
                return self.share(value)
            case "boolean":
                return self.t(f"rules.strict.{'true' if value else 'false'}")
            case "word":
                return self.t(f"rules.of.{value}")
            case "classes":
                return self.joined([self.cls(code) for code in value])
            case "weights":
                return self.joined([self._weight(self.cls(code), weight) for code, weight in sorted(value.items())])
            case "length":
                return self.length(int(value[0]) * value[1])
            case _:
                return str(value)

    def joined(self, parts: list[str]) -> str:
        """``甲、乙``."""
        separator: str = catalogue(self.lang)["format.join"]
        return separator.join(parts)

    def choice(self, choice: str, options: list[str]) -> str:
        """``賛成``, or the text of an option."""
        number = choice.removeprefix("option_")
        if choice != number and 1 <= int(number) <= len(options):
            return options[int(number) - 1]
        return self.t(f"proposals.choice.{choice}")

    def step(self, step: Step, *, chooses: bool) -> StepTold:
        """A step of the count with its numbers."""
        params = {
            "have": self.fmt.integer(step.have),
            "base": self.fmt.integer(step.base),
            "need": self.fmt.integer(step.need),
            "support": self._support(chooses),
            "share": self._share(step),
            "of": self.t(f"proposals.of.{step.of}"),
        }
        key = f"proposals.step.{step.name}"
        if step.name == "quorum":
            key += f".{step.unit}"
        elif step.name == "threshold" and step.of == "rival":
            key += ".rival"
        return StepTold(step.name, self.t(f"{key}.asked", **params), self.t(f"{key}.found", **params), step.holds, step)

    def weights_differ(self, tally: Mapping[str, Count]) -> bool:
        """Whether any vote weighs more than another, so that weights have to be shown beside heads."""
        return any(count.heads != count.weight for count in tally.values())

    def _share(self, step: Step) -> str:
        if step.fraction is None:
            return ""
        return self.fmt.threshold(Fraction(step.fraction), strict=step.comparison == "over")

    def _support(self, chooses: bool) -> str:  # noqa: FBT001
        return self.t("rule.support.option" if chooses else "rule.support.yes")

    def _line(self, line: Line, support: str) -> str:
        key, given = line
        params: dict[str, Any] = {"support": support}
        if "fraction" in given:
            params["share"] = self.fmt.threshold(Fraction(given["fraction"]), strict=key.endswith(".over"))
        if "classes" in given:
            params["classes"] = self.joined([self.cls(code) for code in given["classes"]])
        if "weights" in given:
            each = [self._weight(self.cls(code), weight) for code, weight in given["weights"].items()]
            params["weights"] = self.joined([*each, self._weight(self.t("rule.weight.others"), given["others"])])
        if "voting_seconds" in given:
            params |= self._timing(given)
        return self.t(key, **params)

    def _weight(self, name: str, weight: int) -> str:
        return self.t("rule.weight.each", name=name, n=self.fmt.integer(weight))

    def _timing(self, seconds: dict[str, int]) -> dict[str, str]:
        def part(name: str) -> str:
            length = seconds[f"{name}_seconds"]
            return self.t(f"rule.timing.{name}", length=self.length(length)) if length else ""

        return {"voting": self.length(seconds["voting_seconds"]), "delay": part("delay"), "timelock": part("timelock")}
