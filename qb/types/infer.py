"""The type of a column that does not state one, from its annotation; and of a plain Python value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast, get_args, get_origin
from uuid import UUID

from qb.types.annotation import bare, is_type, shown, split_optional
from qb.types.array import Array
from qb.types.base import SqlType
from qb.types.builtin import pg
from qb.types.text import LabelledText
from qb.types.undecoded import Undecoded
from qb.types.versions import UndecodedDocument

DEFAULTS: dict[object, SqlType[Any]] = {
    bool: pg.boolean,
    int: pg.bigint,
    float: pg.double_precision,
    Decimal: pg.numeric,
    str: pg.text,
    bytes: pg.bytea,
    UUID: pg.uuid,
    dt.date: pg.date,
    dt.time: pg.time,
    dt.datetime: pg.timestamptz,
    dt.timedelta: pg.interval,
}
"""The documented table. Beside it: an Enum is text or bigint by its values, a Literal of strings is text, a list of
one of these is an array, and every other type (a Struct, a dict, a union) is jsonb; `Undecoded[...]` is read later."""


def type_of(annotation: object) -> SqlType[Any]:
    """The SQL type that an annotation (without None) stands for.

    >>> type_of(int), type_of(list[str]), type_of(dict[str, int])
    (<type bigint>, <type text[]>, <type jsonb>)
    """
    plain = bare(annotation)
    if is_type(plain) and plain in DEFAULTS:
        return DEFAULTS[plain]
    if isinstance(plain, type) and issubclass(plain, Enum):
        return LabelledText(plain)
    if get_origin(plain) is Literal:
        kinds: set[object] = {type(label) for label in get_args(plain)}
        return DEFAULTS.get(kinds.pop(), pg.jsonb) if len(kinds) == 1 else pg.jsonb
    if get_origin(plain) in (list, Sequence) and get_args(plain):
        element = bare(split_optional(get_args(plain)[0])[0])
        if (is_type(element) and element in DEFAULTS) or _labelled(element):
            return Array(type_of(element))
    if get_origin(plain) is Undecoded:
        return UndecodedDocument(get_args(plain)[0])
    return pg.jsonb


def _labelled(element: object) -> bool:
    """Whether the elements of a list are labels: of an Enum, or of a Literal, of one kind that has a type."""
    values: tuple[object, ...] = ()
    if isinstance(element, type) and issubclass(element, Enum):
        values = tuple(each.value for each in element)
        return {type(each) for each in values} in ({str}, {int})
    if get_origin(element) is Literal:
        values = get_args(element)
    kinds = {type(each) for each in values}
    return len(kinds) == 1 and kinds.pop() in DEFAULTS


def type_of_value(value: object) -> SqlType[Any]:
    """The SQL type of a plain Python value; TypeError where there is no obvious one.

    >>> type_of_value(2), type_of_value([True])
    (<type bigint>, <type boolean[]>)
    """
    kind: type[object] = type(value)
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return pg.timestamp
    if kind in DEFAULTS:
        return DEFAULTS[kind]
    if isinstance(value, Enum):
        return LabelledText(type(value))
    if isinstance(value, list):
        kinds = {type(item) for item in cast("list[object]", value) if item is not None}
        if len(kinds) == 1:
            return Array(type_of(kinds.pop()))
    for python in (bool, int, float, str, bytes):
        if isinstance(value, python):
            return DEFAULTS[python]
    raise TypeError(
        f"a value of type {shown(kind)} has no obvious PostgreSQL type: compare it with a column, or cast it"
    )
