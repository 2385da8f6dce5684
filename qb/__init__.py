"""qb: a typed, functional query builder for PostgreSQL.

Describe a database once, as immutable table classes; get typed queries, typed rows, typed JSONB and errors as values.

Every public name has a docstring with an example that runs. The examples have all of qb imported, and stand on two
tables with two and three rows, `User` (id, name, nickname, settings) and `Task` (id, user_id, title, hours, done), and
on `db`, the database that holds them.

>>> from qb import Col, Table, column, compile, pg, select
>>> class City(Table, name="cities"):
...     id: Col[int] = column(pg.bigint, primary_key=True)
...     name: Col[str] = column()
>>> print(compile(select(City.name).where(City.id == 1)))
SELECT "cities"."name"
FROM "cities"
WHERE "cities"."id" = $1::bigint
"""

from importlib import import_module
from typing import TYPE_CHECKING

from returns.result import Result

from qb.compile.compiled import Compiled, compile
from qb.compile.ddl import create_all, drop_all
from qb.errors import (
    Cancelled,
    CheckViolation,
    ClosedError,
    ConnectionLost,
    ConnectionRefused,
    DataException,
    DbError,
    DeadlockDetected,
    DecodeError,
    DefinitionError,
    EncodeError,
    ExclusionViolation,
    ForeignKeyViolation,
    InsufficientPrivilege,
    InvalidSql,
    ManyRows,
    NotFound,
    NotNullViolation,
    PoolExhausted,
    QbError,
    QueryError,
    ReadOnly,
    SchemaMismatch,
    SerializationFailure,
    ServerError,
    StaleStatement,
    Timeout,
    TransactionAborted,
    UniqueViolation,
    retryable,
)
from qb.outcome import Failure, Outcome, Success, ignore, unwrap
from qb.schema.column import Col, column, identity, references
from qb.schema.constraints import Check, ForeignKey, Unique, check, foreign_key, unique
from qb.schema.index import Index, index
from qb.schema.rows import New, NewFactory, Patch, PatchFactory, new, patch, replace, row
from qb.schema.schema import Schema, schema
from qb.schema.table import Shape, Table
from qb.sql.case import case
from qb.sql.conflict import excluded
from qb.sql.delete import Delete, delete
from qb.sql.entity import alias, cte, subquery
from qb.sql.exists import exists
from qb.sql.expr import Assignment, Column, Computed, Expr, Ordering, Query, Selectable, SqlDefault
from qb.sql.fixed import fixed
from qb.sql.fn import fn, value
from qb.sql.insert import Insert, insert, insert_from
from qb.sql.many import many
from qb.sql.maybe import maybe
from qb.sql.prepare import Prepared, PreparedCommand, prepare
from qb.sql.raw import Sql, sql
from qb.sql.returning import Returning
from qb.sql.rows import Command, Rows
from qb.sql.script import Script
from qb.sql.select import Select, select
from qb.sql.update import Update, update
from qb.types.base import SqlType
from qb.types.pg import pg
from qb.unseen import UnseenFailure

if TYPE_CHECKING:
    from qb.run.async_db import AsyncDatabase, AsyncDb, AsyncTx
    from qb.run.connect import connect, connect_async
    from qb.run.db import Database, Db, Tx
    from qb.run.outside import OutsideTransaction
    from qb.run.pipeline import Pending, Pipeline
    from qb.run.pool import PoolReport
    from qb.run.raising import AsyncRaisingDb, RaisingDb
    from qb.run.stream import AsyncStream, Stream

# The driver is loaded by those who connect: describing and compiling need none.
_LAZY = {
    "connect": "qb.run.connect",
    "connect_async": "qb.run.connect",
    "Database": "qb.run.db",
    "Db": "qb.run.db",
    "Tx": "qb.run.db",
    "OutsideTransaction": "qb.run.outside",
    "PoolReport": "qb.run.pool",
    "RaisingDb": "qb.run.raising",
    "AsyncRaisingDb": "qb.run.raising",
    "AsyncDatabase": "qb.run.async_db",
    "AsyncDb": "qb.run.async_db",
    "AsyncTx": "qb.run.async_db",
    "Stream": "qb.run.stream",
    "AsyncStream": "qb.run.stream",
    "Pipeline": "qb.run.pipeline",
    "Pending": "qb.run.pipeline",
}


def __getattr__(name: str) -> object:
    if (module := _LAZY.get(name)) is None:
        raise AttributeError(f"module 'qb' has no attribute {name!r}")
    found: object = getattr(import_module(module), name)
    globals()[name] = found
    return found


__all__ = [
    "alias",
    "Assignment",
    "AsyncDatabase",
    "AsyncDb",
    "AsyncRaisingDb",
    "AsyncStream",
    "AsyncTx",
    "Cancelled",
    "case",
    "Check",
    "check",
    "CheckViolation",
    "ClosedError",
    "Col",
    "Column",
    "column",
    "Command",
    "compile",
    "Compiled",
    "Computed",
    "connect",
    "connect_async",
    "ConnectionLost",
    "ConnectionRefused",
    "create_all",
    "cte",
    "Database",
    "DataException",
    "Db",
    "DbError",
    "DeadlockDetected",
    "DecodeError",
    "DefinitionError",
    "Delete",
    "delete",
    "drop_all",
    "EncodeError",
    "excluded",
    "ExclusionViolation",
    "exists",
    "Expr",
    "Failure",
    "fixed",
    "fn",
    "foreign_key",
    "ForeignKey",
    "ForeignKeyViolation",
    "identity",
    "ignore",
    "Index",
    "index",
    "Insert",
    "insert",
    "insert_from",
    "InsufficientPrivilege",
    "InvalidSql",
    "many",
    "ManyRows",
    "maybe",
    "New",
    "new",
    "NewFactory",
    "NotFound",
    "NotNullViolation",
    "Ordering",
    "Outcome",
    "OutsideTransaction",
    "PoolReport",
    "Patch",
    "patch",
    "PatchFactory",
    "Pending",
    "pg",
    "Pipeline",
    "PoolExhausted",
    "prepare",
    "Prepared",
    "PreparedCommand",
    "QbError",
    "Query",
    "QueryError",
    "RaisingDb",
    "ReadOnly",
    "references",
    "replace",
    "Result",
    "retryable",
    "Returning",
    "row",
    "Rows",
    "Schema",
    "schema",
    "Script",
    "Select",
    "select",
    "Selectable",
    "SchemaMismatch",
    "SerializationFailure",
    "ServerError",
    "StaleStatement",
    "Shape",
    "Sql",
    "sql",
    "SqlDefault",
    "SqlType",
    "Stream",
    "subquery",
    "Success",
    "Table",
    "Timeout",
    "TransactionAborted",
    "Tx",
    "Unique",
    "unique",
    "UniqueViolation",
    "UnseenFailure",
    "Update",
    "unwrap",
    "update",
    "value",
]
