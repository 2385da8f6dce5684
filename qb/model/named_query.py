"""A query that a database keeps under a name: what views and materialized views are to queries.

https://www.postgresql.org/docs/current/rules-views.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.model.body import SettledBody, body
from qb.model.object import Standalone
from qb.query.entity import Entity, RelationView, entity_of
from qb.query.expr.column import column_of
from qb.query.expr.selectable import Query
from qb.query.subquery import fields_of_shape
from qb.tree.expressions import ColumnNode
from qb.tree.raw import RawStatement
from qb.tree.relations import TableSource
from qb.tree.shapes import EntityShape
from qb.tree.slots import outputs
from qb.tree.statements import StatementNode, shape_of
from qb.tree.visit import within
from qb.types import SqlType
from qb.types.identifier import identifier


class StandingRelation(RelationView):
    """A relation that is an object of the database: `schema(...)` takes the object from it."""

    __slots__ = ("__object__",)
    __object__: Standalone

    def __init__(self, entity: Entity, item: Standalone) -> None:
        super().__init__(entity)
        fix(self, "__object__", item)

    def __repr__(self) -> str:
        return repr(object.__getattribute__(self, "__object__"))


def object_in(value: object) -> Standalone | None:
    """The object that a value is, or that stands behind a relation or a type; None where it is none of these."""
    if isinstance(value, StandingRelation):
        found: Standalone = object.__getattribute__(value, "__object__")
        return found
    if isinstance(value, SqlType):
        made: object = value.declared
        return made if isinstance(made, Standalone) else None
    return value if isinstance(value, Standalone) else None


class NamedQuery(NamedTuple):
    """What `view` and `materialized_view` make of a query."""

    entity: Entity
    columns: tuple[str, ...]
    """Their names in the database; none where SQL of one's own names them."""
    body: SettledBody[StatementNode]


def named_query(query: Query[Any], kind: str, schema: str | None, name: str) -> NamedQuery:
    """A query as a view's. QueryError where its columns have no names, DefinitionError where a name cannot be."""
    what = f"the {kind} {identifier(name, f'a {kind}')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    if not isinstance(query, Query):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
        raise DefinitionError(f"{what} takes a query such as select(User), or sql(...).rows(AShape), not {query!r}")
    node: StatementNode = query.node
    shape = shape_of(node)
    if shape is None:
        raise DefinitionError(f"{what} takes a query that returns rows")
    fields, target = fields_of_shape(shape, kind)
    known = entity_of(target)
    if known is None:
        raise DefinitionError(f"{what}: its rows are of {target!r}: name a Shape or a table, as in .rows(AShape)")
    relation = TableSource(schema, name, kind)
    columns = {
        field: column_of(
            ColumnNode(relation, known.columns[field].node.name, output.optional),
            output.type,
            output.python,
            output.optional,
            field,
        )
        for field, output in zip(fields, outputs(shape), strict=True)
    }
    entity = Entity(relation, columns, target)
    if isinstance(shape, EntityShape) and shape.relation is not None:  # the rows of a table: it can be written through
        touched = tuple(
            (attribute, value)
            for attribute, value in known.touched
            if attribute in columns and not any(isinstance(each, ColumnNode) for each in within(value))
        )
        entity = Entity(relation, columns, target, known.key, touched, known.generated, known.numbered, known.required)
    own = isinstance(node, RawStatement)
    names = () if own else tuple(column.node.name for column in columns.values())
    return NamedQuery(entity, names, body(node))
