"""Reading one JSON object of a rule or an effect into its struct, with the path to whatever is wrong.

A fault says where and, by a stable word, why; the sentence about it is made by whoever shows it.
"""

from __future__ import annotations

import functools
import math
import re
from fractions import Fraction
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

_FRACTION: Final = re.compile(r"(-?(?:0|[1-9][0-9]{0,5}))/(0|[1-9][0-9]{0,5})\Z")


class Fault(Exception):
    """What is wrong with a document: ``path`` from where the reading began, and a word for the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def under(self, path: str) -> Fault:
        """The same fault seen from further up."""
        return Fault("/".join(part for part in (path, self.path) if part), self.reason)


def read(value: Any, struct: type[T], tag: str) -> T:
    """``value`` as that struct; ``tag`` is the member that chose the struct. Every field strict, none unknown."""
    if not isinstance(value, dict):
        raise Fault("", "not_object")
    fields = _fields(struct)
    for name in sorted(value.keys() - {tag} - {field.encode_name for field in fields}):
        raise Fault(name, "unknown_field")
    given = {}
    for field in fields:
        if field.encode_name in value:
            given[field.name] = _field(value[field.encode_name], field)
        elif field.required:
            raise Fault(field.encode_name, "missing")
    return struct(**given)


def fraction(text: str) -> Fraction:
    """A share such as ``2/3``: above 0, at most 1, in lowest terms, so that it has one spelling."""
    match = _FRACTION.match(text)
    if match is None:
        raise Fault("", "not_a_fraction")
    over, under = int(match[1]), int(match[2])
    if under == 0:
        raise Fault("", "no_denominator")
    if over <= 0:
        raise Fault("", "not_positive")
    if over > under:
        raise Fault("", "above_one")
    if math.gcd(over, under) != 1:
        raise Fault("", "not_lowest_terms")
    return Fraction(over, under)


def spell(value: Fraction) -> str:
    """The one spelling of a share: ``1/1`` for the whole."""
    return f"{value.numerator}/{value.denominator}"


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Reading the annotations takes far longer than reading a document, which every ballot does."""
    return msgspec.structs.fields(struct)


def _field(value: Any, field: msgspec.structs.FieldInfo) -> Any:
    try:
        if field.type is Fraction:
            return fraction(msgspec.convert(value, str, strict=True))
        return msgspec.convert(value, field.type, strict=True)
    except msgspec.ValidationError as error:
        raise Fault(field.encode_name, "wrong_type") from error
    except Fault as fault:
        raise fault.under(field.encode_name) from fault
