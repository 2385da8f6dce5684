"""Several values that become one, as in COALESCE, CASE, GREATEST and the two sides of UNION: what comes out of them.

The order in which they are given decides nothing. PostgreSQL finds the type, and what its values are read as is what
all of them are: of labels that are not the same everywhere only their text is left.
https://www.postgresql.org/docs/current/typeconv-union-case.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import Any, Literal, NamedTuple, cast, get_args, get_origin

import msgspec

from qb.errors import QueryError
from qb.query.expr.arithmetic import common
from qb.query.expr.lift import lift, lift_plain
from qb.query.expr.typed import Typed, is_own, is_param, is_typed, label_of
from qb.tree.expressions import Expression
from qb.types import SqlType, pg
from qb.types.annotation import bare, shown, split_optional
from qb.types.array import Array
from qb.types.enum import Enum as PgEnum
from qb.types.fit import fits
from qb.types.text import LabelledText

_LITERAL: Any = Literal


class Mixed(NamedTuple):
    """The nodes of what was mixed, in order; the type that PostgreSQL gives them, and what its values are read as."""

    nodes: tuple[Expression, ...]
    type: SqlType[Any]
    python: object


def mixed(function: str, items: Sequence[object], *, none: bool = False) -> Mixed:
    """Expressions, parameters and plain values as one; QueryError where they do not become one."""
    typed = [item for item in items if is_own(item)]
    plain = [item for item in items if item is not None and not is_typed(item)]
    params = [item for item in items if is_typed(item) and is_param(item)]
    standing = _as_enum(typed) or _standing(plain) or params
    if not standing:
        raise QueryError(f"{function} of nothing but None has no type: give it a column or a value")
    if not all(_holds(item.type, params, plain) for item in standing):
        standing = [_loosened(item) for item in standing]
    type_, python = _one_type(function, standing)
    kinds = [*(param.python for param in params), *map(_annotation, plain)]
    if (type_.wire.is_integer or (type_.wire.is_numeric and bare(python) is int)) and _decimal(kinds, type_):
        type_, python = pg.numeric, Decimal
    first = standing[0]
    label = label_of(first) if first.type is type_ else ""
    lifted = tuple(lift(item, type_, label, none=none, judged=not is_param(first)) for item in items)
    check_labels(function, type_, plain)
    return Mixed(lifted, type_, _read_as(function, type_, python, [*(item.python for item in standing), *kinds]))


def one_type(function: str, items: list[Typed[Any]]) -> tuple[SqlType[Any], object]:
    """The type of several expressions that become one, and what it is read as."""
    type_, python = _one_type(function, items)
    return type_, _read_as(function, type_, python, [item.python for item in items])


def _one_type(function: str, items: list[Typed[Any]]) -> tuple[SqlType[Any], object]:
    if len({_labels_of(item) for item in items}) > 1:
        items = [_loosened(item) for item in items]
    labels = {item.type.labels for item in items if isinstance(item.type, LabelledText)}
    if labels and (len(labels) > 1 or not all(isinstance(item.type, LabelledText) for item in items)):
        names = " and ".join(sorted(each.__name__ for each in labels))
        raise QueryError(
            f"{function}: {names} and what stands beside it do not become one type: cast the labels, with "
            ".cast(pg.text), or .cast(pg.bigint) where they are numbers"
        )
    return common(items)


def _as_enum(typed: list[Typed[Any]]) -> list[Typed[Any]]:
    # Expressions of Python Enums are text until they stand beside a column that says which enum.
    enum = next((item.type for item in typed if isinstance(item.type, PgEnum)), None)
    if enum is None:
        return typed
    return [item for item in typed if _labels_of(item) != enum.python]


def _loosened(item: Typed[Any]) -> Typed[Any]:
    """Members that are texts or numbers themselves, as those of a StrEnum are, as such."""
    if not isinstance(item.type, LabelledText) or not issubclass(item.type.labels, str | int):
        return item
    plain = pg.bigint if item.type.wire.is_integer else item.type.of or pg.text
    return Typed(item.node, plain, item.python, item.optional)


def _holds(type_: SqlType[Any], params: list[Typed[Any]], plain: list[object]) -> bool:
    """Whether labels, where the type has some, hold everything that is mixed with them."""
    if not isinstance(type_, LabelledText):
        return True
    known = [member.value for member in type_.labels]
    values = (value.value if isinstance(value, Enum) else value for value in plain)
    return all(param.python is type_.labels for param in params) and all(value in known for value in values)


def _labels_of(item: Typed[Any]) -> object:
    return item.type.labels if isinstance(item.type, LabelledText) else None


def _standing(plain: list[object]) -> list[Typed[Any]]:
    found = [lift_plain(value) for value in plain]
    exact = [each for each in found if each.type.wire.is_exact]
    if exact and all(each.type.wire.is_number for each in found):
        return exact  # beside which a float is refused
    return found


def _decimal(kinds: Iterable[object], type_: SqlType[Any]) -> bool:
    if isinstance(type_, LabelledText):
        return False
    return any(isinstance(kind, type) and issubclass(kind, Decimal) for kind in map(bare, kinds))


def _annotation(value: object) -> object:
    """The narrowest annotation of a plain value."""
    if isinstance(value, Enum):
        return type(value)
    if isinstance(value, str | int):
        return _LITERAL[value]
    if isinstance(value, list):
        kinds = [_annotation(each) for each in cast("list[object]", value) if each is not None]
        joined: Any = reduce(_joined, kinds) if kinds else None
        return list if joined is None else list[joined]
    return type(value)


def check_labels(function: str, type_: SqlType[Any], plain: Iterable[object]) -> None:
    """QueryError for a plain value beside labels that is none of them."""
    if not isinstance(type_, LabelledText | PgEnum) or type_.encode is None:
        return
    for value in plain:
        try:
            type_.encode(value)
        except (TypeError, ValueError) as error:
            raise QueryError(
                f"{function}: {error}: give one of them, or cast the other side with .cast(pg.text)"
            ) from None


def _read_as(function: str, type_: SqlType[Any], python: object, kinds: list[object]) -> object:
    wire = type_.wire
    if wire.is_number and not _labels(bare(python)):
        return python
    if not (isinstance(type_, Array | PgEnum) or wire.is_number or wire.is_text or wire.is_document):
        return python
    joined: object = reduce(_joined, kinds)
    if joined is not None:
        return joined
    if wire.is_document:
        names = " and ".join(dict.fromkeys(shown(kind) for kind in kinds))
        raise QueryError(f"{function}: documents of {names} do not become one type")
    return python


def _joined(one: object, other: object) -> object:
    """The annotation of what may be either; None where there is none but object."""
    if one is None or other is None:
        return None
    a, b = bare(one), bare(other)
    if a == b:
        return one
    for loose in (object, Any, msgspec.Raw):
        if loose in (a, b):
            return loose
    try:
        if fits(b, a):
            return one
        if fits(a, b):
            return other
    except TypeError:  # what isinstance cannot be asked about
        return one
    if get_origin(a) is get_origin(b) is list:
        (x, left), (y, right) = (split_optional(get_args(each)[0]) for each in (a, b))
        element: Any = _joined(x, y)
        if element is None:
            return None
        return list[element | None] if left or right else list[element]
    wide_a, wide_b = _widened(a), _widened(b)
    return None if (wide_a, wide_b) == (a, b) else _joined(wide_a, wide_b)


def _labels(annotation: object) -> bool:
    return get_origin(annotation) is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum))


def _widened(annotation: object) -> object:
    """What labels are when they are read as plain values; an Enum that is no str or int stays what it is."""
    if get_origin(annotation) is Literal:
        kinds: set[object] = {type(each) for each in get_args(annotation)}
        return kinds.pop() if len(kinds) == 1 else annotation
    if _labels(annotation):
        kind = cast("type", annotation)
        return str if issubclass(kind, str) else int if issubclass(kind, int) else annotation
    return annotation
