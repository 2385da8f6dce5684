"""What other programs keep in a database for themselves, by name: the tables in which migrators say what they have
done, and the schemas that platforms and extensions make."""

from __future__ import annotations

from collections.abc import Container
from fnmatch import fnmatchcase
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.config import Migrator

JOURNAL_COMMENT: Final = "The migrations of this database: qb migrate writes it"
"""Of the table of migrations, by which our own journal is told in whatever schema it is."""
JOURNAL_TABLES: Final = frozenset(("migration", "event", "repeatable", "kept"))
KEPT_COMMENT: Final = "What migrations have dropped and kept: qb purge removes it"
"""Of the schema that holds it, by which that is told."""
KEPT_NAME: Final = "_qb_kept_"
"""What the names begin with of columns and tables that were dropped and are kept."""


class MigratorJournal(FrozenStruct):
    """The table in which a migrator says what it has done, and how a line of it is read."""

    table: str
    schema: str = ""
    """Where it is, if it is nowhere else."""
    column: str = ""
    """A column that tells it from those of others of the same name."""
    beside: str = ""
    """A table of the same schema that tells it."""
    key: str = ""
    """The migration of a line, as an expression; "" where one cannot be taken over."""
    when: str = "NULL::text"
    where: str = ""
    """The lines of what was done."""


class Keeper(FrozenStruct):
    """A program, and what is its own. Names are patterns as a shell has them."""

    name: str
    tables: tuple[str, ...] = ()
    """In any schema."""
    schemas: tuple[str, ...] = ()
    """With all that is in them."""
    role: str = ""
    """The role that tells that it is here, where the names are such as anybody may choose."""
    migrator: Migrator | None = None
    """What `coexist` calls it."""
    journals: tuple[MigratorJournal, ...] = ()
    """By which it is told that it migrates a database."""

    def keeps(self, name: str) -> bool:
        """Whether a table of this name is its own, in any schema."""
        return matches(name, (*self.tables, *(each.table for each in self.journals if not each.schema)))


KEEPERS: Final = (
    Keeper("qb", schemas=("qb",)),
    Keeper(
        *("Alembic", ("alembic_version_*",)),
        migrator="alembic",
        journals=(MigratorJournal("alembic_version", key="version_num::text"), MigratorJournal("alembic_version_*")),
    ),
    Keeper(
        "Prisma",
        migrator="prisma",
        journals=(
            MigratorJournal(
                "_prisma_migrations",
                key="migration_name::text",
                when="finished_at::text",
                where="finished_at IS NOT NULL AND rolled_back_at IS NULL",
            ),
        ),
    ),
    Keeper(
        *("Drizzle", (), ("drizzle",)),
        migrator="drizzle",
        journals=(
            MigratorJournal("__drizzle_migrations", column="name", key="coalesce(name::text, created_at::text)"),
            MigratorJournal("__drizzle_migrations", key="created_at::text"),  # before version 1
        ),
    ),
    Keeper(
        *("Kysely", ("kysely_migration_lock",)),
        migrator="kysely",
        journals=(MigratorJournal("kysely_migration", key="name::text", when="timestamp::text"),),
    ),
    Keeper(
        "Supabase",
        schemas=("supabase_functions", "supabase_migrations"),
        migrator="supabase",
        journals=(MigratorJournal("schema_migrations", "supabase_migrations", key="version::text"),),
    ),
    Keeper(
        "Supabase",
        schemas=(
            *("auth", "storage", "realtime", "_realtime", "_analytics", "_supavisor", "graphql", "graphql_public"),
            *("pgbouncer", "vault", "pgsodium", "pgsodium_masks"),
        ),
        role="supabase_admin",
    ),
    Keeper("Directus", ("directus_*",), migrator="directus", journals=(MigratorJournal("directus_migrations"),)),
    Keeper(
        "Flyway",
        migrator="flyway",
        journals=(
            MigratorJournal(
                "flyway_schema_history",
                key="version::text",
                when="installed_on::text",
                where="success AND version IS NOT NULL",
            ),
        ),
    ),
    Keeper(
        *("Liquibase", ("databasechangeloglock",)),
        migrator="liquibase",
        journals=(MigratorJournal("databasechangelog"),),
    ),
    Keeper(
        "Django",
        migrator="django",
        journals=(MigratorJournal("django_migrations", key="app || '.' || name", when="applied::text"),),
    ),
    Keeper("Rails, dbmate or golang-migrate", ("schema_migrations", "ar_internal_metadata")),  # by the name alone
    Keeper(
        "Rails",
        migrator="rails",
        journals=(MigratorJournal("schema_migrations", beside="ar_internal_metadata", key="version::text"),),
    ),
    Keeper(
        "golang-migrate",
        migrator="golang-migrate",
        journals=(MigratorJournal("schema_migrations", column="dirty"),),
    ),
    Keeper("Ecto", migrator="ecto", journals=(MigratorJournal("schema_migrations", column="inserted_at"),)),
    Keeper(
        "dbmate",
        migrator="dbmate",
        journals=(MigratorJournal("schema_migrations", column="version", key="version::text"),),
    ),
    Keeper("Knex", ("knex_migrations_lock",), migrator="knex", journals=(MigratorJournal("knex_migrations"),)),
    Keeper("Sequelize", migrator="sequelize", journals=(MigratorJournal("SequelizeMeta"),)),
    Keeper("MikroORM", migrator="mikro-orm", journals=(MigratorJournal("mikro_orm_migrations"),)),
    Keeper("node-pg-migrate", migrator="node-pg-migrate", journals=(MigratorJournal("pgmigrations"),)),
    Keeper("Entity Framework", migrator="entity-framework", journals=(MigratorJournal("__EFMigrationsHistory"),)),
    Keeper(
        "diesel",
        migrator="diesel",
        journals=(MigratorJournal("__diesel_schema_migrations", key="version::text", when="run_on::text"),),
    ),
    Keeper("sqlx", migrator="sqlx", journals=(MigratorJournal("_sqlx_migrations"),)),
    Keeper("refinery", migrator="refinery", journals=(MigratorJournal("refinery_schema_history"),)),
    Keeper("goose", migrator="goose", journals=(MigratorJournal("goose_db_version"),)),
    Keeper("Sqitch", schemas=("sqitch",), migrator="sqitch", journals=(MigratorJournal("changes", "sqitch"),)),
    Keeper(
        "Atlas",
        schemas=("atlas_schema_revisions",),
        migrator="atlas",
        journals=(MigratorJournal("atlas_schema_revisions"),),
    ),
    Keeper("pgroll", schemas=("pgroll",), migrator="pgroll", journals=(MigratorJournal("migrations", "pgroll"),)),
    Keeper("Hasura", schemas=("hdb_catalog",)),
    Keeper("TimescaleDB", schemas=("_timescaledb_*", "timescaledb_*")),
    Keeper("Apache AGE", schemas=("ag_catalog",)),
)
"""Those that are known. What else they own is said with patterns."""


def keeper_of(schema: str, name: str, roles: Container[str] = ()) -> str | None:
    """Who keeps a table, or what else has a name in a schema; None where no program is known to.

    `roles` are those that are there.

    >>> keeper_of("public", "alembic_version"), keeper_of("drizzle", "anything"), keeper_of("public", "orders")
    ('Alembic', 'Drizzle', None)
    """
    return next((each.name for each in KEEPERS if each.keeps(name)), None) or keeper_of_schema(schema, roles)


def keeper_of_schema(schema: str, roles: Container[str] = ()) -> str | None:
    """Who makes a schema.

    >>> keeper_of_schema("supabase_migrations"), keeper_of_schema("app"), keeper_of_schema("auth")
    ('Supabase', None, None)
    >>> keeper_of_schema("auth", ["supabase_admin"])
    'Supabase'
    """
    known = (each for each in KEEPERS if not each.role or each.role in roles)
    return next((each.name for each in known if matches(schema, each.schemas)), None)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name fits one of some patterns."""
    return any(fnmatchcase(name, each) for each in patterns)
