"""Mistakes with what a run gave: every line marked `# error` must be refused by both checkers, and no other."""
# fmt: off
# ruff: noqa: C416, C420

from __future__ import annotations

from qb import AsyncDb, Db, DbError, Failure, Outcome, Result, Success, fn, select, unwrap
from tests.typing.common import Log, LogId


def counted(db: Db) -> Outcome[int]:
    return db.scalar(select(fn.count()).from_(Log))


def said(error: DbError) -> str:
    return str(error)


def iterated(db: Db) -> None:
    notes = db.all(select(Log.note))
    for note in notes:                                                                  # error: not its list
        pass
    print([note for note in notes])                                                     # error
    print({note: 1 for note in notes})                                                  # error
    print(list(notes))                                                                  # error
    print(sorted(notes))                                                                # error
    print(*notes)                                                                       # error
    print(len(notes))                                                                   # error
    print(notes[0])                                                                     # error
    print("x" in notes)                                                                 # error
    print(", ".join(notes))                                                             # error
    print(dict(enumerate(notes)))                                                       # error
    print(sum(counted(db)))                                                             # error
    print(any(note == "x" for note in notes))                                           # error
    (one,) = notes                                                                      # error
    first, *rest = notes                                                                # error
    id, note = db.one(select(Log.id, Log.note))                                         # error
    for kept in notes.unwrap():
        print(kept.upper())


async def one_turn(db: AsyncDb) -> None:
    for note in await db.all(select(Log.note)):                                         # error
        pass
    print([note for note in await db.all(select(Log.note))])                            # error


def methods(db: Db) -> None:
    count = counted(db)
    count.map(len)                                                                      # error: an int
    count.map(5)                                                                        # error: no function
    count.map(lambda number: number.upper())                                            # error
    count.map(str).map(lambda text: text.nope)                                          # error
    count.map(str).value_or(None).upper()                                               # error: it may be None
    count.bind(lambda number: read(db, number))                                         # error: no id
    count.bind(read)                                                                    # error: two arguments
    count.map(lambda: 5)                                                                # error: no argument
    count.alt(len)                                                                      # error: a DbError
    count.alt(lambda error: error.nope)                                                 # error
    count.alt(said).alt(said)                                                           # error: it is a str by now
    count.lash(len)                                                                     # error
    count.lash(lambda error: error.nope)                                                # error
    count.value_or()                                                                    # error
    count.value_or(0).upper()                                                           # error
    count.unwrap().upper()                                                              # error
    count.failure().nope                                                                # error
    count.swap().unwrap().nope                                                          # error
    count.apply(5)                                                                      # error
    count.apply(Success(len))                                                           # error
    count.nope                                                                          # error
    count + 1                                                                           # error
    unwrap(count).upper()                                                               # error
    unwrap(5)                                                                           # error
    unwrap(db)                                                                          # error
    Success.from_value(1).unwrap().upper()                                              # error
    Success(1, 2)                                                                       # error
    Success()                                                                           # error


def read(db: Db, id: LogId) -> Outcome[str]:
    return db.scalar(select(Log.note).where(Log.id == id))


def wrong(db: Db) -> None:
    a: Outcome[str] = counted(db)                                                       # error
    b: Outcome[str] = counted(db).map(str).map(len)                                     # error
    c: Result[str, DbError] = counted(db)                                               # error
    d: Result[int, str] = counted(db)                                                   # error
    e: int = counted(db).value_or(None)                                                 # error
    f: Outcome[int] = counted(db).alt(said)                                             # error
    g: Outcome[int] = counted(db).bind(lambda number: Success(str(number)))             # error
    h: Outcome[int] = Success("x")                                                      # error
    i: Outcome[int] = Failure("x")                                                      # error
    j: list[str] = db.all(select(Log.note))                                             # error
    k: Outcome[str] = db.first(select(Log.note).limit(1))                               # error: it may be None


def to_text(outcome: Outcome[int]) -> str:
    match outcome:
        case Success(number):
            return number                                                               # error
        case Failure(error):
            return error                                                                # error


def counts(db: Db) -> Outcome[int]:
    return db.all(select(Log.note))                                                     # error: a list


def counts_alone(db: Db) -> int:
    return counted(db)                                                                  # error: an outcome
