"""What a row of raw SQL becomes: a class takes the columns by name, a tuple by position, else it is one value."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.entity import entity_of
from qb.query.expr.selectable import Selectable
from qb.tree.expressions import ColumnNode, Expression
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.statements import StatementNode
from qb.types import SqlType
from qb.types.annotation import shown, split_optional
from qb.types.builtin import pg
from qb.types.infer import type_of


class ByKeyword(msgspec.Struct, frozen=True):
    """A class whose fields are keyword-only, called by position."""

    made: Callable[..., Any]
    fields: tuple[str, ...]

    def __call__(self, *values: object) -> Any:
        return self.made(**dict(zip(self.fields, values, strict=True)))


def row_of(python: object, statement: Expression) -> RowShape:
    """The shape of the rows that `sql(...).rows(python)` gives. QueryError for what no row can be."""
    _no_expression("rows", python)
    _of_one_type(python)
    if (entity := entity_of(python)) is not None:
        return EntityShape(entity.target, tuple(entity.row), entity.shape.outputs)
    if python is tuple or get_origin(python) is tuple:
        return TupleShape(tuple(_item(item, statement) for item in _items(python)))
    made: Any = python
    if isinstance(python, type) and issubclass(python, msgspec.Struct):
        return _fields(made, python.__struct_fields__, statement)
    if (names := _of_dataclass(made)) is not None:
        return _fields(made, names, statement)
    if isinstance(python, type) and hasattr(python, "_fields"):  # a NamedTuple
        return _fields(made, made._fields, statement)
    return _one_value(python, statement)


def type_read_as(what: str, python: object) -> SqlType[Any]:
    """The type of values that are read as `python`. QueryError where none can be."""
    try:
        return _type_read_as(what, python)
    except TypeError:  # no key of a dict
        return _type_read_as.__wrapped__(what, python)


@lru_cache(maxsize=1000)
def _type_read_as(what: str, python: object) -> SqlType[Any]:
    _no_expression(what, python)
    reason: str | None
    try:
        type_ = type_of(python)
        reason = type_.refuses(python)
    except TypeError as error:
        reason = str(error)
    else:
        if reason is None:
            return type_
    raise QueryError(f"{what}: {reason}: say another type, such as int")


def _no_expression(what: str, python: object) -> None:
    origin = get_origin(python) or python
    if isinstance(origin, type) and issubclass(origin, Selectable):
        raise QueryError(f"{what}: {shown(python)} stands in a query: say the type of its values, such as int")


def document_of(shape: EntityShape) -> ScalarShape | None:
    """The same class as the one document of a single column; None for a table or a Shape."""
    made: Any = shape.target.made if isinstance(shape.target, ByKeyword) else shape.target
    is_struct = hasattr(made, "__struct_fields__")
    if (is_struct or _of_dataclass(made) is not None) and entity_of(made) is None:
        return ScalarShape(_output(made, "", shape.outputs[0].node))
    return None


def by_position(query: StatementNode) -> StatementNode:
    """A query whose columns come in the order of its shape: around raw SQL, a SELECT of its columns by their names."""
    if not (isinstance(query, RawStatement) and isinstance(query.shape, EntityShape)):
        return query
    shape = query.shape
    source = QuerySource("", query, (), cte=False)
    outputs = tuple(replace(each, node=ColumnNode(source, each.name, each.optional)) for each in shape.outputs)
    return SelectNode(replace(shape, outputs=outputs, relation=None), from_=(source,))


def _items(python: object) -> tuple[object, ...]:
    items = get_args(python)
    if not items or Ellipsis in items:
        raise QueryError(
            f"rows({shown(python)}): say the type of each column, such as rows(tuple[int, str]), or name a class whose "
            "fields are called as the columns are"
        )
    return items


def _item(python: object, statement: Expression) -> ScalarShape:
    if entity_of(python) is not None:
        raise QueryError(
            f"rows(tuple[..., {shown(python)}, ...]): an item of a tuple is one column, and a table has several: "
            "make one Shape for the whole row, or select(...) the tables"
        )
    _of_one_type(python)
    return _one_value(python, statement)


def _one_value(python: object, statement: Expression) -> ScalarShape:
    plain, optional = split_optional(python)
    return ScalarShape(Output(statement, type_read_as("rows", plain), plain, optional, "", ""))


def _of_one_type(python: object) -> None:
    """QueryError for what says too little of a column: each has one type in the database."""
    plain, _ = split_optional(python)
    if plain is Any or plain is object:
        raise QueryError(
            f"rows({shown(plain)}): say the type of the column, such as rows(int), or cast it in the query; a document "
            "of any kind is a dict[str, object]"
        )
    if is_typeddict(plain):
        raise QueryError(
            f"rows({shown(plain)}): a TypedDict is no row: make it a Struct, a dataclass or a NamedTuple, whose fields "
            "are the columns; a document alone is a dict[str, object]"
        )
    if get_origin(plain) in (Union, UnionType):
        kinds: tuple[object, ...] = get_args(plain)
        if any(type_of(kind) is not pg.jsonb for kind in kinds):
            raise QueryError(
                f"rows({shown(plain)}): a column has one type in the database: name that one, and cast the others to "
                "it in the query (CAST(... AS text) and rows(str))"
            )


def _fields(made: Any, names: tuple[str, ...], statement: Expression) -> EntityShape:
    if not names:
        raise QueryError(f"rows({made.__name__}): it has no fields that columns could be")
    hints = get_type_hints(made, include_extras=True)
    keyword, needed = False, inspect.Parameter.empty
    for name, parameter in inspect.signature(made).parameters.items():
        keyword = keyword or parameter.kind is inspect.Parameter.KEYWORD_ONLY
        if name in names and parameter.default is needed:
            type_read_as(f"rows({made.__name__}): {name}", split_optional(hints.get(name, object))[0])
    target = ByKeyword(made, names) if keyword else made
    return EntityShape(target, names, tuple(_output(hints.get(name, object), name, statement) for name in names))


def _of_dataclass(python: Any) -> tuple[str, ...] | None:
    """The fields that a dataclass is made of; None for what is none."""
    if not isinstance(python, type) or get_origin(python) is not None or not hasattr(python, "__dataclass_fields__"):
        return None
    return tuple(field.name for field in dataclasses.fields(python) if field.init)


def _output(python: object, name: str, statement: Expression) -> Output:
    plain, optional = split_optional(python)
    return Output(statement, type_of(plain), plain, optional, name, "")
