"""How the numbers of a sequence follow each other: its own, that of a serial, that of an identity column.

https://www.postgresql.org/docs/current/sql-createsequence.html
"""

from __future__ import annotations

import msgspec

from qb.errors import DefinitionError
from qb.types import SqlType
from qb.types.base import is_whole

_BIGINT = 2**63 - 1


class Counting(msgspec.Struct, frozen=True):
    """Where it starts, and how it goes on. A limit is None where it is that of the direction and the type."""

    start: int = 1
    increment: int = 1
    minimum: int | None = None
    maximum: int | None = None
    cache: int = 1
    cycle: bool = False


def limits_of(type_: SqlType[int | None], increment: int) -> tuple[int, int]:
    """The least and the greatest number where none is said."""
    bound = 2 ** (type_.wire.bits - 1)
    return (1, bound - 1) if increment > 0 else (-bound, -1)


def counting(
    what: str,
    type_: SqlType[int | None],
    start: int | None,
    increment: int,
    minimum: int | None,
    maximum: int | None,
    cache: int,
    cycle: object,
) -> Counting:
    """What was said, settled. DefinitionError, which begins with `what`, for what PostgreSQL refuses."""
    for option, number in (("start", start), ("increment", increment), ("min", minimum), ("max", maximum)):
        if number is not None and not is_whole(number):
            raise DefinitionError(f"{what}: {option} takes an int, not {type(number).__name__}")
    if not -_BIGINT <= increment <= _BIGINT or increment == 0:
        raise DefinitionError(f"{what} has an increment of {increment}: give one that is not 0 and within bigint")
    least, most = limits_of(type_, increment)
    bound = 2 ** (type_.wire.bits - 1)
    for option, number in (("min", minimum), ("max", maximum)):
        if number is not None and not -bound <= number < bound:
            raise DefinitionError(
                f"{what}: {option}={number} is no {type_.name}: give one from {-bound} to {bound - 1}"
            )
    first, last = least if minimum is None else minimum, most if maximum is None else maximum
    if first >= last:
        raise DefinitionError(f"{what} goes from {first} to {last}: give a max that is greater than its min")
    if start is None:
        start = first if increment > 0 else last
    if not first <= start <= last:
        raise DefinitionError(f"{what} starts at {start}, and goes from {first} to {last}: start within")
    if not is_whole(cache) or not 1 <= cache <= _BIGINT:
        raise DefinitionError(f"{what} keeps {cache!r} numbers ready: give a cache of 1 or more")
    return Counting(
        start,
        increment,
        None if first == least else first,
        None if last == most else last,
        cache,
        bool(cycle),
    )
