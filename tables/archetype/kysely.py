"""The tables of Kysely, whose migrations own this database: read here, never created, changed or dropped."""

from archetype.ids import KyselyMigrationLockId, KyselyMigrationName
from qb import Col, Table, column, pg


class KyselyMigration(Table, name="kysely_migration", schema="public", external=True):
    """A migration that has run."""

    name: Col[KyselyMigrationName] = column(pg.varchar(255), primary_key=True)
    timestamp: Col[str] = column(pg.varchar(255))


class KyselyMigrationLock(Table, name="kysely_migration_lock", schema="public", external=True):
    """One row, which whoever migrates locks."""

    id: Col[KyselyMigrationLockId] = column(pg.varchar(255), primary_key=True)
    is_locked: Col[int] = column(pg.integer, default=0)
