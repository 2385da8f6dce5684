"""What other programs keep in a database for themselves, by name: the tables in which migrators say what they have
done, and the schemas that platforms and extensions make."""

from __future__ import annotations

from collections.abc import Container
from fnmatch import fnmatchcase
from typing import Final

from qb.frozen import FrozenStruct

JOURNAL_COMMENT: Final = "The migrations of this database: qb migrate writes it"
"""Of the table of migrations, by which our own journal is told in whatever schema it is."""
JOURNAL_TABLES: Final = frozenset(("migration", "event", "repeatable", "kept"))
KEPT_COMMENT: Final = "What migrations have dropped and kept: qb purge removes it"
"""Of the schema that holds it, by which that is told."""
KEPT_NAME: Final = "_qb_kept_"
"""What the names begin with of columns and tables that were dropped and are kept."""


class Keeper(FrozenStruct):
    """A program, and what is its own. Names are patterns as a shell has them."""

    name: str
    tables: tuple[str, ...] = ()
    """In any schema."""
    schemas: tuple[str, ...] = ()
    """With all that is in them."""
    role: str = ""
    """The role that tells that it is here, where the names are such as anybody may choose."""


KEEPERS: Final = (
    Keeper("qb", schemas=("qb",)),
    Keeper("Alembic", ("alembic_version", "alembic_version_*")),
    Keeper("Prisma", ("_prisma_migrations",)),
    Keeper("Drizzle", ("__drizzle_migrations",), ("drizzle",)),
    Keeper("Kysely", ("kysely_migration", "kysely_migration_lock")),
    Keeper("Supabase", schemas=("supabase_functions", "supabase_migrations")),
    Keeper(
        "Supabase",
        schemas=(
            *("auth", "storage", "realtime", "_realtime", "_analytics", "_supavisor", "graphql", "graphql_public"),
            *("pgbouncer", "vault", "pgsodium", "pgsodium_masks"),
        ),
        role="supabase_admin",
    ),
    Keeper("Directus", ("directus_*",)),
    Keeper("Flyway", ("flyway_schema_history",)),
    Keeper("Liquibase", ("databasechangelog", "databasechangeloglock")),
    Keeper("Django", ("django_migrations",)),
    Keeper("Rails, dbmate or golang-migrate", ("schema_migrations", "ar_internal_metadata")),
    Keeper("Knex", ("knex_migrations", "knex_migrations_lock")),
    Keeper("Sequelize", ("SequelizeMeta",)),
    Keeper("MikroORM", ("mikro_orm_migrations",)),
    Keeper("node-pg-migrate", ("pgmigrations",)),
    Keeper("Entity Framework", ("__EFMigrationsHistory",)),
    Keeper("diesel", ("__diesel_schema_migrations",)),
    Keeper("sqlx", ("_sqlx_migrations",)),
    Keeper("refinery", ("refinery_schema_history",)),
    Keeper("goose", ("goose_db_version",)),
    Keeper("Sqitch", schemas=("sqitch",)),
    Keeper("Atlas", schemas=("atlas_schema_revisions",)),
    Keeper("pgroll", schemas=("pgroll",)),
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
    return next((each.name for each in KEEPERS if matches(name, each.tables)), None) or keeper_of_schema(schema, roles)


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
