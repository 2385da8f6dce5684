"""From a select list to the shape of a row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, assert_never

from qb.errors import QueryError
from qb.query.entity import Entity, RelationView, entity_of
from qb.query.expr.column import Assignment, Column
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.order_by import Ordering
from qb.query.expr.selectable import Query
from qb.query.expr.typed import is_param, is_typed
from qb.query.many import Many
from qb.query.maybe import Maybe
from qb.query.output_title import never_null, output_title
from qb.query.set import target
from qb.tree.expressions import Call, ColumnNode
from qb.tree.relations import OwnSource, label
from qb.tree.scope import readable
from qb.tree.shapes import EntityShape, ItemShape, MappedShape, NestedShape, Output, RowShape, ScalarShape, TupleShape
from qb.types.annotation import shown
from qb.types.fit import fits, narrower, swapped


def shape_of_items(items: tuple[object, ...], clause: str) -> RowShape:
    """One item is a row by itself, several are a tuple."""
    if not items:
        raise QueryError(f"{clause} needs at least one table, column or expression")
    if len(items) == 1:
        return shape_of_item(items[0], clause)
    return TupleShape(tuple([shape_of_item(item, clause) for item in items]))


def shape_of_item(item: object, clause: str) -> ItemShape:
    """The shape of one item of a select list."""
    relation = isinstance(item, (type, RelationView))  # asked first, as those answer for themselves
    if not relation and is_expr(item):
        if is_param(item):
            raise QueryError(
                f"{clause}: a parameter alone has no type, cast it: fn.coalesce(...) or param.cast(pg.integer)"
            )
        return ScalarShape(output_of(item))
    if not relation and isinstance(item, Maybe | Many):
        return item.shape
    if (entity := entity_of(item)) is not None:
        if entity.relation is None:
            raise QueryError(
                f"{clause}: {getattr(item, '__name__', item)!s} is a shape, not a relation: select the columns "
                "and end with .map(TheShape), or make a relation with cte(...) or subquery(...)"
            )
        return entity.shape
    if isinstance(item, Query):
        raise QueryError(
            f"{clause}: a query is no column: write query.as_scalar(), or many(query) for a list of its rows"
        )
    if is_typed(item) and isinstance(item.node, Call):
        raise QueryError(f"{clause}: {item.node.function.name}(...) is a window function: add .over(order_by=...)")
    if isinstance(item, Ordering):
        raise QueryError(f"{clause}: asc() and desc() belong in order_by")
    raise QueryError(
        f"{clause} takes tables, columns and expressions, not {type(item).__name__}: write value(x) for a Python value"
    )


def output_of(expr: Expr[Any]) -> Output:
    """An expression as a column of the result."""
    name, table = "", ""
    if isinstance(expr.node, ColumnNode):
        if isinstance(expr.node.relation, OwnSource):
            readable(expr.node.relation, "the select list")
        name, table = expr.node.name, label(expr.node.relation)
    elif isinstance(expr.node, Call):
        name = expr.node.function.name
    return Output(expr.node, expr.type, expr.python, expr.optional, name, table)


def items_of(shape: RowShape) -> tuple[ItemShape, ...]:
    """The items of a select list, as a function given to `map` gets them."""
    match shape:
        case TupleShape(items=items):
            return items
        case MappedShape():
            raise QueryError("map: the rows are mapped already; one function can call the other")
        case ScalarShape() | EntityShape() | NestedShape():
            return (shape,)
        case _:
            assert_never(shape)


def mapped(shape: RowShape, function: Callable[..., Any]) -> RowShape:
    """The rows given to a function by position; a Shape takes them as its columns."""
    items = items_of(shape)
    names = _names(items)
    entity = entity_of(function)
    signature = None if entity is not None else _signature(function)
    expected = list(entity.row) if entity is not None else _parameters(signature)
    title = getattr(function, "__name__", "the function")
    if expected is not None and names is not None:
        if len(set(names)) == len(names) and sorted(names) == sorted(expected) and names != expected:
            raise QueryError(
                f"map({title}) would mix up its fields: the columns are {', '.join(names)}, in this order, it takes "
                f"{', '.join(expected)}; select them in its order, or write .into({title}, ...) by name"
            )
    if entity is not None:
        if len(items) != len(entity.row):
            raise QueryError(
                f"map({title}): {len(items)} columns are selected and it has {len(entity.row)}: {', '.join(entity.row)}"
            )
        if all(isinstance(item, ScalarShape) for item in items):
            columns = tuple(item.output for item in items if isinstance(item, ScalarShape))
            return _filled(entity, columns, f"map({title})")
        for column, item in zip(entity.row.values(), items, strict=True):
            if isinstance(item, ScalarShape):
                _fitted(column, item.output, f"map({title})")
            else:
                _nested(column, item, f"map({title})")
        return MappedShape(items, entity.target)
    if signature is not None:
        _check_taken(signature, items, title)
    return MappedShape(items, function)


def _check_taken(signature: inspect.Signature, items: tuple[ItemShape, ...], title: str) -> None:
    """QueryError where a function does not take the items of a row by position, as `lambda row: ...` those of two."""
    try:
        signature.bind(*items)
    except TypeError as error:
        count, several = len(items), len(items) > 1
        given = f"the {count} items of a row one by one" if several else "the one item of a row"
        names = ", ".join("abcdefghijklmnop"[:count]) if count <= 16 else "*items"
        written = f"lambda {names}: ..., or a function or Shape of {count} fields"
        raise QueryError(f"map({title}) gives {given}, and it takes others ({error}): write {written}") from None


def by_name(shape: object, fields: Iterable[Assignment]) -> EntityShape:
    """A shape filled by name; every field once, or QueryError."""
    entity = entity_of(shape)
    title = getattr(shape, "__name__", repr(shape))
    if entity is None:
        raise QueryError(f"into takes a Shape or a table, not {title}")
    given: dict[str, Assignment] = {}
    for field in fields:
        attribute = target(field, f"into({title})").attribute
        if entity.row.get(attribute) is None or entity.row[attribute].node != field.column.node:
            raise QueryError(
                f"into({title}): {field.column.label} is not a field of it: it has {', '.join(entity.row)}"
            )
        if attribute in given:
            raise QueryError(f"into({title}): {attribute} is given twice")
        given[attribute] = field
    if missing := [name for name in entity.row if name not in given]:
        raise QueryError(f"into({title}): {', '.join(missing)} is missing: add {title}.{missing[0]}.to(...)")
    return _filled(entity, tuple(_assigned(given[name]) for name in entity.row), f"into({title})")


def _assigned(field: Assignment) -> Output:
    if field.value is not None:
        return output_of(field.value)
    column = field.column
    return Output(field.node, column.type, column.python, column.optional, column.node.name, "")


def _filled(entity: Entity, columns: tuple[Output, ...], clause: str) -> EntityShape:
    fitted = tuple(_fitted(column, out, clause) for column, out in zip(entity.row.values(), columns, strict=True))
    return EntityShape(entity.target, tuple(entity.row), fitted)


def _fitted(column: Column[Any], out: Output, clause: str) -> Output:
    """What is selected, as the field reads it. QueryError where it may be NULL, or is of another type."""
    if out.optional and not column.optional:
        raise QueryError(
            f"{clause}: {output_title(out)} may be NULL, and its field {column.attribute} is never None: "
            f"annotate it Col[... | None], or select {never_null(out)}"
        )
    python = out.python
    if python is object or narrower(column.python, python):
        # A document without a type of its own (raw SQL, json_agg), or a text for labels: read as the field says.
        python = column.python
    elif not fits(python, column.python) or swapped(python, column.python):
        raise QueryError(
            f"{clause}: {output_title(out)} is {shown(python)}, "
            f"and its field {column.attribute} {shown(column.python)}: "
            "select a value of that type, or change the annotation"
        )
    return Output(out.node, out.type, python, out.optional, out.name, out.table)


def _nested(column: Column[Any], item: ItemShape, clause: str) -> None:
    """QueryError where rows within the row are not what the field holds."""
    python, optional = _read(item)
    if optional and not column.optional:
        raise QueryError(
            f"{clause}: a row may be absent, and its field {column.attribute} is never None: "
            "annotate it Col[... | None]"
        )
    if not fits(python, column.python) or swapped(python, column.python):
        raise QueryError(
            f"{clause}: {shown(python)} is selected, and its field {column.attribute} is {shown(column.python)}: "
            "select rows of that type, or change the annotation"
        )


def _read(item: RowShape) -> tuple[Any, bool]:
    """What an item of the select list is in Python, and whether it may be None; object where only the row knows."""
    python: Any
    lists = 0
    while isinstance(item, NestedShape):
        item, lists = item.row, lists + 1
    match item:
        case ScalarShape(output=out):
            python, optional = out.python, out.optional
        case EntityShape(target=target) if isinstance(target, type):
            python, optional = target, item.present is not None
        case EntityShape() | TupleShape() | MappedShape():
            python, optional = object, False
        case _:
            assert_never(item)
    several: Any = list
    for _ in range(lists):
        python, optional = several[python | None if optional else python], False
    return python, optional


def _names(items: tuple[ItemShape, ...]) -> list[str] | None:
    names = [item.output.name if isinstance(item, ScalarShape) else "" for item in items]
    return names if all(names) else None


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """What a function takes; None of a builtin that does not say."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _parameters(signature: inspect.Signature | None) -> list[str] | None:
    if signature is None:
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, parameter in signature.parameters.items() if parameter.kind in kinds]
