"""The names that stand in annotations alone: what expressions, statements, blocks and options are.

What one calls, extends or matches is in `qb`. These are for the signatures of functions of one's own.

>>> from qb.typing import Insert, Isolation
>>> def quietly(query: Insert[User]) -> Insert[User]:
...     return query.on_conflict(User.name, nothing=True)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from qb.declare.column import Action
from qb.declare.constraints import ForeignKey, Unique
from qb.declare.new import NewFactory, PatchFactory
from qb.model.constraint import Check
from qb.model.index import Index
from qb.model.schema import Schema
from qb.model.sequence import Sequence
from qb.query.delete import Delete
from qb.query.expr.column import Assignment, Column
from qb.query.expr.computed import Computed, SqlDefault
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
from qb.query.values import NewRow
from qb.render.compiled import Compiled, Placeholder
from qb.types.base import SqlType

if TYPE_CHECKING:
    from qb.run.database.async_raising import AsyncRaisingDb
    from qb.run.database.raising import RaisingDb
    from qb.run.pool.pools import PoolReport
    from qb.run.session.characteristics import Isolation
    from qb.run.talk.async_stream import AsyncStream
    from qb.run.talk.pipeline import Pending, Pipeline
    from qb.run.talk.stream import Stream

# The driver is loaded by those who connect.
_LAZY = {
    "AsyncRaisingDb": "qb.run.database.async_raising",
    "AsyncStream": "qb.run.talk.async_stream",
    "Pending": "qb.run.talk.pipeline",
    "Pipeline": "qb.run.talk.pipeline",
    "PoolReport": "qb.run.pool.pools",
    "RaisingDb": "qb.run.database.raising",
    "Stream": "qb.run.talk.stream",
    "Isolation": "qb.run.session.characteristics",
}


def __getattr__(name: str) -> object:
    if (module := _LAZY.get(name)) is None:
        raise AttributeError(f"module 'qb.typing' has no attribute {name!r}")
    found: object = getattr(import_module(module), name)
    globals()[name] = found
    return found


__all__ = [
    "Action",
    "Assignment",
    "AsyncRaisingDb",
    "AsyncStream",
    "Check",
    "Column",
    "Compiled",
    "Computed",
    "Delete",
    "ForeignKey",
    "Index",
    "Insert",
    "InsertInto",
    "InsertIntoReturning",
    "Isolation",
    "Item",
    "Lock",
    "Mismatch",
    "NewFactory",
    "NewRow",
    "Nulls",
    "Ordering",
    "PatchFactory",
    "PatchRow",
    "Pending",
    "Pipeline",
    "Placeholder",
    "PoolReport",
    "Prepared",
    "PreparedCommand",
    "Query",
    "RaisingDb",
    "RawRows",
    "Returning",
    "Schema",
    "Selectable",
    "Sequence",
    "Sql",
    "SqlDefault",
    "SqlType",
    "Stream",
    "Unique",
    "Update",
    "WindowCall",
]
