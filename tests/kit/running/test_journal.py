"""The journal in whatever schema it is: no drift, and no part of a fingerprint."""

from __future__ import annotations

import pytest

from qb import Database, Script, connect, sql
from qb.kit import diff, fingerprint, introspect, migrate
from qb.kit.ours.value import Ours
from qb.kit.running.journal_errors import NoRightForJournal
from qb.kit.running.repeatable import RepeatableSql
from tests.kit.running.histories import in_line, migration

NOTES = in_line(migration("0001_notes", "CREATE TABLE notes (id int);"))


def test_a_role_that_may_not_make_it_is_told_what_it_needs(db: Database, url: str) -> None:
    db.run(Script('CREATE ROLE "qb_test ""weak""" LOGIN')).unwrap()
    name = db.scalar(sql("SELECT quote_ident(current_database())").rows(str)).unwrap()
    try:
        with connect(url, max_size=2, role='qb_test "weak"') as weak:
            error = migrate(weak, NOTES, journal="our own").failure()
            assert isinstance(error, NoRightForJournal)
            assert error.fix == f'GRANT CREATE ON DATABASE "{name}" TO "qb_test ""weak""";'
            assert error.fix in str(error)
            db.run(Script('CREATE SCHEMA "our own"', 'GRANT USAGE ON SCHEMA "our own" TO "qb_test ""weak"""')).unwrap()
            again = migrate(weak, NOTES, journal="our own").failure()
            assert str(again).endswith('GRANT USAGE, CREATE ON SCHEMA "our own" TO "qb_test ""weak""";')
            db.run(Script('GRANT USAGE, CREATE ON SCHEMA "our own" TO "qb_test ""weak"""')).unwrap()
            assert "permission denied for schema public" in str(migrate(weak, NOTES, journal="our own").failure())
    finally:
        db.run(Script('DROP OWNED BY "qb_test ""weak""" CASCADE', 'DROP ROLE "qb_test ""weak"""')).unwrap()


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
