"""`validate_async`: every row of a database beside what its descriptors say, for coroutines on asyncio or trio."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from qb.errors import DbError, InsufficientPrivilege, InvalidSql, SchemaMismatch, ServerError
from qb.errors.outcome import Failure, Outcome, Success, unwrap
from qb.kit.hidden_rows import SEES_ALL_ROWS, said_of_uncounted_rows
from qb.kit.validating.async_asked import constraint_problems_async, missing_grant_async, sequence_problems_async
from qb.kit.validating.async_row_stream import judged_rows_async
from qb.kit.validating.classes import classes_of
from qb.kit.validating.report import Tally, Validated, ValidatedTable
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.run.database.async_db import AsyncDb
from qb.run.talk.async_held import AsyncHeld


async def validate_async(
    schema: Schema,
    db: AsyncDb,
    *,
    of: Filter = Filter(),
    sample: int | None = None,
    show_keys: bool = False,
    told: Callable[[str, int], None] = lambda table, rows: None,
) -> Outcome[Validated]:
    """Read every row of a schema's tables, and tell of those that are not what it says.

    Each value goes through the codec of its column, each guarded document through its guard; each declared check and
    foreign key is asked of all rows, each sequence whether it is behind its column. Rows are streamed, all of them as
    they are at one moment. With `sample` so many rows of each table are read, drawn at random. `of=matching(...)` says
    by names which tables. A problem says table, column, path and reason, and never a value; with `show_keys` also the
    primary keys of the first rows. `told` is called after each table. It changes nothing.
    Errors: what the world does, as `Failure`; a table that cannot be read is a problem, also where row security hides
    some of its rows from the role.

    >>> from qb.kit import validate_async
    >>> found = await validate_async(schema(User, Task), db)
    >>> found.unwrap().ok
    True
    >>> await db.execute(sql("UPDATE users SET settings = {s}::jsonb WHERE id = 2", s='{"labels": [1]}').command())
    <Success: 1>
    >>> found = await validate_async(schema(User, Task), db)
    >>> for each in found.unwrap().problems:
    ...     print(each)
    users.settings at $.labels[]: Expected `str`, got `int` (1 row)
    """
    tally, tables = Tally(show_keys), list[ValidatedTable]()
    wanted = {
        table: cls for table, cls in classes_of(schema).items() if of.covers(table.source.schema, table.source.name)
    }
    # In a transaction it is a savepoint, which sees what that sees.
    within = isinstance(db._source, AsyncHeld)  # pyright: ignore[reportPrivateUsage]
    moment: dict[str, Any] = {} if within else {"isolation": "repeatable read", "read_only": True}
    try:
        async with db.transaction(**moment, rollback=True) as tx:
            unwrap(await tx.run(SEES_ALL_ROWS))
            for table, cls in wanted.items():
                own, rows = await judged_table_async(table, cls, tx, sample, show_keys=show_keys)
                tally.join(own)
                tables.append(ValidatedTable(table.title, rows))
                told(table.title, rows)
    except DbError as error:
        return Failure(error)
    return Success(Validated(tuple(tables), tally.problems()))


async def judged_table_async(
    table: TableDefinition, cls: type[Any], tx: AsyncDb, sample: int | None = None, *, show_keys: bool = False
) -> tuple[Tally, int]:
    """What is wrong with a table's rows, and how many were read. Raises DbErrors that are not of one table alone."""
    own = Tally(show_keys)
    try:
        async with tx.transaction(rollback=True) as inner:
            rows = await judged_rows_async(table.title, cls, inner, sample, own)
            await constraint_problems_async(table, cls, inner, own)
            await sequence_problems_async(table, inner, own)
    except OF_ONE_TABLE as error:
        own, rows = Tally(show_keys), 0
        own.add("table", table.title, None, None, said_of_uncounted_rows(error), rows=0)
        own.mended_by("table", table.title, None, await missing_grant_async(table, tx, sequences=True))
    return own, rows


OF_ONE_TABLE: Final = (InsufficientPrivilege, InvalidSql, SchemaMismatch, ServerError)
"""What keeps one table from being read, and no other."""
