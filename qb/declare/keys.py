"""Keys that stand next to a table, as values: `primary_key`, `unique`.

https://www.postgresql.org/docs/current/ddl-constraints.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qb.declare.content import Described
from qb.declare.deferral import Initially, deferral
from qb.declare.owner import columns_of
from qb.declare.table_options import StorageParameters, parameters_of
from qb.errors import DefinitionError
from qb.query.expr.column import Column
from qb.tree.relations import TableSource
from qb.types.identifier import comment_text, identifier, name_before


class PrimaryKey(Described, frozen=True, eq=False):
    """What identifies a row, in an order and under a name of its own.

    >>> primary_key(Task.user_id, Task.id).columns
    ('user_id', 'id')
    """

    table: TableSource
    columns: tuple[str, ...]
    name: str | None = None
    include: tuple[str, ...] = ()
    deferrable: str = ""
    without_overlaps: bool = False
    with_: tuple[tuple[str, str], ...] = ()
    tablespace: str = ""
    comment: str | None = None
    renamed_from: str | None = None


class Unique(Described, frozen=True, eq=False):
    """No two rows have the same values in these columns.

    >>> Unique(unique(Task.user_id, Task.title).table, ("user_id", "title")) == unique(Task.user_id, Task.title)
    True
    """

    table: TableSource
    columns: tuple[str, ...]
    name: str | None = None
    nulls_not_distinct: bool = False
    include: tuple[str, ...] = ()
    deferrable: str = ""
    without_overlaps: bool = False
    with_: tuple[tuple[str, str], ...] = ()
    tablespace: str = ""
    comment: str | None = None
    renamed_from: str | None = None


def primary_key(
    *columns: Column[Any],
    name: str | None = None,
    include: Column[Any] | Sequence[Column[Any]] = (),
    deferrable: bool = False,
    initially: Initially | None = None,
    without_overlaps: bool = False,
    with_: StorageParameters | None = None,
    tablespace: str | None = None,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> PrimaryKey:
    """PRIMARY KEY, next to the table: in an order that is not that of its columns, or under a name that is not
    `table_pkey`. Else `column(primary_key=True)` says it.

    `include` are columns that only travel along in its index. What is `deferrable` is checked at COMMIT, with
    `initially="immediate"` only after SET CONSTRAINTS; ON CONFLICT and foreign keys cannot use it. With
    `without_overlaps` the last column is a range, and rows that are alike in the others have ranges that do not overlap
    (PostgreSQL 18; what is no range needs the extension btree_gist).
    `with_` are storage parameters of its index (`{"fillfactor": 70}`), which may be in another `tablespace`.
    `comment` is what COMMENT ON says of it, `renamed_from` what it was called before, for `qb generate`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS

    >>> class Member(Table, name="members"):
    ...     team: Col[int]
    ...     person: Col[int]
    >>> print(create_all(schema(Member, primary_key(Member.person, Member.team, name="members_pk"))))
    CREATE TABLE "members" (
      "team" bigint NOT NULL,
      "person" bigint NOT NULL,
      CONSTRAINT "members_pk" PRIMARY KEY ("person", "team")
    );
    """
    what = "primary_key" if name is None else f"the primary key {identifier(name, 'a primary key')!r}"
    table, names = columns_of(columns, what)
    more = included(what, table, names, include)
    named = comment_text(comment, what), name_before(renamed_from, what)
    said = bool(without_overlaps), *kept_index(what, with_, tablespace), *named
    temporal(what, columns, without_overlaps)
    return PrimaryKey(table, names, name, more, deferral(what, deferrable, initially), *said)


def unique(
    *columns: Column[Any],
    name: str | None = None,
    nulls_not_distinct: bool = False,
    include: Column[Any] | Sequence[Column[Any]] = (),
    deferrable: bool = False,
    initially: Initially | None = None,
    without_overlaps: bool = False,
    with_: StorageParameters | None = None,
    tablespace: str | None = None,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Unique:
    """UNIQUE over several columns, next to their table: `one_vote = unique(Vote.poll_id, Vote.user_id)`.

    NULLs differ from each other unless `nulls_not_distinct`. The name is `table_column_column_key` when left out.
    `include`, `deferrable`, `without_overlaps`, `with_`, `tablespace`, `comment` and `renamed_from` are as in
    `primary_key`.
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS

    >>> one_of_each = unique(Task.user_id, Task.title)
    >>> schema(User, Task, one_of_each).tables[1].uniques[0].name
    'tasks_user_id_title_key'
    """
    what = "unique" if name is None else f"the unique constraint {identifier(name, 'a unique constraint')!r}"
    table, names = columns_of(columns, what)
    more = included(what, table, names, include)
    named = comment_text(comment, what), name_before(renamed_from, what)
    said = bool(without_overlaps), *kept_index(what, with_, tablespace), *named
    temporal(what, columns, without_overlaps)
    when = deferral(what, deferrable, initially)
    return Unique(table, names, name, nulls_not_distinct, more, when, *said)


def kept_index(
    what: str, with_: StorageParameters | None, tablespace: str | None
) -> tuple[tuple[tuple[str, str], ...], str]:
    """How the index of a constraint is kept: its storage parameters, and its tablespace."""
    named = "" if tablespace is None else identifier(tablespace, f"the tablespace of {what}")
    return parameters_of(what, with_ or {}), named


def temporal(what: str, columns: Sequence[Column[Any]], without_overlaps: object) -> None:
    """DefinitionError where the last of the columns is to have no overlaps, and cannot have any."""
    if not without_overlaps:
        return
    if len(columns) < 2:
        raise DefinitionError(
            f"{what}: without_overlaps is among rows that are alike in other columns: name those, too"
        )
    if not (columns[-1].type.wire.is_range or columns[-1].type.wire.is_multirange):
        raise DefinitionError(
            f"{what}: without_overlaps is about its last column, which has to be a range or a multirange, and "
            f"{columns[-1].label} is {columns[-1].type.name}"
        )


def included(
    what: str, table: TableSource, keys: Sequence[str], include: Column[Any] | Sequence[Column[Any]]
) -> tuple[str, ...]:
    """The names of columns that travel along. DefinitionError for those of another table, or of the key."""
    given = (include,) if isinstance(include, Column) else tuple(include)
    if not given:
        return ()
    other, names = columns_of(given, f"{what} (in include)")
    if other != table:
        raise DefinitionError(f"{what} includes columns of another table: use the columns of one")
    if twice := [each for each in names if each in keys]:
        raise DefinitionError(f"{what} includes {twice[0]}, which is part of it already: drop it from include")
    return names
