"""`prove`: a plan run on a server that is thrown away, on a database with rows: up, down, and up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, ignore
from qb.kit.catalog import Catalog
from qb.kit.diffs.renames import renames_of
from qb.kit.errors import KitError, MissingExtensions, NoShadow
from qb.kit.ours.value import Ours
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.sides import Sides
from qb.kit.proving.errors import NotProved
from qb.kit.proving.proof import ProofRefused, ProofRun, ProvedPlan
from qb.kit.proving.proof_place import ProofPlace, proof_place
from qb.kit.proving.touched_part import touched_part

__all__ = ["ProvedPlan", "Proving", "prove", "tried_proof"]

_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})
_OF_ALL: Final = frozenset(("role", "membership"))

Proving: TypeAlias = Success[ProvedPlan] | Failure[DbError | KitError, ProvedPlan]
"""What comes back: what was seen, or why it is not proved."""


def prove(
    before: Catalog,
    after: Catalog,
    made: MigrationPlan,
    *,
    ours: Ours = Ours(),
    renamed: Mapping[str, str] = _NO_HINTS,
    shadow: str | None = None,
    cache: Path | str | None = None,
) -> Proving:
    """Run a plan on the embedded server, on a database that is made of `before` and filled with rows.

    The up gives `after` and the down `before`, the rows of all that is not named as lost are the same, and all of it
    works once more as `migrate` runs it, in its transactions. What each statement locks, rewrites and reads is looked
    at while it runs. Of a large database only what the plan can touch is made: what it changes, all that stands on
    that, and what these need; all of it where that does not do. `shadow` is the address of another server, for where
    the embedded one lacks an extension; no roles are made there. Errors: `NotProved`, `NoShadow`, those of the world.

    >>> from qb.kit import introspect, plan
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     tx.run(Script("ALTER TABLE tasks ALTER hours TYPE numeric")).unwrap()
    ...     after = introspect(tx).unwrap()
    1
    >>> found = prove(before, after, plan(before, after)).unwrap()
    >>> {table for each in found.up for table in each.rewrites}, found.rows > 0
    ({'public.tasks'}, True)
    """
    sides = Sides(before, after, ours, renames_of(renamed, before, after))
    if (part := touched_part(sides, made)) is not None:
        few = Sides(*part, ours, renames_of(renamed, *part))
        rest = {each: fact for each, fact in before.items() if each not in part[0]}
        found = tried_proof(lambda place: ProofRun(place, few, made, rest=rest).run(), part[0], made, shadow, cache)
        if isinstance(found, Success):
            return found
        ignore(found)  # what is refused is tried on all of it
    return tried_proof(lambda place: ProofRun(place, sides, made).run(), before, made, shadow, cache)


def tried_proof(
    run: Callable[[ProofPlace], ProvedPlan],
    before: Catalog,
    made: MigrationPlan,
    shadow: str | None,
    cache: Path | str | None,
) -> Proving:
    """On the embedded server; on the shadow, where there is one, if that server cannot make what is there before."""
    found = _tried(run, before, None, cache)
    if shadow is None or not isinstance(found, Failure) or not _cannot_begin(found.failure()):
        return found
    roles = [each for each in (*made.up, *made.down) if each.identity.kind in _OF_ALL]
    if roles:
        said = f"{roles[0].identity} belongs to the whole of the shadow's server, where none are made"
        return Failure(NoShadow(f"{found.failure()}; and {said}"))
    return _tried(run, before, shadow, cache)


def _cannot_begin(error: DbError | KitError) -> bool:
    return isinstance(error, MissingExtensions | NoShadow) or (isinstance(error, NotProved) and error.way == "before")


def _tried(
    run: Callable[[ProofPlace], ProvedPlan], before: Catalog, shadow: str | None, cache: Path | str | None
) -> Proving:
    try:
        with proof_place(before.version // 10_000, shadow=shadow, cache=cache) as place:
            return Success(run(place))
    except ProofRefused as refused:
        return Failure(refused.error)
    except (DbError, KitError) as error:
        return Failure(error)
