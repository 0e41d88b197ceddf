"""Sentences about statements: every type has one, in both languages, that says every field of its body."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.texts import LANGUAGES
from app.texts.sentence_template import SentenceError, parse, paths
from app.texts.sentences import Sentences, catalogue
from app.texts.sentences import types as sentence_types
from governance.all_books import BOOKS
from ledger import canonical
from ledger.private import Commit
from tests.ledger.test_vectors import read


def test_vectors() -> None:
    cases = read("sentences")
    for lang in LANGUAGES:
        for position, manner in enumerate(cases["manners"]):
            token = manner["token"] and tuple(manner["token"])
            speaker = Sentences(lang, names=manner["names"], utc_offset=manner["utc_offset"], token=token)
            for row in cases["rows"]:
                assert speaker.of(canonical.decode(row["statement"].encode()), row["privates"]) == row[lang][position]


def test_both_languages_have_the_same_keys() -> None:
    assert catalogue("ja").keys() == catalogue("en").keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_catalogue_is_sorted_and_every_template_parses(lang: str) -> None:
    path = Path(__file__).parents[3] / f"app/texts/sentences/{lang}.json"
    texts = json.loads(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8") == json.dumps(texts, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    for key, text in texts.items():
        if key.startswith("told.") or key in (*sentence_types(lang), "frame"):
            assert parse(text)


def test_every_registered_type_has_a_sentence_and_a_vector() -> None:
    assert sentence_types("ja") == sentence_types("en") == BOOKS.handlers.keys()
    said = {canonical.decode(row["statement"].encode())["type"] for row in read("sentences")["rows"]}
    assert said == BOOKS.handlers.keys()


def test_the_vectors_bodies_are_what_the_books_expect() -> None:
    for row in read("sentences")["rows"]:
        statement = canonical.decode(row["statement"].encode())
        msgspec.convert(statement["body"], BOOKS.handlers[statement["type"]].body, strict=True)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("type_", sorted(BOOKS.handlers))
def test_nothing_of_a_body_is_signed_unsaid(type_: str, lang: str) -> None:
    said = set(paths(parse(catalogue(lang)[type_])))
    unsaid = [field[0] for field in fields(BOOKS.handlers[type_].body, "") if not is_said(field, said)]
    assert not unsaid, unsaid


def is_said(field: tuple[str, Any], said: set[str]) -> bool:
    """Said itself, item by item, or as part of a whole that is said; of a yes or no, it is enough to ask."""
    path, kind = field
    steps = path.split("/")
    if kind is bool or steps[-1] == "paper":
        return f"{path}?" in said
    wholes = {"/".join(steps[:n]) for n in range(1, len(steps) + 1)} | {f"{path}/*"}
    return bool(wholes & said)


def fields(struct: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Path and type of a body's leaves, ``*`` standing for a position in a list."""
    for field in msgspec.structs.fields(struct):
        yield from leaves(field.type, prefix + field.encode_name)


def leaves(kind: Any, path: str) -> Iterator[tuple[str, Any]]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        yield from leaves(arguments[0], path)
    elif origin in (typing.Union, types.UnionType):
        for argument in arguments:
            if argument is not type(None):
                yield from leaves(argument, path)
    elif origin is tuple and is_struct(arguments[0]):
        yield from fields(arguments[0], f"{path}/*/")
    elif is_struct(kind):
        yield from fields(kind, f"{path}/")
    else:
        yield path, kind


def is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not Commit


def test_holes_and_unknown_types_are_errors() -> None:
    statement = canonical.decode(read("sentences")["rows"][0]["statement"].encode())
    speaker = Sentences("ja")
    for change, code in (
        ({"type": "ballot.cast/2"}, "sentence.type"),
        ({"type": "frame"}, "sentence.type"),
        ({"body": {"proposal": "x"}}, "sentence.path"),
        ({"body": {"proposal": None, "choice": "yes"}}, "sentence.path"),
    ):
        with pytest.raises(SentenceError) as error:
            speaker.of(statement | change)
        assert error.value.code == code
    for bad in ("{?a}x", "{?a}x{:}y", "x{/}", "{*a}x", "{}", "{a|B}", "{?a}{:}{:}{/}"):
        with pytest.raises(SentenceError):
            parse(bad)
