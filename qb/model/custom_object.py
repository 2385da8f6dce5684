"""What only an extension knows, or only PostgreSQL: an object by the SQL that makes it, takes it away and reads it.

https://www.postgresql.org/docs/current/external-extensions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from msgspec.structs import replace

from qb.errors import DefinitionError
from qb.model.body import SettledBody, body
from qb.model.extension import Extension
from qb.model.named_query import object_in
from qb.model.namespace import Namespace
from qb.model.object import Identity, Standalone, of_table
from qb.query.entity import entity_of
from qb.query.raw import Sql, sql
from qb.query.statement import Rows
from qb.tree.raw import RawStatement
from qb.tree.relations import TableSource
from qb.tree.statements import StatementNode
from qb.types.identifier import identifier


class CustomObject(Standalone, frozen=True):
    """An object that qb knows by its SQL alone."""

    kind: ClassVar[str] = "custom object"
    loses: ClassVar[bool] = True  # what is in it, for all that is known
    what: str
    """Its kind, in words of the user's."""
    creates: tuple[SettledBody[StatementNode], ...]
    drops: tuple[SettledBody[StatementNode], ...] = ()
    """Nothing where it goes away with what it needs."""
    reads: SettledBody[StatementNode] | None = None
    wants: tuple[Identity, ...] = ()

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, self.schema or "", "", f"{self.what} {self.name}")

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema, what it is said to need, and the tables and functions in its SQL."""
        within = (need for each in self.creates for need in each.needs)
        return tuple(dict.fromkeys((*super().needs, *self.wants, *within)))

    @property
    def read(self) -> Rows[str]:
        """What the catalog says of it, a row each, as JSON: two databases have the same where these are the same."""
        if self.reads is None:
            raise DefinitionError(f"{self.identity} has no SQL that reads it back: give it read=")
        text = "SELECT pg_catalog.to_jsonb(found)::text FROM ({read}) found ORDER BY 1"
        return sql(text, read=_as_query(self.reads)).rows(str)


def custom_object(
    what: str,
    name: str,
    *,
    create: Sql | Sequence[Sql],
    drop: Sql | Sequence[Sql] = (),
    read: Sql | None = None,
    needs: Sequence[object] = (),
    schema: str | None = None,
    external: bool = False,
) -> CustomObject:
    """An object that has no descriptor of its own, in the graph of all others: what an extension brings (a hypertable,
    a graph, a cron job), or what PostgreSQL has beside (an aggregate, a cast, a text search dictionary).

    `what` is its kind in your words. `create` and `drop` are statements; `{t}` in them is a table or a view, which
    then has to be there first, and every other value is written as a constant. Without `drop` it goes away with what it
    needs. `read` is a SELECT that reads it back from the catalog: `db.all(it.read)` are its rows as JSON.
    `needs` are tables, views, types, functions, extensions, schemas or other objects like it. An extension that is
    needed has to be in the schema. https://www.postgresql.org/docs/current/sql-commands.html

    >>> product = custom_object(
    ...     "aggregate",
    ...     "product",
    ...     create=sql("CREATE AGGREGATE product(bigint) (SFUNC = int8mul, STYPE = bigint, INITCOND = '1')"),
    ...     drop=sql("DROP AGGREGATE product(bigint)"),
    ...     read=sql("SELECT aggtransfn, agginitval FROM pg_aggregate WHERE aggfnoid = {f}::regproc", f="product"),
    ... )
    >>> with db.transaction(rollback=True) as tx:
    ...     _ = tx.run(create_all(schema(product))).unwrap()
    ...     tx.all(product.read)
    <Success: ['{"agginitval": "1", "aggtransfn": "int8mul"}']>
    """
    title = f"the {identifier(what, 'the kind of a custom object')} {identifier(name, f'the {what}')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {title}")
    made = _statements(title, "create", create)
    if not made:
        raise DefinitionError(f"{title} has no SQL that creates it: give it create=sql(...)")
    found = tuple(dict.fromkeys(_needed(title, each) for each in needs))
    reads = () if read is None else _statements(title, "read", read)
    return CustomObject(
        schema,
        name,
        what,
        made,
        _statements(title, "drop", drop),
        reads[0] if reads else None,
        found,
        external=bool(external),
    )


def _statements(title: str, clause: str, given: object) -> tuple[SettledBody[StatementNode], ...]:
    several = cast("Sequence[object]", given) if isinstance(given, (list, tuple)) else (given,)
    found: list[SettledBody[StatementNode]] = []
    for each in several:
        if not isinstance(each, Sql):
            raise DefinitionError(f'{title}: {clause} takes sql("..."), or a list of them, not {each!r}')
        node: StatementNode = each.command().node
        found.append(body(node))
    return tuple(found)


def _needed(title: str, given: object) -> Identity:
    if isinstance(given, Extension | Namespace):
        return given.identity
    if (item := object_in(given)) is not None:
        return item.identity
    entity: Any = entity_of(given)
    if entity is not None and isinstance(entity.relation, TableSource):
        return of_table(entity.relation)
    raise DefinitionError(
        f"{title}: needs takes tables, views, types, functions, extensions and other objects, not {given!r}"
    )


def _as_query(read: SettledBody[StatementNode]) -> Sql:
    node = read.node
    assert isinstance(node, RawStatement), "it was made of sql(...)"
    return Sql(replace(node.sql, statement=False))
