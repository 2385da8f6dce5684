"""A database made what a schema says at once: what is run, asked and refused; nothing is lost without a word."""

from __future__ import annotations

import enum
import shlex
from pathlib import Path
from typing import Any

import pytest

import qb
from qb import Col, Database, Script, Table, column, connect, pg, schema, sql
from qb.kit import AnswersNeeded, MigrationRules, Patience, Pushed, PushPlan, drift, migrate, push
from qb.kit.history.history import history_of
from qb.kit.history.migration import Migration
from qb.kit.pushing.errors import ProtectedFromPush
from qb.kit.running.errors import ConfirmationNeeded, LockNotHad, NotOwned, OtherMigrator, RunnerBusy, StepFailed
from qb.kit.running.journal import Journal
from qb.kit.running.run_progress import silent
from qb.kit.running.runner_session import runner_session
from qb.types.identifier import quoted
from qb.types.trusted import trusted
from qb.typing import Schema

HOSTILE = 'quo"ted %s $$ \\ très'


class Mood(enum.Enum):
    GOOD = "good"


class MoodOfToday(enum.Enum):
    GOOD = "good"
    BAD = "bad"


class Person(Table, name="people"):
    id: Col[int] = column(primary_key=True)
    mood: Col[Mood] = column(pg.enum("mood", Mood))


class PersonOfToday(Table, name="people"):
    id: Col[int] = column(primary_key=True)
    mood: Col[MoodOfToday] = column(pg.enum("mood", MoodOfToday), default=MoodOfToday.BAD)


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


class AccountOfMore(Table, name="accounts"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str]
    total: Col[int | None]
    slug: Col[str]


class Hostile(Table, name=HOSTILE):
    id: Col[int] = column(primary_key=True)
    odd: Col[int | None] = column(name='a.b "c"')


FIRST, TODAY, LESS, MORE = (schema(each) for each in (Account, AccountOfToday, AccountOfLess, AccountOfMore))
RENAMED = ("rename:accounts.name=accounts.full_name",)
ROW = "INSERT INTO accounts (name, total) VALUES ('ada', 3)"


def pushed(db: Database, wanted: Schema, cache: Path, **options: Any) -> Pushed:
    return push(db, wanted, cache=cache, **options).unwrap()


def level(db: Database, wanted: Schema, cache: Path) -> bool:
    return drift(db, wanted, cache=cache).unwrap().equal


def test_from_nothing_and_again(db: Database, cache: Path) -> None:
    seen: list[PushPlan] = []
    first = push(db, FIRST, cache=cache, on_plan=seen.append).unwrap()
    assert (first.applied, first.left, first.exit_code) == (True, (), 0)
    assert seen == [first.plan]
    assert 'CREATE TABLE "public"."accounts"' in first.plan.sql
    assert level(db, FIRST, cache)
    again = pushed(db, FIRST, cache)
    assert (again.applied, again.plan.sql) == (False, "")
    assert db.scalar(sql("SELECT to_regnamespace('qb') IS NULL").rows(bool)).unwrap(), "no journal is made"


def test_a_dry_run_says_it_with_locks_and_losses(db: Database, cache: Path) -> None:
    pushed(db, FIRST, cache)
    db.run(Script(ROW)).unwrap()
    found = pushed(db, TODAY, cache, hints=RENAMED, dry_run=True)
    assert not found.applied
    assert "ShareLock" in found.plan.sql
    assert "AccessExclusiveLock" in found.plan.sql
    assert level(db, FIRST, cache)
    lost = pushed(db, LESS, cache, allow=("drop-column:accounts.total",), dry_run=True)
    assert lost.plan.loses == ("drop-column:accounts.total",)
    assert lost.plan.sql == (
        "-- 1. locks public.accounts (AccessExclusiveLock), loses drop-column:accounts.total\n"
        'ALTER TABLE "public"."accounts" DROP COLUMN "total";\n'
    )


def test_a_rename_is_asked_for_and_keeps_rows(db: Database, cache: Path) -> None:
    pushed(db, FIRST, cache)
    db.run(Script(ROW)).unwrap()
    error = push(db, TODAY, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    assert error.exit_code == 2
    assert error.questions[0].answers == (
        "--hint rename:accounts.name=accounts.full_name",
        "--allow drop-column:accounts.name",
    )
    assert level(db, FIRST, cache)
    pushed(db, TODAY, cache, hints=RENAMED)
    assert level(db, TODAY, cache)
    assert db.scalar(sql("SELECT full_name FROM accounts").rows(str)).unwrap() == "ada"


def test_losses_are_named_where_there_are_rows(db: Database, cache: Path) -> None:
    pushed(db, FIRST, cache)
    db.run(Script(ROW)).unwrap()
    for wanted, answer in ((LESS, "drop-column:accounts.total"), (schema(Hostile), "drop-table:accounts")):
        error = push(db, wanted, cache=cache).failure()
        assert isinstance(error, AnswersNeeded)
        assert [each.answers for each in error.questions] == [(f"--allow {answer}",)]
        assert level(db, FIRST, cache)
    pushed(db, LESS, cache, allow=("drop-column:accounts.total",))
    assert level(db, LESS, cache)


def test_what_holds_nothing_is_not_asked_for(db: Database, cache: Path) -> None:
    pushed(db, FIRST, cache)
    db.run(Script("INSERT INTO accounts (name) VALUES ('ada')")).unwrap()
    found = pushed(db, LESS, cache)
    assert found.plan.loses == ()
    assert "drop-column:accounts.total: it holds nothing" in found.plan.sql
    assert level(db, LESS, cache)


def test_rows_that_come_meanwhile_are_not_lost(db: Database, url: str, cache: Path) -> None:
    pushed(db, FIRST, cache)

    def writes(_: object) -> None:
        with connect(url) as other:
            other.run(Script(ROW)).unwrap()

    error = push(db, LESS, cache=cache, on_plan=writes).failure()
    assert isinstance(error, AnswersNeeded)
    assert [each.about for each in error.questions] == ["drop-column:accounts.total"]
    assert level(db, FIRST, cache)


def test_rows_that_a_policy_hides_are_there(db: Database, url: str, cache: Path) -> None:
    pushed(db, FIRST, cache)
    owner = "CREATE ROLE push_owner; GRANT push_owner TO CURRENT_USER"
    db.run(
        Script(
            ROW,
            *owner.split("; "),
            "GRANT CREATE ON SCHEMA public TO push_owner",
            "ALTER TABLE accounts OWNER TO push_owner",
            "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE accounts FORCE ROW LEVEL SECURITY",
        )
    ).unwrap()
    try:
        with connect(url, role="push_owner") as mine:
            assert mine.all(sql("SELECT id FROM accounts").rows(int)).unwrap() == []
            error = push(mine, LESS, cache=cache).failure()
        assert isinstance(error, AnswersNeeded)
        assert "--allow drop-column:accounts.total" in str(error)
    finally:
        db.run(Script("DROP OWNED BY push_owner", "DROP ROLE push_owner")).unwrap()


def test_a_value_is_asked_for_where_there_are_rows(db: Database, cache: Path) -> None:
    pushed(db, FIRST, cache)
    db.run(Script(ROW)).unwrap()
    error = push(db, MORE, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    assert [shlex.split(each) for each in error.questions[0].answers] == [["--hint", "fill:accounts.slug=''::text"]]
    pushed(db, MORE, cache, hints=("fill:accounts.slug=lower(name)",))
    assert db.scalar(sql("SELECT slug FROM accounts").rows(str)).unwrap() == "ada"
    db.run(Script("TRUNCATE accounts", "ALTER TABLE accounts DROP slug")).unwrap()
    pushed(db, MORE, cache)
    assert level(db, MORE, cache)


def test_hostile_names(db: Database, cache: Path) -> None:
    both = schema(Hostile, Account)
    pushed(db, both, cache)
    assert level(db, both, cache)
    db.run(Script(trusted(f"INSERT INTO {quoted(HOSTILE)} VALUES (1, 2)"))).unwrap()
    error = push(db, FIRST, cache=cache).failure()
    assert isinstance(error, AnswersNeeded)
    pushed(db, FIRST, cache, allow=(f"drop-table:{HOSTILE}",))
    assert level(db, FIRST, cache)


def test_a_new_value_of_an_enum_that_is_used_at_once(db: Database, cache: Path) -> None:
    pushed(db, schema(Person), cache)
    pushed(db, schema(PersonOfToday), cache)
    assert level(db, schema(PersonOfToday), cache)


def test_it_is_whole_or_nothing(db: Database, cache: Path) -> None:
    pushed(db, FIRST, cache)
    db.run(Script("INSERT INTO accounts (name, total) VALUES ('', 3)")).unwrap()
    error = push(db, TODAY, cache=cache, hints=RENAMED).failure()
    assert isinstance(error, StepFailed)
    assert error.file == "the plan"
    assert level(db, FIRST, cache)


def test_who_may_not_be_pushed_to(db: Database, cache: Path) -> None:
    for rules, kind in (
        (MigrationRules(owned=False), NotOwned),
        (MigrationRules(owned=False, protected=True), NotOwned),
        (MigrationRules(protected=True), ProtectedFromPush),
        (MigrationRules(protected=True, confirm="default"), ProtectedFromPush),
        (MigrationRules(strict=True), ConfirmationNeeded),
    ):
        error = push(db, FIRST, cache=cache, rules=rules).failure()
        assert isinstance(error, kind)
        assert error.exit_code == 4
    looked = push(db, FIRST, cache=cache, rules=MigrationRules(protected=True), dry_run=True)
    assert isinstance(looked.failure(), ProtectedFromPush)
    assert pushed(db, FIRST, cache, rules=MigrationRules(strict=True, confirm="default")).applied


def test_it_goes_past_migrations_and_says_so(db: Database, cache: Path) -> None:
    history = history_of([Migration(id="0001_notes", up="CREATE TABLE notes (id int);")]).unwrap()
    migrate(db, history, journal="our journal").unwrap()
    found = pushed(db, schema(Account), cache, journal="our journal")
    assert found.plan.past == ("0001_notes",)
    assert 'DROP TABLE "public"."notes"' in found.plan.sql
    rows = Journal("our journal").read(db).unwrap()
    assert [each.id for each in rows] == ["0001_notes"]
    assert pushed(db, schema(Account), cache, journal="our journal").plan.past == ("0001_notes",)


def test_another_migrator_is_in_the_way(db: Database, cache: Path) -> None:
    db.run(Script("CREATE TABLE alembic_version (version_num text)")).unwrap()
    assert isinstance(push(db, FIRST, cache=cache).failure(), OtherMigrator)
    assert pushed(db, FIRST, cache, rules=MigrationRules(coexist=("alembic",))).applied


def test_one_at_a_time(db: Database, url: str, cache: Path) -> None:
    little = Patience(wait=0.2, lock_timeout=0.1)
    with connect(url) as other:
        with runner_session(other, Journal("qb"), Patience(), silent, journaled=False):
            assert isinstance(push(db, FIRST, cache=cache, patience=little).failure(), RunnerBusy)
        pushed(db, FIRST, cache)
        with other.transaction() as tx:

            def locks(_: object) -> None:
                tx.execute(sql("LOCK TABLE accounts").command()).unwrap()

            allowed = ("drop-column:accounts.total",)
            found = push(db, LESS, cache=cache, patience=little, allow=allowed, on_plan=locks).failure()
    assert isinstance(found, LockNotHad)
    assert found.exit_code == 5


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("rename:accounts.nothing=accounts.full_name", "has no accounts.nothing"),
        ("fill:accounts.nothing=1", "there is no column accounts.nothing"),
    ],
)
def test_a_hint_that_matches_nothing(db: Database, cache: Path, hint: str, said: str) -> None:
    pushed(db, FIRST, cache)
    assert said in str(push(db, TODAY, cache=cache, hints=(hint,)).failure())
