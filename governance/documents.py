"""Reading one JSON object of a rule or an effect into its struct, with the path to whatever is wrong.

A fault says where and, by a stable word, why; the sentence about it is made by whoever shows it.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from fractions import Fraction
from types import UnionType
from typing import Annotated, Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)
T2 = TypeVar("T2")
Nested = Callable[[Any, Any], Any]

_FRACTION: Final = re.compile(r"(-?(?:0|[1-9][0-9]{0,5}))/(0|[1-9][0-9]{0,5})\Z")


class Bounds(NamedTuple):
    """Least and most of a number, as in ``Annotated[int, Bounds(1, 9)]``, with words for the faults beyond."""

    least: int
    most: int
    below: str = "range"
    above: str = "range"

    def check(self, number: int) -> None:
        """Fault unless it is within."""
        if number < self.least:
            raise Fault("", self.below)
        if number > self.most:
            raise Fault("", self.above)


class Fault(Exception):
    """What is wrong with a document: ``path`` from where the reading began, and a word for the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def under(self, path: str) -> Fault:
        """The same fault seen from further up."""
        return Fault("/".join(part for part in (path, self.path) if part), self.reason)


def read(value: Any, struct: type[T], tag: str, nested: Nested | None = None) -> T:
    """``value`` as that struct; ``tag`` is the member that chose the struct. Every field strict, none unknown.

    ``nested`` reads what a field of another type than JSON's holds: it is handed that type and the value.
    """
    if not isinstance(value, dict):
        raise Fault("", "not_object")
    fields = _fields(struct)
    for name in sorted(value.keys() - {tag} - {field.encode_name for field in fields}):
        raise Fault(name, "unknown_field")
    given = {}
    for field in fields:
        if field.encode_name in value:
            given[field.name] = _field(value[field.encode_name], field, nested)
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


def _field(value: Any, field: msgspec.structs.FieldInfo, nested: Nested | None) -> Any:
    try:
        return _convert(value, field.type, nested)
    except msgspec.ValidationError as error:
        raise Fault(field.encode_name, "wrong_type") from error
    except Fault as fault:
        raise fault.under(field.encode_name) from fault


def _convert(value: Any, type_: Any, nested: Nested | None) -> Any:
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in (Union, UnionType):
        # The only union that fields have: nothing, or something.
        return None if value is None else _convert(value, arguments[0], nested)
    if origin is Annotated:
        number = msgspec.convert(value, arguments[0], strict=True)
        arguments[1].check(number)
        return number
    if type_ is Fraction:
        return fraction(msgspec.convert(value, str, strict=True))
    if nested is not None and _is_struct(type_):
        return nested(type_, value)
    if origin is tuple and not _plain(arguments[0]):
        return tuple(_item(str(n), item, arguments[0], nested) for n, item in enumerate(_checked(value, list)))
    if origin is dict and not _plain(arguments[1]):
        return {key: _item(key, item, arguments[1], nested) for key, item in _checked(value, dict).items()}
    return msgspec.convert(value, type_, strict=True)


def _plain(type_: Any) -> bool:
    """Whether JSON has it as it is."""
    return type_ in (int, str, bool)


def _item(path: str, value: Any, type_: Any, nested: Nested | None) -> Any:
    try:
        return _convert(value, type_, nested)
    except msgspec.ValidationError as error:
        raise Fault(path, "wrong_type") from error
    except Fault as fault:
        raise fault.under(path) from fault


def _checked(value: Any, type_: type[T2]) -> T2:
    if not isinstance(value, type_):
        raise Fault("", "wrong_type")
    return value


def _is_struct(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)
