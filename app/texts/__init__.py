"""What people read, by language: flat catalogues of sentences.

One JSON file per language and area: `ja/members.json` and `en/members.json` hold the same keys, each beginning with its
area (`members.invite.title`), sorted, with the same placeholders.

In a sentence `{name}` stands for a parameter. `{n:vote|votes}` stands for the word that fits the number `n`: the first
for one, the second otherwise; `{n}` itself is written beside it. `{{` and `}}` are braces. Nothing else: whoever
renders the same sentence elsewhere (the browser does) needs these three rules only.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from markupsafe import Markup, escape

LANGUAGES = ("ja", "en")

_log = logging.getLogger(__name__)


class MissingText(KeyError):
    """No catalogue of the language has the key, or the sentence names a parameter that was not given."""


class Catalogue:
    """All sentences of all languages.

    `strict` is how tests and development see a missing key: as `MissingText`. A running service shows the key instead
    and logs it, since an odd word on a page serves a member better than no page.
    """

    def __init__(self, texts: Mapping[str, Mapping[str, str]], *, strict: bool = True) -> None:
        self._texts = texts
        self._strict = strict

    @classmethod
    def load(cls, folder: Path = Path(__file__).parent, *, strict: bool = True) -> "Catalogue":
        """Reads `folder/<language>/*.json`. ValueError when a key does not begin with its file's name."""
        return cls({lang: _language(folder / lang) for lang in LANGUAGES}, strict=strict)

    def keys(self, lang: str) -> frozenset[str]:
        """Every key that the language has."""
        return frozenset(self._texts[lang])

    def texts(self, lang: str, prefix: str = "") -> dict[str, str]:
        """The raw sentences whose keys begin with `prefix`, for handing to the browser."""
        return {key: text for key, text in self._texts[lang].items() if key.startswith(prefix)}

    def t(self, lang: str, key: str, /, **params: object) -> str:
        """The sentence in that language with its parameters filled in.

        When a parameter is markup (a link, say) the answer is markup too and all else in it is escaped.
        """
        text = self._texts[lang].get(key)
        if text is None:
            return self._missing(lang, key)
        try:
            if any(hasattr(value, "__html__") for value in params.values()):
                return Markup(_MARKUP.vformat(str(escape(text)), (), params))  # noqa: S704 – text and parameters are escaped
            return _PLAIN.vformat(text, (), params)
        except KeyError as missing:
            if self._strict:
                raise MissingText(f"{key} ({lang}) needs the parameter {missing}") from missing
            return self._missing(lang, key)

    def _missing(self, lang: str, key: str) -> str:
        if self._strict:
            raise MissingText(f"{key} ({lang})")
        _log.error("no text %s (%s)", key, lang)
        return key


class _Sentence(Formatter):
    """Fills placeholders by plain name, without attribute or item access: a sentence reaches only what it was given."""

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:  # noqa: ARG002 – Formatter's
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if str(value) == "1" else many
        return str(value)


class _Markup(_Sentence):
    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            return super().format_field(value, format_spec)
        return str(escape(value))


_PLAIN = _Sentence()
_MARKUP = _Markup()


def placeholders(text: str) -> frozenset[str]:
    """The names of the parameters that a sentence needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _language(folder: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        area: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        strays = [key for key in area if not key.startswith(f"{path.stem}.")]
        if strays:
            raise ValueError(f"{path}: keys of another area: {strays}")
        texts |= area
    return texts
