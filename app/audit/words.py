"""The auditor's sentences, from the catalogues in ``app/texts``, read without the service's own machinery."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

_TEXTS = Path(__file__).parent.parent / "texts"


class Words:
    """Sentences in one language. The rules of the catalogues hold: ``{name}``, and ``{n:one|many}``."""

    def __init__(self, language: str) -> None:
        self.language = language
        catalogue = _TEXTS / language / "verify.json"
        self._texts: dict[str, str] = json.loads(catalogue.read_text(encoding="utf-8"))

    def say(self, key: str, /, **params: Any) -> str:
        """The sentence ``verify.{key}``."""
        return _SENTENCE.vformat(self._texts[f"verify.{key}"], (), params)

    def code(self, code: str, params: Mapping[str, Any]) -> str:
        """What a code means to an auditor: in words of its own, else in those of its family.

        A refusal's own sentence is not for here: it advises the author at the device.
        """
        own, family = f"verify.code.{code}", f"codes.{code.partition('.')[0]}"
        if own in self._texts:
            return _SENTENCE.vformat(self._texts[own], (), params)
        return self.say(family if f"verify.{family}" in self._texts else "codes.other", code=code)


def choose_language(wanted: str | None) -> str:
    """``ja`` or ``en``: as asked for, else by the environment's locale; Japanese where that says nothing."""
    if wanted is not None:
        return wanted
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "ja" if locale.startswith("ja") or locale in ("", "C", "POSIX", "C.UTF-8") else "en"


class _Sentence(Formatter):
    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:  # noqa: ARG002
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value == 1 else many
        return str(value)


_SENTENCE = _Sentence()
