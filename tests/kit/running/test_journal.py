"""The journal in whatever schema it is: no drift, and no part of a fingerprint."""

from __future__ import annotations

import pytest

from qb import Database
from qb.kit import diff, fingerprint, introspect, migrate
from qb.kit.ours.value import Ours
from qb.kit.running.repeatable import RepeatableSql
from tests.kit.running.histories import in_line, migration

NOTES = in_line(migration("0001_notes", "CREATE TABLE notes (id int);"))


@pytest.mark.parametrize("schema", ["qb", "our own", "public"])
def test_a_journal_is_no_drift(db: Database, schema: str) -> None:
    migrate(db, NOTES, journal="elsewhere").unwrap()
    before = introspect(db).unwrap()
    again = RepeatableSql(name="x.sql", text="SELECT 1;", file="x.sql")
    migrate(db, in_line(*NOTES.migrations, migration("0002_x", "")), journal="elsewhere").unwrap()
    rest = in_line(migration("0001_x", ""))
    migrate(db, rest, journal=schema, after=(again,)).unwrap()
    after = introspect(db).unwrap()
    assert len(after) > len(before)
    assert [str(each) for each in diff(before, after, ours=Ours()).changes] == []
    assert fingerprint(before) == fingerprint(after)
