"""One line that a rule's module describes itself with, in words: each parameter spelt as its name suggests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from app.texts.sentence_values import clean
from governance.modules.questions import Line

if TYPE_CHECKING:
    from app.decisions.words import Words

_PHRASES: Final = ("rule.timing.", "rule.weight.contribution.")
"""Modules of which each setting is a sentence of its own, where it is set to something."""


def tell(words: Words, line: Line, support: str, *, met: bool = False) -> str:
    """The sentence. ``support``: what is counted in favour, as that reader's catalogue calls it. ``met``: of a rule
    under which only meetings decide, where some sentences speak of who is present instead of who votes.
    """
    key, given = line
    head, _, tail = key.rpartition(".")
    if met and words.has(f"{head}.met.{tail}"):
        key = f"{head}.met.{tail}"
    params: dict[str, Any] = {"support": support}
    if key.startswith(_PHRASES):
        return words.t(key, **params, **_phrases(words, key.rpartition(".")[0], given))
    for name, value in given.items():
        if name == "parts":
            params[name] = _parts(words, value, support, met=met)
        elif name == "fraction":
            params |= {"share": words.threshold(value, key), "part": words.share(value)}
        elif name == "fractions":
            params[name] = words.joined([
                words.t("rule.weight.each", name=words.cls(cls), n=words.threshold(share, key))
                for cls, share in value.items()
            ])  # fmt: skip
        else:
            params[name] = _said(words, name, value, given)
    return words.t(key, **params)


def _parts(words: Words, parts: list[Line], support: str, *, met: bool) -> str:
    """Several are numbered: each is a sentence, or more than one, itself."""
    told = [tell(words, part, support, met=met) for part in parts]
    if len(told) == 1:
        return told[0]
    numbered = [words.t("rule.part", n=number, said=said) for number, said in enumerate(told, 1)]
    return words.sentences(numbered)


def _said(words: Words, name: str, value: Any, given: Mapping[str, Any]) -> str:
    if isinstance(value, dict):
        return _weights(words, name, value, given)
    if isinstance(value, list):
        return words.joined([code(words, name, item) for item in value])
    if name.endswith("_seconds"):
        return words.length(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return words.fmt.integer(value)
    group = {"of": "rules.of", "unit": "rules.unit_of"}.get(name)
    return words.t(f"{group}.{value}") if group else str(value)


def _weights(words: Words, name: str, weights: Mapping[str, int], given: Mapping[str, Any]) -> str:
    """Of classes or members, and what everyone else has."""
    call = words.member if name == "members" else words.cls
    each = [(call(id_), weight) for id_, weight in weights.items()]
    if "others" in given:
        each.append((words.t("rule.weight.others"), given["others"]))
    return words.joined([words.t("rule.weight.each", name=called, n=words.fmt.integer(n)) for called, n in each])


def _phrases(words: Words, prefix: str, given: Mapping[str, Any]) -> dict[str, str]:
    """What is set says so; what is 0, not wanted or the whole says nothing. Lengths that always are stand alone."""
    said = {}
    for name, value in given.items():
        plain = name.removesuffix("_seconds")
        key = f"{prefix}.{plain}"
        if not words.has(key):
            key = key.replace(".met.", ".")
        if not words.has(key):
            said[name] = said[plain] = words.length(value) if name != plain else words.fmt.integer(value)
        elif not value or value == "1/1":
            said[plain] = ""
        elif name != plain:
            said[plain] = words.t(key, length=words.length(value))
        elif isinstance(value, str):
            said[plain] = words.t(key, share=words.threshold(value, key), part=words.share(value))
        else:
            said[plain] = words.t(key, n=words.fmt.integer(int(value)))
    return said


def code(words: Words, name: str, code_: str) -> str:
    """What a code is called in the list of that name."""
    match name:
        case "areas":
            return words.area(code_)
        case "classes":
            return words.cls(code_)
        case "kinds":
            return words.word("meeting", code_)
        case "roles":
            return words.word("role", code_)
        case "answers" | "counts":
            return words.word("choice", code_)
        case _:
            return clean(code_)
