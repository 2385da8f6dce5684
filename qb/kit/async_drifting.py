"""`drift_async`: whether a database is what its schema says, for coroutines on asyncio or trio."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qb.errors.outcome import Failure, Success
from qb.kit.async_reader import introspect_async
from qb.kit.diffs.compare import diff
from qb.kit.diffs.majors import major_of
from qb.kit.diffs.value import Differing
from qb.kit.ours.value import ours_of
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.run.database.async_db import AsyncDb
from qb.run.talk.aside import aside  # sync:

_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})


async def drift_async(
    db: AsyncDb,
    wanted: Schema,
    *,
    within: Filter = Filter(),
    renamed: Mapping[str, str] = _NO_HINTS,
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
) -> Differing:
    """Whether a database is what a schema says: what is missing on it, what is there and nobody declares, what is not
    the same. It only reads, with CONNECT as all its rights.

    The schema is made on a shadow of the database's major version, and both are compared as their servers write them:
    see `canonical` and `diff`. What is ours of the database is what the schema says, with `within`: see `ours_of`; the
    rest is in `not_ours`. `exit_code` of what comes back is 0 where nothing of ours differs, else 3.
    Errors: those of `canonical`, and those of the world.

    >>> from qb.kit import drift_async
    >>> await drift_async(db, schema(User, Task))
    <Success: <diff: equal>>
    """
    outcome = await introspect_async(db)
    if isinstance(outcome, Failure):
        return Failure(outcome.failure())
    found = outcome.unwrap()
    asked = partial(canonical, wanted, major=major or major_of(found.version), shadow=shadow, cache=cache)
    made = await aside(asked)  # sync: made = asked()
    if isinstance(made, Failure):
        return Failure(made.failure())
    return Success(diff(made.unwrap(), found, ours=ours_of(wanted, within=within), renamed=renamed))
