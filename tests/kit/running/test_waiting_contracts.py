"""What takes away what old code uses waits until somebody names it; what follows it is not run before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from qb import Database, SchemaIncomplete, sql, trusted
from qb.errors.outcome import unwrap
from qb.kit import audit, expects, migrate, migrate_each, rollback, status
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History, history_of
from qb.kit.history.reading import read_history
from qb.kit.reworking.squashing import squash
from qb.kit.running.repeatable import RepeatableSql
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.kit.running.waiting_contracts import ContractFirst
from tests.kit.command.commands import project, run
from tests.kit.running.histories import in_line, migration

OLD = migration("0001_old", "CREATE TABLE notes (old text);", "DROP TABLE notes;")
EXPAND = migration("0002_expand", "ALTER TABLE notes ADD new text;", "ALTER TABLE notes DROP new;")
CONTRACT = migration(
    "0003_contract",
    "-- qb: allow drop-column:notes.old\nALTER TABLE notes DROP old;\n-- qb: commit\nSELECT 1;",
    "ALTER TABLE notes ADD old text;",
    contract=True,
)
MORE = migration("0004_more", "ALTER TABLE notes ADD more text;", "ALTER TABLE notes DROP more;")
THREE = in_line(OLD, EXPAND, CONTRACT)
FOUR = in_line(OLD, EXPAND, CONTRACT, MORE)
SAID = MigrationRules(contracts=("0003_contract",))
AFTER = RepeatableSql("view.sql", "CREATE OR REPLACE VIEW seen AS SELECT new FROM notes;", "view.sql")


def columns(db: Database) -> str:
    text = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
    return db.scalar(sql(trusted(f"{text} AND attrelid = 'notes'::regclass")).rows(str)).unwrap()


def states(db: Database, history: History) -> list[str]:
    return [each.state for each in status(db, history).unwrap().migrations]


def test_it_waits_and_the_rest_is_run(db: Database) -> None:
    migrate(db, THREE, to="0001").unwrap()
    plan = migrate(db, THREE, dry_run=True, after=(AFTER,)).unwrap()
    assert ([each.id for each in plan.plan], plan.waiting, plan.exit_code) == (["0002_expand"], ("0003_contract",), 0)
    done = migrate(db, THREE, after=(AFTER,)).unwrap()
    assert (done.applied, done.pending, done.waiting) == (("0002_expand",), ("0003_contract",), ("0003_contract",))
    assert done.repeated == ("view.sql",), "what is behind the migrations does not wait for it"
    found = status(db, THREE).unwrap()
    assert (states(db, THREE)[2], found.pending, found.level, found.exit_code) == ("waiting", (), True, 0)
    assert expects(THREE)(db).unwrap() is None
    again = migrate(db, THREE, rules=MigrationRules(owned=False)).unwrap()
    assert (again.applied, again.waiting) == ((), ("0003_contract",)), "nothing to do: the journal alone is read"
    finding = next(each for each in audit(THREE, db).unwrap().findings if each.kind == "waits")
    assert (finding.migration, finding.wrong) == ("0003_contract", False)
    assert migrate(db, THREE, rules=SAID).unwrap().applied == ("0003_contract",)
    assert (columns(db), states(db, THREE)[2]) == ("new", "applied")
    rollback(db, THREE, rules=MigrationRules(allow=("drop-column:notes.old",))).unwrap()
    assert migrate(db, THREE).unwrap().waiting == ("0003_contract",), "what was taken back is not run again by itself"
    assert migrate(db, THREE, to="contract").unwrap().applied == ("0003_contract",), "--to names it, too"


def test_a_database_without_migrations_gets_all(db: Database, url: str) -> None:
    assert states(db, THREE) == ["pending"] * 3
    assert isinstance(expects(THREE)(db).failure(), SchemaIncomplete)
    done = migrate_each({"one": url}, FOUR)["one"].unwrap()
    assert (done.applied, done.waiting) == (FOUR.ids, ())


def test_what_follows_it_is_refused_and_nothing_is_run(db: Database) -> None:
    migrate(db, FOUR, to="0001").unwrap()
    error = migrate(db, FOUR).failure()
    assert isinstance(error, ContractFirst)
    assert str(error) == (
        "0003_contract/up.sql: 0003_contract takes away what old code uses, and 0004_more follows it: when no old code "
        "runs, --contract 0003_contract runs it; what comes before is run by --to 0002_expand"
    )
    assert (error.fix, error.exit_code) == ("--contract 0003_contract", 4)
    plan = migrate(db, FOUR, dry_run=True).unwrap()
    assert ([each.code for each in plan.refused], [each.id for each in plan.plan]) == (
        ["contract-first"],
        ["0002_expand"],
    )
    assert columns(db) == "old"
    migrate(db, FOUR, to="0002").unwrap()
    assert "what comes before" not in str(migrate(db, FOUR).failure())
    assert isinstance(migrate(db, FOUR, to="0004").failure(), ContractFirst), "it is named itself, or not at all"
    missing = expects(FOUR)(db).failure()
    assert isinstance(missing, SchemaIncomplete)
    assert missing.missing == ("migration 0004_more",)
    (waits,) = (each for each in audit(FOUR, db).unwrap().findings if each.kind == "waits")
    assert (waits.wrong, waits.says.endswith("0004_more cannot be run before it")) == (True, True)
    assert migrate(db, FOUR, rules=SAID).unwrap().applied == ("0003_contract", "0004_more")


def test_one_of_two_is_named(db: Database) -> None:
    second = migration("0005_second", "ALTER TABLE notes DROP more;", contract=True)
    history = in_line(OLD, EXPAND, CONTRACT, MORE, second)
    migrate(db, history, to="0002").unwrap()
    allow = MigrationRules(contracts=("0003_contract",), allow=("drop-column:notes.more",))
    done = migrate(db, history, rules=allow).unwrap()
    assert (done.applied, done.waiting) == (("0003_contract", "0004_more"), ("0005_second",))
    error = migrate(db, in_line(*history, migration("0006_last", "SELECT 1;"))).failure()
    assert isinstance(error, ContractFirst)
    assert error.migration == "0005_second"


def test_beside_it_is_run_and_a_merge_that_does_nothing_waits(db: Database) -> None:
    beside = migration("0003_beside", "CREATE TABLE beside ();", parents=("0002_expand",))
    merge = migration("0004_merge", "-- nothing", parents=("0003_beside", "0003_contract"))
    history = unwrap(history_of([*THREE, beside, merge]))
    migrate(db, history, to="0001").unwrap()
    done = migrate(db, history).unwrap()
    assert (done.applied, done.waiting) == (("0002_expand", "0003_beside"), ("0003_contract", "0004_merge"))
    assert expects(history)(db).unwrap() is None
    rules = replace(SAID, late=("0003_contract",))
    assert migrate(db, history, rules=rules).unwrap().applied == ("0003_contract", "0004_merge")


def test_one_that_was_stopped_goes_on(db: Database) -> None:
    class Stopped(BaseException):
        pass

    def stop(progress: RunProgress) -> None:
        if (progress.migration, progress.number) == ("0003_contract", 2):
            raise Stopped

    migrate(db, THREE, to="0002").unwrap()
    with pytest.raises(Stopped):
        migrate(db, THREE, rules=SAID, on_progress=stop)
    assert states(db, THREE)[2] == "half applied"
    assert expects(THREE)(db).unwrap() is None, "what it takes away nobody misses"
    assert migrate(db, THREE).unwrap().applied == ("0003_contract",)


def test_squashed_with_its_expansion_it_is_none_any_more(tmp_path: Path) -> None:
    for begins, contract in (("0002", False), ("0003", True)):
        folder = tmp_path / begins
        for each in in_line(OLD, EXPAND, replace(CONTRACT, up="ALTER TABLE notes DROP old;"), MORE):
            add_migration(folder, replace(each, file="", down_file="")).unwrap()
        made = squash(folder, begins, "0004").unwrap()
        assert read_history(folder).unwrap()[made.id].contract is contract


def test_the_commands_say_it(tmp_path: Path, db: Database, url: str) -> None:
    folder = project(tmp_path, 'url = "env:SHOP"')
    for each in (*THREE, replace(MORE, parents=("0003_contract",))):
        add_migration(folder / "migrations", replace(each, file="", down_file="")).unwrap()
    run("migrate", "--to", "0001", folder=folder, SHOP=url)
    refused = run("migrate", folder=folder, SHOP=url)
    assert refused.code == 4
    assert "0004_more follows it" in refused.errors
    to = run("migrate", "--to", "0003", "--dry-run", folder=folder, SHOP=url)
    assert "-- 0003_contract\n--   takes away what old code uses\n" in to.output
    assert run("migrate", "--to", "0002", folder=folder, SHOP=url).code == 0
    said = run("status", folder=folder, SHOP=url).output
    assert "waiting  0003_contract\npending  0004_more" in said
    assert said.endswith("1 to be run: qb migrate\nwaits until no old code runs: qb migrate --contract 0003_contract\n")
    (folder / "migrations" / "0004_more" / "up.sql").unlink()
    for each in (folder / "migrations" / "0004_more").iterdir():
        each.unlink()
    (folder / "migrations" / "0004_more").rmdir()
    waits = "waits: 0003_contract takes away what old code uses: when none runs, --contract 0003_contract\n"
    for options in (("--dry-run",), ()):
        done = run("migrate", *options, folder=folder, SHOP=url)
        assert (done.code, done.output) == (0, f"nothing to do\n{waits}")
    wrong = run("migrate", "--contract", "0009", folder=folder, SHOP=url)
    assert (wrong.code, "0009" in wrong.errors) == (1, True)
    done = run("migrate", "--contract", "contract", folder=folder, SHOP=url)
    assert (done.code, done.output) == (0, "1 migration applied, the last one is 0003_contract\n")
    assert columns(db) == "new"
