"""Exclusion constraints: no two rows may overlap, as operators say it.

https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from qb.declare.deferral import Initially, deferral
from qb.declare.index import OperatorClasses, operator_classes
from qb.declare.keys import included, kept_index
from qb.declare.owner import immutable_expression, no_column, table_of
from qb.declare.table_options import StorageParameters
from qb.errors import DefinitionError
from qb.model.exclusion import Exclusion
from qb.model.written import written
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr, is_expr
from qb.tree.expressions import ColumnNode
from qb.types.identifier import comment_text, identifier, name_before

_OPERATOR: Final = re.compile(r"[-+*/<>=~!@#%^&|`?]{1,63}")


def exclude(
    name: str,
    *on: tuple[Expr[Any], str],
    method: str = "gist",
    where: Expr[bool | None] | None = None,
    include: Column[Any] | Sequence[Column[Any]] = (),
    operator_class: OperatorClasses = None,
    with_: StorageParameters | None = None,
    tablespace: str | None = None,
    deferrable: bool = False,
    initially: Initially | None = None,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Exclusion:
    """EXCLUDE, next to the table: `exclude("bookings_room_excl", (Booking.room, "="), (Booking.during, "&&"))`.

    No two rows may give true for all of the operators. Keys are columns or expressions; `where` says for which rows.
    `=` of an ordinary column needs the extension btree_gist. `operator_class` is as in `index`, and `include`, `with_`,
    `tablespace`, `deferrable`, `comment` and `renamed_from` are as in `unique`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION

    >>> one = exclude("tasks_title_excl", (Task.title, "="), method="btree", where=~Task.done)
    >>> print(create_all(schema(User, Task, one)).statements[-1])
    ALTER TABLE "tasks" ADD CONSTRAINT "tasks_title_excl" EXCLUDE USING "btree" ("title" WITH =) WHERE (NOT "done")
    """
    what = f"the exclusion {identifier(name, 'an exclusion')!r}"
    if not on:
        raise no_column(what)
    for each in cast("tuple[object, ...]", on):
        pair = cast("tuple[object, ...]", each) if isinstance(each, tuple) else ()
        if len(pair) != 2 or not is_expr(pair[0]):
            raise DefinitionError(f'{what} takes pairs such as (Booking.room, "="), not {each!r}')
        operator = pair[1]
        if not isinstance(operator, str) or _OPERATOR.fullmatch(operator) is None:
            raise DefinitionError(f'{what}: {operator!r} is no operator such as "=" or "&&"')
    if where is not None and not is_expr(where):
        raise DefinitionError(f"{what}: where takes a condition such as User.age > 18, not {where!r}")
    nodes = tuple(key.node for key, _ in on)
    table_of(nodes, what)
    table = table_of(nodes if where is None else (*nodes, where.node), what)
    for each in nodes if where is None else (*nodes, where.node):
        immutable_expression(each, what)
    keys = [node.name for node in nodes if isinstance(node, ColumnNode)]
    along = included(what, table, keys, include)
    return Exclusion(
        table,
        name,
        tuple(map(written, nodes)),
        tuple(operator for _, operator in on),
        identifier(method, f"the method of {what}"),
        None if where is None else written(where.node),
        deferral(what, deferrable, initially),
        along,
        operator_classes(operator_class, len(nodes), what),
        *kept_index(what, with_, tablespace),
        comment=comment_text(comment, what),
        renamed_from=name_before(renamed_from, what),
    )
