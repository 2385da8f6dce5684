"""`introspect_async`: a catalog read from a server, for coroutines on asyncio or trio."""

from __future__ import annotations

from typing import Final

from qb.errors import DbError, DecodeError, ServerError
from qb.errors.outcome import Failure, Outcome, Success, ignore
from qb.kit.assemble import READINGS, assemble
from qb.kit.catalog import Catalog
from qb.kit.facts.edges import ALIASES, COMMENTS, DEPENDENCIES, SERVER
from qb.query.raw import sql
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.database.async_db import AsyncDb
from qb.run.database.async_raising import AsyncRaisingDb
from qb.run.talk.async_held import AsyncHeld
from qb.run.talk.collector import seldom

READ_ANEW: Final = 6
"""How often it is read anew where somebody drops objects meanwhile."""


async def introspect_async(db: AsyncDb) -> Outcome[Catalog]:
    """All that a database holds, as a `Catalog`: read at one moment, in one message, changing nothing.

    It needs no rights but CONNECT and reading the catalog. In a transaction it sees what that sees: begin it as
    "repeatable read", so that it is one moment. Expressions are as the server writes them, with an empty search path.
    Errors: what the world does, as `Failure`.
    https://www.postgresql.org/docs/current/catalogs.html

    >>> from qb.kit import introspect_async
    >>> await introspect_async(db)
    <Success: <catalog of 2 tables, ...>>
    """
    outcome = await _read(db)
    for tried in range(READ_ANEW - 1):
        if not _vanished(outcome):
            break
        ignore(outcome)  # it is read anew
        if tried and not isinstance(db._source, AsyncHeld):  # pyright: ignore[reportPrivateUsage]
            ignore(await db.execute(sql("SELECT pg_sleep({s})", s=0.04 * 2**tried).command()))
        outcome = await _read(db)
    return outcome


async def _read(db: AsyncDb) -> Outcome[Catalog]:
    values = db.raising
    if isinstance(db._source, AsyncHeld):  # pyright: ignore[reportPrivateUsage] - a savepoint has no isolation level
        block = values.transaction(rollback=True)
    else:
        block = values.transaction(isolation="repeatable read", read_only=True, rollback=True)
    try:
        with seldom():
            return Success(await _whole(block))
    except DbError as error:
        return Failure(error)


async def _whole(block: AsyncTransactionBlock[AsyncRaisingDb]) -> Catalog:
    async with block as tx, tx.pipeline() as p:
        server = p.one(SERVER)
        dependencies, aliases, comments = p.all(DEPENDENCIES), p.all(ALIASES), p.all(COMMENTS)
        readings = [(reading, p.all(reading.query)) for reading in READINGS]
    return assemble(
        server.result()[0],
        [(reading, rows.result()) for reading, rows in readings],
        dependencies.result(),
        aliases.result(),
        comments.result(),
    )


def _vanished(outcome: Outcome[Catalog]) -> bool:
    """Whether something was dropped between the snapshot and the function that was to write it."""
    if not isinstance(outcome, Failure):
        return False
    error = outcome.failure()
    return isinstance(error, DecodeError) or (isinstance(error, ServerError) and error.sqlstate == "XX000")
