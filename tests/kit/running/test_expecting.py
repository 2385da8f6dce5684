"""What an application asks when it starts, and how it may migrate by itself."""

from __future__ import annotations

import pytest

from qb import ConnectionRefused, Database, SchemaIncomplete, Script, connect_async, sql
from qb.kit import expects, expects_async, migrate, migrate_async
from qb.kit.history.history import history_of
from qb.kit.running.run_progress import RunProgress
from tests.kit.running.histories import in_line, migration

TWO = in_line(migration("0001_notes", "CREATE TABLE notes ();"), migration("0002_more", "CREATE TABLE more ();"))
ONE = history_of(TWO.migrations[:1]).unwrap()


def missing(db: Database, head: object) -> tuple[str, ...]:
    error = expects(head)(db).failure()  # type: ignore[arg-type]
    assert isinstance(error, SchemaIncomplete)
    return error.missing


def test_what_is_not_there_is_named(db: Database) -> None:
    assert missing(db, TWO) == ("migration 0001_notes", "migration 0002_more")
    migrate(db, ONE).unwrap()
    assert missing(db, TWO) == ("migration 0002_more",)
    assert missing(db, "0002_more") == ("migration 0002_more",)
    assert expects("0001_notes")(db).unwrap() is None
    migrate(db, TWO).unwrap()
    assert expects(TWO)(db).unwrap() is None
    assert expects(ONE)(db).unwrap() is None, "a database that is ahead is no failure"


def test_what_is_only_begun_is_not_there(db: Database) -> None:
    migrate(db, TWO).unwrap()
    db.run(Script("UPDATE qb.migration SET state = 'running' WHERE id = '0002_more'")).unwrap()
    assert missing(db, TWO) == missing(db, "0002_more") == ("migration 0002_more (it was only begun)",)


def test_the_journal_may_be_elsewhere(db: Database) -> None:
    migrate(db, ONE, journal="our journal").unwrap()
    assert expects(ONE, journal="our journal")(db).unwrap() is None
    assert missing(db, ONE) == ("migration 0001_notes",)


@pytest.mark.anyio
async def test_the_same_in_coroutines(url: str) -> None:
    said: list[RunProgress] = []
    async with connect_async(url, max_size=1) as db:
        assert isinstance((await expects_async(TWO)(db)).failure(), SchemaIncomplete)
        done = await migrate_async(db, TWO, on_progress=said.append)
        assert done.unwrap().applied == TWO.ids
        assert (await expects_async(TWO)(db)).unwrap() is None
        assert (await migrate_async(db, TWO)).unwrap().applied == ()
        nowhere = await migrate_async(db, TWO, direct_url="postgresql://nowhere.invalid/x")
        assert isinstance(nowhere.failure(), ConnectionRefused), "another address is taken"
        assert (await db.scalar(sql("SELECT count(*) FROM more").rows(int))).unwrap() == 0
    assert said[-1].moment == "done"
