"""An error knows its statement, and its place in a pipeline."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator

import pytest

import qb
from qb import Col, Database, DbError, Failure, Script, Table, column, insert, new, pg, select, sql, update


class Odd(Table, name="odd.name"):
    """Whose name has a dot in it."""

    id: Col[int] = column(pg.integer, primary_key=True)
    n: Col[int] = column(pg.integer, name="n.n")


INSERT = 'INSERT INTO "odd.name" ("id","n.n") VALUES ($1::integer, $2::integer)'
ZERO = sql("SELECT 1 / {zero}", zero=0).rows(int)


@pytest.fixture
def odd(qb_url: str) -> Iterator[Database]:
    with qb.connect(qb_url, max_size=2) as db:
        made = 'CREATE TABLE "odd.name" (id integer PRIMARY KEY, "n.n" integer NOT NULL)'
        db.run(Script('DROP TABLE IF EXISTS "odd.name"', made, 'INSERT INTO "odd.name" VALUES (1, 1)')).unwrap()
        yield db
        db.run(Script('DROP TABLE "odd.name"')).unwrap()


def twice(count: int = 1) -> list[qb.New[Odd]]:
    return [new(Odd)(id=1, n=n) for n in range(count)]


def failed(outcome: object) -> DbError:
    match outcome:
        case Failure(DbError() as error):
            return error
        case _:
            raise AssertionError(outcome)


def streamed(db: Database) -> DbError:
    with pytest.raises(DbError) as raised, db.stream(ZERO):
        pass
    return raised.value


def streamed_half(db: Database) -> DbError:
    later = sql("SELECT 1000 / (1000 - n) FROM generate_series(1, 2000) n").rows(int)
    with pytest.raises(DbError) as raised, db.stream(later) as rows:
        for _ in rows:
            pass
    return raised.value


def aborted(db: Database) -> DbError:
    with pytest.raises(qb.TransactionAborted) as raised, db.transaction() as tx:
        qb.ignore(tx.execute(insert(twice()[0])))
    return raised.value.cause


def raised(db: Database) -> DbError:
    with pytest.raises(DbError) as found:
        db.raising.execute(insert(twice()[0]))
    return found.value


WAYS: dict[str, tuple[Callable[[Database], DbError], str]] = {
    "all": (lambda db: failed(db.all(ZERO)), "SELECT 1 / $1"),
    "one": (lambda db: failed(db.one(select(Odd.id).where(Odd.id == 7))), "SELECT "),
    "execute": (lambda db: failed(db.execute(insert(twice()[0]))), INSERT),
    "encode": (lambda db: failed(db.execute(update(Odd).set(Odd.n.to(2**40)).where(Odd.id == 1))), "UPDATE "),
    "script": (lambda db: failed(db.run(Script("SELECT 1", "SELECT nothing"))), "SELECT nothing"),
    "copy": (lambda db: failed(db.insert_many(twice(100))), 'COPY "odd.name" ("id", "n.n") FROM STDIN'),
    "back": (
        lambda db: failed(db.insert_many(twice(300), insert(Odd).returning(Odd.id))),
        'INSERT INTO "odd.name" ("id","n.n") VALUES ($1::integer, $2::integer), (',
    ),
    "stream": (streamed, "SELECT 1 / $1"),
    "half of a stream": (streamed_half, "SELECT 1000 / "),
    "transaction": (aborted, INSERT),
    "transact": (lambda db: failed(db.transact(lambda tx: tx.execute(insert(twice()[0])))), INSERT),
    "raising": (raised, INSERT),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_error_says_which_statement_it_was(odd: Database, way: str) -> None:
    meet, statement = WAYS[way]
    error = meet(odd)
    assert error.statement is not None
    assert error.statement.startswith(statement)
    assert error.step == (1 if way == "script" else None)


def test_a_pipeline_says_which_of_its_statements(odd: Database) -> None:
    with odd.pipeline() as p:
        before = p.one(select(Odd.id).where(Odd.id == 1))
        wrong = p.execute(insert(twice()[0]))
        after = p.all(select(Odd.n))
    errors = [failed(each.result()) for each in (before, wrong, after)]
    assert [error.step for error in errors] == [0, 1, 2]
    assert [type(error).__name__ for error in errors] == ["ServerError", "UniqueViolation", "ServerError"]
    assert errors[1].statement == INSERT
    assert (errors[2].statement or "").startswith('SELECT "odd.name"."n.n"')


def test_a_pipeline_of_reads_says_it_too(odd: Database) -> None:
    with odd.pipeline() as p:
        there = p.one(select(Odd.id).where(Odd.id == 1))
        absent = p.one(select(Odd.id).where(Odd.id == 7))
    assert there.result().unwrap() == 1
    error = failed(absent.result())
    assert (error.step, error.statement) == (1, failed(odd.one(select(Odd.id).where(Odd.id == 7))).statement)


def test_no_statement_of_ones_own_is_none() -> None:
    with qb.connect("postgresql://127.0.0.1:1/nowhere") as nowhere:
        assert failed(nowhere.ping()).statement is None


def test_values_are_not_in_it(odd: Database) -> None:
    error = failed(odd.execute(sql("INSERT INTO nothing VALUES ({x})", x="hunter2").command()))
    assert "nothing" in (error.statement or "")
    assert "hunter2" not in (error.statement or "")


def test_it_is_kept_in_copies_and_no_part_of_equality(odd: Database) -> None:
    error = failed(odd.execute(insert(twice()[0])))
    bare = qb.UniqueViolation("odd.name_pkey", "odd.name", "public", ("id",))
    assert (error, hash(error), repr(error)) == (bare, hash(bare), repr(bare))
    assert (bare.statement, bare.step) == (None, None)
    for other in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert other.statement == error.statement == INSERT
    with pytest.raises(AttributeError, match="UniqueViolation is read-only"):
        error._statement = "other"  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage]


def test_a_dot_in_a_name_confuses_nothing(odd: Database) -> None:
    for error in (
        failed(odd.execute(update(Odd).set(Odd.n.to(2**40)).where(Odd.id == 1))),
        failed(odd.insert_many([new(Odd)(id=2, n=2**40)])),
    ):
        assert isinstance(error, qb.EncodeError)
        assert (error.table, error.column) == ("odd.name", "n.n")
