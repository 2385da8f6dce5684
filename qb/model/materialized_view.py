"""Materialized views: the rows of a query, kept until they are refreshed.

https://www.postgresql.org/docs/current/sql-creatematerializedview.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, cast

from qb.errors import QueryError
from qb.model.body import SettledBody
from qb.model.index import Index
from qb.model.named_query import StandingRelation, named_query, object_in
from qb.model.object import Attached, Identity, Object, Standalone
from qb.model.table import RELATION_PRIVILEGES
from qb.query.entity import NamedRow
from qb.query.expr.selectable import Query
from qb.query.statement import Command
from qb.tree.expressions import RawSql
from qb.tree.raw import RawStatement
from qb.tree.relations import TableSource
from qb.tree.statements import StatementNode
from qb.types.identifier import comment_text, name_before, qualified

A = TypeVar("A", bound=NamedRow)


class MaterializedView(Standalone, frozen=True):
    """A query under a name, and its rows as they were when it was last refreshed."""

    kind: ClassVar[str] = "materialized view"
    names_relation: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(("indexes", "attached"))
    holds: ClassVar[frozenset[str]] = frozenset(("indexes", "attached"))
    unwritten: ClassVar[frozenset[str]] = frozenset(("with_data",))
    privileges: ClassVar[Mapping[str, int]] = RELATION_PRIVILEGES
    columns: tuple[str, ...]
    body: SettledBody[StatementNode]
    with_data: bool = True
    indexes: tuple[Index, ...] = ()
    attached: tuple[Attached, ...] = ()
    """Its statistics objects."""

    @property
    def source(self) -> TableSource:
        """What columns of it are of."""
        return TableSource(self.schema, self.name, self.kind)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema, and what its query reads."""
        return (*super().needs, *self.body.needs)

    @property
    def children(self) -> tuple[Object, ...]:
        """Its indexes, and its statistics objects."""
        return (*self.indexes, *self.attached)


def materialized_view(
    name: str,
    query: Query[A],
    *,
    schema: str | None = None,
    with_data: bool = True,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> type[A]:
    """A query whose rows the database keeps until `refresh`, and a relation to read from, as `view` gives one.

    Indexes stand next to it, as next to a table: `index("loads_user_idx", loads.user_id, unique=True)`, and so do
    `statistics`. Without `with_data` it is created empty, and cannot be read before it is refreshed.
    `renamed_from` is what it was called before, for `qb generate`. Errors: as of `view`.
    https://www.postgresql.org/docs/current/sql-creatematerializedview.html

    >>> class Load(Shape):
    ...     user_id: Col[int]
    ...     tasks: Col[int]
    >>> loads = materialized_view("loads", select(Task.user_id, fn.count()).group_by(Task.user_id).map(Load))
    >>> by_user = index("loads_user_idx", loads.user_id, unique=True)
    >>> print(create_all(schema(User, Task, loads, by_user)).statements[-1])
    CREATE UNIQUE INDEX "loads_user_idx" ON "loads" ("user_id")
    """
    found = named_query(query, "materialized view", schema, name)
    said = comment_text(comment, f"the materialized view {name!r}")
    before = name_before(renamed_from, f"the materialized view {name!r}")
    made = MaterializedView(schema, name, found.columns, found.body, bool(with_data), comment=said, renamed_from=before)
    return cast("type[Any]", StandingRelation(found.entity, made))


def refresh(view: type[NamedRow], *, concurrently: bool = False, with_data: bool = True) -> Command:
    """REFRESH MATERIALIZED VIEW, to be run with `execute`: its query is run anew.

    `concurrently` lets others read meanwhile; it needs a unique index of columns, without `where`, and rows that are
    there. Without `with_data` its rows go, and it cannot be read until the next refresh. Errors: QueryError.
    https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html

    >>> class Titled(Shape):
    ...     title: Col[str]
    >>> titles = materialized_view("titles", select(Task.title).map(Titled))
    >>> print(compile(refresh(titles, concurrently=True)))
    REFRESH MATERIALIZED VIEW CONCURRENTLY "titles"
    """
    item = object_in(view)
    if not isinstance(item, MaterializedView):
        raise QueryError(f"refresh takes what materialized_view(...) gave, not {view!r}")
    if concurrently and not with_data:
        raise QueryError(f"refresh({item.name}): concurrently keeps its rows, so with_data is True: drop one of them")
    how = "CONCURRENTLY " if concurrently else ""
    what = qualified(item.schema, item.name)
    text = f"REFRESH MATERIALIZED VIEW {how}{what}{'' if with_data else ' WITH NO DATA'}"
    return Command(RawStatement(RawSql((text,), statement=True)))
