"""What the methods of an outcome give: exact, without Any, a Result where one is wanted. Every function of it is run."""
# mypy: disallow-any-expr

from __future__ import annotations

from collections.abc import Sequence
from typing import Never, TypeVar, assert_never, assert_type

from returns.pipeline import is_successful

from qb import (
    AsyncDb,
    Db,
    DbError,
    Failure,
    NotFound,
    Outcome,
    Result,
    Success,
    Tx,
    UniqueViolation,
    fn,
    ignore,
    insert,
    new,
    select,
    unwrap,
)
from tests.typing.common import Log, LogId

T = TypeVar("T")


def counted(db: Db) -> Outcome[int]:
    return db.scalar(select(fn.count()).from_(Log))


def noted(db: Db, text: str) -> Outcome[LogId]:
    return db.one(insert(new(Log)(note=text)).returning(Log.id))


def read(db: Db, id: LogId) -> Outcome[str]:
    return db.scalar(select(Log.note).where(Log.id == id))


def said(error: DbError) -> str:
    return f"no: {error}"


def missing(error: DbError) -> Outcome[str]:
    return Success("nothing") if isinstance(error, NotFound) else Failure(error)


def some(number: int) -> Outcome[int]:
    return Success(number) if number else Failure(NotFound("logs"))


def as_result(outcome: Outcome[T]) -> Result[T, DbError]:
    return outcome


def plus(number: int) -> str:
    return f"{number + 1}"


def mapped(db: Db) -> None:
    noted(db, "mapped").unwrap()
    count = counted(db)
    assert_type(count, Outcome[int])
    assert_type(count.map(str), Outcome[str])
    assert_type(count.map(plus).map(len), Outcome[int])
    assert_type(count.map(lambda number: [number, number * 2]), Outcome[list[int]])
    assert_type(count.map(lambda number: None), Outcome[None])
    assert_type(count.map(lambda number: (number, str(number))).unwrap(), tuple[int, str])
    assert_type(as_result(count.map(str)), Result[str, DbError])
    assert_type(db.all(select(Log.note)).map(len), Outcome[int])
    assert_type(
        db.all(select(Log.note)).map(lambda notes: {note: len(note) for note in notes}), Outcome[dict[str, int]]
    )
    assert_type(db.first(select(Log.note).limit(1)).map(lambda note: note), Outcome[str | None])
    assert_type(count.apply(Success(plus)), Outcome[str])
    functions = count.map(lambda number: plus)
    assert count.apply(functions) == count.map(plus)
    assert count.map(lambda number: number * 2).unwrap() == unwrap(count) * 2


def bound(db: Db) -> None:
    assert_type(noted(db, "x").bind(lambda id: read(db, id)), Outcome[str])
    assert_type(noted(db, "x").bind(lambda id: read(db, id)).map(len), Outcome[int])
    assert_type(noted(db, "x").bind_result(lambda id: read(db, id)).value_or(None), str | None)
    assert_type(counted(db).bind(some), Outcome[int])
    assert counted(db).bind(some).map(lambda number: 1 if number > 0 else 0) == Success(1)
    notes = db.all(select(Log.note)).map(lambda notes: [note.upper() for note in notes if note and len(note) > 1])
    assert_type(notes, Outcome[list[str]])
    assert noted(db, "bound").bind(lambda id: read(db, id)) == Success("bound")
    again = noted(db, "a").bind(
        lambda one: noted(db, "b").bind(lambda two: read(db, two).map(lambda note: (one, note)))
    )
    assert_type(again, Outcome[tuple[LogId, str]])
    assert again.map(lambda pair: pair[1]).unwrap() == "b"


def rescued(db: Db) -> None:
    lost = read(db, LogId(-1))
    assert_type(lost.lash(missing), Outcome[str])
    assert_type(lost.lash(lambda error: noted(db, "lost").map(str)), Outcome[str])
    assert_type(lost.lash(lambda error: Success(str(error))), Success[str])
    assert_type(lost.alt(said), Success[str] | Failure[str, str])
    assert_type(lost.alt(lambda error: error.sqlstate), Success[str] | Failure[str | None, str])
    assert_type(lost.alt(said).alt(len).failure(), int)
    assert_type(lost.alt(said).value_or(None), str | None)
    assert_type(lost.failure(), DbError)
    assert_type(lost.swap(), Success[DbError] | Failure[str, Never])
    assert lost.lash(missing).unwrap() == "nothing"
    assert lost.alt(said).failure().startswith("no: no row found")
    assert lost.swap().map(said) == Success(said(lost.failure()))
    assert lost.swap().unwrap() is lost.failure()


def valued(db: Db) -> None:
    count, lost = counted(db), read(db, LogId(-1))
    assert_type(count.value_or(0), int)
    assert_type(count.value_or(None), int | None)
    assert_type(count.unwrap() + 1, int)
    assert_type(unwrap(count), int)
    assert_type(lost.value_or("none").upper(), str)
    assert_type(lost.map(len).value_or("none"), int | str)
    assert_type(db.first(select(Log.note).limit(1)).value_or(0), str | int | None)
    assert_type(count.equals(lost), bool)
    assert_type(is_successful(count), bool)
    assert lost.value_or("none") == "none"
    assert not count.equals(lost)
    ignore(lost)


def made() -> None:
    assert_type(Success(1), Success[int])
    assert_type(Failure("x"), Failure[str, Never])
    assert_type(Success.from_value(1), Success[int])
    assert_type(Success.from_failure("x"), Failure[str, Never])
    assert_type(Failure.from_failure("x").failure(), str)
    assert_type(Success([1]).map(len).value_or(None), int)
    assert_type(Failure("x").map(len), Failure[str, int])
    assert_type(Failure("x").value_or(1), int)
    assert_type(Failure("x").lash(lambda text: Success(len(text))), Success[int])
    outcome: Outcome[Sequence[object]] = Success([1])
    wider: Outcome[object] = Success("x").map(len)
    wanted: Result[object, Exception] = Failure(NotFound("logs"))
    assert wider != wanted
    assert outcome != wanted


def told(outcome: Outcome[T]) -> T | str:
    match outcome:
        case Success(value):
            return value
        case Failure(NotFound(table=table)):
            assert_type(table, str | None)
            return "none"
        case Failure(UniqueViolation() as error):
            return str(error.constraint)
        case Failure(error):
            assert_type(error, DbError)
            return str(error)
        case _:
            assert_never(outcome)


def reported(tx: Tx) -> Success[int] | Failure[str]:
    return Failure("no more") if counted(tx).value_or(0) else Success(0)


def reported_number(number: int) -> int:
    outcome: Success[int] | Failure[str, int] = Success(number) if number else Failure("none")
    return unwrap(outcome)


def matched(db: Db) -> None:
    assert_type(db.transact(counted), Outcome[int])
    assert_type(db.transact(lambda tx: noted(tx, "x")), Outcome[LogId])
    refused = db.transact(reported)
    assert_type(refused, Success[int] | Failure[str | DbError, int])
    assert refused == Failure("no more")
    assert_type(reported_number(5), int)
    assert_type(told(counted(db)), int | str)
    assert told(read(db, LogId(-1))) == "none"
    match db.one(select(Log.id, Log.note).where(Log.id == LogId(-1))):
        case Success(found):
            assert_type(found, tuple[LogId, str])
        case Failure(error):
            assert_type(error, DbError)
    outcome = counted(db)
    if isinstance(outcome, Failure):
        assert_type(outcome.failure(), DbError)
    else:
        assert_type(outcome.unwrap(), int)
    with db.pipeline() as pipeline:
        pending = pipeline.all(select(Log.note))
    assert_type(pending.result().map(len).value_or(0), int)


async def in_coroutines(db: AsyncDb) -> None:
    count = await db.scalar(select(fn.count()).from_(Log))
    assert_type(count.map(plus).value_or(None), str | None)
    assert_type((await db.all(select(Log.note))).map(len), Outcome[int])
    assert count.map(plus).map(int).unwrap() == count.unwrap() + 1
