"""`seed`: what fills a database, run once or often."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, Failure, Outcome, Script, Success, Tx, sql, trusted
from qb.errors import DbError
from qb.kit import Seed, Seeded, load_seeds, seed
from qb.kit.errors import UnreadableSchema, UnreadableSql
from qb.kit.seeding.errors import HiddenRows, NotTheSameTwice, SeedFailed, UnreadableSeed
from qb.kit.seeding.seeds import SeedFunction

COUNT = sql("SELECT count(*) FROM seeds").rows(int)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(Script("CREATE TABLE seeds (id int PRIMARY KEY, x text)")).unwrap()
    found: Tx = qb_tx
    return found


def good(tx: Tx) -> Outcome[int]:
    return tx.execute(sql("INSERT INTO seeds VALUES (1, 'a') ON CONFLICT DO NOTHING").command())


def grows(tx: Tx) -> Outcome[int]:
    return tx.execute(sql("INSERT INTO seeds SELECT count(*) + 10 FROM seeds").command())


def changes(tx: Tx) -> None:
    tx.execute(sql("UPDATE seeds SET x = x || 'a'").command()).unwrap()


def refused(tx: Tx) -> Outcome[int]:
    return tx.execute(sql("INSERT INTO seeds VALUES (1), (1)").command())


def raises(tx: Tx) -> None:
    raise ValueError("the line of it")


def test_a_seed_that_is_run_again_does_the_same(tx: Tx) -> None:
    done = seed(tx, [good], twice=True)
    assert done == Success(Seeded(("tests.kit.seeding.test_seeds:good",), ("public.seeds",)))
    assert seed(tx, [good]).unwrap().changed == ()
    assert tx.scalar(COUNT) == Success(1)


@pytest.mark.parametrize(
    ("function", "says"),
    [(grows, "public.seeds: 2 rows became 3"), (changes, "public.seeds: some of its 1 rows changed")],
)
def test_one_that_does_something_else_is_told_and_undone(tx: Tx, function: SeedFunction, says: str) -> None:
    assert seed(tx, [good]).unwrap().changed == ("public.seeds",)
    error = seed(tx, [good, function], twice=True).failure()
    assert isinstance(error, NotTheSameTwice)
    assert says in str(error)
    assert tx.scalar(COUNT) == Success(1)
    assert seed(tx, [good, function]).unwrap().changed == ("public.seeds",)


def test_all_of_them_or_none(tx: Tx) -> None:
    error = seed(tx, [good, refused]).failure()
    assert isinstance(error, SeedFailed)
    assert "test_seeds:refused: another row has the same value" in str(error)
    assert tx.scalar(COUNT) == Success(0)


def test_what_a_function_raises_has_its_line(tx: Tx) -> None:
    error = seed(tx, [raises]).failure()
    assert isinstance(error, SeedFailed)
    assert error.file == __file__
    assert str(error).endswith(": it has raised ValueError")
    assert str(error.__cause__) == "the line of it"  # which may be a value of a row
    assert tx.scalar(COUNT) == Success(0)


def project(folder: Path) -> None:
    (folder / "seeds_of_project.py").write_text(
        "from qb import sql\n\nADD = sql(\"INSERT INTO seeds VALUES (7, '7')\").command()\nnumber = 3\n\n"
        "def fill(tx):\n    return tx.execute(ADD)\n"
    )
    (folder / "sql").mkdir()
    (folder / "sql/1.sql").write_text(
        "INSERT INTO seeds VALUES (1, 'one; two');\nINSERT INTO seeds VALUES (2, '{x} $1');"
    )
    (folder / "sql/2.sql").write_text("DELETE FROM seeds WHERE id = 1;")


def test_functions_and_files_of_a_project(tx: Tx, tmp_path: Path) -> None:
    project(tmp_path)
    seeds = load_seeds(["seeds_of_project:fill", "sql/*.sql"], folder=tmp_path).unwrap()
    assert [each.name for each in seeds] == ["seeds_of_project:fill", "sql/1.sql", "sql/2.sql"]
    assert seed(tx, seeds).unwrap().seeds == ("seeds_of_project:fill", "sql/1.sql", "sql/2.sql")
    assert tx.all(sql("SELECT x FROM seeds ORDER BY id").rows(str)) == Success(["{x} $1", "7"])


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("nowhere:fill", UnreadableSchema, "there is no module nowhere"),
        ("seeds_of_project:fil", UnreadableSeed, "seeds_of_project has no function fil"),
        ("seeds_of_project:number", UnreadableSeed, "seeds_of_project.number is a int and no function"),
        ("seeds_of_project", UnreadableSeed, "a seed is module:function"),
        ("sql/3*.sql", UnreadableSeed, "there is no such file in"),
        ("bad.sql", UnreadableSql, "bad.sql:2:1: all seeds are one transaction"),
        ("ends.sql", UnreadableSql, "ends.sql:1:1: all seeds are one transaction"),
        ("copy.sql", UnreadableSql, "copy.sql:3:1: the rows of a COPY are not sent from a file: write INSERT"),
    ],
)
def test_what_is_no_seed_is_told(tmp_path: Path, name: str, error: type[Exception], says: str) -> None:
    project(tmp_path)
    (tmp_path / "bad.sql").write_text("SELECT 1;\nCOMMIT;")
    (tmp_path / "ends.sql").write_text("commit/**/;")
    (tmp_path / "copy.sql").write_text("SELECT 1;\n\nCOPY seeds FROM stdin;\n1\ta\n\\.\n")
    found = load_seeds([name], folder=tmp_path)
    assert isinstance(found, Failure)
    assert isinstance(found.failure(), error)
    assert says in str(found.failure())


def test_what_is_never_sent_has_its_line(tx: Tx, tmp_path: Path) -> None:
    (tmp_path / "bad.sql").write_text("PREPARE one AS SELECT 1;\nCOPY seeds TO stdout;")
    error = seed(tx, load_seeds(["bad.sql"], folder=tmp_path).unwrap()).failure()
    assert isinstance(error, SeedFailed)
    assert str(error).startswith(f"the seed bad.sql ({tmp_path}/bad.sql:2): ")


@pytest.mark.parametrize("column", ["each", "t", "seeds", "row", "t.*", "it's 50% {x} $1"])
def test_rows_are_compared_whole_whatever_their_columns_are_called(tx: Tx, column: str) -> None:
    quoted = column.replace('"', '""').replace("{", "{{").replace("}", "}}")
    tx.run(Script(trusted(f'DROP TABLE seeds; CREATE TABLE seeds ("{column}" int, x text)'))).unwrap()

    def first(tx: Tx) -> Outcome[int]:
        text = f"INSERT INTO seeds (\"{quoted}\", x) SELECT 1, 'a' WHERE NOT EXISTS (SELECT FROM seeds)"
        return tx.execute(sql(trusted(text)).command())

    assert seed(tx, [first]).unwrap().changed == ("public.seeds",)
    assert seed(tx, [first]).unwrap().changed == ()
    assert seed(tx, [changes]).unwrap().changed == ("public.seeds",)
    assert "some of its 1 rows changed" in str(seed(tx, [changes], twice=True).failure())


def test_a_table_that_is_made_or_dropped_is_changed(tx: Tx) -> None:
    def makes(tx: Tx) -> None:
        tx.run(Script("DROP TABLE IF EXISTS seeds", "CREATE TABLE IF NOT EXISTS others ()")).unwrap()

    assert seed(tx, [makes], twice=True).unwrap().changed == ("public.others", "public.seeds")

    def anew(tx: Tx) -> None:
        count = tx.scalar(sql("SELECT count(*) FROM pg_class WHERE relname ~ '^made_'").rows(int)).unwrap()
        tx.run(Script(trusted(f"CREATE TABLE made_{count} ()"))).unwrap()

    assert "public.made_1: it is made" in str(seed(tx, [anew], twice=True).failure())


def test_a_table_of_which_the_rows_cannot_be_summed_is_told_and_not_passed_over(tx: Tx) -> None:
    tx.run(Script("CREATE FUNCTION fails() RETURNS boolean LANGUAGE sql AS 'SELECT 1 / 0 > 0'")).unwrap()
    tx.run(Script("ALTER TABLE seeds ENABLE ROW LEVEL SECURITY", "ALTER TABLE seeds FORCE ROW LEVEL SECURITY")).unwrap()
    tx.run(Script("CREATE POLICY p ON seeds USING (fails())")).unwrap()
    tx.run(Script("CREATE ROLE seeding_reader", "GRANT SELECT ON seeds TO seeding_reader")).unwrap()
    with tx.as_role("seeding_reader") as reader:
        assert "division by zero" in str(seed(reader, []).failure())


HIDING = """CREATE ROLE qb_test_seeds; GRANT ALL ON {0} TO qb_test_seeds; ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON {0} USING (x > 5); CREATE POLICY added ON {0} FOR INSERT WITH CHECK (true);
SET LOCAL ROLE qb_test_seeds"""


def test_rows_that_are_hidden_are_not_taken_for_the_same_ones(tx: Tx) -> None:
    def grows_unseen(tx: Tx) -> Outcome[int]:
        return tx.execute(sql("INSERT INTO numbers VALUES (1)").command())

    tx.run(Script("CREATE TABLE numbers (x int)", trusted(HIDING.format("numbers")))).unwrap()
    error = seed(tx, [grows_unseen], twice=True).failure()
    assert isinstance(error, HiddenRows)
    assert str(error) == (
        "the table public.numbers: row security hides rows from this role, which would not be counted: do it as a "
        "role with BYPASSRLS"
    )
    assert seed(tx, [grows_unseen]).unwrap().changed == ()
    assert tx.scalar(sql("SHOW row_security").rows(str)) == Success("on")


def test_a_file_that_the_server_refuses_has_its_line(tx: Tx, tmp_path: Path) -> None:
    (tmp_path / "bad.sql").write_text("SELECT 1;\n\nINSERT INTO nowhere VALUES (1);")
    error = seed(tx, load_seeds(["bad.sql"], folder=tmp_path).unwrap()).failure()
    assert isinstance(error, SeedFailed)
    assert str(error).startswith(f"the seed bad.sql ({tmp_path}/bad.sql:3): ")


def test_what_the_world_does_comes_back(qb_db: Database) -> None:
    def ends(tx: Tx) -> Outcome[int]:
        return tx.execute(sql("SELECT pg_terminate_backend(pg_backend_pid())").command())

    assert isinstance(seed(qb_db, [Seed("ends", ends)]).failure(), DbError | SeedFailed)
