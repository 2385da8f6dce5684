"""Migrations beside what others make: it is there before them, and nothing of ours is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from qb import (
    Col,
    Db,
    Script,
    Table,
    column,
    connect,
    grant,
    matching,
    namespace,
    pg,
    references,
    role,
    schema,
    sql,
    trigger,
    trigger_function,
)
from qb.errors.outcome import Outcome
from qb.kit import introspect, migrate, ours_of
from qb.kit.generating.generate import generate
from qb.kit.generating.made_names import made_names
from qb.kit.generating.replayed_statements import replayed_segment
from qb.kit.history.migration import OursRecord
from qb.kit.history.reading import read_history
from qb.kit.history.segments import segments
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.running.errors import NotAsRecorded
from qb.kit.running.rules import MigrationRules
from qb.model.filter import Filter
from qb.model.object import Identity
from qb.typing import Schema
from tables.scratch import scratch_database


class TheirUser(Table, name="users", schema="auth", external=True):
    id: Col[UUID] = column(pg.uuid, primary_key=True)
    vector: Col[list[float] | None] = column(pg.vector(3), default=None)


class Profile(Table, name="profiles"):
    user_id: Col[UUID] = column(pg.uuid, primary_key=True, references=references(TheirUser.id))
    at: Col[list[float] | None] = column(pg.vector(3), default=None)


class ProfileWithName(Table, name="profiles"):
    user_id: Col[UUID] = column(pg.uuid, primary_key=True, references=references(TheirUser.id))
    at: Col[list[float] | None] = column(pg.vector(3), default=None)
    name: Col[str | None] = column(pg.text, default=None)


greeted = trigger_function("greeted", sql("BEGIN RETURN NEW; END"))
hook = trigger(TheirUser, greeted, after="insert", name="hook")
reader = role("profiles_reader", login=True)
group = role("profiles_group", external=True)
auth = namespace("auth", external=True)


def test_what_is_ours_is_made_though_it_needs_what_is_not(tmp_path: Path, cache: Path) -> None:
    of = (auth, TheirUser, greeted, hook, reader, group)
    first = generate(
        schema(*of, Profile, grant("select", on=Profile, to=[reader, group])), tmp_path, prefix="index", cache=cache
    ).unwrap()
    for made in (
        'CREATE ROLE "profiles_reader"',
        'CREATE TABLE "public"."profiles"',
        "CREATE TRIGGER hook",
        'CREATE FUNCTION "public"."greeted"',
        'TO "profiles_group"',
    ):
        assert made in first.up
    for theirs in ('CREATE SCHEMA "auth"', 'CREATE TABLE "auth"."users"', 'CREATE ROLE "profiles_group"'):
        assert theirs not in first.up
    assert 'DROP TABLE "auth"' not in first.down
    wanted = schema(*of, ProfileWithName, grant("select", on=ProfileWithName, to=[reader, group]))
    second = generate(wanted, tmp_path, prefix="index", cache=cache).unwrap()
    assert second.up.count("ALTER TABLE") == 1
    assert second.rows > 0
    assert generate(wanted, tmp_path, prefix="index", cache=cache).unwrap().id is None


class Ours(Table, name="a_ours"):
    id: Col[int] = column(primary_key=True)


class OursWithMore(Table, name="a_ours"):
    id: Col[int] = column(primary_key=True)
    more: Col[int | None] = column(pg.integer)


class Given(Table, name="b_given", schema="app"):
    id: Col[int] = column(primary_key=True)
    other: Col[int] = column(references=references(Ours.id))


class GivenAway(Table, name="b_given", schema="app", external=True):
    id: Col[int] = column(primary_key=True)
    other: Col[int] = column()


class Keeps(Table, name="c_keeps"):
    given: Col[int] = column(primary_key=True, references=references(GivenAway.id))


app = namespace("app")
CHANGES: Mapping[str, tuple[Schema, Filter]] = {
    "external": (schema(app, OursWithMore, GivenAway, Keeps), matching()),
    "left out": (schema(app, OursWithMore, Given), matching(leave=["b_*"])),
    "another schema": (schema(OursWithMore), matching(schemas=["public"])),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", CHANGES)
def test_what_migrations_make_becomes_somebody_elses(tmp_path: Path, cache: Path, qb_url: str, how: str) -> None:
    first = partial(generate, folder=tmp_path, prefix="index", cache=cache)
    first(schema(app, Ours, Given)).unwrap()
    wanted, within = CHANGES[how]
    made = first(wanted, within=within).unwrap()
    assert made.id is not None
    assert 'TABLE "app"."b_given"' not in made.up
    assert made.loses == ()
    assert first(wanted, within=within).unwrap().id is None
    ours = ours_of(wanted, within=within)

    def look(db: Db, record: OursRecord | None) -> Outcome[str]:
        return introspect(db).map(lambda found: fingerprint(found, ours.as_of(record)))

    history = read_history(tmp_path).unwrap()
    rules = MigrationRules(database="shop", protected=True, confirm="shop")
    with scratch_database(qb_url, name="given_away") as url, connect(url) as db:
        assert migrate(db, history, look=look, rules=rules).unwrap().applied == history.ids
    with scratch_database(qb_url, name="given_away") as url, connect(url) as db:
        migrate(db, history, to="0001", look=look, rules=rules).unwrap()
        db.run(Script("CREATE TABLE by_hand ()")).unwrap()
        assert isinstance(migrate(db, history, look=look, rules=rules).failure(), NotAsRecorded)


def test_names_that_statements_make() -> None:
    text = """CREATE UNLOGGED TABLE IF NOT EXISTS "A b" (); ALTER TABLE app.x RENAME TO y;
    CREATE SCHEMA IF NOT EXISTS s;
    ALTER VIEW v SET SCHEMA z; ALTER TABLE t RENAME c TO d; DO $$ BEGIN CREATE TABLE app.inner (); END $$;
    CREATE OR REPLACE FUNCTION app.f() RETURNS int RETURN 1; SET search_path = away, 'there';"""
    found = made_names([replayed_segment("up.sql", each) for each in segments(text)])
    assert found.relations == {("A b",), ("app", "y"), ("z", "v"), ("app", "inner"), ("app", "f")}
    assert found.schemas == {"s"}
    assert found.has(Identity("table", "public", "", "A b"))
    assert found.has(Identity("column", "away", "A b", "x"))
    assert found.has(Identity("function", "app", "", "f()"))
    assert not found.has(Identity("table", "auth", "", "A b"))
    assert not found.has(Identity("table", "app", "", "d"))
