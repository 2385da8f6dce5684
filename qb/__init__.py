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

from qb.declare.column import Col, column, identity, references
from qb.declare.constraints import check, foreign_key, set_default, set_null
from qb.declare.doubt import DoubtfulSchema
from qb.declare.exclusion import exclude
from qb.declare.index import index
from qb.declare.keys import primary_key, unique
from qb.declare.new import New, Patch, new, patch, replace, row
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
from qb.errors.outcome import Failure, Outcome, Success, ignore, unwrap
from qb.errors.unseen import UnseenFailure
from qb.model.sequence import sequence
from qb.model.target import Target
from qb.query.alias import alias
from qb.query.case import case
from qb.query.delete import delete
from qb.query.excluded import excluded
from qb.query.exists import exists
from qb.query.expr.expr import Expr
from qb.query.functions.fn import fn
from qb.query.insert import insert, insert_from
from qb.query.many import many
from qb.query.maybe import maybe
from qb.query.raw import sql
from qb.query.script import Script
from qb.query.select import Select, select
from qb.query.statement import Command, Rows
from qb.query.subquery import subquery
from qb.query.update import update
from qb.query.value import value
from qb.query.with_clause import cte
from qb.types.builtin import pg
from qb.types.trusted import trusted

if TYPE_CHECKING:
    from qb import typing
    from qb.ddl.plan import Plan, undone
    from qb.query.prepared.fixed import fixed
    from qb.query.prepared.prepare import prepare
    from qb.query.recursive import recursive
    from qb.render.ddl.script import create_all, drop_all
    from qb.run.database.async_connect import connect_async
    from qb.run.database.async_database import AsyncDatabase
    from qb.run.database.async_db import AsyncDb, AsyncTx
    from qb.run.database.connect import connect
    from qb.run.database.database import Database
    from qb.run.database.db import Db, Tx
    from qb.run.pool.outside import OutsideTransaction
    from qb.run.session.result_form import compile

# The driver is loaded by those who connect: describing and compiling need none.
_LAZY = {
    "Plan": "qb.ddl.plan",
    "undone": "qb.ddl.plan",
    "fixed": "qb.query.prepared.fixed",
    "prepare": "qb.query.prepared.prepare",
    "create_all": "qb.render.ddl.script",
    "drop_all": "qb.render.ddl.script",
    "compile": "qb.run.session.result_form",
    "recursive": "qb.query.recursive",
    "typing": "",
    "connect": "qb.run.database.connect",
    "connect_async": "qb.run.database.async_connect",
    "Database": "qb.run.database.database",
    "Db": "qb.run.database.db",
    "Tx": "qb.run.database.db",
    "OutsideTransaction": "qb.run.pool.outside",
    "AsyncDatabase": "qb.run.database.async_database",
    "AsyncDb": "qb.run.database.async_db",
    "AsyncTx": "qb.run.database.async_db",
}


if not TYPE_CHECKING:  # to a checker it would make a name of each misspelt one

    def __getattr__(name: str) -> object:
        if (module := _LAZY.get(name)) is None:
            raise AttributeError(f"module 'qb' has no attribute {name!r}")
        found: object = getattr(import_module(module), name) if module else import_module(f"qb.{name}")
        globals()[name] = found
        return found


__all__ = [
    "alias",
    "AsyncDatabase",
    "AsyncDb",
    "AsyncTx",
    "Cancelled",
    "case",
    "check",
    "CheckViolation",
    "ClosedError",
    "Col",
    "column",
    "Command",
    "compile",
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
    "delete",
    "DoubtfulSchema",
    "drop_all",
    "EncodeError",
    "exclude",
    "excluded",
    "ExclusionViolation",
    "exists",
    "Expr",
    "Failure",
    "fixed",
    "fn",
    "foreign_key",
    "ForeignKeyViolation",
    "identity",
    "ignore",
    "index",
    "insert",
    "insert_from",
    "InsufficientPrivilege",
    "InvalidSql",
    "many",
    "ManyRows",
    "maybe",
    "New",
    "new",
    "NotFound",
    "NotNullViolation",
    "Outcome",
    "OutsideTransaction",
    "Patch",
    "patch",
    "pg",
    "Plan",
    "PoolExhausted",
    "prepare",
    "primary_key",
    "QbError",
    "QueryError",
    "ReadOnly",
    "recursive",
    "references",
    "replace",
    "Result",
    "retryable",
    "row",
    "Rows",
    "schema",
    "SchemaMismatch",
    "Script",
    "Select",
    "select",
    "sequence",
    "SerializationFailure",
    "ServerError",
    "set_default",
    "set_null",
    "Shape",
    "sql",
    "StaleStatement",
    "subquery",
    "Success",
    "Table",
    "Target",
    "Timeout",
    "TransactionAborted",
    "trusted",
    "Tx",
    "typing",
    "undone",
    "unique",
    "UniqueViolation",
    "UnseenFailure",
    "unwrap",
    "update",
    "value",
]
