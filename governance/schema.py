"""Rules as JSON Schema (draft 2020-12), made from the fields of the modules themselves.

It says what a document looks like: the modules of each question, their settings, the bounds of each. What a document of
that shape may still not say (a fraction that is not in lowest terms, a role that there is not, answers that can't stand
together) only ``rule.parse`` knows: whatever it reads is valid here, and not the other way round.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from governance.modules.questions import Module
from governance.rule import CHANNELS, PARTS, QUESTIONS, UNANSWERED

Json = dict[str, Any]
ID: Final = "urn:yui:schema:rule"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CODE: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,31}$"}
"""Of a class, an area, a role, an answer, a member."""
_FRACTION: Final = {"type": "string", "pattern": "^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$"}
_PLAIN: Final[dict[Any, Json]] = {
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Fraction: _FRACTION,
    NoneType: {"type": "null"},
    str: _CODE,
}


def rule() -> Json:
    """The schema of a whole rule document, with every module under ``$defs``."""
    properties: Json = {
        question: {"oneOf": [_ref(question, module) for module in modules]} for question, modules in QUESTIONS.items()
    }
    properties["channels"] = _list({"enum": list(CHANNELS)})
    definitions = {_name(question, module): of(module) for question, all_ in QUESTIONS.items() for module in all_}
    return {
        "$schema": _DIALECT,
        "$id": ID,
        "title": "Rule",
        "description": inspect.cleandoc(__doc__),
        **_object(properties, (name for name in properties if name not in UNANSWERED)),
        "$defs": definitions,
    }


def of(module: type[Module]) -> Json:
    """The schema of one module's settings; the parts that it has of other modules are references into the whole."""
    fields = msgspec.structs.fields(module)
    properties = {"module": {"const": module.NAME}} | {field.encode_name: _type(field.type) for field in fields}
    required = ["module", *(field.encode_name for field in fields if field.required)]
    return {"title": module.NAME, "description": inspect.getdoc(module), **_object(properties, required)}


def _type(type_: Any) -> Json:
    origin, arguments = get_origin(type_), get_args(type_)
    if type_ in _PLAIN:
        return dict(_PLAIN[type_])
    if origin is Annotated:
        bounds = arguments[1]
        return _type(arguments[0]) | {"minimum": bounds.least, "maximum": bounds.most}
    if origin in (Union, UnionType):
        return {"anyOf": [_type(one) for one in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return _list(_type(arguments[0]))
    if origin is dict:
        return {
            "type": "object",
            "propertyNames": _CODE,
            "additionalProperties": _type(arguments[1]),
            "minProperties": 1,
        }
    question = PARTS[type_]
    return {"oneOf": [_ref(question, module) for module in QUESTIONS[question]]}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}


def _object(properties: Json, required: Iterable[str]) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _ref(question: str, module: type[Module]) -> Json:
    return {"$ref": f"#/$defs/{_name(question, module)}"}


def _name(question: str, module: type[Module]) -> str:
    return f"{question}.{module.NAME.partition('/')[0]}"
