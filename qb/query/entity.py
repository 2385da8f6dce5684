"""Relations as the user holds them: a table class, or a view of one under another name.

Everything that can stand in FROM carries `__entity__`: its relation, its columns by attribute, and what builds a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from qb.frozen import Frozen, fix
from qb.query.expr.column import Column, column_of
from qb.tree.expressions import ColumnNode, Expression
from qb.tree.relations import Relation, label
from qb.tree.shapes import EntityShape, Output


class NamedRow:
    """A row whose columns have names, of a table or a shape: what a relation gives. Its class is the relation.

    The checkers alone know of it, as of `TableRow`: at run time `__entity__` says what a class is.
    """

    __slots__ = ()


class TableRow(NamedRow):
    """A row that a table holds: what can be inserted, updated and deleted."""

    __slots__ = ()


class _Entity(NamedTuple):
    relation: Relation | None
    columns: Mapping[str, Column[Any]]
    target: Callable[..., Any]
    key: tuple[str, ...] = ()
    """The attributes of the primary key."""
    touched: tuple[tuple[str, Expression], ...] = ()
    """What every UPDATE sets, unless it is said otherwise: attributes and their values."""
    generated: frozenset[str] = frozenset()
    """The attributes that PostgreSQL alone writes."""
    numbered: frozenset[str] = frozenset()
    """Those of them that are GENERATED ALWAYS AS IDENTITY, which OVERRIDING SYSTEM VALUE writes."""
    required: frozenset[str] = frozenset()
    """The attributes that an INSERT has to give: NOT NULL, and without a default."""
    hidden: frozenset[str] = frozenset()
    """The attributes that no row of it has, and that a query names to read them."""


class Entity(_Entity):
    """What a relation is to a query."""

    @cached_property
    def row(self) -> Mapping[str, Column[Any]]:
        """The columns that a row of it has."""
        if not self.hidden:
            return self.columns
        return {attribute: column for attribute, column in self.columns.items() if attribute not in self.hidden}

    @cached_property
    def shape(self) -> EntityShape:
        """A whole row of it."""
        name = label(self.relation) if self.relation else ""
        columns = [_output(column, name) for column in self.row.values()]
        return EntityShape(self.target, tuple(self.row), tuple(columns), self.relation)


def _output(column: Column[Any], table: str) -> Output:
    return Output(column.node, column.type, column.python, column.optional, column.node.name, table)


class RelationView(Frozen):
    """A relation under a name of its own; it answers with its columns, like the class it stands for."""

    __slots__ = ("__entity__",)
    _said: ClassVar[str] = "a relation is a frozen value"
    __entity__: Entity

    def __init__(self, entity: Entity) -> None:
        fix(self, "__entity__", entity)

    def __getattribute__(self, name: str) -> Any:
        if name[:2] == "__":
            return object.__getattribute__(self, name)
        entity: Entity = object.__getattribute__(self, "__entity__")
        if (column := entity.columns.get(name)) is None:
            shown = label(entity.relation) if entity.relation else "the relation"
            raise AttributeError(f"{shown} has no column {name!r}: it has {', '.join(entity.columns)}")
        return column

    def __call__(self, *args: object, **values: object) -> Any:
        entity: Entity = object.__getattribute__(self, "__entity__")
        return entity.target(*args, **values)

    def __repr__(self) -> str:
        entity: Entity = object.__getattribute__(self, "__entity__")
        return f"<relation {label(entity.relation) if entity.relation else '?'}>"


def entity_of(item: object) -> Entity | None:
    """The entity behind a table class or a relation; None when the item is neither."""
    try:
        found: object = getattr(item, "__entity__", None)
    except AttributeError:
        return None
    return found if isinstance(found, Entity) else None


def moved(entity: Entity, relation: Relation) -> Entity:
    """The entity with its columns read from another relation."""
    return Entity(
        relation,
        {
            attribute: column_of(
                ColumnNode(relation, column.node.name, column.node.nullable, column.node.key),
                column.type,
                column.python,
                column.optional,
                attribute,
            )
            for attribute, column in entity.columns.items()
        },
        entity.target,
        entity.key,
        entity.touched,
        entity.generated,
        entity.numbered,
        entity.required,
        entity.hidden,
    )
