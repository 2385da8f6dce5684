"""What reading something later gives: whoever describes what is read has not loaded what outcomes are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from qb.errors.outcome import Failure, Success
    from qb.errors.results import DecodeError

T = TypeVar("T")


def as_outcome(
    read: Callable[[], T], table: str | None, column: str | None, refused: Callable[[Exception], tuple[str, str | None]]
) -> Success[T] | Failure[DecodeError, T]:
    """What is read, or a DecodeError with the reason and the path that `refused` finds in what was raised."""
    from qb.errors import DecodeError
    from qb.errors.outcome import Failure, Success

    try:
        return Success(read())
    except Exception as error:
        reason, path = refused(error)
        return Failure(DecodeError(table, column, None, path, reason))
