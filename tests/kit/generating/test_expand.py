"""Changes in several migrations, while old code and new code both write: what holds in between, and at the end."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import qb
from qb import Col, Database, Table, column, connect, grant, pg, role, schema, sql, trusted
from qb.errors import DefinitionError
from qb.errors.outcome import Failure
from qb.kit import drift, migrate, rollback
from qb.kit.generating.generate import Generated, generate
from qb.kit.history.reading import read_history
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.query.script import Script
from qb.typing import Schema
from tables.scratch import scratch_database

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
HOSTILE = 'we"ird % {x} $qb$ \\ é'


class Person(Table, name="people"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    name: Col[str] = column(unique=True)
    age: Col[int] = column(pg.integer, index=True, check=lambda age: age > 0)
    whole: Col[str]
    note: Col[str | None]


class PersonOfToday(Table, name="people"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    full_name: Col[str] = column(pg.text, name=HOSTILE, unique=True)
    age: Col[int] = column(pg.bigint, index=True, check=lambda age: age > 0)
    first: Col[str]
    last: Col[str | None]
    note: Col[str]


HINTS = (
    f"rename:people.name=people.{HOSTILE}",
    "fill:people.first=split_part(whole, ' ', 1)",
    "fill:people.last=nullif(substr(whole, length(split_part(whole, ' ', 1)) + 2), '')",
    "fill:people.whole=concat_ws(' ', first, last)",
    "fill:people.note=coalesce(note, 'of ' || first)",
)
ALLOW = ("drop-column:people.whole",)
LOST = tuple(f"drop-column:people.{each}" for each in (HOSTILE, "first", "last", "qb_new_d1f81742"))
KINDS = ("expand", "backfill", "finish", "swap", "contract")


def made(before: Schema, after: Schema, folder: Path, cache: Path, **options: Any) -> tuple[Generated, ...]:
    generate(before, folder, cache=cache, now=NOW, prefix="index").unwrap()
    first = generate(after, folder, cache=cache, now=NOW, prefix="index", expand=True, **options).unwrap()
    return first, *first.more


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    folder = tmp_path_factory.mktemp("expand")
    made(schema(Person), schema(PersonOfToday), folder, cache, hints=HINTS, allow=ALLOW)
    return folder


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url) as url, connect(url, max_size=4) as db:
        yield db


def ids(folder: Path) -> tuple[str, ...]:
    return read_history(folder).unwrap().ids


class Stopped(BaseException):
    """As Ctrl-C."""


def all_run(db: Database, folder: Path, **options: Any) -> None:
    """The contract, too."""
    history = read_history(folder).unwrap()
    migrate(db, history, rules=MigrationRules(contracts=history.ids), **options).unwrap()


def to(db: Database, folder: Path, kind: str, **options: Any) -> None:
    id = next(each for each in ids(folder) if each.split("_")[1] == kind)
    migrate(db, read_history(folder).unwrap(), to=id, **options).unwrap()


def run(db: Database, text: str) -> None:
    db.run(Script(trusted(text))).unwrap()


def rows(db: Database, columns: str) -> list[tuple[str | None, ...]]:
    text = f"SELECT ARRAY[{columns}] FROM people ORDER BY id".replace("{", "{{").replace("}", "}}")
    return [tuple(each) for each in db.all(sql(trusted(text)).rows(list[str | None])).unwrap()]


NEW = HOSTILE.replace('"', '""')
OLD_INSERT = "INSERT INTO people (name, age, whole) VALUES ('{0}', {1}, 'Old {0}')"
NEW_INSERT = f"INSERT INTO people (\"{NEW}\", age, first, last, note) VALUES ('{{0}}', {{1}}, 'New', '{{0}}', {{2}})"
BOTH = f"name, \"{NEW}\", whole, concat_ws(' ', first, last), note"


def old(db: Database, name: str, age: int) -> None:
    run(db, OLD_INSERT.format(name, age))


def new(db: Database, name: str, age: int, note: str = "NULL") -> None:
    run(db, NEW_INSERT.replace("{x}", "{{x}}").format(name, age, note))


def test_it_is_several_migrations(folder: Path) -> None:
    assert [each.split("_")[1] for each in ids(folder)] == ["add", *KINDS]
    history = read_history(folder).unwrap()
    for each in history:
        assert each.is_proved, each
        assert each.after is not None
    one, *rest = history
    for each in rest:
        assert (each.parents, each.before) == ((one.id,), one.after)
        one = each
    contract = history[ids(folder)[-1]]
    assert [each.contract for each in history] == [each.id == contract.id for each in history]
    assert contract.renames == (f"people.name=people.{HOSTILE}",)
    assert "drop-column:people.name" in contract.allowed
    assert "-- To be run when no old code runs any more." in contract.up
    assert "-- What the old columns held is made of the new ones again." in (contract.down or "")


def test_old_code_and_new_code_both_write_in_every_state(folder: Path, db: Database, cache: Path) -> None:
    to(db, folder, "add")
    for number in range(3):
        old(db, f"before {number}", number + 1)
    for kind in KINDS[:-1]:
        to(db, folder, kind)
        old(db, f"old in {kind}", 7)
        new(db, f"new in {kind}", 8)
        run(db, f"UPDATE people SET name = name || '!', age = age + 1 WHERE name = 'old in {kind}'")
        run(db, f"UPDATE people SET \"{NEW}\" = \"{NEW}\" || '?', last = NULL WHERE name = 'new in {kind}'")
        run(db, f"UPDATE people SET whole = 'Elder ' || whole WHERE name = 'new in {kind}?'")
        for name, full, whole, parts, note in rows(db, BOTH):
            if kind == "expand" and name is not None and name.startswith("before"):
                assert (full, parts, note) == (None, "", None), name
            else:
                assert (name, whole) == (full, parts)
                assert note is not None
    seen = rows(db, f'"{NEW}", age::text, first, last, note')
    to(db, folder, "contract")
    assert rows(db, f'"{NEW}", age::text, first, last, note') == seen
    assert ("old in swap!", "8", "Old", "old in swap", "of Old") in seen
    assert ("new in swap?", "8", "Elder", "New", "of New") in seen
    assert drift(db, schema(PersonOfToday), cache=cache).unwrap().changes == ()
    new(db, "later", 3_000_000_000, "'x'")
    assert db.run(Script(trusted(OLD_INSERT.format("too old", 1)))).failure().sqlstate == "42703"


def test_the_way_back_keeps_what_was_written(folder: Path, db: Database) -> None:
    to(db, folder, "add")
    old(db, "first", 1)
    all_run(db, folder)
    new(db, "later", 3_000, "'x'")
    rollback(db, read_history(folder).unwrap(), to=ids(folder)[0], rules=MigrationRules(allow=LOST)).unwrap()
    assert rows(db, "name, age::text, whole") == [("first", "1", "Old first"), ("later", "3000", "New later")]
    old(db, "again", 1)


def test_a_contract_that_is_kept_brings_back_no_value_that_was_changed_since(folder: Path, db: Database) -> None:
    to(db, folder, "add")
    for number, name in enumerate(("same", "changed", "empty")):
        old(db, name, number + 1)
    run(db, "UPDATE people SET whole = 'Old   empty' WHERE name = 'empty'")  # of which no way back makes the same
    history = read_history(folder).unwrap()
    migrate(db, history, to=ids(folder)[-2]).unwrap()
    said = MigrationRules(contracts=history.ids)
    assert "public.people.name" in migrate(db, history, keep=True, rules=said).unwrap().kept
    run(db, f"UPDATE people SET \"{NEW}\" = 'new', age = 9, first = 'X' WHERE \"{NEW}\" = 'changed'")
    new(db, "later", 3_000, "'x'")
    assert "people.name" in rollback(db, history, rules=MigrationRules(allow=LOST)).unwrap().back
    rollback(db, history, to=ids(folder)[0], rules=MigrationRules(allow=LOST)).unwrap()
    assert rows(db, "name, age::text, whole") == [
        ("same", "1", "Old same"),
        ("new", "9", "X changed"),
        ("empty", "3", "Old   empty"),
        ("later", "3000", "New later"),
    ]


def test_a_backfill_that_is_killed_goes_on_behind_its_last_batch(folder: Path, db: Database) -> None:
    to(db, folder, "add")
    run(db, "INSERT INTO people (name, age, whole) SELECT 'n' || n, n, 'A ' || n FROM generate_series(1, 2500) n")
    said: list[str] = []

    def kill(progress: RunProgress) -> None:
        said.append(progress.says)
        if "1,000 rows" in progress.says:
            raise Stopped

    with pytest.raises(Stopped):
        all_run(db, folder, on_progress=kill)
    filled = f'SELECT count(*) FROM people WHERE "{NEW}" IS NOT NULL'.replace("{", "{{").replace("}", "}}")
    assert db.scalar(sql(trusted(filled)).rows(int)).unwrap() == 1_000
    new(db, "in between", 3)
    said.clear()

    def say(progress: RunProgress) -> None:
        said.append(progress.says)

    all_run(db, folder, on_progress=say)
    assert any("2,000 rows of 2,500" in each for each in said)
    assert len(rows(db, f'"{NEW}"')) == 2_501


def test_writers_go_on_while_it_runs(folder: Path, qb_url: str) -> None:
    with scratch_database(qb_url) as url, connect(url, max_size=4) as db:
        to(db, folder, "add")
        run(db, "INSERT INTO people (name, age, whole) SELECT 'n' || n, n, 'A ' || n FROM generate_series(1, 3000) n")
        done, errors = threading.Event(), list[str]()

        def write() -> None:
            number = 0
            with connect(url) as other:
                while not done.is_set():
                    number += 1
                    change = f"UPDATE people SET name = 'w{number}', age = {number}, whole = 'B {number}' WHERE id ="
                    for text in (f"{change} {number * 37 % 3000 + 1}", OLD_INSERT.format(f"i{number}", number)):
                        outcome = other.run(Script(trusted(text)))
                        if isinstance(outcome, Failure):
                            errors.append(str(outcome.failure()))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for kind in KINDS[:-1]:
                to(db, folder, kind)
        finally:
            done.set()
            writer.join()
        assert errors == []
        for name, full, whole, parts, note in rows(db, BOTH):
            assert (name, whole) == (full, parts)
            assert note is not None
        differ = "SELECT count(*) FROM people WHERE age <> qb_old_d1f81742"
        assert db.scalar(sql(trusted(differ)).rows(int)).unwrap() == 0


clerk = role("expand_clerk")


class Shop(Table, name="shops"):
    id: Col[int] = column(primary_key=True)
    name: Col[str]
    rank: Col[int | None]


class Store(Table, name='st"ores', comment="shops"):
    id: Col[int] = column(primary_key=True)
    title: Col[str]
    rank: Col[int | None]


def test_a_table_keeps_its_old_name_as_a_view(tmp_path: Path, cache: Path, db: Database) -> None:
    before = schema(Shop, clerk, grant("select", "insert", "update", "delete", on=Shop, to=clerk))
    after = schema(Store, clerk, grant("select", "insert", "update", "delete", on=Store, to=clerk))
    hints = ('rename:shops=st"ores', 'rename:shops.name=st"ores.title')
    found = made(before, after, tmp_path, cache, hints=hints)
    assert [(each.id or "").split("_")[1] for each in found] == ["expand", "contract"]
    assert "security_invoker" in found[0].up
    to(db, tmp_path, "add")
    run(db, "INSERT INTO shops VALUES (1, 'one', NULL)")
    to(db, tmp_path, "expand")
    as_clerk = "SET LOCAL ROLE expand_clerk; "
    run(db, as_clerk + "INSERT INTO shops (id, name) VALUES (2, 'two') ON CONFLICT (id) DO NOTHING")
    run(db, as_clerk + "UPDATE shops SET name = 'uno' WHERE id = 1; DELETE FROM shops WHERE rank = 9")
    run(db, as_clerk + 'INSERT INTO "st""ores" VALUES (3, \'three\', 4)')
    assert db.all(sql("SELECT id, name FROM shops ORDER BY id").rows(tuple[int, str])).unwrap() == [
        (1, "uno"),
        (2, "two"),
        (3, "three"),
    ]
    to(db, tmp_path, "contract")
    assert db.all(sql('SELECT id, title, rank FROM "st""ores"').rows(tuple[int, str, int | None])).unwrap() != []
    assert drift(db, after, cache=cache).unwrap().changes == ()
    rollback(db, read_history(tmp_path).unwrap(), to=read_history(tmp_path).unwrap().ids[0]).unwrap()
    assert drift(db, before, cache=cache).unwrap().changes == ()
    lost = MigrationRules(allow=("drop-table:shops", "drop-owned:expand_clerk"))
    rollback(db, read_history(tmp_path).unwrap(), rules=lost).unwrap()  # a role belongs to all of the server


class Keyed(Table, name="keyed"):
    code: Col[str] = column(primary_key=True)


class KeyedOtherwise(Table, name="keyed"):
    key: Col[str] = column(primary_key=True)


def test_a_key_is_not_expanded(tmp_path: Path, cache: Path) -> None:
    generate(schema(Keyed), tmp_path, cache=cache, now=NOW, prefix="index").unwrap()
    hints = ["rename:keyed.code=keyed.key"]
    error = generate(schema(KeyedOtherwise), tmp_path, cache=cache, expand=True, hints=hints).failure()
    assert isinstance(error, DefinitionError)
    assert str(error) == (
        "column public.keyed.code: --expand cannot put another column beside it, as it is part of the primary key "
        "keyed_pkey. Leave --expand out: a rename takes no time, but code that knows the old name has to be stopped "
        "first"
    )
    assert len(ids(tmp_path)) == 1


class Loose(Table, name="loose"):
    word: Col[str | None]


class LooseOtherwise(Table, name="loose"):
    text: Col[str | None]
    more: Col[int | None]


def test_a_table_without_a_key_is_filled_at_once(tmp_path: Path, cache: Path, db: Database) -> None:
    found = made(schema(Loose), schema(LooseOtherwise), tmp_path, cache, hints=["rename:loose.word=loose.text"])
    assert [(each.id or "").split("_")[1] for each in found] == ["expand", "backfill", "contract"]
    to(db, tmp_path, "add")
    run(db, "INSERT INTO loose VALUES ('a'), (NULL), ('a')")
    done = migrate(db, read_history(tmp_path).unwrap()).unwrap()
    assert done.applied == ids(tmp_path)[1:-1], "old code may still run"
    assert done.waiting == ids(tmp_path)[-1:]
    all_run(db, tmp_path)
    assert db.all(sql("SELECT text FROM loose ORDER BY 1").rows(str | None)).unwrap() == ["a", "a", None]


def test_where_nothing_is_in_the_way_there_is_one_migration(tmp_path: Path, cache: Path) -> None:
    class More(Table, name="loose"):
        word: Col[str | None]
        more: Col[int | None]

    (found,) = made(schema(Loose), schema(More), tmp_path, cache)
    assert (found.id, found.more) == ("0002_add_loose_more", ())
