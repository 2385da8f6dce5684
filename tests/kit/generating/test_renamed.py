"""`renamed_from=` in descriptors: it renames once, is silent afterwards, and is told of by what reads the history."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

import qb
from qb import Col, Table, column, pg, schema
from qb.errors import DefinitionError
from qb.kit.generating.renamed import renames_in_history
from qb.kit.history.reading import read_history
from tests.kit.generating.test_generate import made

Mood = Literal["glad", "sad"]
FEELING = pg.enum("feeling", Mood)
MOOD = pg.enum("mood", Mood, renamed_from="feeling")


class Person(Table, name="persons"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str] = column(unique=True)
    feels: Col[Mood | None] = column(FEELING)


class User(Table, name="users", renamed_from="persons"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    full_name: Col[str] = column(unique=True, renamed_from="name")
    feels: Col[Mood | None] = column(MOOD)


class UserLater(Table, name="users"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    label: Col[str] = column(unique=True, renamed_from="full_name")
    feels: Col[Mood | None] = column(MOOD)


OLD, NEW, LATER = schema(Person), schema(User), schema(UserLater)


def test_what_is_renamed_is_renamed(tmp_path: Path, cache: Path) -> None:
    made(OLD, tmp_path, cache)
    found = made(NEW, tmp_path, cache)
    assert [each for each in found.up.splitlines() if not each.startswith("--")] == [
        'ALTER TABLE "public"."persons" RENAME TO "users";',
        'ALTER TABLE "public"."users" RENAME COLUMN "name" TO "full_name";',
        'ALTER TYPE "public"."feeling" RENAME TO "mood";',
        'ALTER SEQUENCE "public"."persons_id_seq" RENAME TO "users_id_seq";',
        'ALTER TABLE "public"."users" RENAME CONSTRAINT "persons_pkey" TO "users_pkey";',
        'ALTER TABLE "public"."users" RENAME CONSTRAINT "persons_name_key" TO "users_full_name_key";',
    ]
    assert found.loses == found.down_loses == ()
    assert found.rows > 0
    history = read_history(tmp_path).unwrap()
    assert set(history.find(found.id or "").unwrap().renames) == {
        "feeling=mood",
        "persons=users",
        "persons.name=users.full_name",
    }


def test_it_is_silent_once_it_is_done_and_told_of(tmp_path: Path, cache: Path) -> None:
    made(OLD, tmp_path, cache)
    assert list(renames_in_history(NEW, read_history(tmp_path).unwrap())) == []
    second = made(NEW, tmp_path, cache)
    assert made(NEW, tmp_path, cache).id is None
    assert list(renames_in_history(NEW, read_history(tmp_path).unwrap())) == [
        f"enum public.mood is renamed from feeling in {second.id}: take renamed_from= away",
        f"table public.users is renamed from persons in {second.id}: take renamed_from= away",
        f"column public.users.full_name is renamed from name in {second.id}: take renamed_from= away",
    ]
    third = made(LATER, tmp_path, cache)
    assert 'RENAME COLUMN "full_name" TO "label"' in third.up


def test_it_says_nothing_of_what_was_never_there(tmp_path: Path, cache: Path) -> None:
    found = made(NEW, tmp_path, cache)
    assert "RENAME" not in found.up
    assert made(NEW, tmp_path, cache).id is None


def test_it_is_no_part_of_what_the_database_has() -> None:
    assert qb.create_all(NEW).statements == qb.create_all(schema(_plain())).statements


def _plain() -> type[Table]:
    class Plain(Table, name="users"):
        id: Col[int] = column(primary_key=True, default=qb.identity())
        full_name: Col[str] = column(unique=True)
        feels: Col[Mood | None] = column(MOOD)

    return Plain


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(DefinitionError, match="what a column is renamed from"):
        column(pg.text, renamed_from="")
    with pytest.raises(DefinitionError, match="what class Wrong is renamed from"):

        class Wrong(Table, name="wrong", renamed_from="a\0b"):  # pyright: ignore[reportUnusedClass]
            id: Col[int]
