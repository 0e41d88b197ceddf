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
        self._texts: dict[str, str] = {}
        for area in ("verify", "errors"):
            self._texts |= json.loads((_TEXTS / language / f"{area}.json").read_text(encoding="utf-8"))

    def say(self, key: str, /, **params: Any) -> str:
        """The sentence ``verify.{key}``."""
        return _SENTENCE.vformat(self._texts[f"verify.{key}"], (), params)

    def code(self, code: str, params: Mapping[str, Any]) -> str:
        """What a code means: in the auditor's words, else in those of the refusal, else the code itself."""
        for key in (f"verify.code.{code}", f"errors.{code}"):
            if key in self._texts:
                try:
                    return _SENTENCE.vformat(self._texts[key], (), params)
                except KeyError:
                    continue  # a refusal's sentence may need what only the service knows
        return self.say("code.other", code=code)


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
