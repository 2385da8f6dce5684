"""Migrations generated from schemas, one after another: what is written, asked, refused, and run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import qb
from qb import Col, Table, column, connect, pg, schema
from qb.errors import DefinitionError
from qb.kit import diff, introspect, migrate, ours_of
from qb.kit.generating.generate import Generated, generate
from qb.kit.generating.questions import AnswersNeeded, HintWithoutMatch
from qb.kit.history.reading import read_history
from qb.kit.planning.fingerprint import fingerprint
from qb.typing import Schema
from tables.scratch import scratch_database

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


class Account(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]
    total: Col[int | None]


class AccountOfToday(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    full_name: Col[str] = column(pg.text, check=lambda name: name != "")
    total: Col[int | None] = column(pg.bigint, index=True)


class AccountOfLess(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]


FIRST, TODAY, LESS = schema(Account), schema(AccountOfToday), schema(AccountOfLess)
RENAMED = ("rename:accounts.name=accounts.full_name",)


def made(wanted: Schema, folder: Path, cache: Path, **options: Any) -> Generated:
    return generate(wanted, folder, cache=cache, now=NOW, prefix="index", **options).unwrap()


def test_nothing_changed_writes_nothing(tmp_path: Path, cache: Path) -> None:
    first = made(FIRST, tmp_path, cache)
    files = sorted(each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*") if each.is_file())
    assert first.id == "0001_add_accounts"
    assert files == [f"{first.id}/{name}" for name in ("down.sql", "migration.json", "up.sql")] + ["catalog.sql"]
    again = made(FIRST, tmp_path, cache)
    assert (again.id, again.files) == (None, ())


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, cache: Path) -> None:
    for name in ("one", "other"):
        made(FIRST, tmp_path / name, cache)
        made(TODAY, tmp_path / name, cache, hints=RENAMED)
    one = {each.relative_to(tmp_path / "one"): each.read_bytes() for each in (tmp_path / "one").rglob("*.*")}
    other = {each.relative_to(tmp_path / "other"): each.read_bytes() for each in (tmp_path / "other").rglob("*.*")}
    assert one == other
    assert len(one) == 7


def test_a_rename_is_asked_for(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(TODAY, tmp_path, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    assert [each.about for each in error.questions] == ["column public.accounts.name"]
    assert error.questions[0].answers == (
        "--hint rename:accounts.name=accounts.full_name",
        "--allow drop-column:accounts.name",
    )
    assert error.exit_code == 2
    found = made(TODAY, tmp_path, cache, hints=RENAMED)
    assert 'ALTER TABLE "public"."accounts" RENAME COLUMN "name" TO "full_name";' in found.up
    assert read_history(tmp_path).unwrap().find(found.id or "").unwrap().renames == (
        "accounts.name=accounts.full_name",
    )


def test_what_is_lost_has_to_be_named(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(LESS, tmp_path, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    assert [each.answers for each in error.questions] == [("--allow drop-column:accounts.total",)]
    found = made(LESS, tmp_path, cache, allow=["drop-column:public.accounts.total"])
    assert found.loses == ("drop-column:accounts.total",)
    written = read_history(tmp_path).unwrap().find(found.id or "").unwrap()
    assert "drop-column:accounts.total" in written.allowed
    assert written.up_steps[0].lock == "AccessExclusiveLock"
    assert not written.up_steps[0].reversible
    assert written.proved is not None
    assert written.proved.rows > 0


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        ("rename:accounts.nam=accounts.full_name", "the history's head has no accounts.nam: is it accounts.name?"),
        (
            "rename:accounts.name=accounts.ful_name",
            "the schema has no column accounts.ful_name: is it accounts.full_name?",
        ),
        ("accounts.name", "say it as rename:users.name=users.full_name, or fill:users.slug=lower(name)"),
    ],
)
def test_a_hint_that_matches_nothing_is_an_error(tmp_path: Path, cache: Path, hint: str, message: str) -> None:
    made(FIRST, tmp_path, cache)
    error = generate(TODAY, tmp_path, cache=cache, hints=[hint]).failure()
    assert isinstance(error, HintWithoutMatch)
    assert error.message == message


def test_a_dry_run_writes_nothing(tmp_path: Path, cache: Path) -> None:
    found = made(FIRST, tmp_path / "none", cache, dry_run=True)
    assert found.up.startswith("-- 1.") or found.up.startswith("CREATE TABLE")
    assert not (tmp_path / "none").exists()


def test_what_is_generated_is_run_and_undone(tmp_path: Path, cache: Path, qb_url: str) -> None:
    made(FIRST, tmp_path, cache)
    made(TODAY, tmp_path, cache, hints=RENAMED)
    history = read_history(tmp_path).unwrap()
    ours = ours_of(TODAY)
    with scratch_database(qb_url) as url, connect(url) as db:
        migrate(db, history).unwrap()
        found = introspect(db).unwrap()
        last = history.head().unwrap()
        assert last is not None
        assert fingerprint(found, ours) == last.after
        with scratch_database(qb_url) as other, connect(other) as plain:
            plain.run(qb.create_all(TODAY)).unwrap()
            assert diff(introspect(plain).unwrap(), found, ours=ours).equal


def test_safe_forms_are_written_with_their_locks(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    found = made(TODAY, tmp_path, cache, hints=RENAMED)
    said = found.up.splitlines()
    assert "-- qb: commit" in said
    assert any("CREATE INDEX CONCURRENTLY" in each for each in said)
    assert any("locks public.accounts (AccessExclusiveLock)" in each for each in said)


def test_plain_is_one_transaction(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    found = made(TODAY, tmp_path, cache, hints=RENAMED, plain=True)
    assert "CONCURRENTLY" not in found.up
    assert "-- qb: commit" not in found.up


def test_the_head_is_shown(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    text = (tmp_path / "catalog.sql").read_text()
    assert 'CREATE TABLE "public"."accounts" (' in text
    assert text.startswith("-- The database as it is after the last migration")


def test_a_change_that_is_not_the_schemas_is_seen(tmp_path: Path, cache: Path) -> None:
    made(FIRST, tmp_path, cache)
    up = tmp_path / "0001_add_accounts" / "up.sql"
    up.write_text(up.read_text() + "CREATE TABLE nonsense (;\n")
    error = generate(FIRST, tmp_path, cache=cache).failure()
    assert not isinstance(error, DefinitionError)
    assert "up.sql" in str(error)
    assert "syntax error" in str(error)
