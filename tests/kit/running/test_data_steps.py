"""Data steps: batches with their key in the journal, resumed where they stopped, conditions before and behind them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qb import Database, connect, sql, trusted
from qb.errors import DefinitionError
from qb.kit import migrate, migration_conditions, status
from qb.kit.history.history import History
from qb.kit.running.data_errors import (
    ConditionFailed,
    DataStepFailed,
    DataStepRaised,
    StandingStill,
    TakenAway,
    UnreadableSteps,
)
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from tests.kit.running.histories import in_line, migration

MADE = migration(
    "0001_notes",
    "CREATE TABLE notes (id int PRIMARY KEY, text text);INSERT INTO notes SELECT n, 'x' FROM generate_series(1, 95) n;",
)
STEPS = """
from __future__ import annotations

from qb import Failure, Outcome, Success, Tx, sql
from qb.kit import StepBatch, data_step


@data_step(total=sql("SELECT count(*) FROM notes").rows(int){options})
def shout(tx: Tx, after: {key} | None) -> Outcome[StepBatch[{key}] | None]:
    query = "WITH next AS (SELECT id FROM notes WHERE id > {{after}}::int ORDER BY id LIMIT 10), "
    query += "done AS (UPDATE notes n SET text = n.text || '!' FROM next WHERE n.id = next.id RETURNING n.id) "
    query += "SELECT max(id), count(*) FROM done"
    outcome = tx.one(sql(query, after=str(after or 0)).rows(tuple[int | None, int]))
    if isinstance(outcome, Failure):
        return Failure(outcome.failure())
    last, count = outcome.unwrap()
    return Success(None if last is None else StepBatch({last}, count))
"""


def steps(options: str = "", key: str = "int", last: str = "last") -> str:
    return STEPS.format(options=options, key=key, last=last)


def filling(text: str, up: str = "ALTER TABLE notes ADD rank int;") -> History:
    return in_line(MADE, migration("0002_fill", up, data_steps=text))


def texts(db: Database) -> list[tuple[str, int]]:
    return db.all(sql("SELECT text, count(*) FROM notes GROUP BY 1 ORDER BY 1").rows(tuple[str, int])).unwrap()


def state(db: Database) -> tuple[str, str | None]:
    query = sql("SELECT state, data FROM qb.migration WHERE id = '0002_fill'").rows(tuple[str, str | None])
    return db.one(query).unwrap()


@pytest.mark.parametrize("up", ["ALTER TABLE notes ADD rank int;", "", "SELECT 1;\n-- qb: commit\nVACUUM notes;"])
def test_it_is_called_until_nothing_is_left(db: Database, up: str) -> None:
    said: list[RunProgress] = []
    assert migrate(db, filling(steps(), up), on_progress=said.append).unwrap().applied == ("0001_notes", "0002_fill")
    assert texts(db) == [("x!", 95)]
    assert state(db) == ("applied", '{"shout":{"key":"95","count":95,"total":95,"done":true}}')
    lines = [str(each) for each in said if each.says.startswith("shout")]
    assert lines[0].startswith("0002_fill: 1 of 1: shout: 10 rows of 95, ")
    assert lines[-1] == "0002_fill: 1 of 1: shout: 95 rows of 95, done"
    assert len(lines) == 11
    assert migrate(db, filling(steps(), up)).unwrap().applied == ()


@pytest.mark.parametrize(("key", "last"), [("str", "str(last)"), ("tuple[int, str]", "(last, 'ä')")])
def test_a_key_may_be_of_any_type_that_json_has(db: Database, key: str, last: str) -> None:
    text = steps(key=key, last=last).replace(
        "str(after or 0)", "str((after[0] if isinstance(after, tuple) else after) or 0)"
    )
    migrate(db, filling(text)).unwrap()
    assert texts(db) == [("x!", 95)]


class Stopped(BaseException):
    """As Ctrl-C."""


def stopping(moment: int) -> Callable[[RunProgress], None]:
    seen: list[RunProgress] = []

    def stop(progress: RunProgress) -> None:
        if progress.says.startswith("shout"):
            seen.append(progress)
            if len(seen) == moment:
                raise Stopped

    return stop


def test_it_goes_on_where_it_was_stopped(db: Database) -> None:
    for _ in range(3):
        with pytest.raises(Stopped):
            migrate(db, filling(steps()), on_progress=stopping(2))
    assert texts(db) == [("x", 35), ("x!", 60)]
    assert state(db)[0] == "running"
    assert [each.state for each in status(db, filling(steps())).unwrap().migrations] == ["applied", "half applied"]
    assert migrate(db, filling(steps())).unwrap().applied == ("0002_fill",)
    assert texts(db) == [("x!", 95)]


def test_a_batch_whose_backend_is_killed_is_run_again(db: Database) -> None:
    kill = (
        "    if after == 30 and tx.scalar(sql('SELECT last_value FROM kills').rows(int)).unwrap() == 1:\n"
        "        tx.scalar(sql('SELECT nextval({s})', s='kills').rows(int)).unwrap()\n"
        "        gone = tx.scalar(sql('SELECT pg_terminate_backend(pg_backend_pid())').rows(bool))\n"
        "        return Failure(gone.failure())\n"
        "    return Success(None if last"
    )
    text = steps().replace("    return Success(None if last", kill)
    up = "CREATE SEQUENCE kills; SELECT nextval('kills');"
    history = in_line(MADE, migration("0002_fill", up, data_steps=text))
    error = migrate(db, history).failure()
    assert isinstance(error, DataStepFailed), error
    assert str(error).startswith(
        "0002_fill/steps.py: shout, behind 30 rows that are done: the connection to the server"
    )
    assert texts(db) == [("x", 65), ("x!", 30)]
    assert migrate(db, history).unwrap().applied == ("0002_fill",)
    assert texts(db) == [("x!", 95)]


def test_a_batch_that_fails_leaves_those_before_it(db: Database) -> None:
    text = steps().replace("SET text = n.text || '!'", "SET text = n.text || (1 / (n.id - 42))::text")
    error = migrate(db, filling(text)).failure()
    assert isinstance(error, DataStepFailed)
    assert str(error).startswith("0002_fill/steps.py: shout, behind 40 rows that are done: ")


def test_a_mistake_in_a_step_is_told_with_its_line_and_no_value(db: Database) -> None:
    text = steps().replace(
        "    return Success(", "    if last == 40:\n        raise KeyError('a secret')\n    return Success("
    )
    error = migrate(db, filling(text)).failure()
    assert isinstance(error, DataStepRaised)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "KeyError" in each)
    assert str(error) == (
        f"0002_fill/steps.py:{line}: shout has raised KeyError, behind 30 rows that are done: mend it and run"
        " qb migrate again, which goes on there"
    )
    assert texts(db) == [("x", 65), ("x!", 30)]
    migrate(db, filling(steps())).unwrap()
    assert texts(db) == [("x!", 95)]


def test_a_name_that_a_class_has_no_more_is_told(db: Database) -> None:
    gone = steps().replace("    return Success(", "    tx.gone_by_now\n    return Success(")
    error = migrate(db, filling(gone)).failure()
    assert "shout has raised AttributeError (gone_by_now), behind" in str(error)
    assert str(error).endswith(
        "Steps stay as they were written, while the project's classes go on: in SQL, with its names, none breaks"
    )
    hidden = steps().replace("    return Success(", "    getattr(tx, 'sec' + 'ret')\n    return Success(")
    assert "shout has raised AttributeError, behind" in str(migrate(db, filling(hidden)).failure())
    bare = steps().replace("@data_step(", "@data_step\ndef other(tx, after):\n    pass\n\n\n@data_step(", 1)
    assert str(migrate(db, filling(bare)).failure()).endswith(": write @data_step(), with parentheses")


def test_conditions(db: Database) -> None:
    before = ', before=sql("SELECT count(*) > 100 FROM notes").rows(bool)'
    error = migrate(db, filling(steps(before))).failure()
    assert isinstance(error, ConditionFailed)
    assert str(error) == "0002_fill/steps.py: shout was not begun: what has to be true before it is not"
    db.execute(sql("INSERT INTO notes SELECT n, 'x' FROM generate_series(96, 110) n").command()).unwrap()
    after = ', after=sql("SELECT count(*) = 0 FROM notes").rows(bool)'
    for _ in range(2):  # and is not taken for fulfilled by whoever tries again
        assert str(migrate(db, filling(steps(after))).failure()).endswith(
            "shout has come to its end, and what has to be true behind it is not"
        )
    db.execute(sql("DELETE FROM notes").command()).unwrap()
    assert migrate(db, filling(steps(after))).unwrap().applied == ("0002_fill",)


CHECKED = """
from qb import sql
from qb.kit import data_step, migration_conditions

few = migration_conditions(before=sql("SELECT count(*) < 90 FROM notes").rows(bool))
loud = migration_conditions(after=sql("SELECT bool_and(text = 'y') FROM notes").rows(bool))
"""


def test_conditions_of_a_migration(db: Database) -> None:
    """Before its SQL, and behind all of its steps, whatever stands first in the file."""
    shouting = steps().replace("'!'", "''").replace("from __future__ import annotations\n", "")
    second = migration("0002_y", "UPDATE notes SET text = 'y' WHERE id > 1;", data_steps=CHECKED + shouting)
    history = in_line(MADE, second)
    rules = MigrationRules(allow=("update:notes",))
    error = migrate(db, history, rules=rules).failure()
    assert isinstance(error, ConditionFailed)
    assert str(error) == ("0002_y/steps.py: nothing of 0002_y was run: few has to be true before, and is not")
    assert texts(db) == [("x", 95)]
    assert status(db, history).unwrap().migrations[1].state == "pending"
    db.execute(sql("DELETE FROM notes WHERE id > 80").command()).unwrap()
    for _ in range(2):
        error = migrate(db, history, rules=rules).failure()
        assert str(error) == ("0002_y/steps.py: loud has come to its end, and what has to be true behind it is not")
        assert texts(db) == [("x", 1), ("y", 79)]
    assert status(db, history).unwrap().migrations[1].state == "half applied"
    db.execute(sql("UPDATE notes SET text = 'y'").command()).unwrap()
    assert migrate(db, history, rules=rules).unwrap().applied == ("0002_y",)


def test_no_condition_is_a_mistake() -> None:
    with pytest.raises(DefinitionError, match="has no condition: give before= or after="):
        migration_conditions()


def test_one_that_stands_still_is_stopped(db: Database) -> None:
    error = migrate(db, filling(steps(last="10"))).failure()
    assert isinstance(error, StandingStill)
    assert texts(db) == [("x", 85), ("x!", 10)]


def test_a_second_runner_that_got_in_between_is_noticed(db: Database) -> None:
    def meddle(progress: RunProgress) -> None:
        if "30 rows" in progress.says:
            db.execute(sql("UPDATE qb.migration SET data = '{{}}' WHERE id = '0002_fill'").command()).unwrap()

    error = migrate(db, filling(steps()), on_progress=meddle).failure()
    assert isinstance(error, TakenAway)
    assert texts(db) == [("x", 65), ("x!", 30)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:", "0002_fill/steps.py:1: SyntaxError: "),
        ("\nimport nothing_of_that_name", "0002_fill/steps.py:2: ModuleNotFoundError: No module named"),
        ("x = 1", "0002_fill/steps.py: it declares no step: write a function below @data_step(), or"),
        (
            "from qb.kit import data_step\n@data_step()\ndef f(): ...",
            "0002_fill/steps.py:2: DefinitionError: the data step f",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_before_anything_runs(db: Database, text: str, said: str) -> None:
    error = migrate(db, filling(text)).failure()
    assert isinstance(error, UnreadableSteps)
    assert str(error).startswith(said)
    assert db.scalar(sql("SELECT to_regclass('notes') IS NULL").rows(bool)).unwrap()


def test_one_that_is_edited_is_refused(db: Database) -> None:
    migrate(db, filling(steps())).unwrap()
    assert "is not what was applied here" in str(migrate(db, filling(steps() + "# more\n")).failure())


def test_replicas_that_are_behind_are_waited_for(db: Database) -> None:
    migrate(db, filling(steps(", pause=0.001, max_lag=5.0"))).unwrap()
    assert texts(db) == [("x!", 95)]


def test_the_name_of_its_table_may_be_odd(url: str) -> None:
    with connect(url) as db:
        migrate(db, filling(steps()), journal='j {"x"} %s').unwrap()
        count = sql(trusted('SELECT count(*) FROM "j {{""x""}} %s".migration WHERE state = \'applied\'')).rows(int)
        assert db.scalar(count).unwrap() == 2


AGAIN = (
    """
from qb import Outcome, Tx, sql
from qb.kit import StepBatch, data_step

NEXT = """
    '"""'
    """
WITH next AS (SELECT id FROM notes WHERE id > {{after}} AND text = 'x' ORDER BY id LIMIT 10 FOR UPDATE),
  done AS (UPDATE notes n SET text = 'X' FROM next WHERE n.id = next.id RETURNING n.id)
SELECT max(id), count(*) FROM done
"""
    '"""'
    """

@data_step(again=True{options})
def shout(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    rows = tx.one(sql(NEXT, after=-1000 if after is None else after).rows(tuple[int | None, int]))
    return rows.map(lambda row: None if row[0] is None else StepBatch(row[0], row[1]))
"""
)
NONE_LEFT = ', after=sql("SELECT count(*) = 0 FROM notes WHERE text <> {text}", text="X").rows(bool)'


@pytest.mark.parametrize("options", ["", NONE_LEFT])
def test_it_begins_anew_for_rows_that_came_in_behind_the_key(db: Database, options: str) -> None:
    written: list[str] = []

    def write(progress: RunProgress) -> None:
        if progress.says.startswith("shout") and len(written) < 3:
            written.append(progress.says)
            text = "INSERT INTO notes VALUES ({id}, 'x')"
            db.execute(sql(text, id=-len(written)).command()).unwrap()

    migrate(db, filling(AGAIN.format(options=options)), on_progress=write).unwrap()
    assert texts(db) == [("X", 98)]
    assert state(db)[0] == "applied"


def test_what_has_failed_behind_it_begins_anew(db: Database) -> None:
    history = filling(AGAIN.format(options=NONE_LEFT), "INSERT INTO notes VALUES (-5, 'other');")
    assert isinstance(migrate(db, history).failure(), ConditionFailed)
    assert isinstance(migrate(db, history).failure(), ConditionFailed)
    db.execute(sql("UPDATE notes SET text = 'x' WHERE id = -5").command()).unwrap()
    migrate(db, history).unwrap()
    assert texts(db) == [("X", 96)]
