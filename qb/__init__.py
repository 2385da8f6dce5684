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

if TYPE_CHECKING:
    from returns.result import Result

    from qb import typing
    from qb.ddl.plan import Plan, undone
    from qb.declare.arguments import Arg
    from qb.declare.column import Col, column, identity, references, serial
    from qb.declare.composite import composite
    from qb.declare.constraints import check, foreign_key, set_default, set_null
    from qb.declare.crud import crud
    from qb.declare.domain import domain
    from qb.declare.doubt import DoubtfulSchema
    from qb.declare.exclusion import exclude
    from qb.declare.exposure import exposures
    from qb.declare.function import function
    from qb.declare.guard_matrix import Violation, guards
    from qb.declare.index import index, operator_class
    from qb.declare.json_schema import json_schema, openapi_components
    from qb.declare.keys import primary_key, unique
    from qb.declare.marks import Deprecated, Hidden
    from qb.declare.new import New, Patch, new, patch, replace, row
    from qb.declare.on_update_trigger import on_update_trigger
    from qb.declare.ours import matching
    from qb.declare.partition import MAXVALUE, MINVALUE, partition_by_hash, partition_by_list, partition_by_range
    from qb.declare.policy import policy
    from qb.declare.procedure import procedure
    from qb.declare.publication import publication, published
    from qb.declare.replica_identity import replica_identity
    from qb.declare.schema import schema
    from qb.declare.silence import silence
    from qb.declare.soft_delete import SoftDelete, live
    from qb.declare.statistics import statistics
    from qb.declare.table import Shape, Table
    from qb.declare.trigger import event_trigger, event_trigger_function, trigger, trigger_function
    from qb.errors import (
        AddressUnreadable,
        Cancelled,
        CheckViolation,
        ClosedError,
        ConnectionLost,
        ConnectionRefused,
        DataException,
        DbError,
        DdlRefused,
        DeadlockDetected,
        DecodeError,
        DefinitionError,
        EncodeError,
        ExclusionViolation,
        ExtensionMissing,
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
        SchemaIncomplete,
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
    from qb.model.collation import collation
    from qb.model.custom_object import custom_object
    from qb.model.extension import extension
    from qb.model.grant import default_privileges, grant
    from qb.model.materialized_view import materialized_view, refresh
    from qb.model.namespace import namespace
    from qb.model.role import member_of, role
    from qb.model.sequence import sequence
    from qb.model.target import Target
    from qb.model.text_search import text_search_configuration
    from qb.model.view import view
    from qb.query.alias import alias
    from qb.query.case import case
    from qb.query.channel import channel
    from qb.query.delete import delete
    from qb.query.excluded import excluded
    from qb.query.exists import exists
    from qb.query.expr.expr import Expr
    from qb.query.functions.fn import fn
    from qb.query.insert import insert, insert_from
    from qb.query.many import many
    from qb.query.maybe import maybe
    from qb.query.notify import notify
    from qb.query.only import only
    from qb.query.prepared.fixed import fixed
    from qb.query.prepared.prepare import prepare
    from qb.query.raw import sql
    from qb.query.recursive import recursive
    from qb.query.script import Script
    from qb.query.select import Select, select
    from qb.query.statement import Command, Rows
    from qb.query.subquery import subquery
    from qb.query.update import update
    from qb.query.value import value
    from qb.query.with_clause import cte
    from qb.render.ddl.script import create_all, drop_all
    from qb.render.policies import explain_policy
    from qb.run.database.async_connect import connect_async
    from qb.run.database.async_database import AsyncDatabase
    from qb.run.database.async_db import AsyncDb, AsyncTx
    from qb.run.database.connect import connect
    from qb.run.database.database import Database
    from qb.run.database.db import Db, Tx
    from qb.run.pool.outside import OutsideTransaction
    from qb.run.session.result_form import compile
    from qb.run.talk.notifications import Gap, Garbled, Notification
    from qb.types.builtin import pg
    from qb.types.guard import guard
    from qb.types.json_hooks import dec_hook, enc_hook
    from qb.types.range import Multirange, Range
    from qb.types.trusted import trusted
    from qb.types.undecoded import Undecoded, undecoded
    from qb.types.versions import Undecodable, document, older
# Each is loaded by those who ask for it: who describes a database needs no statements, and neither needs the driver.
_HOMES = {
    "AddressUnreadable": "qb.errors",
    "alias": "qb.query.alias",
    "Arg": "qb.declare.arguments",
    "AsyncDatabase": "qb.run.database.async_database",
    "AsyncDb": "qb.run.database.async_db",
    "AsyncTx": "qb.run.database.async_db",
    "Cancelled": "qb.errors",
    "case": "qb.query.case",
    "channel": "qb.query.channel",
    "check": "qb.declare.constraints",
    "CheckViolation": "qb.errors",
    "ClosedError": "qb.errors",
    "Col": "qb.declare.column",
    "collation": "qb.model.collation",
    "column": "qb.declare.column",
    "Command": "qb.query.statement",
    "compile": "qb.run.session.result_form",
    "composite": "qb.declare.composite",
    "connect": "qb.run.database.connect",
    "connect_async": "qb.run.database.async_connect",
    "ConnectionLost": "qb.errors",
    "ConnectionRefused": "qb.errors",
    "create_all": "qb.render.ddl.script",
    "crud": "qb.declare.crud",
    "cte": "qb.query.with_clause",
    "custom_object": "qb.model.custom_object",
    "Database": "qb.run.database.database",
    "DataException": "qb.errors",
    "Db": "qb.run.database.db",
    "DbError": "qb.errors",
    "DdlRefused": "qb.errors",
    "DeadlockDetected": "qb.errors",
    "dec_hook": "qb.types.json_hooks",
    "DecodeError": "qb.errors",
    "default_privileges": "qb.model.grant",
    "DefinitionError": "qb.errors",
    "delete": "qb.query.delete",
    "Deprecated": "qb.declare.marks",
    "document": "qb.types.versions",
    "domain": "qb.declare.domain",
    "DoubtfulSchema": "qb.declare.doubt",
    "drop_all": "qb.render.ddl.script",
    "enc_hook": "qb.types.json_hooks",
    "EncodeError": "qb.errors",
    "event_trigger": "qb.declare.trigger",
    "event_trigger_function": "qb.declare.trigger",
    "exclude": "qb.declare.exclusion",
    "excluded": "qb.query.excluded",
    "ExclusionViolation": "qb.errors",
    "ExtensionMissing": "qb.errors",
    "exists": "qb.query.exists",
    "explain_policy": "qb.render.policies",
    "exposures": "qb.declare.exposure",
    "Expr": "qb.query.expr.expr",
    "extension": "qb.model.extension",
    "Failure": "qb.errors.outcome",
    "fixed": "qb.query.prepared.fixed",
    "fn": "qb.query.functions.fn",
    "foreign_key": "qb.declare.constraints",
    "ForeignKeyViolation": "qb.errors",
    "function": "qb.declare.function",
    "Gap": "qb.run.talk.notifications",
    "Garbled": "qb.run.talk.notifications",
    "grant": "qb.model.grant",
    "guard": "qb.types.guard",
    "guards": "qb.declare.guard_matrix",
    "Hidden": "qb.declare.marks",
    "identity": "qb.declare.column",
    "ignore": "qb.errors.outcome",
    "index": "qb.declare.index",
    "insert": "qb.query.insert",
    "insert_from": "qb.query.insert",
    "InsufficientPrivilege": "qb.errors",
    "InvalidSql": "qb.errors",
    "json_schema": "qb.declare.json_schema",
    "live": "qb.declare.soft_delete",
    "many": "qb.query.many",
    "ManyRows": "qb.errors",
    "matching": "qb.declare.ours",
    "materialized_view": "qb.model.materialized_view",
    "MAXVALUE": "qb.declare.partition",
    "maybe": "qb.query.maybe",
    "member_of": "qb.model.role",
    "MINVALUE": "qb.declare.partition",
    "Multirange": "qb.types.range",
    "namespace": "qb.model.namespace",
    "New": "qb.declare.new",
    "new": "qb.declare.new",
    "NotFound": "qb.errors",
    "Notification": "qb.run.talk.notifications",
    "notify": "qb.query.notify",
    "NotNullViolation": "qb.errors",
    "older": "qb.types.versions",
    "on_update_trigger": "qb.declare.on_update_trigger",
    "only": "qb.query.only",
    "openapi_components": "qb.declare.json_schema",
    "operator_class": "qb.declare.index",
    "Outcome": "qb.errors.outcome",
    "OutsideTransaction": "qb.run.pool.outside",
    "partition_by_hash": "qb.declare.partition",
    "partition_by_list": "qb.declare.partition",
    "partition_by_range": "qb.declare.partition",
    "Patch": "qb.declare.new",
    "patch": "qb.declare.new",
    "pg": "qb.types.builtin",
    "Plan": "qb.ddl.plan",
    "policy": "qb.declare.policy",
    "PoolExhausted": "qb.errors",
    "prepare": "qb.query.prepared.prepare",
    "primary_key": "qb.declare.keys",
    "procedure": "qb.declare.procedure",
    "publication": "qb.declare.publication",
    "published": "qb.declare.publication",
    "QbError": "qb.errors",
    "QueryError": "qb.errors",
    "Range": "qb.types.range",
    "ReadOnly": "qb.errors",
    "recursive": "qb.query.recursive",
    "references": "qb.declare.column",
    "refresh": "qb.model.materialized_view",
    "replace": "qb.declare.new",
    "replica_identity": "qb.declare.replica_identity",
    "Result": "returns.result",
    "retryable": "qb.errors",
    "role": "qb.model.role",
    "row": "qb.declare.new",
    "Rows": "qb.query.statement",
    "schema": "qb.declare.schema",
    "SchemaIncomplete": "qb.errors",
    "SchemaMismatch": "qb.errors",
    "Script": "qb.query.script",
    "Select": "qb.query.select",
    "select": "qb.query.select",
    "sequence": "qb.model.sequence",
    "serial": "qb.declare.column",
    "SerializationFailure": "qb.errors",
    "ServerError": "qb.errors",
    "set_default": "qb.declare.constraints",
    "set_null": "qb.declare.constraints",
    "Shape": "qb.declare.table",
    "silence": "qb.declare.silence",
    "SoftDelete": "qb.declare.soft_delete",
    "sql": "qb.query.raw",
    "StaleStatement": "qb.errors",
    "statistics": "qb.declare.statistics",
    "subquery": "qb.query.subquery",
    "Success": "qb.errors.outcome",
    "Table": "qb.declare.table",
    "Target": "qb.model.target",
    "text_search_configuration": "qb.model.text_search",
    "Timeout": "qb.errors",
    "TransactionAborted": "qb.errors",
    "trigger": "qb.declare.trigger",
    "trigger_function": "qb.declare.trigger",
    "trusted": "qb.types.trusted",
    "Tx": "qb.run.database.db",
    "Undecodable": "qb.types.versions",
    "Undecoded": "qb.types.undecoded",
    "undecoded": "qb.types.undecoded",
    "undone": "qb.ddl.plan",
    "unique": "qb.declare.keys",
    "UniqueViolation": "qb.errors",
    "UnseenFailure": "qb.errors.unseen",
    "unwrap": "qb.errors.outcome",
    "update": "qb.query.update",
    "value": "qb.query.value",
    "view": "qb.model.view",
    "Violation": "qb.declare.guard_matrix",
}

if not TYPE_CHECKING:  # to a checker it would make a name of each misspelt one

    def __getattr__(name: str) -> object:
        if name == "typing":
            found = import_module("qb.typing")
        elif (home := _HOMES.get(name)) is None:
            raise AttributeError(f"module 'qb' has no attribute {name!r}")
        else:
            found = getattr(import_module(home), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "AddressUnreadable",
    "alias",
    "Arg",
    "AsyncDatabase",
    "AsyncDb",
    "AsyncTx",
    "Cancelled",
    "case",
    "channel",
    "check",
    "CheckViolation",
    "ClosedError",
    "Col",
    "collation",
    "column",
    "Command",
    "compile",
    "composite",
    "connect",
    "connect_async",
    "ConnectionLost",
    "ConnectionRefused",
    "create_all",
    "crud",
    "cte",
    "custom_object",
    "Database",
    "DataException",
    "Db",
    "DbError",
    "DdlRefused",
    "DeadlockDetected",
    "dec_hook",
    "DecodeError",
    "default_privileges",
    "DefinitionError",
    "delete",
    "Deprecated",
    "document",
    "domain",
    "DoubtfulSchema",
    "drop_all",
    "enc_hook",
    "EncodeError",
    "event_trigger",
    "event_trigger_function",
    "exclude",
    "excluded",
    "ExclusionViolation",
    "exists",
    "explain_policy",
    "exposures",
    "Expr",
    "extension",
    "ExtensionMissing",
    "Failure",
    "fixed",
    "fn",
    "foreign_key",
    "ForeignKeyViolation",
    "function",
    "Gap",
    "Garbled",
    "grant",
    "guard",
    "guards",
    "Hidden",
    "identity",
    "ignore",
    "index",
    "insert",
    "insert_from",
    "InsufficientPrivilege",
    "InvalidSql",
    "json_schema",
    "live",
    "many",
    "ManyRows",
    "matching",
    "materialized_view",
    "MAXVALUE",
    "maybe",
    "member_of",
    "MINVALUE",
    "Multirange",
    "namespace",
    "New",
    "new",
    "NotFound",
    "Notification",
    "notify",
    "NotNullViolation",
    "older",
    "on_update_trigger",
    "only",
    "openapi_components",
    "operator_class",
    "Outcome",
    "OutsideTransaction",
    "partition_by_hash",
    "partition_by_list",
    "partition_by_range",
    "Patch",
    "patch",
    "pg",
    "Plan",
    "policy",
    "PoolExhausted",
    "prepare",
    "primary_key",
    "procedure",
    "publication",
    "published",
    "QbError",
    "QueryError",
    "Range",
    "ReadOnly",
    "recursive",
    "references",
    "refresh",
    "replace",
    "replica_identity",
    "Result",
    "retryable",
    "role",
    "row",
    "Rows",
    "schema",
    "SchemaIncomplete",
    "SchemaMismatch",
    "Script",
    "Select",
    "select",
    "sequence",
    "serial",
    "SerializationFailure",
    "ServerError",
    "set_default",
    "set_null",
    "Shape",
    "silence",
    "SoftDelete",
    "sql",
    "StaleStatement",
    "statistics",
    "subquery",
    "Success",
    "Table",
    "Target",
    "text_search_configuration",
    "Timeout",
    "TransactionAborted",
    "trigger",
    "trigger_function",
    "trusted",
    "Tx",
    "typing",
    "Undecodable",
    "Undecoded",
    "undecoded",
    "undone",
    "unique",
    "UniqueViolation",
    "UnseenFailure",
    "unwrap",
    "update",
    "value",
    "view",
    "Violation",
]
