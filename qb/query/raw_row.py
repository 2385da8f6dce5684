"""What a row of raw SQL becomes: a class takes the columns by name, a tuple by position, else it is one value."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.entity import entity_of
from qb.tree.expressions import ColumnNode, Expression
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, Output, RowShape, ScalarShape, TupleShape
from qb.tree.statements import StatementNode
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
    _of_one_type(python)
    if (entity := entity_of(python)) is not None:
        return EntityShape(entity.target, tuple(entity.columns), entity.shape.outputs)
    if python is tuple or get_origin(python) is tuple:
        return TupleShape(tuple(_item(item, statement) for item in _items(python)))
    made: Any = python
    if isinstance(python, type) and issubclass(python, msgspec.Struct):
        return _fields(made, python.__struct_fields__, _positional(made, python.__struct_fields__), statement)
    if (names := _of_dataclass(made)) is not None:
        return _fields(made, names, _positional(made, names), statement)
    if isinstance(python, type) and hasattr(python, "_fields"):  # a NamedTuple
        return _fields(made, made._fields, made, statement)
    return ScalarShape(_output(made, "", statement))


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
    return ScalarShape(_output(python, "", statement))


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


def _fields(made: Any, names: tuple[str, ...], target: Callable[..., Any], statement: Expression) -> EntityShape:
    if not names:
        raise QueryError(f"rows({made.__name__}): it has no fields that columns could be")
    hints = get_type_hints(made, include_extras=True)
    return EntityShape(target, names, tuple(_output(hints.get(name, object), name, statement) for name in names))


def _of_dataclass(python: Any) -> tuple[str, ...] | None:
    """The fields that a dataclass is made of; None for what is none."""
    if get_origin(python) is not None or not hasattr(python, "__dataclass_fields__"):
        return None
    return tuple(field.name for field in dataclasses.fields(python) if field.init)


def _positional(made: Callable[..., Any], fields: tuple[str, ...]) -> Callable[..., Any]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    if any(each.kind is keyword for each in inspect.signature(made).parameters.values()):
        return ByKeyword(made, fields)
    return made


def _output(python: object, name: str, statement: Expression) -> Output:
    plain, optional = split_optional(python)
    return Output(statement, type_of(plain), plain, optional, name, "")
