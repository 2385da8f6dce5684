"""Keys, counters and foreign keys of columns that another takes the place of: `int` to `bigint` while others write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import qb
from qb import Col, Database, Table, column, connect, pg, schema, sql, trusted
from qb.errors import DefinitionError
from qb.errors.outcome import Failure
from qb.kit import drift, generate, migrate, rollback
from qb.kit.history.reading import read_history
from qb.kit.running.lock_patience import Patience
from qb.kit.running.rules import MigrationRules, needed
from qb.kit.running.run_progress import RunProgress
from qb.query.script import Script
from tables.scratch import scratch_database
from tests.kit.generating.test_expand import Stopped, ids, made, run, to

TREE = 'tr"ee % {x} é'
NAMED = '"tr""ee % {x} é"'


class Tree(Table, name=TREE):
    id: Col[int] = column(pg.integer, primary_key=True, default=qb.identity())
    above: Col[int | None] = column(pg.integer, references=lambda: Tree.id)
    code: Col[int] = column(pg.integer, unique=True)


class Leaf(Table, name="leaves"):
    id: Col[int] = column(pg.bigint, primary_key=True, default=qb.identity())
    tree: Col[int] = column(pg.integer, references=qb.references(lambda: Tree.id, on_delete="cascade"), index=True)
    code: Col[int | None] = column(pg.integer, references=lambda: Tree.code)


class LargeTree(Table, name=TREE):
    id: Col[int] = column(pg.bigint, primary_key=True, default=qb.identity())
    above: Col[int | None] = column(pg.integer, references=lambda: LargeTree.id)
    code: Col[int] = column(pg.bigint, unique=True)


class LargeLeaf(Table, name="leaves"):
    id: Col[int] = column(pg.bigint, primary_key=True, default=qb.identity())
    tree: Col[int] = column(pg.bigint, references=qb.references(lambda: LargeTree.id, on_delete="cascade"), index=True)
    code: Col[int | None] = column(pg.integer, references=lambda: LargeTree.code)


BEFORE, AFTER = schema(Tree, Leaf), schema(LargeTree, LargeLeaf)
LOST = tuple(
    f"drop-column:{each}" for each in ("leaves.qb_new_e0a5448b", f"{TREE}.qb_new_02052c68", f"{TREE}.qb_new_8184a947")
)
KINDS = ("expand", "backfill", "finish", "swap", "contract")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    made(BEFORE, AFTER, folder, cache)
    return folder


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url) as url:
        yield url


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    with connect(url, max_size=4) as db:
        yield db


def number(db: Database, query: str) -> int:
    text = f"SELECT ({query})::bigint".replace("{", "{{").replace("}", "}}")
    return db.scalar(sql(trusted(text)).rows(int)).unwrap()


def plant(db: Database) -> int:
    """A tree behind the last one, with two leaves; its number."""
    text = f"INSERT INTO {NAMED} (above, code) SELECT max(id), coalesce(max(code), 0) + 1 FROM {NAMED}"
    run(db, text)
    id = number(db, f"SELECT max(id) FROM {NAMED}")
    run(db, f"INSERT INTO leaves (tree, code) SELECT id, code FROM {NAMED} WHERE id = {id}")
    run(db, f"INSERT INTO leaves (tree) VALUES ({id})")
    return id


def refuses(db: Database, text: str) -> str:
    return db.run(Script(trusted(text))).failure().sqlstate or ""


def test_old_code_and_new_code_both_write_in_every_state(folder: Path, db: Database, cache: Path) -> None:
    to(db, folder, "add")
    planted = [plant(db) for _ in range(3)]
    for kind in KINDS:
        to(db, folder, kind)
        planted.append(plant(db))
        assert refuses(db, "INSERT INTO leaves (tree) VALUES (99)") == "23503", kind
        assert refuses(db, "INSERT INTO leaves (tree, code) SELECT max(tree), 99 FROM leaves") == "23503", kind
        assert refuses(db, f"UPDATE {NAMED} SET id = 1 WHERE id = 2") == "23505", kind
        assert refuses(db, f"UPDATE {NAMED} SET above = 99 WHERE id = 2") == "23503", kind
        assert refuses(db, f"DELETE FROM {NAMED} WHERE id = 1") == "23503", kind
        run(db, f"SELECT id, code FROM {NAMED} GROUP BY id")
        assert number(db, "SELECT count(*) FROM leaves") == 2 * len(planted), kind
    assert planted == sorted(planted)
    assert drift(db, AFTER, cache=cache).unwrap().changes == ()
    run(db, f"INSERT INTO {NAMED} (id, code) VALUES (3000000000, 3000000000)")
    run(db, "INSERT INTO leaves (tree) VALUES (3000000000)")
    run(db, f"DELETE FROM {NAMED} WHERE id = 3000000000")
    assert number(db, "SELECT count(*) FROM leaves") == 2 * len(planted), "ON DELETE CASCADE is there again"
    history = read_history(folder).unwrap()
    swap = history[ids(folder)[4]]
    assert [*needed(swap), *needed(swap, down=True)] == [], "the counter goes on, nothing is lost"
    rules = MigrationRules(allow=LOST)
    for kind in reversed(KINDS):
        assert rollback(db, history, rules=rules).unwrap().undone[0].split("_")[1] == kind
        planted.append(plant(db))
        assert number(db, "SELECT count(*) FROM leaves") == 2 * len(planted), kind
    assert (planted, drift(db, BEFORE, cache=cache).unwrap().changes) == (sorted(planted), ())


WRITES = (
    f"INSERT INTO {NAMED} (above, code) SELECT max(id), max(abs(code)) + 1 FROM {NAMED}",
    f"INSERT INTO leaves (tree, code) SELECT id, code FROM {NAMED} ORDER BY id DESC LIMIT 1",
    "UPDATE leaves SET tree = (SELECT min(tree) FROM leaves) WHERE id = (SELECT max(id) FROM leaves)",
    "DELETE FROM leaves WHERE id = (SELECT max(id) FROM leaves)",
    (
        f"UPDATE {NAMED} SET code = -code WHERE id = (SELECT max(id) FROM {NAMED});"
        f" INSERT INTO leaves (tree) SELECT max(id) FROM {NAMED}"  # the other way round than a foreign key locks
    ),
    f"SELECT t.id, t.code, l.tree FROM {NAMED} AS t JOIN leaves AS l ON l.tree = t.id GROUP BY t.id, l.tree LIMIT 9",
)
"""What old code and new code both say, again and again; a wait of 2 seconds is an error."""


def writing(url: str, done: threading.Event, errors: list[str], rounds: list[int]) -> None:
    with connect(url, max_size=1) as other:
        while not done.is_set():
            for text in WRITES:
                outcome = other.run(Script(trusted("SET LOCAL lock_timeout = '2s'"), trusted(text)))
                if isinstance(outcome, Failure):
                    errors.append(str(outcome.failure()))
            rounds.append(len(errors))


def test_writers_and_readers_go_on_while_its_runner_is_stopped_at_every_step(
    folder: Path, db: Database, url: str
) -> None:
    """The swap is stopped before each of its segments, and each way of it run again."""
    to(db, folder, "add")
    run(db, f"INSERT INTO {NAMED} (above, code) SELECT nullif(n - 1, 0), n FROM generate_series(1, 2500) n")
    run(db, f"INSERT INTO leaves (tree, code) SELECT id, code FROM {NAMED}, generate_series(1, 2)")
    history = read_history(folder).unwrap()
    done, errors, rounds = threading.Event(), list[str](), list[int]()
    seen, way = set[tuple[int, int, str]](), 0

    def stop(progress: RunProgress) -> None:
        at = (way, progress.number, progress.moment)
        if progress.moment not in ("begins", "done") and at not in seen and "_swap_" in (progress.migration or ""):
            seen.add(at)
            raise Stopped

    writer = threading.Thread(target=writing, args=(url, done, errors, rounds))
    writer.start()
    patience = Patience(60, 0.5)
    try:
        for way in range(2):
            while True:
                try:
                    if way:
                        rollback(db, history, to=ids(folder)[3], patience=patience, on_progress=stop).unwrap()
                    else:
                        migrate(db, history, to=ids(folder)[-2], patience=patience, on_progress=stop).unwrap()
                except Stopped:
                    continue
                break
            before = len(rounds)
            while len(rounds) < before + 3 and writer.is_alive():
                done.wait(0.05)
        migrate(db, history, to=ids(folder)[-1], patience=patience).unwrap()
    finally:
        done.set()
        writer.join()
    assert errors == []
    assert len(seen) > 8, "each segment of both ways"
    assert number(db, f"SELECT count(*) FROM {NAMED}") >= 2500 + len(rounds)
    assert number(db, f"SELECT count(DISTINCT id) FROM {NAMED}") == number(db, f"SELECT count(*) FROM {NAMED}")
    assert (
        number(db, f"SELECT count(*) FROM leaves AS l LEFT JOIN {NAMED} AS t ON t.id = l.tree WHERE t.id IS NULL") == 0
    )
    assert number(db, f"SELECT min(id) FROM {NAMED}") == 1
    assert plant(db) > 2500 + len(rounds)


class Entry(Table, name="entries"):
    shop: Col[int] = column(pg.integer, primary_key=True)
    number: Col[int] = column(pg.integer, primary_key=True, default=qb.serial())


class LargeEntry(Table, name="entries"):
    shop: Col[int] = column(pg.integer, primary_key=True)
    number: Col[int] = column(pg.bigint, primary_key=True, default=qb.serial())


@pytest.mark.slow
def test_a_key_of_two_columns_and_a_serial(tmp_path: Path, cache: Path, db: Database) -> None:
    made(schema(Entry), schema(LargeEntry), tmp_path, cache)
    to(db, tmp_path, "add")
    for kind in KINDS:
        run(db, "INSERT INTO entries (shop) VALUES (1), (2)")
        to(db, tmp_path, kind)
        assert refuses(db, "INSERT INTO entries (shop, number) VALUES (1, 1)") == "23505", kind
        run(db, "INSERT INTO entries (shop) VALUES (3) ON CONFLICT (shop, number) DO NOTHING")
    assert number(db, "SELECT max(number) FROM entries") == number(db, "SELECT count(*) FROM entries") == 3 * 5
    assert drift(db, schema(LargeEntry), cache=cache).unwrap().changes == ()
    history = read_history(tmp_path).unwrap()
    lost = MigrationRules(allow=("drop-column:entries.qb_new_fd873fd2",))
    rollback(db, history, to=history.ids[0], rules=lost).unwrap()
    assert drift(db, schema(Entry), cache=cache).unwrap().changes == ()
    run(db, "INSERT INTO entries (shop) VALUES (1)")
    assert number(db, "SELECT max(number) FROM entries") == 3 * 5 + 1


class Counted(Table, name="entries"):
    shop: Col[int] = column(pg.integer, primary_key=True)
    number: Col[int] = column(pg.bigint, primary_key=True)


class Otherwise(Table, name="entries"):
    shop: Col[int] = column(pg.integer)
    number: Col[int] = column(pg.bigint, primary_key=True, default=qb.serial())


@pytest.mark.slow
def test_what_is_another_key_or_counter_is_refused(tmp_path: Path, cache: Path) -> None:
    generate(schema(Entry), tmp_path, cache=cache).unwrap()
    for after, says in (
        (Counted, "and that counts in another way. Change how it counts in a change of its own"),
        (Otherwise, "and its table has another primary key afterwards. Change the key in a change of its own"),
    ):
        error = generate(schema(after), tmp_path, cache=cache, expand=True).failure()
        assert isinstance(error, DefinitionError)
        assert str(error) == (f"column public.entries.number: --expand puts another column in its place, {says}")
    assert len(ids(tmp_path)) == 1


class Day(Table, name="days"):
    day: Col[int] = column(primary_key=True)
    sold: Col[int] = column(pg.integer)


class LargeDay(Table, name="days"):
    day: Col[int] = column(primary_key=True)
    sold: Col[int] = column(pg.bigint)


@pytest.mark.slow
def test_a_table_with_partitions_is_refused_and_what_to_do_is_said(tmp_path: Path, cache: Path) -> None:
    days, large = qb.partition_by_range(Day, Day.day), qb.partition_by_range(LargeDay, LargeDay.day)
    generate(schema(Day, days.default("rest")), tmp_path, cache=cache).unwrap()
    after = schema(LargeDay, large.default("rest"))
    error = generate(after, tmp_path, cache=cache, expand=True).failure()
    assert isinstance(error, DefinitionError)
    assert str(error) == (
        "column public.days.sold: --expand cannot put another column beside it, as its table has partitions, or "
        "inherits. Leave --expand out: its table is written anew in one statement, and everybody waits as long as that "
        "takes"
    )
