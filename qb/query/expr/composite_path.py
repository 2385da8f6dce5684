"""`path` into a row: the fields of a composite type, and what is in the documents that they hold.

https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-ACCESSING
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qb.errors import QueryError
from qb.query.expr.json_path import place_of, within_document
from qb.query.expr.json_steps import PathStep
from qb.query.expr.typed import Typed
from qb.tree.expressions import FieldOf
from qb.types import SqlType
from qb.types.composite import Composite, CompositeField


def walk_path(value: Typed[Any], step: Callable[[Any], Any]) -> Typed[Any]:
    """The expression for the place in a document, or in a row, that `step` goes to."""
    if value.type.wire.is_document:
        return within_document(value, *place_of(value, step))
    if not isinstance(value.type, Composite):
        raise QueryError(f"path goes into a json or jsonb value, or a row, not into {value.type.name}")
    annotation, steps = place_of(value, step)
    found = value
    for number, each in enumerate(steps):
        type_: SqlType[Any] = found.type
        if isinstance(type_, Composite):
            field = _field(type_, each)
            found = Typed[Any](FieldOf(found.node, field.name), field.type, field.python, True)
        elif type_.wire.is_document:
            return within_document(found, annotation, steps[number:])
        else:
            raise QueryError(f"path goes on into {type_.name}, which is neither a document nor a row: end it there")
    return found


def _field(type_: Composite, step: PathStep) -> CompositeField:
    config = type_.struct.__struct_config__
    if config.array_like and isinstance(step.key, int):
        return type_.fields[step.key - int(config.tag is not None)]
    return next(field for field in type_.fields if field.key == step.key)  # of the Struct that the path knows, too
