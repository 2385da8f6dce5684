"""A history of another program, as values."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from qb.kit.config import Migrator

AdoptSource: TypeAlias = Literal[
    "alembic", "drizzle", "prisma", "supabase", "kysely", "flyway", "dbmate", "django", "folders"
]
"""Whose history it is. `folders` is that of diesel and its kin: a folder with up.sql and down.sql for each."""

IN_CODE: Final[frozenset[AdoptSource]] = frozenset(("alembic", "django", "kysely"))
"""Whose migrations are programs: what they made is taken over as one migration."""


def migrators_of(source: AdoptSource) -> tuple[Migrator, ...]:
    """Those that have migrations of this form.

    >>> migrators_of("folders"), migrators_of("alembic")
    (('diesel',), ('alembic',))
    """
    if source == "folders":
        return ("diesel",)
    return ("dbmate", "rails") if source == "dbmate" else (source,)


class ForeignMigration(msgspec.Struct, frozen=True, kw_only=True):
    """One migration of another program."""

    key: str
    """What its journal calls it."""
    name: str
    """What its file is called, without an ending."""
    file: str
    up: str | None = None
    """Its SQL; None where it is a program."""
    down: str | None = None
    after: tuple[str, ...] | None = None
    """The keys that it follows, where its file says so; else it follows the one before it."""


class ForeignEntry(msgspec.Struct, frozen=True):
    """A line of another program's journal."""

    key: str
    when: str | None = None
