"""A history that is replayed makes what its migrations make of a database: whatever SQL is written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Database, connect
from qb.kit import Replays, introspect, migrate
from qb.kit.catalog import Catalog
from qb.kit.errors import UnreadableSql
from qb.kit.history.history import history_of
from qb.kit.running.rules import MigrationRules
from qb.model.object import Identity
from tables.scratch import scratch_database
from tests.kit.running.histories import in_line, migration

_HELD = ("schema", "table", "column", "index", "check", "constraint", "function")
ALLOWED = MigrationRules(allow=("unknown:f", "unknown:fill"))


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url, name="replay") as url, connect(url, max_size=3) as db:
        yield db


@pytest.mark.slow
@pytest.mark.parametrize(
    "ups",
    [
        ("CREATE SCHEMA app; SET search_path = app; CREATE TABLE a ();", "CREATE TABLE b ();"),
        ("CREATE SCHEMA app; SET search_path = app; CREATE TABLE a ();\n-- qb: commit\nCREATE TABLE b ();",),
        ("CREATE SCHEMA app; SET LOCAL search_path = app; CREATE TABLE a ();\n-- qb: commit\nCREATE TABLE b ();",),
        ("SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.a ();", "CREATE TABLE b ();"),
        ("CREATE TABLE a (); SET SESSION AUTHORIZATION postgres; SET check_function_bodies = off;", "RESET ROLE;"),
        (
            "CREATE TABLE p (i int) PARTITION BY RANGE (i); CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (1);",
            "ALTER TABLE public.p DETACH PARTITION public.c CONCURRENTLY;",
        ),
        (
            """CREATE TABLE a (i int);
            CREATE PROCEDURE f() LANGUAGE plpgsql AS $$BEGIN
                INSERT INTO a VALUES (1); COMMIT; ALTER TABLE a ADD j int;
            END$$;""",
            "-- qb: no transaction\nCALL f();",
        ),
        ("CREATE TABLE a (i int);", "CREATE INDEX /* concurrently, as it is large */ CONCURRENTLY x ON a (i);"),
        ("CREATE TABLE a (i int);", "BEGIN ISOLATION LEVEL SERIALIZABLE; CREATE TABLE b (); COMMIT;"),
        ("CREATE TABLE a (i int); SET TRANSACTION ISOLATION LEVEL READ COMMITTED;",),
        ("SAVEPOINT x; CREATE TABLE a (); ROLLBACK TO x; CREATE TABLE b (); RELEASE x;",),
        ("CREATE TABLE a (i int);", "VACUUM a; ANALYZE a; CHECKPOINT; REINDEX TABLE a; CREATE TABLE b ();"),
    ],
)
def test_it_makes_what_a_database_gets(db: Database, cache: Path, ups: tuple[str, ...]) -> None:
    history = in_line(*(migration(f"000{number}_x", up) for number, up in enumerate(ups, 1)))
    migrate(db, history, rules=ALLOWED).unwrap()
    assert held(Replays(cache=cache).catalog(history)) == held(introspect(db).unwrap())


@pytest.mark.slow
def test_what_belongs_to_a_whole_server_is_left_alone(cache: Path) -> None:
    text = "ALTER SYSTEM SET work_mem = '5MB'; CREATE TABLESPACE \"Fast\" LOCATION '/x'; CREATE DATABASE other;"
    made = Replays(cache=cache).catalog(
        in_line(
            migration("0001_a", text + 'CREATE TABLE a () TABLESPACE "Fast";'), migration("0002_b", "GRANT ada TO bob;")
        )
    )
    assert Identity("table", "public", "", "a") in made
    assert Identity("role", "", "", "ada") in made


@pytest.mark.slow
def test_what_fails_in_a_database_of_its_own_has_its_place(cache: Path) -> None:
    text = "CREATE TABLE a ();\n-- qb: no transaction\nCREATE TABLE a ();"
    with pytest.raises(UnreadableSql, match=r'0001_a/up.sql:3:1: relation "a" already exists'):
        Replays(cache=cache).catalog(history_of([migration("0001_a", text)]).unwrap())


@pytest.mark.slow
def test_no_role_is_committed_on_the_server_of_somebody(cache: Path, qb_url: str) -> None:
    text = "CREATE ROLE qb_never_made;\n-- qb: no transaction\nCREATE TABLE a ();"
    with pytest.raises(UnreadableSql, match=r"0001_a/up\.sql:1:1: a role belongs to all of the shadow's server"):
        Replays(cache=cache, shadow=qb_url).catalog(history_of([migration("0001_a", text)]).unwrap())


def held(catalog: Catalog) -> list[str]:
    return sorted(str(each) for each in catalog if each.kind in _HELD and each.schema != "qb" and each.name != "qb")
