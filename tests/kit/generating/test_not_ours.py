"""Migrations beside what others make: it is there before them, and nothing of ours is."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from qb import Col, Table, column, grant, namespace, pg, references, role, schema, sql, trigger, trigger_function
from qb.kit.generating.generate import generate


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
