"""What differs: what runs, and what is known of it."""
# mypy: disallow-any-expr

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from qb import AsyncDb, Col, Db, Failure, Success, Table, column, matching, schema
from qb.errors import DbError
from qb.kit import (
    Catalog,
    Diff,
    Fact,
    Identity,
    ObjectChange,
    Ours,
    SqlFile,
    catalog_of_sql,
    diff,
    diff_document,
    diff_sources,
    diff_text,
    drift,
    drift_async,
    ours_of,
    source_of,
)
from qb.kit.diffs.words import DiffDocument
from qb.kit.errors import KitError


class Room(Table, name="rooms of typing"):
    id: Col[int] = column(primary_key=True)


ROOMS = schema(Room)


def drifting(db: Db) -> int:
    outcome = drift(db, ROOMS, within=matching(schemas=["app"]), renamed={"table public.room": "rooms"})
    assert_type(outcome, Success[Diff] | Failure[DbError | KitError, Diff])
    if isinstance(outcome, Failure):
        assert_type(outcome.failure(), DbError | KitError)
        return 1
    found = outcome.unwrap()
    assert_type(found, Diff)
    assert_type(found.equal, bool)
    for each in found.changes:
        assert_type(each, ObjectChange)
        assert_type(each.identity, Identity)
        assert_type(each.before, Fact | None)
    return found.exit_code


async def drifting_async(db: AsyncDb) -> Diff:
    found = (await drift_async(db, ROOMS)).unwrap()
    assert_type(found, Diff)
    return found


def sources(db: Db, before: Catalog, after: Catalog) -> Diff:
    assert_type(diff(before, after, ours=ours_of(ROOMS)), Diff)
    assert_type(ours_of(), Ours)
    assert_type(diff_text(diff(before, after), ("a", "b")), str)
    assert_type(diff_document(diff(before, after)), DiffDocument)
    assert_type(catalog_of_sql("schema.sql").unwrap(), Catalog)
    assert_type(diff_sources(ROOMS, SqlFile(Path("schema.sql"))).unwrap(), Diff)
    assert_type(diff_sources(db, before).unwrap(), Diff)
    return diff_sources(source_of("shop.tables").unwrap(), db).unwrap()
