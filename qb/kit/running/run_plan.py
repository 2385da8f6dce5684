"""What a run would do, statement by statement, without doing it."""

from __future__ import annotations

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.history.losses import same_loss
from qb.kit.history.migration import Migration
from qb.kit.history.without_secrets import without_secrets
from qb.kit.running.cutting import cut_migration
from qb.kit.running.forecasting import Forecast, forecast
from qb.kit.running.journal import JournalRow
from qb.kit.running.rules import MigrationRules, needed
from qb.run.database.database import Database


class PlannedStatement(msgspec.Struct, frozen=True):
    """A statement that would be run."""

    file: str
    line: int
    sql: str
    """As it is shown: passwords and values of rows are '...'."""
    segment: int
    """What has the same number is committed together."""
    transactional: bool
    lock: str | None = None
    """The strongest lock it takes, where that was found when it was made."""
    says: str = ""


class PlannedMigration(msgspec.Struct, frozen=True):
    """A migration that would be run."""

    id: str
    statements: tuple[PlannedStatement, ...]
    loses: tuple[str, ...]
    done: int = 0
    """Segments that are done already."""
    keeps: tuple[str, ...] = ()
    """What it drops and is kept."""
    forecast: Forecast | None = None
    """What it meets in this database."""
    contract: bool = False
    """Whether it takes away what old code uses."""


def planned_migration(
    db: Database, migration: Migration, row: JournalRow | None, rules: MigrationRules, *, keep: bool
) -> PlannedMigration:
    """What a migration would run. Raises DbErrors."""
    records = {} if migration.edited else {each.number: each for each in migration.up_steps}
    statements: list[PlannedStatement] = []
    for segment in cut_migration(migration):
        for number, each in enumerate(segment.statements, segment.first):
            record = records.get(number)
            statements.append(
                PlannedStatement(
                    migration.file,
                    each.line,
                    without_secrets(each.text),
                    segment.number,
                    segment.transactional,
                    None if record is None else record.lock,
                    "" if record is None else record.says,
                )
            )

    loses = tuple(each.name for each in needed(migration))
    said = set(map(same_loss, rules.allow))
    keeps = tuple(each for each in loses if same_loss(each) not in said) if keep else ()
    return PlannedMigration(
        migration.id,
        tuple(statements),
        tuple(each for each in loses if each not in keeps),
        0 if row is None else row.done,
        keeps,
        unwrap(forecast(db, migration)),
        contract=migration.contract,
    )
