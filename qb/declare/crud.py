"""The statements that every table needs, as values that any database runs, synchronous or not."""
# A table that extends SoftDelete is a table, too: the first overload that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeAlias, TypeVar, cast, overload

from qb.declare.description import TableInfo
from qb.declare.keys import PrimaryKey, Unique
from qb.declare.new import New, Patch
from qb.declare.soft_delete import SoftDelete, live
from qb.declare.table import describe, is_table
from qb.errors import DefinitionError, QueryError
from qb.frozen import Frozen, fix
from qb.query.delete import delete
from qb.query.entity import TableRow
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr
from qb.query.functions.fn import fn
from qb.query.insert import insert
from qb.query.prepared.prepare import prepare
from qb.query.select import select
from qb.query.statement import Command, Rows
from qb.query.update import update

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
K = TypeVar("K")
Row = TypeVar("Row", bound=TableRow)
SoftRow = TypeVar("SoftRow", bound=SoftDelete)
KeyBeside: TypeAlias = PrimaryKey | Unique | None
"""A key that is declared next to the table."""


class Crud(Frozen, Generic[Row, K]):
    """What `crud` gives: a method makes a statement, and `db.one`, `db.first`, `db.all` or `db.execute` runs it."""

    __slots__ = ("_by_id", "_delete", "_key", "_list", "_live", "_table")
    _table: Any
    _key: tuple[Column[Any], ...]
    _live: tuple[Expr[bool], ...]
    _by_id: Callable[..., Rows[Row]]
    _delete: Callable[..., Rows[Row]]
    _list: Callable[..., Rows[Row]]

    def __init__(self, table: type[Any], key: tuple[Column[Any], ...]) -> None:
        fix(self, "_table", table)
        fix(self, "_key", key)
        fix(self, "_live", (live(table),) if issubclass(table, SoftDelete) else ())
        by_id, removed, pages = _prepared(table, key, self._live)
        fix(self, "_by_id", by_id)
        fix(self, "_delete", removed)
        fix(self, "_list", pages)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, self._said_by()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Crud) and self._said_by() == cast("Any", other)._said_by()

    def __hash__(self) -> int:
        return hash(self._said_by())

    def _said_by(self) -> tuple[object, ...]:
        return self._table, tuple(each.attribute for each in self._key)

    def __repr__(self) -> str:
        return f"<crud of {describe(self._table).title} by {', '.join(each.attribute for each in self._key)}>"

    def by_id(self, key: K) -> Rows[Row]:
        """The row: `db.first` gives None where there is none, `db.one` NotFound."""
        return self._by_id(*self._values(key))

    def create(self, row: New[Row]) -> Rows[Row]:
        """INSERT; the row as it was written, defaults included."""
        return insert(row).returning()

    def patch(self, key: K, changes: Patch[Row]) -> Rows[Row]:
        """UPDATE of the fields that are given; the row as it is now, and none where there is none."""
        table: type[Row] = self._table
        return update(table).patch(changes).where(*self._where(key), *self._live).returning()

    def delete(self, key: K) -> Rows[Row]:
        """DELETE, of a `SoftDelete` table the time of it; the row as it was, and none where there is none."""
        return self._delete(*self._values(key))

    def list(self, *, after: K | None = None, limit: int = 50) -> Rows[Row]:
        """Rows in the order of their keys, those after a key: the last of a page is where the next one begins."""
        if after is None:
            return self._list(limit)
        return self._list(limit, *self._values(after))

    def _values(self, key: Any) -> tuple[Any, ...]:
        values = (key,) if len(self._key) == 1 else key
        if len(self._key) > 1 and (not isinstance(key, tuple) or len(values) != len(self._key)):
            names = ", ".join(each.attribute for each in self._key)
            raise QueryError(f"{self!r}: a key is a tuple of {len(self._key)} values: ({names})")
        if None in values:
            raise QueryError(f"{self!r}: a key is never None")
        return values

    def _where(self, key: Any) -> tuple[Any, ...]:
        return tuple(column == value for column, value in zip(self._key, self._values(key), strict=True))


class SoftCrud(Crud[SoftRow, K]):
    """The same of a table that extends `SoftDelete`: what is deleted is not found, until it is restored."""

    __slots__ = ()

    def restore(self, key: K) -> Rows[SoftRow]:
        """The row, deleted no more; none where it was not."""
        table = self._table
        back: Any = update(table).set(table.deleted_at.to(None))
        found: Rows[SoftRow] = back.where(*self._where(key), table.deleted_at.is_not_null()).returning()
        return found

    def purge(self, key: K) -> Command:
        """DELETE of a row that is deleted: it is gone. One that lives stays."""
        return self._gone(*self._where(key), self._table.deleted_at.is_not_null())

    def purge_before(self, moment: dt.datetime) -> Command:
        """DELETE of all that was deleted before a moment: what a job of the night runs."""
        return self._gone(self._table.deleted_at < moment)

    def _gone(self, *conditions: Any) -> Command:
        table: type[SoftRow] = self._table
        return delete(table).where(*conditions)


def _prepared(table: Any, key: tuple[Any, ...], among: tuple[Any, ...]) -> tuple[Callable[..., Any], ...]:
    """Those of one key column are prepared; of several they are built, and compiled once."""

    def found(*values: Any) -> Any:
        return select(table).where(*(column == value for column, value in zip(key, values, strict=True)), *among)

    def removed(*values: Any) -> Any:
        where = (*(column == value for column, value in zip(key, values, strict=True)), *among)
        if among:
            return update(table).set(table.deleted_at.to(fn.now())).where(*where).returning()
        return delete(table).where(*where).returning()

    def page(limit: Any, *after: Any) -> Any:
        query = select(table).where(*among).order_by(*(column.asc() for column in key)).limit(limit)
        if not after:
            return query
        *same, last = range(len(key))
        later = key[last] > after[last]
        for place in reversed(same):
            later = (key[place] > after[place]) | ((key[place] == after[place]) & later)
        return query.where(later)

    if len(key) > 1:
        return found, removed, page

    def by_id(identity: object) -> Any:
        return found(identity)

    def delete_one(identity: object) -> Any:
        return removed(identity)

    def pages(limit: int, after: object = None) -> Any:
        return page(limit) if after is None else page(limit, after)

    return tuple(prepare(each) for each in (by_id, delete_one, pages))


def _again(table: Any, names: tuple[str, ...]) -> Any:
    return _made(table, tuple(getattr(table, name) for name in names))


def _made(table: type[Any], columns: tuple[Column[Any], ...]) -> Crud[Any, Any]:
    return (SoftCrud if issubclass(table, SoftDelete) else Crud)(table, columns)


@overload
def crud(table: type[SoftRow], a: Column[A], /, *, key: KeyBeside = None) -> SoftCrud[SoftRow, A]: ...
@overload
def crud(
    table: type[SoftRow], a: Column[A], b: Column[B], /, *, key: KeyBeside = None
) -> SoftCrud[SoftRow, tuple[A, B]]: ...
@overload
def crud(
    table: type[SoftRow], a: Column[A], b: Column[B], c: Column[C], /, *, key: KeyBeside = None
) -> SoftCrud[SoftRow, tuple[A, B, C]]: ...
@overload
def crud(table: type[Row], a: Column[A], /, *, key: KeyBeside = None) -> Crud[Row, A]: ...
@overload
def crud(table: type[Row], a: Column[A], b: Column[B], /, *, key: KeyBeside = None) -> Crud[Row, tuple[A, B]]: ...
@overload
def crud(
    table: type[Row], a: Column[A], b: Column[B], c: Column[C], /, *, key: KeyBeside = None
) -> Crud[Row, tuple[A, B, C]]: ...
def crud(table: type[Any], /, *columns: Column[Any], key: KeyBeside = None) -> Crud[Any, Any]:
    """The statements that a table needs by its key: by_id, create, patch, delete, list.

    The columns are those that tell its rows apart, and give the key's type: `crud(User, User.id)` takes a `UserId`
    where that is what the column holds. A key that stands beside the table, by `primary_key` or `unique`, is given as
    `key`, as the class knows nothing of it. Of a table that extends `SoftDelete` deleted rows are not found, and there
    are restore, purge and purge_before. Errors: DefinitionError for columns that do not tell rows apart, or may be
    NULL.

    >>> users = crud(User, User.id)
    >>> db.one(users.create(new(User)(name="Kurt"))).map(lambda user: user.id)
    <Success: 3>
    >>> db.one(users.patch(3, patch(User)(nickname="K."))).unwrap().nickname
    'K.'
    >>> [user.name for user in db.all(users.list(after=1)).unwrap()]
    ['Grace', 'Kurt']
    >>> db.one(users.delete(3)).map(lambda user: user.id), db.first(users.by_id(3))
    (<Success: 3>, <Success: None>)
    """
    if not is_table(table):
        raise DefinitionError(f"crud takes a table class, not {table!r}")
    info = describe(table)
    own_columns = {id(getattr(table, each.attribute)): each.attribute for each in info.columns}
    names = [own_columns[id(each)] for each in columns if id(each) in own_columns]
    if len(names) < len(columns) or not names:
        raise DefinitionError(f"crud({table.__name__}, ...) takes the columns of its key, such as {table.__name__}.id")
    if nullable := [column.attribute for column in info.columns if column.attribute in names and column.optional]:
        raise DefinitionError(
            f"crud({table.__name__}, ...): {' and '.join(nullable)} may be NULL, and such rows would never be found: "
            "take columns without None"
        )
    found = {column.name for column in info.columns if column.attribute in names}
    if not any(each <= found for each in _keys(table, info, key)):
        own = ", ".join(column.attribute for column in info.primary_key)
        advice = (
            f"take the primary key, {own}, or a column that is unique"
            if own
            else f"give the key that stands beside the table, {table.__name__}_key = primary_key(...), as key="
        )
        raise DefinitionError(
            f"crud({table.__name__}, ...): {' and '.join(names)} alone may be of several rows: {advice}"
        )
    return _made(table, columns)


def _keys(table: type[Any], info: TableInfo, beside: object) -> Iterator[set[str]]:
    """The columns of each key that is known to tell the rows apart."""
    yield from ({column.name} for column in info.columns if column.unique)
    if info.primary_key:
        yield {column.name for column in info.primary_key}
    if isinstance(beside, PrimaryKey | Unique) and beside.table == info.source:
        yield set(beside.columns)
    elif beside is not None:
        raise DefinitionError(
            f"crud({table.__name__}, ...) takes as key= what primary_key(...) or unique(...) gave of its table, not "
            f"{beside!r}"
        )
