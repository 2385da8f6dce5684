"""Which migration a database is at."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, Script, connect
from qb.kit import Replays, migrate, table_status, which_applied
from qb.run.server.embedded import embedded
from tests.kit.running.histories import in_line, migration

THREE = in_line(
    migration("0001_notes", "CREATE TABLE notes (id int);"),
    migration("0002_rows", "INSERT INTO notes VALUES (1);"),
    migration("0003_more", "ALTER TABLE notes ADD more int; CREATE TABLE more ();"),
)


@pytest.mark.slow
def test_a_database_is_recognized(cache: Path, db: Database) -> None:
    replays = Replays(cache=cache)
    assert which_applied(db, THREE, replays=replays).unwrap().empty
    migrate(db, THREE, to="0002").unwrap()
    assert which_applied(db, THREE, replays=replays).unwrap().at == ("0001_notes", "0002_rows")
    migrate(db, THREE).unwrap()
    assert which_applied(db, THREE, replays=replays).unwrap().at == ("0003_more",)
    db.run(Script("ALTER TABLE notes DROP more")).unwrap()
    found = which_applied(db, THREE, replays=replays).unwrap()
    assert (found.at, found.nearest, found.exit_code) == ((), "0003_more", 3)
    assert found.differs == ("column public.notes.more",)


@pytest.mark.slow
def test_a_database_of_an_older_server_is_recognized(cache: Path, server_folder: Path) -> None:
    """Its partitions have no identity of their own, nor do they say one."""
    up = (
        "CREATE TABLE events (at int, id int GENERATED ALWAYS AS IDENTITY, a text) PARTITION BY RANGE (at);"
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9);"
        "CREATE VIEW v AS SELECT a FROM events;"
    )
    history = in_line(migration("0001_events", up), migration("0002_more", "ALTER TABLE events ADD more int;"))
    replays = Replays(cache=cache)
    with embedded(server_folder / "sixteen", major=16) as old, connect(old.url) as db:
        migrate(db, history, to="0001").unwrap()
        assert which_applied(db, history, replays=replays).unwrap().at == ("0001_events",)
        states = {each.table: each.state for each in table_status(db, history, replays=replays).unwrap().tables}
        assert (states["public.events"], states["public.events_1"]) == ("as migrated", "as migrated")
        db.run(Script("ALTER TABLE events ADD by_hand int")).unwrap()
        found = which_applied(db, history, replays=replays).unwrap()
        assert (found.nearest, found.differs) == ("0001_events", ("column public.events.by_hand",))


def test_a_shadow_that_is_not_there_is_told(db: Database) -> None:
    replays = Replays(shadow="postgresql://nowhere.invalid/x")
    assert "nowhere.invalid" in str(which_applied(db, THREE, replays=replays).failure())
