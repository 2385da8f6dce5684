"""What the doctor finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.kit.errors import KitError

Severity: TypeAlias = Literal["ok", "warning", "problem"]
"""Nothing is wrong; something may be; something is."""


class Diagnosis(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    check: str
    """What it is about: config, schema, address, version, pooler, settings, extensions, rights, migrators, locks
    or shadow."""
    level: Severity
    message: str
    fix: str | None = None
    """The command, the SQL or the line of the config that mends it."""


def good(check: str, message: str) -> Diagnosis:
    """Nothing is wrong."""
    return Diagnosis(check, "ok", message)


def doubtful(check: str, message: str, fix: str | None = None) -> Diagnosis:
    """Something may be wrong."""
    return Diagnosis(check, "warning", message, fix)


def bad(check: str, message: str, fix: str | None = None) -> Diagnosis:
    """Something is wrong."""
    return Diagnosis(check, "problem", message, fix)


def unexamined(check: str, error: Exception) -> Diagnosis:
    """It could not be looked at."""
    fix = getattr(error, "fix", None)
    return bad(check, str(error), fix if isinstance(fix, str) else None)


def or_good(check: str, message: str, found: Iterable[Diagnosis]) -> Iterator[Diagnosis]:
    """What was found, or that nothing was."""
    nothing = True
    for each in found:
        nothing = False
        yield each
    if nothing:
        yield good(check, message)


def attempted(check: str, look: Callable[[], Iterable[Diagnosis]]) -> tuple[Diagnosis, ...]:
    """What a look gives; where the world is in the way that is what was found."""
    try:
        return tuple(look())
    except (DbError, KitError) as error:
        return (unexamined(check, error),)
