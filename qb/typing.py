"""The names that stand in annotations alone: what expressions, statements, blocks and options are.

What one calls, extends or matches is in `qb`. These are for the signatures of functions of one's own.

>>> from qb.typing import Insert, Isolation
>>> def quietly(query: Insert[User]) -> Insert[User]:
...     return query.on_conflict(User.name, nothing=True)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from qb.ddl.operation import Alter, Comment, Compare, Create, Drop, Grant, Operation, Revoke
from qb.declare.column import Action
from qb.declare.constraints import ForeignKey, SetColumns
from qb.declare.crud import Crud, SoftCrud
from qb.declare.deferral import Initially
from qb.declare.exposure import Exposure
from qb.declare.function_body import CodeBody, ExternalBody, ExternalRows, RowsBody, TypedBody
from qb.declare.guard_matrix import GuardMatrix
from qb.declare.json_names import Rename
from qb.declare.keys import PrimaryKey, Unique
from qb.declare.new import NewFactory, PatchFactory
from qb.declare.partition import HashPartitions, Limit, ListPartitions, RangePartitions
from qb.declare.procedure import ExternalProcedure, ExternalRowProcedure, ProcedureBody, RowProcedureBody
from qb.declare.routine_options import (
    ExternalOptions,
    ExternalRoutineOptions,
    ExternalRowsOptions,
    FunctionOptions,
    RoutineOptions,
    RowsOptions,
)
from qb.declare.silence import Silenceable
from qb.declare.table_options import PartitionOptions
from qb.declare.trigger import DdlEvent, Enabled, TriggerEvent
from qb.model.collation import Collation
from qb.model.composite_type import CompositeType
from qb.model.constraint import Check
from qb.model.custom_object import CustomObject
from qb.model.domain import Domain
from qb.model.exclusion import Exclusion
from qb.model.extension import Extension
from qb.model.filter import Filter
from qb.model.function import DatabaseFunction
from qb.model.grant import DefaultPrivileges, GrantDefinition
from qb.model.index import Index, OperatorClass
from qb.model.namespace import Namespace
from qb.model.object import Identity, Object
from qb.model.policy import Policy
from qb.model.procedure import Procedure, RowProcedure
from qb.model.publication import Publication, PublishedTable
from qb.model.replica_identity import ReplicaIdentity
from qb.model.role import Membership, Role
from qb.model.routine import RoutineDefinition
from qb.model.rows_function import RowsFunction
from qb.model.schema import Schema
from qb.model.sequence import Sequence
from qb.model.silence import Lint, Silence
from qb.model.statistics import Statistics
from qb.model.text_search import TextSearchConfiguration
from qb.model.trigger import EventTrigger, Trigger, TriggerFunction
from qb.model.type import NamedType
from qb.query.channel import Channel
from qb.query.delete import Delete
from qb.query.delete_by import DeleteBy, DeleteByReturning
from qb.query.expr.column import Assignment, Column
from qb.query.expr.computed import Called, Computed, SqlDefault
from qb.query.expr.expr import Condition
from qb.query.expr.order_by import Nulls, Ordering
from qb.query.expr.pinned import Mismatch
from qb.query.expr.selectable import Item, Query, Selectable
from qb.query.for_update import Lock
from qb.query.functions.window import WindowCall
from qb.query.insert_into import InsertInto, InsertIntoReturning
from qb.query.insert_rows import Insert
from qb.query.prepared.prepare import Prepared, PreparedCommand
from qb.query.raw import RawRows, Sql
from qb.query.returning import Returning
from qb.query.update import PatchRow, Update
from qb.query.update_by import UpdateBy, UpdateEach, UpdateEachReturning
from qb.query.values import NewRow
from qb.render.compiled import Compiled, Placeholder
from qb.render.policies import AppliedPolicy, CommandPolicies, PolicyExplanation
from qb.types.base import SqlType
from qb.types.guard import Guard
from qb.types.ltree import LQuery, LTree, LTxtQuery
from qb.types.oid import RegConfig
from qb.types.text_search import TsQuery, TsVector
from qb.types.versions import Older

if TYPE_CHECKING:
    from qb.run.database.async_block import AsyncTransactionBlock
    from qb.run.database.async_pipeline_block import AsyncPipelineBlock
    from qb.run.database.async_pooled_db import AsyncPooledDb
    from qb.run.database.async_raising import AsyncRaisingDb, AsyncRaisingPipelineBlock
    from qb.run.database.async_raising_read_db import AsyncRaisingReadDb
    from qb.run.database.async_read_db import AsyncReadDb
    from qb.run.database.async_replica import AsyncReplica
    from qb.run.database.block import TransactionBlock
    from qb.run.database.pipeline_block import PipelineBlock
    from qb.run.database.pooled_db import PooledDb
    from qb.run.database.raising import RaisingDb, RaisingPipelineBlock
    from qb.run.database.raising_read_db import RaisingReadDb
    from qb.run.database.read_db import ReadDb
    from qb.run.database.replica import Replica
    from qb.run.database.slow_query import SlowOrder, SlowQuery
    from qb.run.pool.pools import PoolReport
    from qb.run.session.characteristics import Isolation
    from qb.run.session.observer import Observed, ObservedPool, Observer, PoolNumbers
    from qb.run.talk.async_listening import AsyncListening
    from qb.run.talk.async_stream import AsyncStream
    from qb.run.talk.following import ReplicaReport
    from qb.run.talk.listening import Listening
    from qb.run.talk.notifications import ChannelEvent
    from qb.run.talk.pipeline import Pending, Pipeline
    from qb.run.talk.raising_pipeline import Awaited, RaisingPipeline
    from qb.run.talk.stream import Stream


# The driver is loaded by those who connect.
_LAZY = {
    "AsyncListening": "qb.run.talk.async_listening",
    "AsyncPipelineBlock": "qb.run.database.async_pipeline_block",
    "AsyncPooledDb": "qb.run.database.async_pooled_db",
    "AsyncRaisingDb": "qb.run.database.async_raising",
    "AsyncRaisingPipelineBlock": "qb.run.database.async_raising",
    "AsyncRaisingReadDb": "qb.run.database.async_raising_read_db",
    "AsyncReadDb": "qb.run.database.async_read_db",
    "AsyncReplica": "qb.run.database.async_replica",
    "AsyncStream": "qb.run.talk.async_stream",
    "AsyncTransactionBlock": "qb.run.database.async_block",
    "Awaited": "qb.run.talk.raising_pipeline",
    "ChannelEvent": "qb.run.talk.notifications",
    "Isolation": "qb.run.session.characteristics",
    "Listening": "qb.run.talk.listening",
    "Observed": "qb.run.session.observer",
    "ObservedPool": "qb.run.session.observer",
    "Observer": "qb.run.session.observer",
    "Pending": "qb.run.talk.pipeline",
    "Pipeline": "qb.run.talk.pipeline",
    "PipelineBlock": "qb.run.database.pipeline_block",
    "PoolNumbers": "qb.run.session.observer",
    "PoolReport": "qb.run.pool.pools",
    "PooledDb": "qb.run.database.pooled_db",
    "RaisingDb": "qb.run.database.raising",
    "RaisingPipeline": "qb.run.talk.raising_pipeline",
    "RaisingPipelineBlock": "qb.run.database.raising",
    "RaisingReadDb": "qb.run.database.raising_read_db",
    "ReadDb": "qb.run.database.read_db",
    "Replica": "qb.run.database.replica",
    "ReplicaReport": "qb.run.talk.following",
    "SlowOrder": "qb.run.database.slow_query",
    "SlowQuery": "qb.run.database.slow_query",
    "Stream": "qb.run.talk.stream",
    "TransactionBlock": "qb.run.database.block",
}


if not TYPE_CHECKING:  # to a checker it would make a name of each misspelt one

    def __getattr__(name: str) -> object:
        if (module := _LAZY.get(name)) is None:
            raise AttributeError(f"module 'qb.typing' has no attribute {name!r}")
        found: object = getattr(import_module(module), name)
        globals()[name] = found
        return found


__all__ = [
    "Action",
    "Alter",
    "AppliedPolicy",
    "Assignment",
    "AsyncListening",
    "AsyncPipelineBlock",
    "AsyncPooledDb",
    "AsyncRaisingDb",
    "AsyncRaisingPipelineBlock",
    "AsyncRaisingReadDb",
    "AsyncReadDb",
    "AsyncReplica",
    "AsyncStream",
    "AsyncTransactionBlock",
    "Awaited",
    "Called",
    "Channel",
    "ChannelEvent",
    "Check",
    "CodeBody",
    "Collation",
    "Column",
    "CommandPolicies",
    "Comment",
    "Compare",
    "Compiled",
    "CompositeType",
    "Computed",
    "Condition",
    "Create",
    "Crud",
    "CustomObject",
    "DatabaseFunction",
    "DdlEvent",
    "DefaultPrivileges",
    "Delete",
    "DeleteBy",
    "DeleteByReturning",
    "Domain",
    "Drop",
    "Enabled",
    "EventTrigger",
    "Exclusion",
    "Exposure",
    "Extension",
    "ExternalBody",
    "ExternalOptions",
    "ExternalProcedure",
    "ExternalRoutineOptions",
    "ExternalRowProcedure",
    "ExternalRows",
    "ExternalRowsOptions",
    "Filter",
    "ForeignKey",
    "FunctionOptions",
    "Grant",
    "GrantDefinition",
    "Guard",
    "GuardMatrix",
    "HashPartitions",
    "Identity",
    "Index",
    "Initially",
    "Insert",
    "InsertInto",
    "InsertIntoReturning",
    "Isolation",
    "Item",
    "Limit",
    "Lint",
    "Listening",
    "ListPartitions",
    "Lock",
    "LQuery",
    "LTree",
    "LTxtQuery",
    "Membership",
    "Mismatch",
    "NamedType",
    "Namespace",
    "NewFactory",
    "NewRow",
    "Nulls",
    "Object",
    "Observed",
    "ObservedPool",
    "Observer",
    "Older",
    "Operation",
    "OperatorClass",
    "Ordering",
    "PartitionOptions",
    "PatchFactory",
    "PatchRow",
    "Pending",
    "Pipeline",
    "PipelineBlock",
    "Placeholder",
    "Policy",
    "PolicyExplanation",
    "PooledDb",
    "PoolNumbers",
    "PoolReport",
    "Prepared",
    "PreparedCommand",
    "PrimaryKey",
    "Procedure",
    "ProcedureBody",
    "Publication",
    "PublishedTable",
    "Query",
    "RaisingDb",
    "RaisingPipeline",
    "RaisingPipelineBlock",
    "RaisingReadDb",
    "RangePartitions",
    "RawRows",
    "ReadDb",
    "RegConfig",
    "Rename",
    "Replica",
    "ReplicaIdentity",
    "ReplicaReport",
    "Returning",
    "Revoke",
    "Role",
    "RoutineDefinition",
    "RoutineOptions",
    "RowProcedure",
    "RowProcedureBody",
    "RowsBody",
    "RowsFunction",
    "RowsOptions",
    "Schema",
    "Selectable",
    "Sequence",
    "SetColumns",
    "Silence",
    "Silenceable",
    "SlowOrder",
    "SlowQuery",
    "SoftCrud",
    "Sql",
    "SqlDefault",
    "SqlType",
    "Statistics",
    "Stream",
    "TextSearchConfiguration",
    "TransactionBlock",
    "Trigger",
    "TriggerEvent",
    "TriggerFunction",
    "TsQuery",
    "TsVector",
    "TypedBody",
    "Unique",
    "Update",
    "UpdateBy",
    "UpdateEach",
    "UpdateEachReturning",
    "WindowCall",
]
