"""A plan that would be refused is shown, with everything that is in its way; nothing of it is run."""

from __future__ import annotations

from pathlib import Path

from qb import Database, Script, connect
from qb.kit import migrate
from qb.kit.command.frame.each import reply_of_each
from qb.kit.running.errors import LossNotNamed
from qb.kit.running.journal import Journal
from qb.kit.running.keeping.errors import CannotKeep
from qb.kit.running.migrating import Migrated
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.kit.running.runner_lock import take_lock
from qb.run.database.own_session import OwnSession
from tests.kit.command.commands import project, run
from tests.kit.running.histories import in_line, migration

A = migration("0001_a", "CREATE TABLE a ();")
DROPS = in_line(A, migration("0002_drop", "DROP TABLE a;"), migration("0003_more", "DELETE FROM b;"))


def test_all_that_is_in_the_way_is_said_beside_the_plan(db: Database) -> None:
    db.run(Script("CREATE TABLE schema_migrations (version text, dirty boolean)")).unwrap()
    rules = MigrationRules(protected=True, unproved=("0001_a",))
    done = migrate(db, DROPS, dry_run=True, rules=rules).unwrap()
    assert [each.id for each in done.plan] == ["0001_a", "0002_drop", "0003_more"]
    assert [each.code for each in done.refused] == [
        *("unproved-migration", "other-migrator", "loss-not-named", "loss-not-named"),
    ]
    assert [each.fix for each in done.refused][2:] == ["--allow drop-table:a", "--allow delete:b"]
    assert done.exit_code == 4
    assert Journal().read(db).unwrap() == ()
    assert reply_of_each({"one": migrate(db, DROPS, dry_run=True, rules=rules)}, lambda _: "", "").exit_code == 4


def test_one_that_is_late_is_planned_and_refused(db: Database) -> None:
    migrate(db, in_line(A)).unwrap()
    late = in_line(migration("0000_late", "CREATE TABLE late ();"), A)
    done = migrate(db, late, dry_run=True).unwrap()
    assert ([each.id for each in done.plan], [each.code for each in done.refused]) == (
        ["0000_late"],
        ["late-migration"],
    )


def test_rows_that_came_while_it_waited_are_asked_for(db: Database, url: str) -> None:
    """The file names the loss, which is enough as long as there are no rows."""
    rules = MigrationRules(protected=True, confirm="default", unproved=("0001_a", "0002_drop"))
    made = migration("0001_a", "CREATE TABLE a (x int);")
    history = in_line(made, migration("0002_drop", "-- qb: allow drop-table:a\nDROP TABLE a;"))
    migrate(db, history, to="0001", rules=rules).unwrap()
    with connect(url, max_size=3) as other:
        holder = OwnSession(other)
        take_lock(holder, "qb", wait=0, on_progress=lambda _: None)

        def insert(progress: RunProgress) -> None:
            if progress.moment == "waits for runner":
                other.run(Script("INSERT INTO a VALUES (1)")).unwrap()
                holder.close()

        error = migrate(db, history, rules=rules, on_progress=insert).failure()
    assert isinstance(error, LossNotNamed)
    assert error.held


def test_the_command_shows_the_plan_and_then_refuses(tmp_path: Path, url: str) -> None:
    (tmp_path / "migrations" / "0001_a").mkdir(parents=True)
    (tmp_path / "migrations" / "0001_a" / "up.sql").write_text("CREATE TABLE a ();\nDELETE FROM a;")
    folder = project(tmp_path, 'url = "env:SHOP"')
    done = run("migrate", "--dry-run", folder=folder, SHOP=url)
    assert (done.code, "CREATE TABLE a ();" in done.output) == (4, True)
    assert "delete:a: rows are lost or changed, which has to be meant: --allow delete:a" in done.errors
    found = run("migrate", "--dry-run", "--json", folder=folder, SHOP=url).reply_of(Migrated)
    assert [each.code for each in found.problems] == ["loss-not-named"]
    assert found.data.refused[0].line == 2
    assert run("migrate", "--dry-run", "--allow", "delete:a", folder=folder, SHOP=url).code == 0


def test_all_that_a_run_loses_is_asked_for_at_once(db: Database) -> None:
    """Of all its migrations, what no file names and what has rows alike."""
    rules = MigrationRules(protected=True, confirm="default", unproved=("0001_a", "0002_drop", "0003_more"))
    made = migration("0001_a", "CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int);")
    history = in_line(
        made,
        migration("0002_drop", "-- qb: allow drop-table:a\nDROP TABLE a;"),
        migration("0003_more", "-- qb: allow drop-table:c\nTRUNCATE b;\nDROP TABLE c;"),
    )
    migrate(db, history, to="0001", rules=rules).unwrap()
    db.run(Script("INSERT INTO a VALUES (1)", "INSERT INTO c VALUES (1)")).unwrap()
    error = migrate(db, history, rules=rules).failure()
    assert isinstance(error, LossNotNamed)
    assert error.fix == "--allow drop-table:a --allow truncate:b --allow drop-table:c"
    assert not error.held
    kept = migrate(db, history, rules=rules, keep=True).failure()
    assert isinstance(kept, CannotKeep)
    allowed = MigrationRules(
        protected=True,
        confirm="default",
        unproved=rules.unproved,
        allow=("drop-table:a", "truncate:b", "drop-table:c"),
    )
    assert migrate(db, history, rules=allowed).unwrap().applied == ("0002_drop", "0003_more")
