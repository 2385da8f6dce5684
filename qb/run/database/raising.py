# Made by tools/sync.py from async_raising.py: change that one, then run `make generate`.
"""The same database for those who want exceptions: each method gives its value, or raises the DbError.

For scripts, notebooks and handlers that leave errors to a framework. There is nothing here but the unwrapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast, overload

from typing_extensions import TypeVar

from qb.errors.outcome import Outcome, Success, unwrap
from qb.model.role import Role
from qb.query.delete_by import DeleteBy, DeleteByReturning
from qb.query.insert_into import InsertInto, InsertIntoReturning
from qb.query.script import Script
from qb.query.statement import Command
from qb.query.update_by import UpdateEach, UpdateEachReturning
from qb.query.values import NewRow
from qb.run.database.block import TransactionBlock
from qb.run.database.pipeline_block import PipelineBlock
from qb.run.database.raising_read_db import RaisingReadDb
from qb.run.session.characteristics import Isolation
from qb.run.talk.raising_pipeline import RaisingPipeline, all_told, plain_value, raise_failure

if TYPE_CHECKING:
    from qb.run.database.db import Db, Tx

R = TypeVar("R", default=object)
T = TypeVar("T")
Row = TypeVar("Row", default=object)
TableT = TypeVar("TableT", default=object)


class RaisingDb(RaisingReadDb):
    """A database, a view of it or a transaction whose methods give values: what `db.raising` is.

    >>> def rename(db: RaisingDb, name: str) -> User:
    ...     return db.one(update(User).set(User.name.to(name)).where(User.id == 1).returning())
    >>> ada = rename(db.raising, "Ada L.")
    >>> ada.name
    'Ada L.'
    >>> rename(db.raising, "Grace")
    Traceback (most recent call last):
    ...
    qb.errors.UniqueViolation: another row has the same value: ...
    """

    __slots__ = ("_db",)

    def __init__(self, outcomes: Db) -> None:
        self._db: Db = outcomes
        self._reads = outcomes

    @property
    def outcomes(self) -> Db:
        """The same, giving outcomes: for functions that take a `Db`."""
        return self._db

    def execute(self, command: Command) -> int:
        """As `Db.execute`."""
        return unwrap(self._db.execute(command))

    def run(self, script: Script) -> int:
        """As `Db.run`."""
        return unwrap(self._db.run(script))

    @overload
    def insert_many(self, rows: Iterable[NewRow[TableT]]) -> int: ...
    @overload
    def insert_many(self, rows: Iterable[NewRow[TableT]], statement: InsertInto[TableT]) -> int: ...
    @overload
    def insert_many(self, rows: Iterable[NewRow[TableT]], statement: InsertIntoReturning[TableT, R]) -> list[R]: ...
    def insert_many(self, rows: Any, statement: Any = None) -> Any:
        """As `Db.insert_many`."""
        return unwrap(cast("Outcome[Any]", self._db.insert_many(rows, statement)))

    @overload
    def update_many(self, rows: Iterable[Row] | Iterable[Row], statement: UpdateEach[Any, Row]) -> int: ...
    @overload
    def update_many(self, rows: Iterable[Row] | Iterable[Row], statement: UpdateEachReturning[Row, R]) -> list[R]: ...
    def update_many(self, rows: Any, statement: Any) -> Any:
        """As `Db.update_many`."""
        return unwrap(cast("Outcome[Any]", self._db.update_many(rows, statement)))

    @overload
    def delete_many(self, rows: Iterable[Row] | Iterable[Row], statement: DeleteBy[Any, Row]) -> int: ...
    @overload
    def delete_many(self, rows: Iterable[Row] | Iterable[Row], statement: DeleteByReturning[Row, R]) -> list[R]: ...
    def delete_many(self, rows: Any, statement: Any) -> Any:
        """As `Db.delete_many`."""
        return unwrap(cast("Outcome[Any]", self._db.delete_many(rows, statement)))

    def pipeline(self) -> RaisingPipelineBlock:
        """As `Db.pipeline`; leaving the block raises the first failure, and `result()` gives values.

        In a transaction the failure leaves its block, too, and so rolls back. Outside of one a pipeline that only reads
        has nothing to undo: the values of the others are there.
        """
        return RaisingPipelineBlock(self._db.pipeline())

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> TransactionBlock[RaisingDb]:
        """As `Db.transaction`: the first error leaves the block, and so rolls back."""
        return self._db.transaction(
            isolation=isolation, read_only=read_only, deferrable=deferrable, rollback=rollback
        ).giving(RaisingDb)

    def as_role(
        self,
        role: Role | str,
        *,
        claims: Mapping[str, object] | None = None,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        rollback: bool = False,
    ) -> TransactionBlock[RaisingDb]:
        """As `Db.as_role`: the first error leaves the block, and so rolls back."""
        return self._db.as_role(
            role, claims=claims, isolation=isolation, read_only=read_only, deferrable=deferrable, rollback=rollback
        ).giving(RaisingDb)

    def transact(
        self,
        work: Callable[[RaisingDb], T],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
        retries: int = 3,
        role: Role | str | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> T:
        """As `Db.transact`, of a function that gives its value: commit where it returns, else roll back.

        >>> def finish(tx: RaisingDb) -> int:
        ...     return tx.execute(update(Task).set(Task.done.to(True)).all_rows())
        >>> db.raising.transact(finish)
        3
        """

        def run(tx: Tx) -> Outcome[T]:
            given = work(RaisingDb(tx))
            return Success(plain_value(given))

        return unwrap(
            self._db.transact(
                run,
                isolation=isolation,
                read_only=read_only,
                deferrable=deferrable,
                retries=retries,
                role=role,
                claims=claims,
            )
        )

    def options(self, *, statement_timeout: float | None = None, lock_timeout: float | None = None) -> RaisingDb:
        """As `Db.options`."""
        return RaisingDb(self._db.options(statement_timeout=statement_timeout, lock_timeout=lock_timeout))


class RaisingPipelineBlock:
    """`with db.raising.pipeline() as p`; see there."""

    def __init__(self, block: PipelineBlock) -> None:
        self._block = block

    def __enter__(self) -> RaisingPipeline:
        return RaisingPipeline(self._block.__enter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._block.__exit__(kind, error, trace)
        finally:
            all_told(self._block.pipeline)
        raise_failure(self._block.pipeline)
