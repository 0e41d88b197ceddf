"""One plain sentence for each statement, made from the statement itself; `app/static/js/sentence.js` says the same.

What a member reads before signing and what the entry's page says later come from one catalogue: `sentences/ja.json` and
`en.json`. A statement's type names its template (`sentence_template.py`); `frame` adds for whom, through whom and with
whom it is said; keys beginning with `word.` are words for codes, `format.` ways of writing.

Only the catalogue decides what a code means. Names of people and things are looked up in `names` (id → name), which
comes from the service: so a sentence can call someone by a wrong name, never turn a yes into a no.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.texts.formats import JAPAN, Formats
from app.texts.sentence_template import Scope, SentenceError, parse, render
from ledger import canonical

FOLDER = Path(__file__).parent / "sentences"
MAX_PRIVATE = 300
"""Characters of a private text that a sentence repeats."""

_CONTROLS = re.compile("[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]")
_ID = re.compile(r"[a-z]{2,8}_[a-z2-7]{26}\Z")
_OPTION = re.compile(r"option_([1-9][0-9]{0,3})\Z")


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All templates and words of a language."""
    texts: dict[str, str] = json.loads((FOLDER / f"{lang}.json").read_text(encoding="utf-8"))
    return texts


def types(lang: str) -> frozenset[str]:
    """The statement types that have a sentence."""
    return frozenset(key for key in catalogue(lang) if "/" in key)


class Sentences:
    """The manner of speaking for one reader of one co-op."""

    def __init__(
        self,
        lang: str,
        *,
        names: Mapping[str, str] | None = None,
        utc_offset: int = JAPAN,
        token: tuple[str, int] | None = None,
    ) -> None:
        """`names`: what ids, `class:…` and `kind:…` are called, and `unit:…` of a kind.

        `token`: its name and decimals.
        """
        self._words = catalogue(lang)
        self._names = names or {}
        self._token = token or (self._words["word.token"], 0)
        self._fmt = Formats(lang, self._refuse_text, utc_offset)
        self._privates: Mapping[str, Any] = {}
        self._formats: dict[str, Callable[[Any], str]] = {
            "": self._natural,
            "amount": lambda units: self._fmt.amount(units, *self._token),
            "clock": lambda minutes: f"{minutes // 60}:{minutes % 60:02d}",
            "date": self._date,
            "minutes": self._minutes,
            "name": self._name,
            "outline": self._outline,
            "short": _short,
            "signed": lambda number: ("+" if number > 0 else "") + self._fmt.integer(number),
            "time": lambda text: self._fmt.moment(canonical.parse_time(text)),
        }

    def of(self, statement: Mapping[str, Any], privates: Mapping[str, Any] | None = None) -> str:
        """The sentence of a parsed statement; `privates`: its private values by path, as far as the reader may see."""
        template = self._words.get(statement["type"])
        if template is None or "/" not in statement["type"]:
            raise SentenceError("sentence.type", statement["type"])
        self._privates = privates or {}
        scope = Scope(statement, statement["body"])
        return "".join(render(parse(text), scope, self) for text in (template, self._words["frame"]))

    def write(self, scope: Scope, format_: str, argument: Scope | str | None) -> str:
        """One value in words."""
        value = scope.value
        if isinstance(value, list) and format_ != "outline":
            items = [Scope(scope.statement, item, f"{scope.path}/{n}") for n, item in enumerate(value)]
            return self.join([self.write(item, format_, argument) for item in items])
        if _is_commit(value):
            return self._private(scope.path, format_, argument)
        if format_ == "choice":
            return self._choice(value, argument)
        if format_ == "quantity":
            return self._quantity(value, argument)
        return self._plain(value, format_, argument if isinstance(argument, str) else "")

    def join(self, parts: list[str]) -> str:
        """`甲、乙`, `A, B`."""
        return self._words["format.join"].join(parts)

    def _plain(self, value: Any, format_: str, argument: str) -> str:
        if format_ == "word":
            return self._word(argument, str(value))
        write = self._formats.get(format_)
        if write is None:
            raise SentenceError("sentence.format", format_)
        return write(value)

    def _natural(self, value: Any) -> str:
        if isinstance(value, bool):
            return self._words["word.yes_no.true" if value else "word.yes_no.false"]
        if isinstance(value, int):
            return self._fmt.integer(value)
        if isinstance(value, str):
            return clean(value)
        return self._outline(value)

    def _name(self, id_: str) -> str:
        known = self._names.get(id_)
        kind = id_.partition("_")[0]
        if not _ID.match(id_):
            return self._words.get(f"word.author.{id_}") or clean(id_)
        if known is not None:
            return self._fill("format.person" if kind == "mem" else "format.thing", clean(known))
        return f"{self._words.get(f'word.id.{kind}', kind)} {_short(id_.partition('_')[2])}"

    def _word(self, group: str, code: str) -> str:
        return self._words.get(f"word.{group}.{code}") or clean(self._names.get(f"{group}:{code}", code))

    def _choice(self, code: str, proposal: Scope | str | None) -> str:
        option = _OPTION.match(code)
        if not option:
            return self._word("choice", code)
        number = self._fill("format.option", option[1])
        label = self._names.get(f"{proposal.value}/{code}") if isinstance(proposal, Scope) else None
        return number if label is None else number + self._fill("format.thing", clean(label))

    def _quantity(self, value: int, kind: Scope | str | None) -> str:
        unit = self._names.get(f"unit:{kind.value}") if isinstance(kind, Scope) else None
        if unit == "hour":
            return self._minutes(value)
        form = self._words.get(f"format.unit.{unit}")
        if form is None:
            return self._fmt.integer(value)
        # The smallest parts of these units are thousandths (grams, millilitres, metres).
        thousandths = unit in ("kg", "litre", "km")
        return form.replace("{}", _thousandths(value, self._fmt) if thousandths else self._fmt.integer(value))

    def _minutes(self, value: int) -> str:
        hours, minutes = divmod(value, 60)
        parts = [self._fill("format.hours", self._fmt.integer(hours))] if hours else []
        parts += [self._fill("format.minutes", str(minutes))] if minutes or not hours else []
        return self._words["format.time_join"].join(parts)

    def _private(self, path: str, format_: str, argument: Scope | str | None) -> str:
        if path not in self._privates:
            return self._words["word.private"]
        value = self._privates[path]
        if format_ == "choice" and isinstance(value, str):
            return self._choice(value, argument)
        text = self.join([leaf for _, leaf in self._leaves(value, "")])
        return self._fill("format.quote", text if len(text) <= MAX_PRIVATE else text[:MAX_PRIVATE] + "…")

    def _leaves(self, value: Any, path: str) -> list[tuple[str, str]]:
        """Every leaf below `value` with its path, keys in canonical order."""
        if _is_commit(value):
            return [(path, self._words["word.private"])]
        below = (
            sorted(value.items()) if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
        )
        if below is None or not value:
            return [(path, _literal(value))]
        return [leaf for key, item in below for leaf in self._leaves(item, f"{path}/{key}" if path else str(key))]

    def _outline(self, value: Any) -> str:
        return self.join([f"{path}={text}" if path else text for path, text in self._leaves(value, "")])

    def _date(self, text: str) -> str:
        """A calendar day is the same everywhere; the day of a moment is the co-op's."""
        return self._fmt.day(canonical.parse_time(text) if "T" in text else date.fromisoformat(text))

    def _fill(self, key: str, text: str) -> str:
        return self._words[key].replace("{}", text)

    @staticmethod
    def _refuse_text(key: str, **_params: object) -> str:
        raise SentenceError("sentence.format", key)


def clean(text: str) -> str:
    """Text from outside on one line, without characters that could turn or hide what stands around it."""
    return _CONTROLS.sub(lambda match: " " if match[0] in "\n\t" else "\ufffd", text)


def _short(text: str) -> str:
    return clean(text.rpartition(":")[2][:6])


def _thousandths(value: int, fmt: Formats) -> str:
    whole, rest = divmod(abs(value), 1000)
    decimals = f".{rest:03d}".rstrip("0") if rest else ""
    return ("-" if value < 0 else "") + fmt.integer(whole) + decimals


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    return "–" if isinstance(value, (dict, list)) else json.dumps(value)


def _is_commit(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"commit"} and isinstance(value["commit"], str)
