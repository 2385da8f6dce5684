"""`renamed_from=` of roles and of constraints: they are renamed where they are, and no row is read."""

from __future__ import annotations

from pathlib import Path

import pytest

import qb
from qb import Col, Range, Table, column, connect, foreign_key, grant, pg, primary_key, role, schema, unique
from qb.errors import DefinitionError
from qb.kit import drift, migrate, rollback
from qb.kit.generating.renamed import renames_in_history
from qb.kit.history.reading import read_history
from qb.kit.running.rules import MigrationRules
from qb.typing import Schema
from tables.scratch import scratch_database
from tests.kit.generating.test_generate import made

HOSTILE = 'we"ird % {x}'


def shop(*, new: bool) -> Schema:
    """A schema in which all of them have one name, or the other one."""

    def name(plain: str) -> str:
        return f"{HOSTILE} {plain}" if new else plain

    def before(plain: str) -> str | None:
        return plain if new else None

    class Person(Table, name="people", rls=True):
        id: Col[int]
        code: Col[str]

    class Stay(Table, name="stays"):
        id: Col[int] = column(primary_key=True)
        person: Col[int]
        during: Col[Range[int]] = column(pg.int8range)

    clerk = role(name("rename_clerk"), renamed_from=before("rename_clerk"))
    return schema(
        Person,
        Stay,
        clerk,
        grant("select", on=Person, to=clerk),
        qb.policy(Person, name="all_of_it", to=clerk, using=Person.id > 0),
        primary_key(Person.id, name=name("people_pk"), renamed_from=before("people_pk")),
        unique(Person.code, name=name("one_code"), renamed_from=before("one_code")),
        qb.check(name("positive"), Person.id > 0, renamed_from=before("positive")),
        foreign_key(Stay.person, Person.id, name=name("whose"), renamed_from=before("whose")),
        qb.exclude(name("apart"), (Stay.during, "&&"), renamed_from=before("apart")),
    )


def test_each_is_renamed_once_and_told_of(tmp_path: Path, cache: Path, qb_url: str) -> None:
    made(shop(new=False), tmp_path, cache)
    found = made(shop(new=True), tmp_path, cache)
    assert found.loses == found.down_loses == ()
    quoted = HOSTILE.replace('"', '""')
    assert sorted(each for each in found.up.splitlines() if not each.startswith("--")) == [
        f'ALTER ROLE "rename_clerk" RENAME TO "{quoted} rename_clerk";',
        f'ALTER TABLE "public"."people" RENAME CONSTRAINT "one_code" TO "{quoted} one_code";',
        f'ALTER TABLE "public"."people" RENAME CONSTRAINT "people_pk" TO "{quoted} people_pk";',
        f'ALTER TABLE "public"."people" RENAME CONSTRAINT "positive" TO "{quoted} positive";',
        f'ALTER TABLE "public"."stays" RENAME CONSTRAINT "apart" TO "{quoted} apart";',
        f'ALTER TABLE "public"."stays" RENAME CONSTRAINT "whose" TO "{quoted} whose";',
    ]
    assert made(shop(new=True), tmp_path, cache).id is None
    history = read_history(tmp_path).unwrap()
    told = [each.partition(" is renamed")[0] for each in renames_in_history(shop(new=True), history)]
    assert sorted(told) == [
        f"check public.people.{HOSTILE} positive",
        f"exclusion public.stays.{HOSTILE} apart",
        f"foreign key public.stays.{HOSTILE} whose",
        f"primary key public.people.{HOSTILE} people_pk",
        f"role {HOSTILE} rename_clerk",
        f"unique public.people.{HOSTILE} one_code",
    ]
    with scratch_database(qb_url) as url, connect(url) as db:
        migrate(db, history).unwrap()
        assert drift(db, shop(new=True), cache=cache).unwrap().changes == ()
        rollback(db, history).unwrap()
        assert drift(db, shop(new=False), cache=cache).unwrap().changes == ()
        lost = MigrationRules(allow=("drop-table:people", "drop-table:stays", "drop-owned:rename_clerk"))
        rollback(db, history, rules=lost).unwrap()


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(DefinitionError, match="what the role 'x' is renamed from"):
        role("x", renamed_from="")
