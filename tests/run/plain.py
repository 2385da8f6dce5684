"""Statements without a builder: SQL and its values, so that the session is tested apart from what compiles queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, get_origin
from uuid import UUID

from qb import AsyncDatabase, Database
from qb.errors import DbError, DecodeError
from qb.errors.outcome import Failure, Outcome
from qb.query.statement import Command, Rows
from qb.render.effects import effects_of_sql
from qb.run.pool.pools import AsyncPool, SyncPool
from qb.run.session.configure import configure
from qb.run.session.executable import Executable, Executables, Parameter, ResultColumn
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.settings import Settings
from qb.run.session.wait import wait
from qb.tree.transaction_control import controls
from qb.types import SqlType, pg
from qb.types.identifier import ColumnLabel

R = TypeVar("R")
Q = TypeVar("Q")
Row = tuple[Any, ...]
TYPES: dict[type, SqlType[Any]] = {
    int: pg.bigint,
    str: pg.text,
    bool: pg.boolean,
    UUID: pg.uuid,
    Decimal: pg.numeric(10, 2),
    dt.datetime: pg.timestamptz,
    dict: pg.jsonb,
}


class Plain(Executable[Any]):
    """What the compiler would make of a query."""

    def __init__(self, sql: str, types: tuple[SqlType[Any], ...], decode: Callable[[Row, int], Any]) -> None:
        self.sql = self.sent = sql.encode()
        self._added = ()
        self.parameters = tuple(
            Parameter(ColumnLabel("things", f"p{index + 1}"), type) for index, type in enumerate(types)
        )
        names = sql.lower().removeprefix("select ").partition(" from ")[0].split(",")
        self.columns = tuple(ResultColumn("things", name.strip()) for name in names)
        self.binary = False
        self.returns_rows = True
        self.order = ()
        self.few = False
        self.newest = self.raw = None
        self._node = None
        self.controls = controls(sql)
        self._probes = ()
        self.writes, self.lingers, self.calls = effects_of_sql(sql)
        self.decode = lambda rows, position: [decode(row, position + index) for index, row in enumerate(rows)]


@lru_cache
def plain(sql: str, types: tuple[SqlType[Any], ...], decode: Callable[[Row, int], Any]) -> Plain:
    return Plain(sql, types, decode)


class PlainRows(Rows[R]):
    __slots__ = ("statement", "values")
    statement: Plain
    values: tuple[object, ...]


class PlainCommand(Command):
    __slots__ = ("statement", "values")
    statement: Plain
    values: tuple[object, ...]


def whole(row: Row, position: int) -> Row:
    return row


def first(row: Row, position: int) -> Any:
    return row[0]


def refuses_five(row: Row, position: int) -> int:
    """A decoder that cannot read a 5."""
    if row[0] == 5:
        raise DecodeError("things", "n", position, "$.labels[1]", "Expected `int`, got `str`")
    number: int = row[0]
    return number


def rows(sql: str, *values: object) -> Rows[Row]:
    """A query whose rows are tuples."""
    return _filled(PlainRows[Any], sql, values, whole)


def values(sql: str, *values: object) -> Rows[Any]:
    """A query whose rows are their first column."""
    return _filled(PlainRows[Any], sql, values, first)


def numbers(sql: str, *values: object) -> Rows[int]:
    """A query of numbers, with a decoder that refuses 5."""
    return _filled(PlainRows[Any], sql, values, refuses_five)


def do(sql: str, *values: object) -> Command:
    """A command."""
    return _filled(PlainCommand, sql, values, whole)


def _filled(kind: type[Q], sql: str, values: tuple[object, ...], decode: Callable[[Row, int], Any]) -> Q:
    query: Q = object.__new__(get_origin(kind) or kind)
    types = tuple(TYPES[type(value)] if value is not None else pg.text for value in values)
    object.__setattr__(query, "node", None)
    object.__setattr__(query, "statement", plain(sql, types, decode))
    object.__setattr__(query, "values", values)
    return query


class PlainStatements(Executables):
    def resolve(self, query: Any) -> Any:
        return query.statement, query.values


def database(url: str, **options: Any) -> Database:
    pool, how = _split(options)
    return Database(SyncPool(url, connection_class=Link, configure=configure, **pool), PlainStatements(), how)


def async_database(url: str, **options: Any) -> AsyncDatabase:
    pool, how = _split(options)
    return AsyncDatabase(AsyncPool(url, connection_class=Link, configure=configure, **pool), PlainStatements(), how)


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], Options]:
    pool: dict[str, Any] = {name: options.pop(name) for name in ("max_size", "timeout") if name in options}
    limits: dict[str, Any] = {
        name: options.pop(name) for name in ("statement_timeout", "lock_timeout") if name in options
    }
    return pool, Options(settings=Settings(**limits), **options)


def failure(outcome: Outcome[Any]) -> DbError:
    """The error of an outcome that must be one."""
    match outcome:
        case Failure(error):
            found: DbError = error
            return found
        case _:
            raise AssertionError(f"expected a Failure, got {outcome}")


@contextmanager
def table(db: Database, columns: str, name: str = "things") -> Generator[str]:
    """A table for the length of a test."""
    db.execute(do(f"drop table if exists {name} cascade")).unwrap()
    db.execute(do(f"create table {name} ({columns})")).unwrap()
    yield name
    db.execute(do(f"drop table if exists {name} cascade")).unwrap()


@asynccontextmanager
async def async_table(db: AsyncDatabase, columns: str, name: str = "things") -> AsyncGenerator[str]:
    """The same for coroutines."""
    (await db.execute(do(f"drop table if exists {name} cascade"))).unwrap()
    (await db.execute(do(f"create table {name} ({columns})"))).unwrap()
    yield name
    (await db.execute(do(f"drop table if exists {name} cascade"))).unwrap()


class Struck(BaseException):
    """As Ctrl-C: nobody expects it."""


def striking(at: int) -> Callable[..., Any]:
    """A waiter whose first conversation is struck when it has waited so often, as far as it goes by then; it looks at
    the socket without waiting, so most of what it has asked is unanswered."""
    talks: list[object] = []

    def waits(talk: Any, *how: Any) -> Any:
        if talks:
            return wait(talk, *how)
        talks.append(talk)
        try:
            wanted = next(talk)
            for _ in range(at):
                wanted = talk.send(wanted)
        except StopIteration as stop:
            return stop.value
        raise Struck

    return waits
