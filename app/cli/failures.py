"""What a command can't do, in one sentence of each language; its exit code is 2."""

import json
import sys
from pathlib import Path
from typing import Any

COULD_NOT = 2
_TEXTS = Path(__file__).parents[1] / "texts"


class CommandError(Exception):
    """The command can't go on. ``code`` names the sentence ``commands.{code}``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


def say(code: str, /, **params: Any) -> list[str]:
    """The sentence in Japanese and in English. Of what is words by language each gets its own."""
    return [
        _sentence(language, code).format_map(
            {name: value[language] if isinstance(value, dict) else value for name, value in params.items()}
        )
        for language in ("ja", "en")
    ]


def fail(*sentences: str) -> int:
    """Print why it can't be done, and give the exit code."""
    for sentence in sentences:
        print(f"yui: {sentence}", file=sys.stderr)
    return COULD_NOT


def _sentence(language: str, code: str) -> str:
    texts: dict[str, str] = json.loads((_TEXTS / language / "commands.json").read_text(encoding="utf-8"))
    return texts[f"commands.{code}"]
