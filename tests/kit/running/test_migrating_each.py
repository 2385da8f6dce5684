"""`migrate_each`: many databases, of which one that fails stops none of the others."""

from __future__ import annotations

import pytest

from qb import Database
from qb.kit import migrate_each, status
from qb.kit.running.each_database import UnreadableAddress
from tests.kit.running.histories import in_line, migration

ONE = in_line(migration("0001_notes", "CREATE TABLE notes ();"))


@pytest.mark.parametrize("bad", ["", "secret", "mysql://secret@x/y", "host=a nope=secret", "a\0secret", "\ud800"])
def test_an_address_that_is_none_stops_none_of_the_others(db: Database, url: str, bad: str) -> None:
    begun: list[str] = []
    done = migrate_each({"bad": bad, "good": url}, ONE, on_begin=begun.append)
    error = done["bad"].failure()
    assert isinstance(error, UnreadableAddress)
    assert "secret" not in str(error)
    assert done["good"].unwrap().applied == ("0001_notes",)
    assert begun == ["bad", "good"]
    assert status(db, ONE).unwrap().level
