"""Pipelines whose statements give values: what `db.raising.pipeline()` collects."""

from __future__ import annotations

from typing import Generic

from returns.result import Result
from typing_extensions import TypeVar

from qb.errors import QueryError
from qb.errors.outcome import ignore, unwrap
from qb.query.statement import Command, Rows
from qb.run.talk.counts import no_coroutine
from qb.run.talk.pipeline import Pending, Pipeline

R = TypeVar("R", default=object)
T = TypeVar("T", default=object)


class Awaited(Generic[T]):
    """The value of a statement in a pipeline, once its block has ended.

    >>> with db.raising.pipeline() as p:
    ...     ada = p.one(select(User.name).where(User.id == 1))
    >>> ada.result()
    'Ada'
    """

    __slots__ = ("_pending",)

    def __init__(self, pending: Pending[T]) -> None:
        self._pending = pending

    def result(self) -> T:
        """What the statement gave; its DbError is raised."""
        return unwrap(self._pending.result())


class RaisingPipeline:
    """As `Pipeline`, of values: leaving the block raises the first failure, `NotFound` of a `one` included.

    >>> with db.raising.pipeline() as p:
    ...     nobody = p.one(select(User.name).where(User.id == 404))
    Traceback (most recent call last):
    ...
    qb.errors.NotFound: no row found in "users", where one was asked for
    """

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def all(self, query: Rows[R]) -> Awaited[list[R]]:
        """As `Db.all`."""
        return Awaited(self._pipeline.all(query))

    def one(self, query: Rows[R]) -> Awaited[R]:
        """As `Db.one`."""
        return Awaited(self._pipeline.one(query))

    def first(self, query: Rows[R]) -> Awaited[R | None]:
        """As `Db.first`."""
        return Awaited(self._pipeline.first(query))

    def scalar(self, query: Rows[R]) -> Awaited[R]:
        """As `Db.scalar`."""
        return Awaited(self._pipeline.scalar(query))

    def execute(self, command: Command) -> Awaited[int]:
        """As `Db.execute`."""
        return Awaited(self._pipeline.execute(command))


def all_told(pipeline: Pipeline) -> None:
    """What its handles have is told by the exception that leaves the block."""
    for handle in pipeline.handles:
        if handle.settled:
            ignore(handle.result())


def raise_failure(pipeline: Pipeline) -> None:
    """Raise the first failure of a pipeline, whether it undid the statements or not: a block without exceptions is one
    in which everything went well."""
    if pipeline.failure is not None:
        raise pipeline.failure


def plain_value(value: T) -> T:
    """QueryError for an outcome: a Failure would be committed as if it were a value."""
    no_coroutine(value)
    if isinstance(value, Result):
        raise QueryError(
            "raising.transact takes a function that gives a value, and it returned an outcome: return qb.unwrap(...) "
            "of it, or use db.transact"
        )
    return value
