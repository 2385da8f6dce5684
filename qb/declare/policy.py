"""Policies that stand next to a table.

https://www.postgresql.org/docs/current/sql-createpolicy.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from qb.declare.constraint_names import constraint_name
from qb.errors import DefinitionError
from qb.model.body import SettledBody, body
from qb.model.object import of_table
from qb.model.policy import Policy
from qb.model.role import Role, role_names
from qb.query.entity import TableRow, entity_of
from qb.query.expr.expr import Expr, is_expr
from qb.tree.expressions import Call, ColumnNode, Expression, Over
from qb.tree.relations import TableSource, label
from qb.tree.visit import within
from qb.types.identifier import comment_text, identifier, name_before

PolicyCommand: TypeAlias = Literal["all", "select", "insert", "update", "delete"]
"""What a policy is about."""
_TAKES: Final = {
    "all": ("using", "with_check"),
    "select": ("using",),
    "insert": ("with_check",),
    "update": ("using", "with_check"),
    "delete": ("using",),
}
_WHY: Final = {
    "using": "it sees no row that is there already: write with_check=",
    "with_check": "it writes no row: write using=",
}


def policy(
    table: type[TableRow],
    *,
    for_: PolicyCommand = "all",
    to: Role | str | Sequence[Role | str] = "public",
    using: Expr[bool] | Expr[bool | None] | None = None,
    with_check: Expr[bool] | Expr[bool | None] | None = None,
    restrictive: bool = False,
    name: str | None = None,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Policy:
    """Which rows of a table with `rls=True` some roles see and write: `own = policy(Task, using=Task.user_id == me)`.

    `using` is asked of the rows that are there, `with_check` of those that are written; where an update gives only
    `using`, both. They may hold queries: `exists(select(Member).where(Member.room_id == Message.room_id))`. A row is
    seen where one policy allows it, and every `restrictive` one. On an external table `rls=True` says that its owner
    has row security on. Without `name` it is `<table>_<for>_policy`. `renamed_from` is what it was called before, for
    `qb generate`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createpolicy.html

    >>> class Note(Table, name="notes", rls=True):
    ...     id: Col[int] = column(primary_key=True)
    ...     author: Col[str] = column()
    >>> own = policy(Note, for_="select", using=Note.author == sql("current_user").as_(str, not_null=True))
    >>> print(create_all(schema(Note, own)).statements[-2])
    CREATE POLICY "notes_select_policy" ON "notes" FOR SELECT USING ("author" = (current_user))
    """
    entity = entity_of(table)
    source = None if entity is None else entity.relation
    if not isinstance(source, TableSource) or source.kind != "table":
        raise DefinitionError(f"a policy is on a table, not on {table!r}")
    if for_ not in _TAKES:
        raise DefinitionError(f"a policy on {of_table(source).title} is for one of {', '.join(_TAKES)}, not {for_!r}")
    if name is None:
        name = constraint_name(source.name, [for_], "policy")
    what = f"the policy {identifier(name, f'a policy on {of_table(source).title}')!r} on {of_table(source).title}"
    given = {"using": using, "with_check": with_check}
    for clause, condition in given.items():
        if condition is not None and clause not in _TAKES[for_]:
            raise DefinitionError(f"{what} is for {for_} and has {clause}=, which is not asked: {_WHY[clause]}")
    if using is None and with_check is None:
        raise DefinitionError(f"{what} has no condition: give {' or '.join(f'{each}=' for each in _TAKES[for_])}")
    settled = {clause: _condition(condition, source, f"{what}: {clause}") for clause, condition in given.items()}
    said = settled["using"], settled["with_check"], bool(restrictive)
    remark, before = comment_text(comment, what), name_before(renamed_from, what)
    return Policy(source, name, for_, role_names(to, what), *said, comment=remark, renamed_from=before)


def _condition(given: object, table: TableSource, what: str) -> SettledBody[Expression] | None:
    if given is None:
        return None
    if not is_expr(given):
        raise DefinitionError(f"{what} takes a condition such as Task.user_id == me, not {given!r}")
    for used in within(given.node, queries=False):
        if isinstance(used, ColumnNode) and used.relation != table:
            raise DefinitionError(
                f"{what} uses {label(used.relation)}.{used.name}, a column of another table: read it in a query, as in "
                "exists(select(...))"
            )
        if isinstance(used, Over) or (isinstance(used, Call) and (used.function.aggregate or used.function.window)):
            raise DefinitionError(f"{what} holds an aggregate or a window function, and it sees one row only")
    return body(given.node)
