"""Steps into a JSON document, recorded from a typed Python function.

https://www.postgresql.org/docs/current/functions-json.html
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, NoReturn, TypeAlias, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from qb.errors import QueryError
from qb.sql.expr import Expr
from qb.sql.nodes import Bind, Call, Cast, Constant, JsonPath, Node
from qb.types import SqlType, pg
from qb.types.annotation import bare, shown, split_optional
from qb.types.infer import type_of

_Recorded: TypeAlias = tuple[object, tuple[str | Node, ...]]


class _Place:
    """A place in a document: every attribute and every index is one more step."""

    __slots__ = ("__annotation", "__steps")

    def __init__(self, annotation: object, steps: tuple[str | Node, ...]) -> None:
        object.__setattr__(self, "_Place__annotation", annotation)
        object.__setattr__(self, "_Place__steps", steps)

    def __getattr__(self, name: str) -> _Place:
        annotation = bare(split_optional(self.__annotation)[0])
        members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
        found = [_field(bare(member), name) for member in members]
        keys = {each[0] for each in found if each is not None}
        if None in found or len(keys) != 1:
            raise QueryError(f"path: {shown(annotation)} has no field {name!r}{_in_some(members, found)}")
        return _Place(_joined([each[1] for each in found if each is not None]), (*self.__steps, keys.pop()))

    def __getitem__(self, key: object) -> _Place:
        annotation = bare(split_optional(self.__annotation)[0])
        arguments = get_args(annotation)
        if isinstance(key, int) and not isinstance(key, bool):
            inner = arguments[0] if arguments else object
            if get_origin(annotation) is tuple and arguments and Ellipsis not in arguments:
                inner = arguments[key]
            return _Place(inner, (*self.__steps, Bind(key, pg.integer)))
        if isinstance(key, str):
            hints: dict[str, Any] = get_type_hints(annotation) if isinstance(annotation, type) else {}
            inner = hints.get(key, arguments[1] if len(arguments) == 2 else object)
            return _Place(inner, (*self.__steps, Bind(key, pg.text)))
        raise QueryError(f"path: an index is an int or a str, not {type(key).__name__}")

    def __iter__(self) -> NoReturn:
        raise QueryError("path: a document is not there yet, its elements cannot be walked; take one by its index")

    def __bool__(self) -> NoReturn:
        raise QueryError("path: a document is not there yet, it has no truth value; return the place itself")

    def recorded(self) -> _Recorded:
        return cast("_Recorded", (self.__annotation, self.__steps))


def _field(annotation: object, name: str) -> tuple[str, Any] | None:
    """A field's name in JSON and its annotation."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        fields = msgspec.structs.fields(annotation)
        return next(((field.encode_name, field.type) for field in fields if field.name == name), None)
    if isinstance(annotation, type) and name in (hints := get_type_hints(annotation)):
        return name, hints[name]
    return None


def _joined(annotations: list[Any]) -> object:
    """What a field is that has these annotations in the members of a union; limits may differ, the type does not."""
    if len(set(annotations)) > 1:
        annotations = [bare(each) for each in annotations]
    if len(set(annotations)) == 1:
        return annotations[0]
    return Union[tuple(annotations)]  # noqa: UP007 - a run-time value, not an annotation


def _in_some(members: tuple[Any, ...], found: list[tuple[str, Any] | None]) -> str:
    with_it = [shown(member) for member, each in zip(members, found, strict=True) if each is not None]
    if len(with_it) == len(members):
        return f", but one of another name in JSON in each of {', '.join(with_it)}"
    return f" in all of its members, only in {', '.join(with_it)}" if with_it else ""


_SCALARS: dict[object, SqlType[Any]] = {
    int: pg.bigint,
    float: pg.double_precision,
    bool: pg.boolean,
    Decimal: pg.numeric,
    UUID: pg.uuid,
    dt.datetime: pg.timestamptz,
    dt.date: pg.date,
    dt.time: pg.time,
}


def walk_path(document: Expr[Any], step: Callable[[Any], Any]) -> Expr[Any]:
    """The expression for the place in the document that `step` goes to."""
    if document.type.wire not in ("json", "jsonb"):
        raise QueryError(f"path goes into a json or jsonb value, not into {document.type.name}")
    place = step(_Place(document.python, ()))
    if not isinstance(place, _Place):
        raise QueryError("path takes a function that returns the place it goes to, such as lambda m: m.labels[0]")
    annotation, steps = cast("_Recorded", object.__getattribute__(place, "recorded")())
    if not steps:
        raise QueryError("path goes nowhere: return a field or an element of the document")
    target = split_optional(annotation)[0]
    plain = bare(target)
    text = JsonPath(document.node, steps, True)
    if plain is str or (isinstance(plain, type) and issubclass(plain, Enum)):
        type_ = pg.text if plain is str else type_of(plain)
        node: Node = text if type_.wire == "text" else Cast(text, type_)
        return Expr(node, type_, target, True)
    if plain in _SCALARS:
        type_ = _SCALARS[plain]
        return Expr(Cast(text, type_), type_, target, True)
    whole = JsonPath(document.node, steps, False)
    if document.type.wire == "json":  # json has no equality
        return Expr(whole, document.type, target, True)
    # A JSON null at the place is as absent as the place itself.
    return Expr(Call("nullif", (whole, Constant("null", pg.jsonb.base)), "always"), document.type, target, True)
