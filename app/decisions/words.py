"""Rules and outcomes in words: the keys and parameters that governance answers with, spelt for one reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Final

from app.decisions import rule_lines
from app.decisions.rule_form import Control
from app.texts import Catalogue, ballot_text
from app.texts.formats import Formats
from app.texts.sentence_values import clean
from app.texts.sentences import catalogue
from governance import rule
from governance.rule import Rule

_LENGTHS: Final = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


class Words:
    """The manner of telling about decisions to one reader, in a language and at a co-op's UTC offset (minutes).

    ``areas``: names of the co-op's areas by code, where rules that may name some are told; ``gone``: of those that
    there are no more.
    """

    def __init__(
        self,
        texts: Catalogue,
        lang: str,
        utc_offset: int,
        areas: Mapping[str, str] | None = None,
        gone: Mapping[str, str] | None = None,
    ) -> None:
        self.texts, self.lang = texts, lang
        self.areas: Mapping[str, str] = areas or {}
        self._gone: Mapping[str, str] = gone or {}
        self.t: Callable[..., str] = partial(texts.t, lang)
        self.fmt = Formats(lang, self.t, utc_offset)

    def has(self, key: str) -> bool:
        """Whether the catalogue has that text."""
        return key in self.texts.keys(self.lang)

    def rule(self, found: Rule) -> list[str]:
        """A rule read aloud: one sentence per question and channel."""
        support = self._support(found.chooses)
        return [rule_lines.tell(self, line, support, met=bool(found.venue.kinds())) for line in rule.describe(found)]

    def answers(self, found: Rule) -> dict[str, str]:
        """A rule by question, in words; questions whose answer goes without saying are left out."""
        support = self._support(found.chooses)
        told = {
            question: rule_lines.tell(self, getattr(found, question).describe(), support, met=bool(found.venue.kinds()))
            for question in rule.QUESTIONS
            if getattr(found, question) != rule.UNANSWERED.get(question)
        }
        channels = [self.t(f"rule.channels.{channel}") for channel in found.channels]
        return told | {"channels": self.sentences(channels)}

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

    def area(self, code: str) -> str:
        """What an area is or was called; its code where the members' policy never listed it."""
        return clean(self.areas.get(code) or self._gone.get(code, code))

    def word(self, group: str, code: str) -> str:
        """The catalogue's word for a code, the same that sentences about statements use."""
        return catalogue(self.lang).get(f"word.{group}.{code}") or clean(code)

    def share(self, text: str) -> str:
        """A share such as ``2/3`` in words; as it was where it is none."""
        try:
            return self.fmt.fraction(Fraction(text))
        except (ValueError, ZeroDivisionError):
            return text

    def threshold(self, share: str, key: str) -> str:
        """How much it takes: more than the share where the key of a sentence says ``over``, else that share."""
        return self.fmt.threshold(Fraction(share), strict=key.endswith(".over"))

    def member(self, id_: str) -> str:
        """A member whose name is not looked up: by the beginning of the id."""
        return self.t("ledger.signer.member", id=id_[4:10])

    def module(self, question: str, name: str) -> str:
        """What a form calls an answer: ``majority/1`` without its version."""
        return self.t(f"rules.module.{question}.{name.partition('/')[0]}")

    def field(self, control: Control) -> str:
        """What a form calls a field of an answer; some answers have a word of their own for theirs."""
        own = f"rules.field.{control.question}.{control.module}.{control.name}"
        return self.t(own if self.has(own) else f"rules.field.{control.question}.{control.name}")

    def setting(self, control: Control, value: str) -> str:
        """What a form calls one of the values to choose from."""
        match control.kind:
            case "codes":
                return rule_lines.code(self, control.name, value)
            case "boolean" if control.name == "strict":
                return self.t(f"rules.strict.{value}")
            case "boolean":
                return self.t("rules.yes" if value == "true" else "rules.no")
            case "word" if control.name == "of":
                return self.t(f"rules.of.{value}")
            case "word":
                return self.t(f"rules.word.{control.name}.{value}")
            case _:
                return self.share(value)

    def sentences(self, told: list[str]) -> str:
        """Whole sentences after each other: Japanese ones have no space between."""
        return ("" if self.lang == "ja" else " ").join(told)

    def joined(self, parts: list[str]) -> str:
        """``甲、乙``."""
        separator: str = catalogue(self.lang)["format.join"]
        return separator.join(parts)

    def choice(self, choice: str, labels: Mapping[int, str]) -> str:
        """``賛成``, the text of an option, or what a ballot says of several: ``1位 みかん、2位 りんごと柿``.

        ``labels``: what options are called, by number.
        """
        number = choice.removeprefix("option_")
        if choice != number and number.isdecimal():
            return self.option(int(number), labels)
        said = ballot_text.read(choice)
        if said is None:
            return self.t(f"proposals.choice.{choice}")
        return ballot_text.tell(said, lambda one: self.option(one, labels), self._fill, self.fmt.integer)

    def option(self, number: int, labels: Mapping[int, str]) -> str:
        """What an option is called; its number where nobody may see or nobody has named it."""
        return labels.get(number) or self.t("proposals.option", n=self.fmt.integer(number))

    def _fill(self, key: str, text: str) -> str:
        return catalogue(self.lang)[key].replace("{}", text)

    def _support(self, chooses: bool) -> str:  # noqa: FBT001
        return self.t("rule.support.option" if chooses else "rule.support.yes")
