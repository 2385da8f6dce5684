"""What pyproject.toml says of databases: `[tool.qb.databases.NAME]`, as frozen values.

https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

Migrator: TypeAlias = Literal[
    "alembic",
    "atlas",
    "dbmate",
    "diesel",
    "directus",
    "django",
    "drizzle",
    "ecto",
    "entity-framework",
    "flyway",
    "golang-migrate",
    "goose",
    "knex",
    "kysely",
    "liquibase",
    "mikro-orm",
    "node-pg-migrate",
    "pgroll",
    "prisma",
    "rails",
    "refinery",
    "sequelize",
    "sqitch",
    "sqlx",
    "supabase",
]
"""Who else may keep tables and a history of its own in a database."""


class CustomSql(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """SQL files that are run around what the schema says, in their order. Names may be patterns: `sql/*.sql`."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class OutputFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written anew from the schema, and where to."""

    docs: str | None = None
    """The data dictionary, in Markdown."""
    erd: str | None = None
    """The diagram: its suffix says which, .mmd, .dot or .svg."""
    json_schema: str | None = None
    openapi: str | None = None
    typescript: str | None = None


class DatabaseConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One database, as its table in pyproject.toml says it: what is not said is None or empty, paths are as written.

    `choose` makes of it what commands work with: an address, paths, and who may change what.
    """

    url: str | None = None
    """Its address, or `env:NAME` for a variable that has it. Else that in DATABASE_URL, else the embedded server."""
    direct_url: str | None = None
    """The same without a pooler in between, where `url` goes through one: migrations go there."""
    schema: tuple[str, ...] | str = ()
    """The modules that describe it: `shop.tables`, or `shop.tables:shop` for one schema in it."""
    migrations: str = "migrations"
    """The folder of its migrations, from the config's folder on; it may be outside of the package."""
    layout: Literal["folder", "flat"] = "folder"
    """A folder for each migration, or a file."""
    prefix: Literal["timestamp", "index"] = "timestamp"
    """What names of migrations begin with."""
    schemas: tuple[str, ...] = ()
    """Patterns of the PostgreSQL schemas that are ours; without one all are."""
    include: tuple[str, ...] = ()
    """Patterns of the names that are ours; without one all are."""
    exclude: tuple[str, ...] = ()
    """Patterns of the names that are not, after all."""
    owned: bool | None = None
    """Whether it may be changed. Not said, it is where the server is the embedded one, or on this machine."""
    protected: bool | None = None
    """Whether changes have to be confirmed. Not said, it is unless the server is on this machine, and owned."""
    shadow: str = "auto"
    """The server on which schemas are looked at: "auto" is the embedded one; else an address, or `env:NAME`."""
    major: int | None = None
    """The server's major version; not said, it is asked."""
    custom: CustomSql = CustomSql()
    seeds: tuple[str, ...] = ()
    """What fills it: `module:function`, or SQL files."""
    outputs: OutputFiles = OutputFiles()
    journal: str = "qb"
    """The PostgreSQL schema of the migrations' journal."""
    each: str | None = None
    """What names many databases that the same migrations are for, as `shop.tenants:addresses`: see `migrate_each`."""
    coexist: tuple[Migrator, ...] = ()
    """Whose tables of migrations may be in the same database."""
    strict: bool = False
    """Whether migrations have to be confirmed here, too, though it is not protected."""
    verbose: bool = False
    """Whether commands show each statement that they send, with its time."""
    extends: str | None = None
    """The database whose keys it has but for its own. `owned` and `protected` are never taken over, and `direct_url` is
    not where it has a `url` of its own."""


def innermost(lines: Mapping[str, int], keys: Sequence[str]) -> int | None:
    """The line of a key; of one that has none that of the nearest table around it."""
    places = (lines.get(".".join(keys[:count])) for count in range(len(keys), 0, -1))
    return next((each for each in places if each is not None), None)


class Config(msgspec.Struct, frozen=True):
    """All databases of a pyproject.toml, what they extend put in.

    >>> from qb.kit.config_file import config_of
    >>> config = config_of('[tool.qb.databases.shop]\\nurl = "env:SHOP"\\nschema = "shop.tables"', "pyproject.toml")
    >>> config.databases["shop"].schema
    'shop.tables'
    """

    file: Path
    databases: Mapping[str, DatabaseConfig]
    lines: Mapping[str, int] = {}
    """Where each key stands, by its whole name: `tool.qb.databases.shop.url`."""

    def line(self, place: str) -> int | None:
        """Where a key stands, or the innermost table that it would stand in."""
        return innermost(self.lines, place.split("."))

    @property
    def folder(self) -> Path:
        """Where its paths begin, and its modules are."""
        return self.file.parent
