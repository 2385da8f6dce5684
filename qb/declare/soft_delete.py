"""Rows that are deleted by saying when: they stay, can be restored, and are purged in the end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qb.declare.column import Col, column
from qb.declare.table import Table
from qb.errors import DefinitionError
from qb.query.expr.expr import Expr
from qb.types.builtin import pg


class SoftDelete(Table):
    """A mixin: `deleted_at` says when a row was deleted, and None that it was not.

    `live(Note)` is the condition that queries, partial indexes and policies share, and `crud(Note, Note.id)` keeps it:
    what is deleted is not found, listed or patched, until it is restored.

    >>> class Note(SoftDelete, name="notes"):
    ...     id: Col[int] = column(primary_key=True, default=identity())
    ...     slug: Col[str]
    >>> one_each = index("notes_slug_live", Note.slug, unique=True, where=live(Note))
    >>> print(compile(select(Note.slug).where(live(Note))))
    SELECT "notes"."slug"
    FROM "notes"
    WHERE "notes"."deleted_at" IS NULL
    """

    deleted_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


def live(table: type[SoftDelete]) -> Expr[bool]:
    """The condition that a row of a table, or of an alias of one, is not deleted: `where=live(Note)` of an index.

    Errors: DefinitionError for what has no `deleted_at` of `SoftDelete`.
    https://www.postgresql.org/docs/current/indexes-partial.html

    >>> class Draft(SoftDelete, name="drafts"):
    ...     id: Col[int] = column(primary_key=True, default=identity())
    >>> print(compile(select(Draft.id).where(live(Draft))))
    SELECT "drafts"."id"
    FROM "drafts"
    WHERE "drafts"."deleted_at" IS NULL
    """
    deleted: Any = getattr(table, "deleted_at", None)
    if not isinstance(deleted, Expr):
        raise DefinitionError(f"live takes a table that extends SoftDelete, not {table!r}")
    found: Expr[bool] = deleted.is_null()
    return found
