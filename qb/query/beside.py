"""What may stand beside what: values beside the types they are sent as, types beside types, and what functions take.

To the type checkers an int is a float, a bool an int, a datetime a date and a Literal a str. To PostgreSQL they are
not, and what it could only refuse raises where it is written. https://www.postgresql.org/docs/current/typeconv.html
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast
from uuid import UUID

from qb.errors import QueryError
from qb.types import SqlType
from qb.types.array import Array
from qb.types.enum import Enum as PgEnum
from qb.types.facts import Wire
from qb.types.text import LabelledText
from qb.types.vector import is_vector

_PLAIN: Final = frozenset(
    (int, bool, float, Decimal, str, bytes, UUID, dt.date, dt.time, dt.datetime, dt.timedelta, Enum, list, dict)
)


def check_value(value: object, type_: SqlType[Any], name: str) -> None:
    """QueryError for a plain value whose class the type never takes. Whether it takes this one, its encoder says."""
    if value.__class__ in type_.wire.takes:  # nearly always
        return
    if isinstance(type_, Array):
        if isinstance(value, list | tuple | set | frozenset):
            for kind in set(map(type, _flat(cast("Iterable[Any]", value)))):
                check_class(kind, type_.of, name)
        elif value.__class__ in _PLAIN or isinstance(value, Enum):
            raise QueryError(f"{_named(name, type_)} takes list, not {value.__class__.__name__}")
    else:
        check_class(value.__class__, type_, name)


def check_class(kind: object, type_: SqlType[Any], name: str) -> None:
    """The same for a class of values, as a parameter's annotation is; what is no plain class passes."""
    takes = (str,) if isinstance(type_, PgEnum) else type_.wire.takes or getattr(type_, "takes", ())
    if not takes or not isinstance(kind, type) or (isinstance(type_, LabelledText | PgEnum) and issubclass(kind, Enum)):
        return
    plain = next((each for each in kind.__mro__ if each in _PLAIN), None)
    if plain is not None and plain not in takes:
        raise QueryError(
            f"{_named(name, type_)} takes {takes[0].__name__}, not {kind.__name__}: {_instead(type_.wire, plain)}"
        )


def check_compared(one: SqlType[Any], other: SqlType[Any]) -> None:
    """QueryError for two types that PostgreSQL has no comparison for."""
    a, b = _family(one), _family(other)
    for each in (one, other):
        if not each.wire.equality:
            raise QueryError(f"PostgreSQL does not compare {each.name}: {_compared_instead(each.wire)}")
    if a is not None and b is not None and a != b:
        raise QueryError(f"PostgreSQL does not compare {one.name} with {other.name}: cast one of them to the other")
    if (one.wire.is_date and other.wire.zoned) or (one.wire.zoned and other.wire.is_date):
        raise QueryError(
            f"a {one.name} beside a {other.name} means midnight in the session's time zone, another one for each "
            "session: compare points in time with points in time, or say which day is meant in which zone, with "
            "sql(\"({x} AT TIME ZONE 'UTC')::date\", x=...).as_(date)"
        )
    if one.wire.is_moment and other.wire.is_moment and one.wire.zoned != other.wire.zoned:
        local = other if one.wire.zoned else one
        raise QueryError(
            f"a {one.name} beside a {other.name} means a point in time by the session's time zone, another one for "
            f"each session: say in which zone the {local.name} is, with "
            "sql(\"{x} AT TIME ZONE 'UTC'\", x=...).as_(datetime)"
        )


def check_alike(one: SqlType[Any], other: SqlType[Any]) -> None:
    """QueryError for two types that cannot become one, as the values of COALESCE and CASE must."""
    while isinstance(one, Array) and isinstance(other, Array):
        one, other = one.of, other.of
    a, b = _family(one), _family(other)
    if (
        a is not None
        and b is not None
        and (a != b or (one.wire is not other.wire and (one.wire.is_clock or one.wire.is_kept_apart)))
    ):
        raise QueryError(f"{one.name} and {other.name} do not become one type: cast one of them to the other")


def check_filled(what: str, given: SqlType[Any], column: str, due: SqlType[Any]) -> None:
    """QueryError for a type that PostgreSQL puts into a column of another one only by changing the value, or not."""
    a, b = _family(given), _family(due)
    if a is None or b is None or (given.wire.is_document and due.wire.is_document):
        return
    if a != b or (given.wire is not due.wire and (given.wire.is_time or given.wire.is_kept_apart)):
        raise QueryError(f"{what} is {given.name}, and {column} {due.name}: cast it, with .cast(...)")


def check_ordered(function: str, type_: SqlType[Any]) -> None:
    """QueryError where min and max are not for a type; of types that qb does not know the server says so."""
    if type_.wire.extremes and not is_vector(type_):
        return
    instead = "cast it to what has an order"
    if type_.wire.is_boolean:
        instead = "write fn.bool_and or fn.bool_or"
    elif not (type_.wire.is_document or type_.wire.is_opaque):
        instead = "cast it to pg.text"
    raise QueryError(f"PostgreSQL has no {function}({type_.name}): {instead}")


def check_equality(clause: str, *types: SqlType[Any]) -> None:
    """QueryError for a type of which no two values are alike to PostgreSQL, where rows are put together by them."""
    for type_ in types:
        of = type_.of if isinstance(type_, Array) else type_
        if not of.wire.equality:
            instead = "cast it to pg.jsonb" if of.wire.is_document else "cast it to pg.text"
            raise QueryError(f"{clause} compares values, and PostgreSQL does not compare {of.name}: {instead}")


def check_order(*types: SqlType[Any]) -> None:
    """QueryError for documents: PostgreSQL has an order for them (by length first), which is nobody's in Python."""
    for type_ in types:
        if (type_.of if isinstance(type_, Array) else type_).wire.is_document:
            raise QueryError(
                f"{type_.name} has no order: compare or order by a field of it (a path), by its length "
                "(fn.jsonb_array_length), or cast it to the type that it holds"
            )
        of = type_.of if isinstance(type_, Array) else type_
        if not of.wire.equality:
            near = "order by its distance from something, .distance(...), or " if of.wire.is_geometric else ""
            raise QueryError(f"{of.name} has no order: {near}cast it to pg.text")


def _compared_instead(wire: Wire) -> str:
    if wire.is_document:
        return "cast it to pg.jsonb, or declare the column so"
    return "write .same(...)" if wire.is_geometric else "cast it to pg.text"


def check_text(function: str, type_: SqlType[Any], *, or_bytes: bool = False) -> None:
    """QueryError for what is no text, nor bytes where the function is for these, too."""
    if not type_.wire.is_text and _family(type_) is not None and not (or_bytes and type_.wire.is_bytes):
        raise QueryError(f"{function} takes text, not {type_.name}: cast it to pg.text")


def check_wire(function: str, type_: SqlType[Any], fits: bool, instead: str) -> None:
    """QueryError where a function is not for a type; of one that is not read yet the server says so."""
    if not fits and not type_.wire.is_unstated:
        raise QueryError(f"{function} is not for {type_.name}: {instead}")


def _named(name: str, type_: SqlType[Any]) -> str:
    return f"{name} ({type_.name})" if name else type_.name


def _family(type_: SqlType[Any]) -> object:
    """Types that PostgreSQL compares with each other; None for those that qb does not know."""
    if isinstance(type_, Array):
        return f"{type_.of.base}[]"
    if isinstance(type_, PgEnum):
        return type_.base
    return type_.wire.family


def _flat(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = list(values)
    while any(isinstance(each, list | tuple) for each in found):
        nested: list[Any] = found
        found = []
        for each in nested:
            found += cast("list[Any]", each) if isinstance(each, list | tuple) else (each,)
    return [each for each in found if each is not None]


def _instead(wire: Wire, plain: type) -> str:
    if wire.is_date and plain is dt.datetime:
        return "give its .date(), or cast the other side to pg.timestamptz"
    if plain is dt.date:
        return "give a datetime, as the midnight of a date depends on a zone"
    if wire.is_integer and plain in (float, Decimal):
        return f"give an int, or cast the other side to pg.{'numeric' if plain is Decimal else 'double_precision'}"
    if wire.is_numeric and plain is float:
        return "give a Decimal, or cast the other side to pg.double_precision"
    return "give a value of that type, or cast the other side"
