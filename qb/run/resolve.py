"""What a database asks of its cache of compiled statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, overload

from qb.run.execute import Readable
from qb.sql.rows import Command, Rows

R = TypeVar("R")


class Statements(Protocol):
    """From a query to its compiled statement, and the values of its parameters in order."""

    @overload
    def resolve(self, query: Rows[R]) -> tuple[Readable[R], Sequence[object]]: ...
    @overload
    def resolve(self, query: Command) -> tuple[Readable[Any], Sequence[object]]: ...
