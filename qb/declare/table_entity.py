"""A table class as queries take it, its entity, and as plain data, its description; each made once."""

from __future__ import annotations

from typing import Any

from qb.declare.column import MISSING
from qb.declare.declared import Own, check_description, column_info, plain_info
from qb.declare.description import TableInfo
from qb.declare.spec import ColumnOptions
from qb.declare.table_state import own_state, state_of
from qb.errors import QueryError
from qb.query.entity import Entity
from qb.query.expr.column import Column
from qb.tree.relations import TableSource


def entity_of_class(cls: Any) -> Entity:
    """The entity of a table or a shape. QueryError for a mixin."""
    state = state_of(cls)
    if state.entity is not None:
        return state.entity
    columns = state.columns.all()
    relation = state.relation
    if not isinstance(relation, TableSource) and not state.is_shape:
        raise QueryError(f"{state.title} is a mixin, which has no rows: give its class a name=, or extend Shape")
    state.scope.close()
    info = info_of_class(cls)
    specs = state.specs
    own = _own(cls, columns)
    touched = tuple(
        (attribute, own.value(specs[attribute].options.on_update, columns[attribute], "on_update"))
        for attribute in columns
        if attribute in specs and specs[attribute].options.on_update is not MISSING
    )
    entity = Entity(
        relation if isinstance(relation, TableSource) else None,
        columns,
        cls,
        tuple(column.attribute for column in info.columns if column.primary_key),
        touched,
        frozenset(column.attribute for column in info.columns if not column.writable),
        frozenset(column.attribute for column in info.columns if column.identity == "always"),
        frozenset(column.attribute for column in info.columns if column.required and not column.optional),
        frozenset(column.attribute for column in info.columns if column.hidden),
    )
    state.entity = entity
    return entity


def info_of_class(cls: Any) -> TableInfo:
    """A class as plain data. DefinitionError for what cannot be a table."""
    state = state_of(cls)
    if state.info is not None:
        return state.info
    columns = state.columns.all()
    own = _own(cls, columns)
    specs, marks = state.specs, state.marks
    relation = state.relation
    source = relation if isinstance(relation, TableSource) else TableSource(None, state.title)
    infos = tuple(
        plain_info(column)
        if attribute not in specs and attribute not in marks
        else column_info(
            column, specs[attribute].options if attribute in specs else ColumnOptions(), own, marks.get(attribute)
        )
        for attribute, column in columns.items()
    )
    info = TableInfo(source, infos, state.external, state.options)
    check_description(info, relation, specs.keys() | marks.keys())
    state.info = info
    return info


def _own(cls: Any, columns: dict[str, Column[Any]]) -> Own:
    states = (own_state(each) for each in type.__getattribute__(cls, "__mro__"))
    return Own.of(columns, [state.specs for state in states if state is not None])
