"""Views: queries under a name, which are read as tables are.

https://www.postgresql.org/docs/current/sql-createview.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar, cast

from qb.errors import DefinitionError
from qb.model.body import SettledBody
from qb.model.named_query import StandingRelation, named_query
from qb.model.object import Attached, Identity, Object, Standalone
from qb.model.table import RELATION_PRIVILEGES
from qb.query.entity import NamedRow
from qb.query.expr.selectable import Query
from qb.tree.relations import TableSource
from qb.tree.statements import StatementNode
from qb.types.identifier import comment_text, name_before

A = TypeVar("A", bound=NamedRow)


class View(Standalone, frozen=True):
    """A query under a name; `columns` are named by position, or by SQL of one's own."""

    kind: ClassVar[str] = "view"
    names_relation: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(
        ("columns", "body", "check_option", "security_barrier", "security_invoker", "attached")
    )
    holds: ClassVar[frozenset[str]] = frozenset(("attached",))
    privileges: ClassVar[Mapping[str, int]] = RELATION_PRIVILEGES
    columns: tuple[str, ...]
    body: SettledBody[StatementNode]
    check_option: str = ""
    security_barrier: bool = False
    security_invoker: bool = False
    attached: tuple[Attached, ...] = ()

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
        """Its triggers."""
        return self.attached

    def check_alter(self, after: View) -> None:
        """Columns only come, behind those that are there."""
        if after.columns[: len(self.columns)] != self.columns:
            raise DefinitionError(
                f"{self.identity} keeps its columns {', '.join(self.columns)}, in this order, and new ones come behind "
                "them: drop it and create it anew"
            )

    def restores(self, after: View) -> bool:
        """A column that has come does not go."""
        return self.columns == after.columns


def view(
    name: str,
    query: Query[A],
    *,
    schema: str | None = None,
    check_option: Literal["local", "cascaded"] | None = None,
    security_barrier: bool = False,
    security_invoker: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> type[A]:
    """A query that the database keeps under a name, and a relation to read from, as `cte` gives one.

    Its columns are those of the query: of a table, of `.map(AShape)` or `.into(AShape, ...)`, or of
    `sql(...).rows(AShape)`, whose tables are best written `{t}`, so that it is created after them. A view of a table's
    rows takes `insert(the_view, ...)`, `update` and `delete`, too, as far as PostgreSQL does; `check_option` refuses
    rows that the view would not show. It reads with its owner's rights, or with the caller's (`security_invoker`).

    `renamed_from` is what it was called before, for `qb generate`.
    Errors: QueryError for columns without names, DefinitionError for a name that cannot be.
    https://www.postgresql.org/docs/current/sql-createview.html

    >>> open_tasks = view("open_tasks", select(Task).where(~Task.done), check_option="local")
    >>> print(create_all(schema(User, Task, open_tasks)).statements[-1])
    CREATE VIEW "open_tasks" ("id", "user_id", "title", "hours", "done") WITH (check_option='local') AS SELECT ...
    >>> print(compile(select(open_tasks.title).where(open_tasks.user_id == 1)))
    SELECT "open_tasks"."title"
    FROM "open_tasks"
    WHERE "open_tasks"."user_id" = $1::bigint
    """
    found = named_query(query, "view", schema, name)
    if check_option not in (None, "local", "cascaded"):
        raise DefinitionError(f'the view {name!r}: check_option is "local" or "cascaded", not {check_option!r}')
    options = check_option or "", bool(security_barrier), bool(security_invoker)
    said = comment_text(comment, f"the view {name!r}")
    before = name_before(renamed_from, f"the view {name!r}")
    made = View(schema, name, found.columns, found.body, *options, comment=said, renamed_from=before)
    return cast("type[Any]", StandingRelation(found.entity, made))
