"""Publications, as values beside the tables.

https://www.postgresql.org/docs/current/logical-replication-publication.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, cast

from qb.declare.owner import columns_of, immutable_expression, table_of
from qb.errors import DefinitionError
from qb.model.object import of_table
from qb.model.publication import Publication, PublishedTable
from qb.model.written import written
from qb.query.entity import TableRow, entity_of
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr, is_expr
from qb.tree.relations import TableSource
from qb.types.identifier import comment_text, identifier

Change: TypeAlias = Literal["insert", "update", "delete", "truncate"]
"""What happens to rows."""
EVERY: Final[tuple[Change, ...]] = ("insert", "update", "delete", "truncate")


def published(
    table: type[TableRow], /, *columns: Column[Any], where: Expr[bool] | Expr[bool | None] | None = None
) -> PublishedTable:
    """What `publication` takes beside tables: some columns of one, or those of its rows that fulfil a condition.

    Where updates or deletes are published, the columns have to hold the replica identity (the primary key, where
    nothing else is said), and the condition may name nothing else. From PostgreSQL 15 on.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/logical-replication-row-filter.html

    >>> published(User, User.id, User.name, where=User.id > 1).columns
    ('id', 'name')
    """
    source = _table(table, "published")
    what = f"published({of_table(source).title})"
    of, names = columns_of(columns, what) if columns else (source, ())
    if of != source:
        raise DefinitionError(f"{what} names columns of {of_table(of).title}: name its own")
    if where is not None:
        if not is_expr(where):
            raise DefinitionError(f"{what}: where takes a condition such as User.id > 1, not {where!r}")
        if table_of((where.node,), what) != source:
            raise DefinitionError(f"{what}: where uses columns of another table: use its own")
        immutable_expression(where.node, what)
    return PublishedTable(source, names, None if where is None else written(where.node))


def publication(
    name: str,
    *tables: type[TableRow] | PublishedTable,
    schemas: Sequence[str] = (),
    all_tables: bool = False,
    publish: Sequence[Change] = EVERY,
    via_partition_root: bool = False,
    generated: bool = False,
    comment: str | None = None,
) -> Publication:
    """Tables whose changes are sent to subscribers: `changes = publication("changes", Order, Item)`.

    `schemas` are PostgreSQL schemas all of whose tables are in it, those to come, too; `all_tables` are all of the
    database. `publish` says which changes; `via_partition_root` has those of partitions come from the table that they
    are of; `generated` sends stored generated columns, too (PostgreSQL 18). Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-createpublication.html

    >>> late = published(Task, Task.id, Task.done, where=Task.id > 9)
    >>> print(create_all(schema(User, Task, publication("changes", User, late))).statements[-1])
    CREATE PUBLICATION "changes" FOR TABLE "tasks" ("id", "done") WHERE ("id" > 9), TABLE "users"
    """
    what = f"the publication {identifier(name, 'a publication')!r}"
    found: dict[TableSource, PublishedTable] = {}
    for each in tables:
        one = each if isinstance(each, PublishedTable) else PublishedTable(_table(each, what))
        if found.setdefault(one.table, one) is not one:
            raise DefinitionError(f"{what} has {of_table(one.table).title} twice: drop one of them")
    if isinstance(schemas, str):
        raise DefinitionError(f"{what}: schemas takes a list of names: write schemas=[{schemas!r}]")
    names = tuple(sorted({identifier(each, f"a schema of {what}") for each in schemas}))
    if all_tables and (found or names):
        raise DefinitionError(f"{what} is of all tables: drop those that it names, or all_tables")
    if names and (narrow := [each for each in found.values() if each.columns]):
        raise DefinitionError(
            f"{what} has some columns of {of_table(narrow[0].table).title}, and PostgreSQL takes none beside schemas: "
            "name the tables one by one"
        )
    said = (publish,) if isinstance(publish, str) else tuple(publish)
    if wrong := [each for each in cast("tuple[object, ...]", said) if each not in EVERY]:
        raise DefinitionError(f"{what}: {wrong[0]!r} is no change: there are {', '.join(EVERY)}")
    return Publication(
        None,
        name,
        tuple(found[each] for each in sorted(found, key=lambda each: (each.schema or "", each.name))),
        names,
        bool(all_tables),
        tuple(each for each in EVERY if each in said),
        bool(via_partition_root),
        bool(generated),
        comment=comment_text(comment, what),
    )


def _table(given: object, what: str) -> TableSource:
    entity = entity_of(given)
    source = None if entity is None else entity.relation
    if not isinstance(source, TableSource) or source.kind != "table":
        raise DefinitionError(f"{what} takes a table, not {given!r}")
    return source
