"""One plain sentence for each statement, made from the statement itself; `app/static/js/sentence.js` says the same.

What a member reads before signing and what the entry's page says later come from one catalogue: `sentences/ja.json` and
`en.json`. A statement's type names its template (`sentence_template.py`); `frame` adds for whom, through whom and with
whom it is said; keys beginning with `told.` are templates of documents inside a statement (a rule, a policy, an
effect), `word.` words for codes, `format.` ways of writing.

Nothing of a body stays unsaid: what its template does not say is added as path and value. A document of which the words
do not hold (a module that nobody knows, a number where a share should be) is shown by path and value as a whole.

Only the catalogue decides what a code means. Names of people and things are looked up in `names` (id → name), which
comes from the service: so a sentence can call someone by a wrong name, never turn a yes into a no.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from app.texts.formats import JAPAN
from app.texts.sentence_template import MAX_ITEMS, Scope, SentenceError, is_commit, is_said, parse, render
from app.texts.sentence_values import Values, clean

FOLDER = Path(__file__).parent / "sentences"
MAX_TEXT = 300
"""Characters of a text that a sentence repeats."""

Leaf = tuple[str, Any]


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All templates and words of a language."""
    texts: dict[str, str] = json.loads((FOLDER / f"{lang}.json").read_text(encoding="utf-8"))
    return texts


def is_type(key: str) -> bool:
    """Whether a key of the catalogue is a statement's type (``token.gift/1``), no word or way of writing."""
    return "/" in key and not key.startswith(("word.", "format."))


def types(lang: str) -> frozenset[str]:
    """The statement types that have a sentence."""
    return frozenset(key for key in catalogue(lang) if is_type(key))


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
        self._values = Values(lang, self._words, names or {}, utc_offset, token or (self._words["word.token"], 0))
        self._privates: Mapping[str, Any] = {}

    def of(self, statement: Mapping[str, Any], privates: Mapping[str, Any] | None = None) -> str:
        """The sentence of a parsed statement; `privates`: its private values by path, as far as the reader may see."""
        if not is_type(statement["type"]) or statement["type"] not in self._words:
            raise SentenceError("sentence.type", statement["type"])
        self._privates = privates or {}
        scope = Scope(statement, statement["body"])
        said = render(parse(self._words[statement["type"]]), scope, self)
        unsaid = self._unsaid(scope) if scope.value else []
        return said + self._also(unsaid) + render(parse(self._words["frame"]), scope, self)

    def write(self, scope: Scope, format_: str, argument: Scope | str | None) -> str:
        """One value in words."""
        value = scope.value
        if format_ == "told":
            return self._told(scope, f"told.{argument}")
        if isinstance(value, list):
            return self.join([self.write(item, format_, argument) for item in scope.below()])
        if is_commit(value):
            return self._private(scope.path, format_, argument)
        if format_ == "" and not isinstance(value, (bool, int, str)):
            return self._outline(self._leaves(value, scope.path))
        return self._values.write(value, format_, argument.value if isinstance(argument, Scope) else argument)

    def join(self, parts: list[str], more: int = 0) -> str:
        """`甲、乙`, `A, B`; with `、ほか2件`, `, and 2 more`."""
        row = self._words["format.join"].join(parts)
        return row + self._values.fill("format.more", self._values.integer(more)) if more else row

    def _told(self, scope: Scope, key: str) -> str:
        """A document in its own words, and whatever of it those words leave unsaid."""
        inner = replace(scope, said=set())
        try:
            text = render(parse(self._words[key]), inner, self)
        except SentenceError as error:
            if error.code not in ("sentence.path", "sentence.value"):
                raise
            inner.said.clear()
        if not inner.said:
            return self._outline(self._leaves(scope.value, scope.path))
        return text + self._also(self._unsaid(inner))

    def _unsaid(self, scope: Scope) -> list[Leaf]:
        return [leaf for leaf in self._leaves(scope.value, scope.path) if not is_said(leaf[0], scope.said)]

    def _also(self, unsaid: list[Leaf]) -> str:
        return self._values.fill("format.also", self._outline(unsaid)) if unsaid else ""

    def _private(self, path: str, format_: str, argument: Scope | str | None) -> str:
        if path not in self._privates:
            return self._words["word.private"]
        value = self._privates[path]
        if format_ == "choice" and isinstance(value, str) and isinstance(argument, Scope):
            return self._values.write(value, format_, argument.value)
        return self._quote(self.join([self._literal(leaf) for _, leaf in self._leaves(value, "")]))

    def _leaves(self, value: Any, path: str) -> list[Leaf]:
        """Every leaf below `value` with its path, keys in canonical order."""
        below = (
            sorted(value.items()) if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
        )
        if below is None or not value or is_commit(value):
            return [(path, value)]
        return [leaf for key, item in below for leaf in self._leaves(item, f"{path}/{key}" if path else str(key))]

    def _outline(self, leaves: list[Leaf]) -> str:
        """`path=value` of the first leaves, and how many more there are."""
        parts = []
        for path, value in leaves[:MAX_ITEMS]:
            if is_commit(value):
                text = self._private(path, "", None)
            else:
                text = self._quote(clean(value)) if isinstance(value, str) else self._literal(value)
            parts.append(f"{path}={text}" if path else text)
        return self.join(parts, max(0, len(leaves) - MAX_ITEMS))

    def _literal(self, value: Any) -> str:
        if isinstance(value, str):
            return clean(value)
        if is_commit(value):
            return self._words["word.private"]
        return "–" if isinstance(value, (dict, list)) else json.dumps(value)

    def _quote(self, text: str) -> str:
        if len(text) <= MAX_TEXT:
            return self._values.fill("format.quote", text)
        length = self._values.fill("format.characters", self._values.integer(len(text)))
        return self._values.fill("format.quote", text[:MAX_TEXT] + "…") + length
