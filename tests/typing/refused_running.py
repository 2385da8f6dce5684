"""Mistakes with what runs: every line marked `# error` must be refused, and no other.

See refused.py.
"""
# fmt: off

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from qb import (
    AsyncDb, Db, Failure, NotFound, Outcome, Result, Rows, Select, Success, delete, fn, ignore, insert, many, maybe, new,
    prepare, select, sql, unwrap, update,
)
from qb.typing import Delete, Pending, Prepared, Returning, Stream, Update
from tests.typing.common import Issue, IssueId, Log, LogId, Status, Task, TaskId, User, UserId


class Load(NamedTuple):
    name: str
    hours: int


def label(id: UserId, name: str) -> str:
    return f"{id}: {name}"


# Functions of rows.
select(User.id, User.display_name).map(lambda row: row)                                 # error: two columns are two
select(User.id).map(lambda id, name: name)                                              # error: one column is one
select(User).map(lambda user: user.name)                                                # error: no such column
select(User).map(label)                                                                 # error: an entity is one
select(User.id, User.nickname).map(label)                                               # error: it may be None
select(User.display_name, User.id).map(label)                                           # error: permuted
select(Task.id, User.display_name).map(label)                                           # error: another table's key
select(Issue.title, Issue.spent).map(Load)                                              # error: it may be None
select(Issue.title).map(Load)                                                           # error: one column too few
select(Issue.title, Issue.hours, Issue.id).map(Load)                                    # error: one column too many
select(Issue.title, Issue.hours).map(Load(name="x", hours=1))                           # error: no function
select(Issue.title).map("upper")                                                        # error: no function
select(User.nickname).map(len)                                                          # error: it may be None
select(User, maybe(Task)).map(lambda user, task: task.id)                               # error: it may be None
select(User.id, many(Task, on=Task.user_id == User.id)).map(lambda id, tasks: tasks.id) # error: a list
delete(Log).all_rows().returning(Log.id, Log.note).map(lambda row: row)                 # error: two columns are two
delete(Log).all_rows().returning(Log.note).map(Load)                                    # error: one column too few
insert(Log).returning(Log.id, Log.note).map(lambda row: row)                            # error: two columns are two
insert(Log).returning(Log.note).map(label)                                              # error: one column too few
update(Log).set(Log.note.to("x")).all_rows().map(len)                                   # error: it returns no rows
insert(new(Log)(note="x")).map(len)                                                     # error: it returns no rows
titles: Select[str] = select(Issue.title, Issue.hours).map(lambda title, hours: hours)  # error: another type

# Raw SQL.
sql("SELECT 1").rows(7)                                                                 # error: no type
sql("SELECT 1").rows(int, str)                                                          # error: a tuple of both
sql("SELECT 1").rows()                                                                  # error: of what?
sql("SELECT 1").as_(print)                                                              # error: no type
sql("SELECT 1").as_(int, not_null="yes")                                                # error: no bool
sql("SELECT 1").where(Issue.urgent)                                                     # error: a piece of SQL
sql(b"SELECT 1")                                                                        # error: bytes
sql(template="SELECT 1")                                                                # error: by position
select(sql("1"))                                                                        # error: without its type
select(Issue).where(sql("true"))                                                        # error: without its type
select(Issue).where(sql("x").as_(str))                                                  # error: not a condition
Issue.title.to(sql("'x'").as_(str))                                                     # error: it may be NULL
Issue.title.to(sql("'x'"))                                                              # error: without its type
numbers: Rows[int] = sql("SELECT 'x'").rows(str)                                        # error: other rows
sql("SELECT 1").rows(int).limit(1)                                                      # error: not a select


# Prepared queries.
@prepare
def by_state(state: Status, *, before: dt.date | None = None) -> Select[tuple[TaskId, Decimal]]:
    query = select(Task.id, Task.price).where(Task.status == state)
    return query if before is None else query.where(Task.due < before)


@prepare
def spent(issue: IssueId, hours: int | None = None) -> Update[Issue]:
    return update(Issue).set(Issue.spent.to(hours)).where(Issue.id == issue)


@prepare
def titled(order: Literal["title", "hours"]) -> Select[str]:
    return select(Issue.title).order_by(Issue.title if order == "title" else Issue.hours)


by_state()                                                                              # error: of which state?
by_state("open")                                                                        # error: an enum, not a string
by_state(Status.OPEN, dt.date(2024, 1, 1))                                              # error: by name alone
by_state(Status.OPEN, before="2024-01-01")                                              # error: a date
by_state(Status.OPEN, after=dt.date(2024, 1, 1))                                        # error: no such parameter
by_state(None)                                                                          # error: never None
spent(1)                                                                                # error: a number is no IssueId
spent(LogId(1))                                                                         # error: another table's key
spent(IssueId(1), "2")                                                                  # error: a number
titled("due")                                                                           # error: no such choice
titled(order="hours ")                                                                  # error: no such choice
by_state(Status.OPEN).where(Task.quantity > 1)                                          # error: it is whole
spent(IssueId(1)).returning()                                                           # error: it is whole
prepare(select(Task))                                                                   # error: no function
prepare(lambda: 1)                                                                      # error: no query
lines: Rows[Decimal] = by_state(Status.OPEN)                                            # error: other rows
rows: Rows[int] = spent(IssueId(1))                                                     # error: it returns a count
other: Prepared[[str], tuple[TaskId, Decimal]] = by_state                               # error: another parameter


@prepare
def wider(id: IssueId) -> Select[str]:
    return select(Issue.nick).where(Issue.id == id)                                     # error: it may be None


@prepare
def no_rows(note: str) -> Returning[LogId]:
    return insert(new(Log)(note=note))                                                  # error: without returning


@prepare
def not_set(hours: int | None) -> Update[Issue]:
    return update(Issue).set(Issue.hours.to(hours)).all_rows()                          # error: NOT NULL


@prepare
def of_texts(ids: list[str]) -> Delete[Issue]:
    return delete(Issue).where(Issue.id.in_(ids))                                       # error: texts are no ids


def outcomes(db: Db) -> None:
    found = db.all(select(Log.id, Log.note))
    for row in found: row.note                                                          # error: a list
    len(found)                                                                          # error: an outcome
    found[0]                                                                            # error: an outcome
    found.note                                                                          # error: an outcome
    found.unwrap().note                                                                 # error: a list
    found.unwrap()[0].note                                                              # error: a tuple
    found.unwrap()[0][2]                                                                # error: two columns
    ids: list[LogId] = found.unwrap()                                                   # error: pairs
    number: int = db.scalar(select(fn.max(Issue.hours))).unwrap()                       # error: it may be None
    user: User = db.first(select(User).limit(1)).unwrap()                               # error: it may be None
    task: Task = db.one(select(User)).unwrap()                                          # error: another table's row
    name: str = db.one(select(User.nickname)).value_or("")                              # error: it may be None
    db.first(select(User).limit(1)).unwrap().id                                         # error: it may be None
    unwrap(db.all(select(Log))).note                                                    # error: a list
    unwrap(found).value                                                                 # error: a list
    unwrap(select(Log))                                                                 # error: no outcome
    unwrap([1])                                                                         # error: no outcome
    ignore(select(Log))                                                                 # error: no outcome
    found.map(len).unwrap().upper()                                                     # error: a number
    texts: Outcome[str] = found.map(len)                                                # error: a number
    found + found                                                                       # error: an outcome
    db.execute(delete(Log).all_rows()) > 0                                              # error: an outcome
    match found:
        case Success(logs):
            logs.append(Log)                                                            # error: a table is no row
        case Failure(error):
            error.columns                                                               # error: not of every DbError
            error.code()                                                                # error: not of every DbError


def no_row(db: Db) -> Outcome[User]:
    match db.one(select(User)):
        case Success(user):
            return user                                                                 # error: an outcome is asked for
        case Failure(NotFound()):
            return Success(None)                                                        # error: no user
        case Failure(error):
            return Failure(str(error))                                                  # error: a text is no DbError


def mixed_up(db: Db) -> Result[int, NotFound]:
    return db.execute(delete(Log).all_rows())                                           # error: any DbError


def transactions(db: Db, other: AsyncDb) -> None:
    db.transact(select(User))                                                           # error: no function
    db.transact(lambda: db.all(select(User)))                                           # error: it takes a Tx
    db.transact(lambda tx: tx.raising.all(select(User)))                                # error: it gives no outcome
    db.transact(lambda tx: None)                                                        # error: it gives no outcome
    db.transact(lambda tx: tx.all(select(User)), isolation="snapshot")                  # error: no such level
    db.transact(lambda tx: tx.all(select(User)), retries="3")                           # error: a number
    db.transaction(isolation="read_committed")                                          # error: no such level
    db.transaction(rollback="yes")                                                      # error: no bool
    db.transaction(readonly=True)                                                       # error: read_only
    db.transaction().execute(delete(Log).all_rows())                                    # error: a block: with
    db.begin()                                                                          # error: a block: with
    users: Outcome[list[Task]] = db.transact(lambda tx: tx.all(select(User)))           # error: other rows
    with db.transaction() as tx:
        tx.commit()                                                                     # error: the block does
        tx.rollback()                                                                   # error: the block does
    with other.transaction() as tx: pass                                                # error: async with
    db.as_role()                                                                        # error: which role
    db.as_role(7)                                                                       # error: a role, or its name
    db.as_role("clerk", {"sub": "ada"})                                                 # error: claims=
    db.as_role("clerk", claims='{"sub": "ada"}')                                        # error: a mapping
    db.as_role("clerk").all(select(User))                                               # error: a block: with
    with other.as_role("clerk") as tx: pass                                             # error: async with
    db.options(timeout=3)                                                               # error: no such option
    db.options(statement_timeout="3s")                                                  # error: seconds


def streams(db: Db) -> None:
    for row in db.stream(select(User)): pass                                            # error: a block: with
    db.stream("SELECT 1")                                                               # error: not a query
    db.stream(User)                                                                     # error: not a query
    db.stream(delete(Log).all_rows())                                                   # error: returns no rows
    db.stream(select(User), size="1")                                                   # error: a number
    db.stream(select(User)).all()                                                       # error: a block: with
    with db.stream(select(User.id, User.nickname)) as pairs:
        pairs[0]                                                                        # error: one after the other
        len(pairs)                                                                      # error: one after the other
        for id, nickname in pairs:
            nickname.upper()                                                            # error: it may be None
            id.lower()                                                                  # error: no text
        for row in pairs:
            row.id                                                                      # error: a tuple
        for id, nickname, more in pairs: pass                                           # error: two columns
    of_users: Stream[User] = db.stream(select(Task))                                    # error: other rows


def pipelines(db: Db) -> None:
    db.pipeline().all(select(User))                                                     # error: a block: with
    with db.pipeline() as pipeline:
        pipeline.all("SELECT 1")                                                        # error: not a query
        pipeline.all(delete(Log).all_rows())                                            # error: returns no rows
        pipeline.execute(select(User))                                                  # error: returns rows
        pipeline.one(update(Log).set(Log.note.to("x")).all_rows())                      # error: returns no rows
        pipeline.insert_many([new(Log)(note="x")])                                      # error: a statement each
        pipeline.stream(select(User))                                                   # error: of its own
        pipeline.transaction()                                                          # error: around the block
        users = pipeline.all(select(User))
        names: Pending[list[str]] = pipeline.all(select(User.id))                       # error: other rows
    users.unwrap()                                                                      # error: its result
    users.result().display_name                                                         # error: an outcome
    users.result().unwrap().display_name                                                # error: a list
    for user in users: pass                                                             # error: its result
    users[0]                                                                            # error: its result
    count: int = users.result()                                                         # error: an outcome
    with db.raising.pipeline() as plain:
        found = plain.all(select(Log.note))
    found.result().unwrap()                                                             # error: a list
    found.result()[0].note                                                              # error: a text


async def coroutines(db: AsyncDb) -> None:
    db.all(select(User))                                                                # error: not awaited
    (await db.all(select(User))).display_name                                           # error: an outcome
    users: Outcome[list[User]] = db.all(select(User))                                   # error: not awaited
    await db.all(delete(Log).all_rows())                                                # error: returns no rows
    await db.execute(select(User))                                                      # error: returns rows
    await db.all("SELECT 1")                                                            # error: not a query
    with db.stream(select(User)) as rows: pass                                          # error: async with
    async with db.stream(select(User.id)) as ids:
        for id in ids: pass                                                             # error: async for
    await db.transact(lambda tx: tx.raising.all(select(User)))                          # error: it gives no outcome
    with db.pipeline() as pipeline: pass                                                # error: async with
    await db.insert_many([User])                                                        # error: not rows to insert


def by_key(db: Db, other: AsyncDb) -> None:
    notes = update(Log).by(Log.id).each(Log.note)
    db.update_many([(UserId(UUID(int=1)), "x")], notes)                                 # error: another table's key
    db.update_many([(1, "x")], notes)                                                   # error: no brand
    db.update_many([(LogId(1), 2)], notes)                                              # error: no text
    db.update_many([(LogId(1), None)], notes)                                           # error: it is NOT NULL
    db.update_many([(LogId(1), "x", 3)], notes)                                         # error: a value too many
    db.update_many([LogId(1)], notes)                                                   # error: no tuple
    db.update_many([(LogId(1), "x")], notes.returning(Log.id, Log.nothing))             # error: no such column
    db.update_many([(LogId(1), "x")], update(Log).by(Log.id))                           # error: nothing is set
    db.update_many([(LogId(1), "x")], update(Log).set(Log.note.to("x")))                # error: rows have no key
    db.update_many([LogId(1)], delete(Log).by(Log.id))                                  # error: a DELETE
    db.update_many([(LogId(1), "x")])                                                   # error: no statement
    db.delete_many([UserId(UUID(int=1))], delete(Log).by(Log.id))                       # error: another table's key
    db.delete_many([1], delete(Log).by(Log.id))                                         # error: no brand
    db.delete_many([(LogId(1),)], delete(Log).by(Log.id))                               # error: a key of one column is its value
    db.delete_many([(LogId(1), "x")], notes)                                            # error: an UPDATE
    db.raising.delete_many([LogId(1)], delete(Log).all_rows())                          # error: rows have no key
    other.update_many([(LogId(1), 2)], notes)                                           # error: no text
    update(Log).by("id")                                                                # error: not a column
    update(Log).by(Log.id == 1)                                                         # error: not a column
    update(Log).by(Log.id).each(Log.note.to("x"))                                       # error: not a column
    update(Log).by(Log.id).returning()                                                  # error: nothing is set
    count: Outcome[int] = db.update_many([(LogId(1), "x")], notes.returning(Log.id))    # error: it returns rows
