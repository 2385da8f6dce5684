# Made by tools/sync.py from test_async_outside.py: change that one, then run `make generate`.
"""The database inside its own open transaction: told, unless it is meant, or somebody else's."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import pytest

from qb import (
    Col,
    Command,
    Database,
    Db,
    Failure,
    New,
    Rows,
    Script,
    Success,
    Table,
    column,
    connect,
    insert,
    new,
    pg,
    sql,
    trusted,
)
from qb.run.pool.outside import OutsideTransaction


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=3) as db:
        db.run(Script("DROP TABLE IF EXISTS things", "CREATE TABLE things (id int)")).unwrap()
        yield db
        db.run(Script("DROP TABLE things")).unwrap()


def rows(text: str) -> Rows[int]:
    return sql(trusted(text)).rows(int)


def do(text: str) -> Command:
    return sql(trusted(text)).command()


def entered(db: Db) -> None:
    with db.transaction():
        raise AssertionError


def streamed(db: Db) -> None:
    with db.stream(rows("select 1")):
        raise AssertionError


def piped(db: Db) -> None:
    with db.pipeline() as p:
        p.execute(do("select 2"))


def repeated(db: Db) -> None:
    db.transact(lambda tx: tx.ping())


ONE = new(Thing)(id=1)
USES: dict[str, tuple[Callable[[Db], object], str]] = {
    "all": (lambda db: db.all(rows("select 1")), "select 1"),
    "one": (lambda db: db.one(rows("select 1")), "select 1"),
    "first": (lambda db: db.first(rows("select 1")), "select 1"),
    "scalar": (lambda db: db.scalar(rows("select 1")), "select 1"),
    "execute": (lambda db: db.execute(insert(ONE)), 'INSERT INTO "things"'),
    "ping": (lambda db: db.ping(), r"ping\(\)"),
    "insert_many": (lambda db: db.insert_many([ONE]), "things"),
    "insert_many in batches": (lambda db: db.insert_many(ONE for _ in range(6000)), "insert_many into things"),
    "insert_many with more": (lambda db: db.insert_many([ONE], insert(Thing).returning(Thing.id)), "things"),
    "stream": (streamed, "select 1"),
    "pipeline": (piped, "select 2"),
    "transaction": (entered, "BEGIN"),
    "transact": (repeated, "BEGIN"),
    "a view": (lambda db: db.options(lock_timeout=1).ping(), r"ping\(\)"),
}


WAYS = tuple(USES)


def test_every_statement_of_the_database_inside_its_own_transaction_is_told(db: Database) -> None:
    for use, named in map(USES.__getitem__, WAYS):
        with db.transaction():
            with pytest.raises(OutsideTransaction, match=f"inside its own open transaction.*use tx.*: .*{named}"):
                use(db)
            with pytest.raises(OutsideTransaction):  # each time
                use(db)


def test_it_is_a_warning_that_names_the_line(db: Database) -> None:
    with warnings.catch_warnings(record=True) as told, db.transaction():
        warnings.simplefilter("always")
        assert db.scalar(rows("select 7")) == Success(7)
    assert [each.filename for each in told] == [__file__]


def test_outside_of_a_transaction_nothing_is_told(db: Database) -> None:
    with db.transaction():
        pass
    with pytest.raises(KeyError), db.transaction():
        raise KeyError
    with pytest.raises(KeyError), db.transaction(), db.apart.transaction():
        raise KeyError
    for use, _ in list(USES.values())[:4]:
        use(db)
    assert db.transact(lambda tx: tx.ping()) == Success(None)
    assert db.ping() == Success(None)


def test_the_transaction_itself_and_its_savepoints_are_meant(db: Database) -> None:
    with db.transaction() as tx, tx.transaction() as inner:
        assert tx.ping() == inner.ping() == tx.options(lock_timeout=1).ping() == Success(None)
        assert tx.transact(lambda innermost: innermost.ping()) == Success(None)
        with tx.stream(rows("select 1")) as found:
            assert list(found) == [1]


def test_apart_says_that_it_is_meant(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        assert tx.execute(do("insert into things values (1)")) == Success(1)
        assert db.apart.execute(do("insert into things values (2)")) == Success(1)
        assert db.apart.options(lock_timeout=1).ping() == Success(None)
        with db.apart.transaction() as other:
            assert other.execute(do("insert into things values (3)")) == Success(1)
            with pytest.raises(OutsideTransaction):
                db.ping()
    assert db.all(rows("select id from things order by id")) == Success([2, 3])
    with db.apart.transaction(), pytest.raises(OutsideTransaction):
        db.ping()


def test_another_database_is_another_thing(db: Database, qb_url: str) -> None:
    with connect(qb_url) as other, db.transaction():
        assert other.ping() == Success(None)


def test_rows_that_are_read_from_the_database_while_they_are_inserted(db: Database) -> None:
    """The transaction that a long `insert_many` takes for itself is none of the user's."""

    def more() -> Iterator[New[Thing]]:
        for _ in range(11_000):
            yield ONE
        assert db.ping() == Success(None)

    assert db.insert_many(more()) == Success(11_000)


def test_a_transaction_that_cannot_begin_is_not_open(qb_url: str) -> None:
    with connect(qb_url, max_size=1, timeout=0.1) as db:
        with db.transaction():
            assert isinstance(db.apart.transact(lambda tx: tx.ping()), Failure)
        assert db.ping() == Success(None)
