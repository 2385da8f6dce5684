"""qb: a typed, functional query builder for PostgreSQL.

Describe a database once, as immutable table classes; get typed queries, typed rows, typed JSONB and errors as values.

Every public name has a docstring with an example that runs. The examples have all of qb imported, and stand on two
tables with two and three rows, `User` (id, name, nickname, settings) and `Task` (id, user_id, title, hours, done), and
on `db`, the database that holds them; those of the asynchronous half on an `AsyncDatabase`, with `await` wherever one
likes, as in a notebook or in `python -m asyncio`.

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

from qb.ddl.plan import Plan
from qb.declare.column import Col, column, identity, references
from qb.declare.constraints import ForeignKey, Unique, check, foreign_key, unique
from qb.declare.index import index
from qb.declare.new import New, NewFactory, Patch, PatchFactory, new, patch, replace, row
from qb.declare.schema import schema
from qb.declare.table import Shape, Table
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
from qb.model.constraint import Check
from qb.model.index import Index
from qb.model.schema import Schema
from qb.outcome import Failure, Outcome, Success, ignore, unwrap
from qb.query.case import case
from qb.query.conflict import excluded
from qb.query.delete import Delete, delete
from qb.query.entity import alias, cte, subquery
from qb.query.exists import exists
from qb.query.expr.column import Assignment, Column
from qb.query.expr.computed import Computed, SqlDefault
from qb.query.expr.expr import Expr
from qb.query.expr.order_by import Ordering
from qb.query.expr.selectable import Query, Selectable
from qb.query.functions.fn import fn
from qb.query.insert import Insert, insert, insert_from
from qb.query.many import many
from qb.query.maybe import maybe
from qb.query.prepared.fixed import fixed
from qb.query.prepared.prepare import Prepared, PreparedCommand, prepare
from qb.query.raw import Sql, sql
from qb.query.returning import Returning
from qb.query.script import Script
from qb.query.select import Select, select
from qb.query.statement import Command, Rows
from qb.query.update import Update, update
from qb.query.value import value
from qb.render.compiled import Compiled
from qb.render.ddl.script import create_all, drop_all
from qb.render.target import Target
from qb.run.session.result_form import compile
from qb.types.base import SqlType
from qb.types.builtin import pg
from qb.unseen import UnseenFailure

if TYPE_CHECKING:
    from qb.run.database.async_db import AsyncDatabase, AsyncDb, AsyncTx
    from qb.run.database.async_raising import AsyncRaisingDb
    from qb.run.database.connect import connect, connect_async
    from qb.run.database.db import Database, Db, Tx
    from qb.run.database.raising import RaisingDb
    from qb.run.pool.outside import OutsideTransaction
    from qb.run.pool.pools import PoolReport
    from qb.run.talk.async_stream import AsyncStream
    from qb.run.talk.pipeline import Pending, Pipeline
    from qb.run.talk.stream import Stream

# The driver is loaded by those who connect: describing and compiling need none.
_LAZY = {
    "connect": "qb.run.database.connect",
    "connect_async": "qb.run.database.connect",
    "Database": "qb.run.database.db",
    "Db": "qb.run.database.db",
    "Tx": "qb.run.database.db",
    "OutsideTransaction": "qb.run.pool.outside",
    "PoolReport": "qb.run.pool.pools",
    "RaisingDb": "qb.run.database.raising",
    "AsyncRaisingDb": "qb.run.database.async_raising",
    "AsyncDatabase": "qb.run.database.async_db",
    "AsyncDb": "qb.run.database.async_db",
    "AsyncTx": "qb.run.database.async_db",
    "Stream": "qb.run.talk.stream",
    "AsyncStream": "qb.run.talk.async_stream",
    "Pipeline": "qb.run.talk.pipeline",
    "Pending": "qb.run.talk.pipeline",
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
    "Plan",
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
    "Target",
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
