"""Indexes that stand next to a table, as values.

https://www.postgresql.org/docs/current/sql-createindex.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from qb.declare.owner import columns_of, immutable_expression, no_column, table_of
from qb.declare.table_options import StorageParameters, parameters_of
from qb.errors import DefinitionError
from qb.model.index import Index, OperatorClass
from qb.model.written import written
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.order_by import Ordering
from qb.tree.expressions import Expression, Order
from qb.types.identifier import comment_text, identifier, name_before

OperatorClasses: TypeAlias = str | OperatorClass | Sequence[str | OperatorClass | None] | None
"""One for every key, or one for each."""


def index(
    name: str,
    *on: Expr[object] | Ordering[object],
    unique: bool = False,
    method: str = "btree",
    where: Expr[bool | None] | None = None,
    include: Column[Any] | Sequence[Column[Any]] = (),
    nulls_not_distinct: bool = False,
    operator_class: OperatorClasses = None,
    with_: StorageParameters | None = None,
    tablespace: str | None = None,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Index:
    """An index, next to its table: `by_room = index("messages_room_idx", Message.room_id, Message.created_at.desc())`.

    Keys are columns or expressions (`fn.lower(User.email)`), with an order where it matters. `where` makes it partial,
    `include` adds columns that only travel along. `operator_class` is one for every key, or one for each, such as
    "vector_cosine_ops" or "jsonb_path_ops"; `operator_class(...)` makes one with parameters. `hnsw` of pgvector has no
    default one, so it is said there. `with_` are storage parameters (`{"fillfactor": 70}`).
    `renamed_from` is what it was called before, for `qb generate`.
    Errors: DefinitionError, for columns of two tables among others. https://www.postgresql.org/docs/current/sql-createindex.html

    >>> newest = index("tasks_newest_idx", Task.user_id, Task.id.desc(), where=~Task.done)
    >>> print(create_all(schema(User, Task, newest)).statements[-1])
    CREATE INDEX "tasks_newest_idx" ON "tasks" ("user_id", "id" DESC) WHERE NOT "done"
    """
    what = f"the index {identifier(name, 'an index')!r}"
    for key in cast("tuple[object, ...]", on):
        if not isinstance(key, Expr | Ordering):
            raise DefinitionError(f"{what} takes columns and expressions, not {key!r}")
    nodes: tuple[Expression, ...] = tuple(key.node for key in on)
    if not nodes:
        raise no_column(what)
    if where is not None and not is_expr(where):
        raise DefinitionError(f"{what}: where takes a condition such as User.age > 18, not {where!r}")
    condition = () if where is None else (where.node,)
    included = (include,) if isinstance(include, Column) else tuple(include)
    included_names = columns_of(included, f"{what} (in include)")[1] if included else ()
    more = tuple(column.node for column in included)
    # The order says whose mistake it is: the keys settle the table, the rest has to follow.
    table_of(nodes, what)
    table = table_of(nodes + condition + more, what)
    for each in nodes + condition:
        immutable_expression(each, what)
    identifier(method, f"the method of {what}")
    if nulls_not_distinct and not unique:
        raise DefinitionError(f"{what}: nulls_not_distinct is about unique indexes: add unique=True")
    if method != "btree" and any(isinstance(node, Order) for node in nodes):
        raise DefinitionError(f"{what}: only a btree has an order, not {method}: drop asc() and desc()")
    classes = operator_classes(operator_class, len(nodes), what)
    if method.lower() == "hnsw" and (not classes or None in classes):
        raise DefinitionError(
            f'{what}: hnsw has no default operator class: say operator_class="vector_cosine_ops", or that of the '
            "distance which is ordered by, vector_l2_ops, vector_ip_ops, vector_l1_ops; a halfvec's begin with halfvec_"
        )
    return Index(
        table,
        name,
        tuple(map(written, nodes)),
        unique,
        method,
        None if where is None else written(where.node),
        included_names,
        nulls_not_distinct,
        classes,
        parameters_of(what, with_ or {}),
        "" if tablespace is None else identifier(tablespace, f"the tablespace of {what}"),
        comment=comment_text(comment, what),
        renamed_from=name_before(renamed_from, what),
    )


def operator_class(name: str, /, **_parameters: str | int | float | bool) -> OperatorClass:
    """An operator class with parameters, for a key of `index`: `operator_class("gist_trgm_ops", siglen=32)`.

    From PostgreSQL 13 on. Errors: DefinitionError. https://www.postgresql.org/docs/current/indexes-opclass.html

    >>> words = index(
    ...     "tasks_words", Task.title, method="gist", operator_class=operator_class("gist_trgm_ops", siglen=32)
    ... )
    >>> print(create_all(schema(User, Task, words)).statements[-1])
    CREATE INDEX "tasks_words" ON "tasks" USING "gist" ("title" "gist_trgm_ops" ("siglen" = '32'))
    """
    what = f"the operator class {identifier(name, 'an operator class')!r}"
    return OperatorClass(name, parameters_of(what, _parameters))


def operator_classes(given: OperatorClasses, keys: int, what: str) -> tuple[OperatorClass | None, ...]:
    """The operator class of each key, as said for all or for each. DefinitionError for another number of them."""
    if given is None:
        return ()
    classes = (given,) * keys if isinstance(given, str | OperatorClass) else tuple(given)
    if len(classes) != keys:
        raise DefinitionError(f"{what} has {keys} keys and {len(classes)} operator classes: give one for each, or None")
    return tuple(
        each
        if each is None or isinstance(each, OperatorClass)
        else OperatorClass(identifier(each, f"an operator class of {what}"))
        for each in classes
    )
