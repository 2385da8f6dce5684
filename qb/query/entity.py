"""Relations as the user holds them: a table class, or a view of one under another name.

Everything that can stand in FROM carries `__entity__`: its relation, its columns by attribute, and what builds a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar, assert_never, cast

from msgspec.structs import replace

from qb.errors import QueryError
from qb.frozen import Frozen, fix
from qb.query.expr.column import Column, column_of
from qb.query.expr.selectable import Query
from qb.tree.nodes import AliasSource, ColumnNode, Expression, QuerySource, Relation, TableSource, label
from qb.tree.slots import outputs
from qb.tree.statements import (
    EntityShape,
    MappedShape,
    NestedShape,
    Output,
    RawStatement,
    RowShape,
    ScalarShape,
    TupleShape,
    shape_of,
)
from qb.types.identifier import identifier

A = TypeVar("A")


class Entity(NamedTuple):
    """What a relation is to a query."""

    relation: Relation | None
    columns: Mapping[str, Column[Any]]
    target: Callable[..., Any]
    key: tuple[str, ...] = ()
    """The attributes of the primary key."""
    touched: tuple[tuple[str, Expression], ...] = ()
    """What every UPDATE sets, unless it is said otherwise: attributes and their values."""
    generated: frozenset[str] = frozenset()
    """The attributes that PostgreSQL alone writes."""
    required: frozenset[str] = frozenset()
    """The attributes that an INSERT has to give: NOT NULL, and without a default."""

    @property
    def shape(self) -> EntityShape:
        """A whole row of it."""
        name = label(self.relation) if self.relation else ""
        columns = [_output(column, name) for column in self.columns.values()]
        return EntityShape(self.target, tuple(self.columns), tuple(columns), self.relation)


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


def relation_of(item: object, clause: str) -> Relation:
    """The relation behind what a clause was given; QueryError when there is none to read from."""
    entity = entity_of(item)
    if entity is None:
        hint = ": a query needs a name first, write subquery(query)" if isinstance(item, Query) else ""
        raise QueryError(f"{clause} takes a table, an alias, a CTE or a subquery, not {item!r}{hint}")
    if entity.relation is None:
        raise QueryError(
            f"{clause} takes a relation; {getattr(item, '__name__', item)!s} is only a shape of rows without one: "
            "give its class a name= to make it a table, or make a relation with cte(...) or subquery(...)"
        )
    return entity.relation


def alias(table: type[A], name: str) -> type[A]:
    """The same table or relation once more, under another name, for self joins.

    Each call makes a relation of its own, so keep it in a variable. Where a query around it has a relation of the same
    name, the compiler calls the inner one something else: a column always is that of the relation it was taken from.
    https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-TABLE-ALIASES

    >>> other = alias(User, "other")
    >>> db.all(select(User.name, other.name).join(other, on=User.id < other.id))
    <Success: [('Ada', 'Grace')]>
    """
    relation = relation_of(table, "alias")
    identifier(name, f"the alias of {label(relation)}")
    if isinstance(relation, TableSource | AliasSource):
        renamed: Relation = AliasSource(relation.schema, relation.name, name)
    elif isinstance(relation, QuerySource):
        renamed = replace(relation, alias=name, origin=relation.origin or relation)
    else:
        raise QueryError("excluded has no alias")
    entity = cast("Entity", entity_of(table))
    return cast("type[A]", RelationView(moved(entity, renamed)))


def moved(entity: Entity, relation: Relation) -> Entity:
    """The entity with its columns read from another relation."""
    return Entity(
        relation,
        {
            attribute: column_of(
                ColumnNode(relation, column.node.name, column.node.nullable),
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
        entity.required,
    )


def cte(query: Query[A], /, *, name: str = "", materialized: bool | None = None) -> type[A]:
    """A query under WITH, as a relation whose columns are those of the query's shape.

    Each call makes a CTE of its own, so keep it in a variable; it is named when the query is compiled, where `name` is
    left out. `materialized` True keeps PostgreSQL from folding the query into its use, False
    folds it even when it is used twice. https://www.postgresql.org/docs/current/queries-with.html

    >>> open_tasks = cte(select(Task).where(~Task.done), name="open_tasks")
    >>> db.all(select(User.name, open_tasks.title).join(open_tasks, on=open_tasks.user_id == User.id).order_by(User.id))
    <Success: [('Ada', 'test'), ('Grace', 'ship')]>
    """
    return _named(query, name, "cte", materialized)


def subquery(query: Query[A], /, *, name: str = "") -> type[A]:
    """A query in FROM, as a relation whose columns are those of the query's shape.

    https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-SUBQUERIES

    >>> class Load(Shape):
    ...     user_id: Col[int]
    ...     tasks: Col[int]
    >>> load = subquery(select(Task.user_id, fn.count()).group_by(Task.user_id).map(Load))
    >>> db.all(select(User.name, load.tasks).join(load, on=load.user_id == User.id).order_by(User.id))
    <Success: [('Ada', 2), ('Grace', 1)]>
    """
    return _named(query, name, "subquery", None)


def _named(query: Query[A], name: str, kind: str, materialized: bool | None) -> type[A]:
    shape = shape_of(query.node)
    if shape is None:
        raise QueryError(f"{kind} takes a query that returns rows")
    fields, target = _fields(shape, kind)
    columns = outputs(shape)
    if name:
        identifier(name, f"the {kind}")
    named = isinstance(query.node, RawStatement)  # its own columns' names count, in whichever order they come
    relation = QuerySource(name, query.node, () if named else fields, kind == "cte", materialized)
    return cast(
        "type[A]",
        RelationView(
            Entity(
                relation,
                {
                    field: column_of(
                        ColumnNode(relation, output.name if named else field, output.optional),
                        output.type,
                        output.python,
                        output.optional,
                        field,
                    )
                    for field, output in zip(fields, columns, strict=True)
                },
                target,
            )
        ),
    )


def _fields(shape: RowShape, kind: str) -> tuple[tuple[str, ...], Callable[..., Any]]:
    match shape:
        case EntityShape(target=target, fields=fields, present=None):
            return fields, target
        case MappedShape(items=items, function=function) if (entity := entity_of(function)) and all(
            isinstance(item, ScalarShape) for item in items
        ):
            return tuple(entity.columns), entity.target
        case ScalarShape() | EntityShape() | TupleShape() | MappedShape() | NestedShape():
            raise QueryError(
                f"the columns of a {kind} need names: end the query with .map(AShape) or .into(AShape, ...), "
                "where class AShape(Shape) declares them"
            )
        case _:
            assert_never(shape)
