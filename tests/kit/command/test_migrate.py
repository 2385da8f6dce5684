"""`qb migrate`, `rollback`, `status`, `audit`, `baseline` and `resolve`: what they say, and how they exit."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import connect, sql
from qb.kit.running.migrating import Migrated
from qb.kit.running.status import HistoryStatus
from tables.scratch import scratch_database
from tests.kit.command.commands import ROOT, Ran, process, project, run


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="migrate") as url:
        yield url


def shop(folder: Path, *lines: str, **migrations: str) -> Path:
    """A project with migrations: of two texts with a line of dashes between them the second is the down."""
    for name, text in migrations.items():
        made = folder / "migrations" / name.removeprefix("_")
        made.mkdir(parents=True, exist_ok=True)
        up, _, down = text.partition("\n---\n")
        (made / "up.sql").write_text(up)
        if down:
            (made / "down.sql").write_text(down)
    return project(folder, 'url = "env:SHOP"', *lines)


def test_what_is_dropped_is_kept_and_purged(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES, _0002_drop="DROP TABLE notes;\n---\n" + NOTES.partition("\n")[0])
    done = run("migrate", "--keep", folder=folder, SHOP=url)
    assert (done.code, done.output.splitlines()[-1]) == (0, "kept: public.notes")
    listed = run("purge", folder=folder, SHOP=url)
    assert listed.code == 0
    assert listed.output.startswith("kept drop-table:notes, dropped by 0002_drop at ")
    tried = run("purge", "--older-than", "0", "--dry-run", folder=folder, SHOP=url)
    assert tried.output.startswith("would remove drop-table:notes, ")
    assert run("purge", "--older-than", "0", folder=folder, SHOP=url).output.startswith("removed drop-table:notes")
    assert run("purge", folder=folder, SHOP=url).output == "nothing is kept\n"
    assert run("rollback", folder=folder, SHOP=url).output == (
        "undone: 0002_drop; the last one is 0001_notes now\ndoes not come back, as it was purged: drop-table:notes\n"
    )


NOTES = "CREATE TABLE notes (id int, text text);\n---\nDROP TABLE notes;"
INDEX = "CREATE INDEX CONCURRENTLY notes_text ON notes (text);\n---\nDROP INDEX CONCURRENTLY notes_text;"


def test_from_nothing_and_back(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES, _0002_index=INDEX)
    plan = run("migrate", "--dry-run", folder=folder, SHOP=url)
    assert plan.code == 0
    assert plan.output == (
        "-- 0001_notes\n--   1. in one transaction\nCREATE TABLE notes (id int, text text);\n"
        "-- 0002_index\n--   1. by itself\nCREATE INDEX CONCURRENTLY notes_text ON notes (text);\n"
    )
    status = run("status", "--exit-code", folder=folder, SHOP=url)
    assert (status.code, status.output) == (
        3,
        "pending  0001_notes\npending  0002_index\n2 to be run: qb migrate\n",
    )
    done = process("migrate", folder=folder, SHOP=url)
    assert (done.code, done.output) == (0, "2 migrations applied, the last one is 0002_index\n")
    assert done.errors.splitlines() == [
        "0001_notes (1 of 2): begins",
        "0001_notes: 1 of 1: CREATE TABLE notes",
        "0001_notes (1 of 2): done",
        "0002_index (2 of 2): begins",
        "0002_index: 1 of 1: CREATE INDEX CONCURRENTLY notes_text ON notes",
        "0002_index (2 of 2): done",
    ]
    assert run("migrate", folder=folder, SHOP=url).output == "nothing to do\n"
    found = run("status", "--exit-code", "--json", folder=folder, SHOP=url).reply_of(HistoryStatus)
    assert [(each.id, each.state) for each in found.data.migrations] == [
        ("0001_notes", "applied"),
        ("0002_index", "applied"),
    ]
    tried = run("rollback", "--dry-run", "-n", "2", folder=folder, SHOP=url)
    assert (tried.code, tried.output) == (
        4,
        "would undo 0002_index\nwould undo 0001_notes\nloses drop-table:notes\n",
    )
    assert "drop-table:notes: rows are lost or changed, which has to be meant" in tried.errors
    refused = run("rollback", "-n", "2", folder=folder, SHOP=url)
    assert refused.code == 4
    assert (
        "drop-table:notes: rows are lost or changed, which has to be meant: --allow drop-table:notes" in refused.errors
    )
    undone = run("rollback", "-n", "2", "--allow", "drop-table:notes", folder=folder, SHOP=url)
    assert (undone.code, undone.output) == (0, "undone: 0002_index, 0001_notes; none is left\n")
    assert run("rollback", folder=folder, SHOP=url).output == "nothing to undo\n"


def test_json_is_the_document_alone(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    reply = process("migrate", "--json", folder=folder, SHOP=url)
    assert reply.errors == ""
    assert reply.reply_of(Migrated).data.applied == ("0001_notes",)
    broken = shop(tmp_path, _0002_bad="SELECT 1;\nSELECT nothing;")
    failed = run("migrate", "--json", folder=broken, SHOP=url).reply()
    (problem,) = failed.problems
    assert (failed.code, problem.code, problem.object, problem.line) == (1, "step-failed", "migration 0002_bad", 2)
    assert problem.file == str(folder / "migrations/0002_bad/up.sql")


def test_who_writes_all_by_hand_declares_no_schema(tmp_path: Path, url: str) -> None:
    more = "ALTER TABLE notes ADD done bool;\n---\nALTER TABLE notes DROP done;"
    folder = shop(tmp_path, "protected = true", _0001_notes=NOTES, _0002_done=more)
    proved = run("prove", folder=folder, SHOP=url)
    assert proved.code == 0
    assert proved.output.startswith("0001_notes: proved up and down")
    assert run("migrate", "--confirm", "default", folder=folder, SHOP=url).code == 0


def test_a_protected_database_is_named_and_takes_what_is_proved(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, "protected = true", _0001_notes=NOTES)
    first = run("migrate", folder=folder, SHOP=url)
    assert first.code == 4
    assert "0001_notes was never proved, and the database is protected" in first.errors
    second = run("migrate", "--unproved", "0001_notes", folder=folder, SHOP=url)
    assert second.code == 4
    assert "the database default is protected: --confirm default says that it is meant" in second.errors
    other = run("migrate", "--unproved", "0001_notes", "--confirm", "shop", folder=folder, SHOP=url)
    assert "is protected, and shop is another" in other.errors
    assert run("migrate", "--unproved", "0001_notes", "--confirm", "default", folder=folder, SHOP=url).code == 0
    assert run("migrate", folder=folder, SHOP=url).output == "nothing to do\n"


def test_where_the_config_is_strict_every_change_is_confirmed(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, "strict = true", _0001_notes=NOTES)
    refused = run("migrate", folder=folder, SHOP=url)
    assert (refused.code, "the database default is strict: --confirm default says" in refused.errors) == (4, True)
    assert run("migrate", "--dry-run", "--confirm", "default", folder=folder, SHOP=url).code == 0
    assert run("migrate", "--confirm", "default", folder=folder, SHOP=url).code == 0


def test_what_is_not_ours_is_not_touched(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, "owned = false", _0001_notes=NOTES)
    said = ("--confirm", "default", "--unproved", "0001_notes")
    for command in (("migrate", *said), ("baseline", *said[:2]), ("resolve", "0001", "--applied", *said[:2])):
        refused = run(*command, folder=folder, SHOP=url)
        assert refused.code == 4
        assert "the database default is not ours to change: owned = true" in refused.errors
    assert run("status", folder=folder, SHOP=url).code == 0


def test_rows_that_are_lost_are_named(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES, _0002_drop="ALTER TABLE notes DROP text;")
    refused = run("migrate", folder=folder, SHOP=url)
    assert refused.code == 4
    assert f"{folder}/migrations/0002_drop/up.sql:1: drop-column:notes.text: rows are lost" in refused.errors
    assert run("status", folder=folder, SHOP=url).output.count("pending") == 2
    assert run("migrate", "--allow", "drop-column:public.notes.text", folder=folder, SHOP=url).code == 0


def test_what_the_file_itself_allows_is_asked_again_where_there_are_rows(tmp_path: Path, url: str) -> None:
    drop = "-- qb: allow drop-column:notes.text\nALTER TABLE notes DROP text;"
    folder = shop(tmp_path, _0001_notes=NOTES)
    assert run("migrate", folder=folder, SHOP=url).code == 0
    folder = shop(tmp_path, "protected = true", _0002_drop=drop)
    said = ("--unproved", "0002_drop", "--confirm", "default")
    with connect(url) as db:
        db.execute(sql("INSERT INTO notes VALUES (1, 'x')").command()).unwrap()
        refused = run("migrate", *said, folder=folder, SHOP=url)
        assert refused.code == 4
        assert "there are rows in it, and the database is protected" in refused.errors
        db.execute(sql("UPDATE notes SET text = NULL").command()).unwrap()
    assert run("migrate", *said, folder=folder, SHOP=url).code == 0


def test_a_lock_that_is_not_had_exits_with_5(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    run("migrate", folder=folder, SHOP=url)
    folder = shop(tmp_path, _0002_more="ALTER TABLE notes ADD more int;")
    with connect(url) as db, db.transaction() as tx:
        tx.execute(sql("LOCK TABLE notes").command()).unwrap()
        refused = run("migrate", "--wait", "2.5", "--lock-timeout", "1", folder=folder, SHOP=url)
    assert refused.code == 5
    assert "0002_more: 1 of 1: blocked by session" in refused.errors


def test_baseline_resolve_and_audit(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES, _0002_index=INDEX, _0003_x="SELECT 1;\n---\nSELECT 1;")
    said = run("baseline", "0002", folder=folder, SHOP=url)
    assert said.output == "the journal says that the database has 0002_index and all that it follows\n"
    assert run("baseline", folder=folder, SHOP=url).code == 4
    assert run("resolve", "0003", folder=folder, SHOP=url).code == 2
    assert run("resolve", "0003", "--applied", folder=folder, SHOP=url).output == (
        "the journal says that 0003_x is there\n"
    )
    audit = run("audit", folder=folder, SHOP=url)
    assert audit.code == 0
    assert audit.output == (
        f"destroys            {folder}/migrations/0001_notes/down.sql:1: drop-table:notes\n"
        "1 findings, 0 of them wrong\n"
    )
    (folder / "migrations/0003_x/up.sql").write_text("SELECT 2;")
    edited = run("audit", "--json", folder=folder, SHOP=url).reply()
    assert (edited.code, [each.code for each in edited.problems]) == (3, ["edited"])
    assert run("audit", "--files", folder=folder, SHOP=url).code == 0


def test_the_flat_layout(tmp_path: Path, url: str) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/20261122093000_notes.sql").write_text(NOTES.partition("\n---")[0])
    folder = project(tmp_path, 'url = "env:SHOP"', 'layout = "flat"', 'journal = "our journal"')
    assert run("migrate", folder=folder, SHOP=url).code == 0
    with connect(url) as db:
        assert db.scalar(sql('SELECT count(*) FROM "our journal".migration').rows(int)).unwrap() == 1


def test_files_of_the_config_are_run_again_where_they_change(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, 'custom.after = ["sql/*.sql"]', _0001_notes=NOTES)
    assert "there is no such file: write it, or take it out of custom" in run("migrate", folder=folder, SHOP=url).errors
    (folder / "sql").mkdir()
    (folder / "sql" / "loud.sql").write_text("CREATE OR REPLACE VIEW loud AS SELECT upper(text) AS text FROM notes;")
    assert run("migrate", "--dry-run", folder=folder, SHOP=url).output.endswith(
        "-- run again, as it has changed: sql/loud.sql\n"
    )
    assert run("migrate", folder=folder, SHOP=url).output == (
        "1 migration applied, the last one is 0001_notes\nrun again, as it has changed: sql/loud.sql\n"
    )
    assert run("migrate", folder=folder, SHOP=url).output == "nothing to do\n"


def test_no_migrations_are_nothing_to_do(tmp_path: Path, url: str) -> None:
    folder = project(tmp_path, 'url = "env:SHOP"')
    assert run("migrate", folder=folder, SHOP=url).output == "nothing to do\n"
    assert run("status", folder=folder, SHOP=url).output == "there are no migrations\n"


def stopped(folder: Path, url: str, sign: int) -> Ran:
    """`qb migrate` in a process that gets a signal once it says that it is in its second segment."""
    command = [sys.executable, "-m", "qb", "migrate"]
    environ = {"SHOP": url, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        said = ""
        while "2 of 2:" not in said:
            said += running.stderr.readline()
        time.sleep(0.3)
        running.send_signal(sign)
        output, rest = running.communicate(timeout=30)
    return Ran(running.returncode, output, said + rest)


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_runner_that_is_stopped_goes_on(tmp_path: Path, url: str, sign: int) -> None:
    slow = "CREATE TABLE log (n int);\n-- qb: commit\nINSERT INTO log SELECT 1 FROM pg_sleep(2);"
    folder = shop(tmp_path, _0001_slow=slow)
    ran = stopped(folder, url, sign)
    if sign == signal.SIGINT:
        assert ran.code == 130
        assert "interrupted: 0 migrations are applied, 0001_slow is half applied (segment 1 is done)" in ran.errors
    assert run("migrate", folder=folder, SHOP=url).code == 0
    with connect(url) as db:
        assert db.scalar(sql("SELECT count(*) FROM log").rows(int)).unwrap() == 1


STEPS = """from billing.names import LOUD
from qb import Outcome, Tx, insert
from qb.kit import StepBatch, data_step
from billing.tables import New

@data_step()
def shout(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    return tx.execute(insert(New(id=1, text=LOUD))).map(lambda count: None)
"""


def test_steps_import_what_is_in_the_project(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    (folder / "src" / "billing").mkdir(parents=True)
    (folder / "src" / "billing" / "names.py").write_text('LOUD = "LOUD"\n')
    table = "from qb import Col, Table, column, new\n\n\nclass Note(Table, name='notes'):\n"
    (folder / "src" / "billing" / "tables.py").write_text(
        f"{table}    id: Col[int] = column(primary_key=True)\n    text: Col[str]\n\n\nNew = new(Note)\n"
    )
    (folder / "migrations" / "0001_notes" / "steps.py").write_text(STEPS)
    done = process("migrate", folder=folder, SHOP=url)
    assert (done.code, done.output) == (0, "1 migration applied, the last one is 0001_notes\n"), done.errors
    with connect(url) as db:
        assert db.all(sql("SELECT text FROM notes").rows(str)).unwrap() == ["LOUD"]


def test_a_step_is_said_to_be_done(tmp_path: Path, url: str) -> None:
    made = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; RAISE 'x'; END $$;\n-- qb: allow unknown:p\n"
    folder = shop(tmp_path, _0001_calls=f"{made}-- qb: no transaction\nCALL p();\nCREATE TABLE notes ();")
    assert run("migrate", folder=folder, SHOP=url).code == 1
    stopped = run("migrate", folder=folder, SHOP=url)
    assert (stopped.code, "with --step-done that it is done" in stopped.errors) == (4, True)
    assert run("resolve", "0001", "--pending", "--step-done", folder=folder, SHOP=url).code == 2
    done = run("resolve", "0001", "--step-done", folder=folder, SHOP=url)
    said = "the journal says that 0001_calls is to be gone on with, behind the step that it stopped in\n"
    assert (done.code, done.output) == (0, said)
    assert run("resolve", "0001", "--step-done", folder=folder, SHOP=url).code == 1
    assert "1 migration applied, the last one is 0001_calls" in run("migrate", folder=folder, SHOP=url).output
