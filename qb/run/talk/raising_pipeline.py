"""Pipelines whose statements give values: what `db.raising.pipeline()` collects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from returns.result import Result
from typing_extensions import TypeVar

from qb.errors import QueryError
from qb.errors.outcome import ignore, unwrap
from qb.query.statement import Command, Rows
from qb.run.talk.pipeline import Pending, Pipeline

if TYPE_CHECKING:
    pass

R = TypeVar("R", default=object)
T = TypeVar("T", default=object)


class Awaited(Generic[T]):
    """The value of a statement in a pipeline, once its block has ended."""

    __slots__ = ("_pending",)

    def __init__(self, pending: Pending[T]) -> None:
        self._pending = pending

    def result(self) -> T:
        """What the statement gave; its DbError is raised."""
        return unwrap(self._pending.result())


class RaisingPipeline:
    """As `Pipeline`, of values."""

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


def raise_failure(pipeline: Pipeline) -> None:
    """Raise what undid all statements of a pipeline."""
    if pipeline.failure is not None:
        for handle in pipeline.handles:
            ignore(handle.result())
        raise pipeline.failure


def plain_value(value: T) -> T:
    """QueryError for an outcome: a Failure would be committed as if it were a value."""
    if isinstance(value, Result):
        raise QueryError(
            "raising.transact takes a function that gives a value, and it returned an outcome: return qb.unwrap(...) "
            "of it, or use db.transact"
        )
    return value
