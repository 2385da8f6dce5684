"""`prove_migration`: what somebody wrote, run as it will be run: up and down, on a database with rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from qb.errors.outcome import Failure
from qb.kit.catalog import Catalog
from qb.kit.diffs.renames import renames_of
from qb.kit.errors import UnreadableSql
from qb.kit.history.executed import executed
from qb.kit.history.losses import losses
from qb.kit.history.migration import Migration
from qb.kit.history.segments import segments
from qb.kit.history.statement_parts import is_word, name_from, name_parts
from qb.kit.ours.value import Ours
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.sides import Sides
from qb.kit.proving.proof import ProofRun
from qb.kit.proving.prove import Proving, tried_proof
from qb.kit.sql_file import SqlFileError
from qb.model.object import Identity
from qb.tree.lexemes import lexemes

_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})
_WRITES: Final = ("update:", "delete:", "truncate:")


def prove_migration(
    before: Catalog,
    after: Catalog,
    migration: Migration,
    *,
    ours: Ours = Ours(),
    renamed: Mapping[str, str] = _NO_HINTS,
    shadow: str | None = None,
    cache: Path | str | None = None,
) -> Proving:
    """Run a migration as `migrate` does, on a database that is made of `before` and filled with rows.

    The up gives `after`; the down, where there is one, `before`; the rows of tables that it does not write to stay what
    they are; and both run once more. What each statement locks, rewrites and reads is looked at. Data steps in Python
    are not run. Errors: `NotProved`, `NoShadow`, `UnreadableSql`, those of the world.
    """
    try:
        up = written_steps(migration.up, migration.file or f"{migration.id}/up.sql")
        down = written_steps(migration.down or "", migration.down_file or f"{migration.id}/down.sql")
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    made = MigrationPlan(up, down)
    sides = Sides(before, after, ours, renames_of(renamed, before, after))
    changed = {each for step in (*up, *down) for each in _written(step.sql)}
    changed |= {was for was, now in sides.now.items() if now in changed}
    one_way = migration.down is None
    return tried_proof(
        lambda place: ProofRun(place, sides, made, one_way=one_way).run(changed),
        before,
        made,
        shadow,
        cache,
    )


def written_steps(text: str, file: str = "up.sql") -> tuple[PlanStep, ...]:
    """The statements of a file, as a plan has them. Raises `SqlFileError`.

    >>> [(each.sql, each.commits) for each in written_steps("SELECT 1; -- one\\n-- qb: commit\\nSELECT 2;")]
    [('SELECT 1', False), ('SELECT 2', True)]
    """
    found: list[PlanStep] = []
    for segment in segments(text, file):
        for place, each in enumerate(segment.statements):
            lost = tuple(dict.fromkeys(one.name for one in losses(each.text)))
            at = Identity("statement", "", "", str(len(found) + 1))
            commits = bool(found) and not place
            found.append(PlanStep(at, "alter", each.text, lost, commits, marked=segment.marked))
    return tuple(found)


def _written(statement: str) -> Iterator[Identity]:
    """The tables that a statement writes rows to, by its text."""
    for loss in losses(statement):
        kind, colon, name = loss.name.partition(":")
        if f"{kind}{colon}" in _WRITES:
            yield _table(name)
    for said in executed([each for each in lexemes(statement) if each.said]):
        for place in range(1, len(said)):
            if is_word(said, place - 1, "INTO"):
                yield _table(name_from(said[place:])[0])


def _table(name: str) -> Identity:
    *schema, table = name_parts(name)
    return Identity("table", schema[-1] if schema else "public", "", table)
