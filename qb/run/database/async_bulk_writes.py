"""Writes of many rows, for coroutines on asyncio or trio: `AsyncDb` has them from here."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from contextlib import aclosing
from typing import Any, TypeVarTuple, overload

from typing_extensions import TypeVar

from qb.errors.outcome import Outcome, Success
from qb.query.delete_by import DeleteBy, DeleteByReturning
from qb.query.insert_into import InsertInto, InsertIntoReturning
from qb.query.update_by import UpdateEach, UpdateEachReturning
from qb.query.values import NewRow
from qb.run.database.async_inserting import insert_all, write_all
from qb.run.database.async_read_db import AsyncReadDb
from qb.run.talk.bulk import Bulk, nothing
from qb.run.talk.chunks import chunks_async, size_of
from qb.run.talk.keyed import KeyedRows, check_keyed

Given = TypeVar("Given")
R = TypeVar("R", default=object)
Row = TypeVar("Row", default=object)
TableT = TypeVar("TableT", default=object)
Ts = TypeVarTuple("Ts")


class AsyncBulkWrites(AsyncReadDb):
    """What takes rows from an iterable, and writes them all or none."""

    __slots__ = ()

    @overload
    async def insert_many(self, rows: Iterable[NewRow[TableT]] | AsyncIterable[NewRow[TableT]]) -> Outcome[int]: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[TableT]] | AsyncIterable[NewRow[TableT]], statement: InsertInto[TableT]
    ) -> Outcome[int]: ...
    @overload
    async def insert_many(
        self, rows: Iterable[NewRow[TableT]] | AsyncIterable[NewRow[TableT]], statement: InsertIntoReturning[TableT, R]
    ) -> Outcome[list[R]]: ...
    async def insert_many(self, rows: Any, statement: Any = None) -> Any:
        """Insert any number of rows, all or none: `db.insert_many(NewUser(name=n) for n in names)` gives their number.

        Rows come from any iterable, also an asynchronous one, and are held 5,000 at a time; of a list, 50,000 go in by
        one COPY. `statement` says what to do besides inserting:
        `insert(User).on_conflict(User.name, nothing=True).returning(User.id)`; what it returns comes back in the order
        of the input. Without it rows go through binary COPY, with it through prepared VALUES of 100 rows; an ON
        CONFLICT update then fails (SQLSTATE 21000) where two of these 100 are the same row. 3,000 rows or more with ON
        CONFLICT that return nothing go through a temporary table.
        In a transaction a failure of it dooms the transaction.
        https://www.postgresql.org/docs/current/populate.html

        >>> await db.insert_many(new(User)(name=name) for name in ("Kurt", "Alan"))
        <Success: 2>
        >>> again = [new(User)(name="Ada"), new(User)(name="Edsger")]
        >>> newly = insert(User).on_conflict(User.name, nothing=True).returning(User.name)
        >>> await db.insert_many(again, newly)
        <Success: ['Edsger']>
        """
        async with aclosing(chunks_async(rows, size_of(rows, statement))) as parts:
            first = await anext(parts, None)
            if first is None:
                return Success(nothing(statement))
            bulk = Bulk(self._statements, first[0], statement)
            return await self._outcome(bulk.title, insert_all, self._source, self._options, bulk, first, parts)

    @overload
    async def update_many(
        self, rows: Iterable[Row] | AsyncIterable[Row], statement: UpdateEach[Any, Row]
    ) -> Outcome[int]: ...
    @overload
    async def update_many(
        self, rows: Iterable[Row] | AsyncIterable[Row], statement: UpdateEachReturning[Row, R]
    ) -> Outcome[list[R]]: ...
    async def update_many(self, rows: Any, statement: Any) -> Any:
        """Update any number of rows by their key, all or none; it gives how many there were.

        `statement` is what a row says: `update(User).by(User.id).each(User.name)` takes tuples of an id and a name.
        `by` takes the primary key, or the columns of a unique constraint. A key that no row has changes nothing; one
        that is given twice fails (SQLSTATE 21000), and then nothing is changed. What it returns comes in no order.

        Rows come from any iterable, also an asynchronous one, and are held 5,000 at a time, of a list 50,000. They go
        by COPY into a temporary table, and one UPDATE joins it. In a transaction a failure of it dooms the transaction.
        https://www.postgresql.org/docs/current/sql-update.html

        >>> await db.update_many([(1, "Countess"), (2, "Admiral")], update(User).by(User.id).each(User.nickname))
        <Success: 2>
        """
        return await self._keyed(rows, statement, "update_many")

    @overload
    async def delete_many(
        self, rows: Iterable[Row] | AsyncIterable[Row], statement: DeleteBy[Any, Row]
    ) -> Outcome[int]: ...
    @overload
    async def delete_many(
        self, rows: Iterable[Row] | AsyncIterable[Row], statement: DeleteByReturning[Row, R]
    ) -> Outcome[list[R]]: ...
    async def delete_many(self, rows: Any, statement: Any) -> Any:
        """Delete any number of rows by their key, all or none; it gives how many there were.

        `delete(User).by(User.id)` takes ids, `delete(Vote).by(Vote.poll_id, Vote.user_id)` tuples of both. A key that
        no row has deletes nothing, and one may be given twice. Otherwise it is as `update_many`, but keys of one column
        go as one parameter. https://www.postgresql.org/docs/current/sql-delete.html

        >>> await db.delete_many([1, 2, 404], delete(Task).by(Task.id).returning(Task.title))
        <Success: ['write', 'test']>
        """
        return await self._keyed(rows, statement, "delete_many")

    async def _keyed(self, rows: Any, statement: object, called: str) -> Any:
        known = check_keyed(statement, called)
        async with aclosing(chunks_async(rows, size_of(rows, None), called)) as parts:
            first = await anext(parts, None)
            if first is None:
                return Success([] if known.returns else 0)
            work = KeyedRows(self._statements, known)
            return await self._outcome(work.title, write_all, self._source, self._options, work, first, parts)
