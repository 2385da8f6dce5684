"""What runs, as people write it: helpers around streams, pipelines, prepared queries, raw rows and outcomes; see
accepted.py."""
# mypy: disallow-any-expr

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import msgspec

from qb import (
    AsyncDb,
    Command,
    Db,
    DbError,
    Failure,
    NotFound,
    Outcome,
    Result,
    Rows,
    Select,
    Success,
    Tx,
    delete,
    fn,
    insert,
    many,
    maybe,
    new,
    prepare,
    select,
    sql,
    unwrap,
    update,
)
from qb.typing import Delete, Pending, Pipeline, Prepared, Returning, Update
from tests.typing.accepted import a_task, a_user
from tests.typing.common import Log, LogId, Meta, Task, User, UserId

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Person(msgspec.Struct, frozen=True):
    id: UserId
    name: str
    tasks: list[int] = []


@dataclass(frozen=True)
class Count:
    note: str
    times: int


class Missing(Exception):
    """An error of one's own."""


def some_logs(db: Db, *notes: str) -> list[LogId]:
    return db.insert_many([new(Log)(note=note) for note in notes], insert(Log).returning(Log.id)).unwrap()


# A query of anything, run by a helper that knows nothing of it.
def page(db: Db, query: Select[R], number: int, size: int = 2) -> list[R]:
    return db.all(query.limit(size).offset(number * size)).unwrap()


def by_key(rows: Sequence[T], key: Callable[[T], LogId]) -> Mapping[LogId, T]:
    return {key(row): row for row in rows}


def in_chunks(db: Db, query: Rows[R]) -> Iterator[R]:
    with db.stream(query, size=2) as rows:
        yield from rows


def helpers_of_any_row(db: Db) -> None:
    ids = some_logs(db, "a", "b", "c")
    query = select(Log).where(Log.id.in_(ids)).order_by(Log.id)
    assert [log.note for log in page(db, query, 0)] == ["a", "b"]
    assert page(db, query.map(lambda log: log.note), 1) == ["c"]
    assert by_key(page(db, query, 0), lambda log: log.id).keys() == set(ids[:2])
    assert [id for id, _ in in_chunks(db, select(Log.id, Log.note).where(Log.id.in_(ids)).order_by(Log.id))] == ids


# Rows as functions make them.
def greeted(name: str, meta: Meta, /, greeting: str = "Hello") -> str:
    return f"{greeting} {name} from {meta.source}"


def rows_made_by_functions(db: Db) -> None:
    ada = db.one(insert(a_user("Ada")).returning(User.id)).unwrap()
    db.insert_many([a_task(ada, 2), a_task(ada, 3)]).unwrap()
    mine = User.id == ada
    quantities = many(select(Task.quantity).where(Task.user_id == User.id).order_by(Task.quantity))
    assert db.one(select(User.display_name, User.meta).map(greeted).where(mine)).unwrap() == "Hello Ada from test"
    people = select(User.id, User.display_name, quantities).map(Person).where(mine)
    assert db.all(people) == Success([Person(ada, "Ada", [2, 3])])
    assert db.all(select(User.id, User.display_name).map(Person).where(mine)) == Success([Person(ada, "Ada")])
    pair = select(User.nickname, maybe(Task.quantity)).left_join(Task, (Task.user_id == User.id) & (Task.quantity > 9))
    assert db.one(pair.where(mine).map(lambda name, number: (name or "?", number or 0))) == Success(("?", 0))
    renamed = update(User).set(User.display_name.to("Eve")).where(mine).returning(User.id, User.display_name)
    assert db.one(renamed.map(Person)) == Success(Person(ada, "Eve"))
    made = insert(Log).returning(Log.note).map(str.upper)
    assert db.insert_many([new(Log)(note="x"), new(Log)(note="y")], made) == Success(["X", "Y"])


# Many rows by their key.
def by_key_of_each(db: Db) -> None:
    first, second = some_logs(db, "k-a", "k-b")
    renamed = update(Log).by(Log.id).each(Log.note)
    assert db.update_many({first: "k-c", second: "k-d"}.items(), renamed) == Success(2)
    pairs: list[tuple[LogId, str]] = [(first, "k-e")]
    assert db.update_many(pairs, renamed.returning(Log.note).map(str.upper)) == Success(["K-E"])
    assert db.raising.delete_many({first, second}, delete(Log).by(Log.id)) == 2


# Prepared queries, passed about as functions are.
@prepare
def logs_like(pattern: str, limit: int = 5) -> Select[Log]:
    return select(Log).where(Log.note.like(pattern)).order_by(Log.id).limit(limit)


@prepare
def reworded(id: LogId, note: str) -> Update[Log]:
    return update(Log).set(Log.note.to(note)).where(Log.id == id)


@prepare
def removed(ids: list[LogId]) -> Returning[str]:
    return delete(Log).where(Log.id.in_(ids)).returning(Log.note)


@prepare
def forgotten(note: str) -> Delete[Log]:
    return delete(Log).where(Log.note == note)


@prepare
def counts(least: int) -> Rows[Count]:
    statement = "SELECT note, count(*) AS times FROM {t} GROUP BY note HAVING count(*) >= {least} ORDER BY note"
    return sql(statement, t=Log, least=least).rows(Count)


def all_of(db: Db, query: Prepared[P, R], *args: P.args, **kwargs: P.kwargs) -> list[R]:
    return db.all(query(*args, **kwargs)).unwrap()


def passed_about(db: Db) -> None:
    ids = some_logs(db, "p-a", "p-b", "p-b")
    assert [log.note for log in all_of(db, logs_like, "p-%", limit=2)] == ["p-a", "p-b"]
    assert db.execute(reworded(ids[0], note="p-b")) == Success(1)
    assert Count("p-b", 3) in all_of(db, counts, 3)
    commands: list[Command] = [forgotten("p-none"), reworded(ids[1], "p-c"), delete(Log).where(Log.note == "p-?")]
    assert [unwrap(db.execute(command)) for command in commands] == [0, 1, 0]
    queries: dict[str, Callable[[str], Rows[Log]]] = {
        "like": logs_like,
        "exactly": lambda note: select(Log).where(Log.note == note),
    }
    assert [len(unwrap(db.all(query("p-c")))) for query in queries.values()] == [1, 1]
    assert sorted(unwrap(db.all(removed(ids)))) == ["p-b", "p-b", "p-c"]


# Outcomes, handed on, changed and put together.
def found_or(outcome: Outcome[list[T]], error: Exception) -> Success[T] | Failure[Exception]:
    match outcome:
        case Success([first, *_]):
            return Success(first)
        case Success(_):
            return Failure(error)
        case Failure(other):
            return Failure(other)


def name_of(db: Db, id: UserId) -> Result[str, Missing | DbError]:
    match db.one(select(User.display_name).where(User.id == id)):
        case Success(name):
            return Success(name)
        case Failure(NotFound()):
            return Failure(Missing(str(id)))
        case Failure(error):
            return Failure(error)


def both(one: Outcome[T], other: Outcome[R]) -> Outcome[tuple[T, R]]:
    match one:
        case Failure(error):
            return Failure(error)
        case Success(a):
            match other:
                case Failure(error):
                    return Failure(error)
                case Success(b):
                    return Success((a, b))


def put_together(db: Db) -> None:
    ada = db.one(insert(a_user("Ada")).returning(User.id)).unwrap()
    assert name_of(db, ada) == Success("Ada")
    db.execute(delete(User).where(User.id == ada)).unwrap()
    assert isinstance(name_of(db, ada).failure(), Missing)
    some_logs(db, "o-a", "o-b")
    logs = db.all(logs_like("o-%"))
    assert both(logs.map(len), db.scalar(select(fn.count()).from_(User).where(User.id == ada))) == Success((2, 0))
    assert found_or(logs, Missing()).unwrap().note == "o-a"
    assert isinstance(found_or(db.all(logs_like("o-?")), Missing()).failure(), Missing)
    assert db.first(logs_like("o-?")).value_or(None) is None


# Transactions: functions of a Tx, and what they give up with.
def transfer(tx: Tx, from_: LogId, to: LogId) -> Success[str] | Failure[Missing | DbError]:
    taken = unwrap(tx.all(removed([from_])))
    if not taken:
        return Failure(Missing(str(from_)))
    unwrap(tx.execute(reworded(to, taken[0])))
    return Success(taken[0])


def given_up(db: Db) -> None:
    one, other = some_logs(db, "t-a", "t-b")
    assert db.transact(lambda tx: transfer(tx, one, other)) == Success("t-a")
    again = db.transact(lambda tx: transfer(tx, one, other))
    assert isinstance(again.failure(), Missing)
    assert db.scalar(select(Log.note).where(Log.id == other)) == Success("t-a")

    def counted(tx: Tx) -> Outcome[int]:
        with tx.transaction(rollback=True) as inner:
            unwrap(inner.execute(delete(Log).all_rows()))
        return tx.scalar(select(fn.count()).from_(Log).where(Log.id == other))

    assert db.transact(counted) == Success(1)


# Pipelines that several functions fill.
def ask(pipeline: Pipeline, notes: Sequence[str]) -> dict[str, Pending[list[LogId]]]:
    return {note: pipeline.all(select(Log.id).where(Log.note == note)) for note in notes}


def filled_by_functions(db: Db) -> None:
    ids = some_logs(db, "l-a", "l-b")
    with db.pipeline() as pipeline:
        asked = ask(pipeline, ["l-a", "l-b", "l-c"])
        gone: Pending[int] = pipeline.execute(forgotten("l-a"))
        first: Pending[Log | None] = pipeline.first(logs_like("l-%"))
    assert {note: pending.result().unwrap() for note, pending in asked.items()} == {
        "l-a": ids[:1],
        "l-b": ids[1:],
        "l-c": [],
    }
    assert gone.result() == Success(1)
    log = first.result().unwrap()
    assert log is not None
    assert log.note == "l-b"


async def awaited(db: AsyncDb) -> None:
    made = await db.insert_many([new(Log)(note="w-a"), new(Log)(note="w-b")], insert(Log).returning(Log.id))
    async with db.stream(logs_like("w-%")) as logs:
        assert [log.id async for log in logs] == made.unwrap()
    async with db.pipeline() as pipeline:
        counted = pipeline.scalar(select(fn.count()).from_(Log).where(Log.note.like("w-%")))
        gone = pipeline.all(removed(made.unwrap()))
    assert both(counted.result(), gone.result()) == Success((2, ["w-a", "w-b"]))
    match await db.one(select(Log).where(Log.note == "w-a")):
        case Success(log):
            raise AssertionError(log)
        case Failure(error):
            assert isinstance(error, NotFound)
