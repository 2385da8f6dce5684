"""What is known of what runs: prepared queries, raw rows, outcomes, transactions, streams, pipelines. See inferred.py."""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, assert_type
from uuid import UUID

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
    UniqueViolation,
    cte,
    delete,
    fn,
    insert,
    many,
    maybe,
    new,
    prepare,
    select,
    sql,
    subquery,
    unwrap,
    update,
    value,
)
from qb.typing import (
    Delete,
    DeleteBy,
    DeleteByReturning,
    InsertIntoReturning,
    Pending,
    Pipeline,
    Prepared,
    PreparedCommand,
    RaisingDb,
    RawRows,
    Returning,
    Stream,
    Update,
    UpdateBy,
    UpdateEach,
    UpdateEachReturning,
)
from tests.typing.common import Issue, IssueId, Log, LogId, Meta, Status, Task, TaskId, Totals, User, UserId

me = UserId(UUID(int=1))


class Load(NamedTuple):
    name: str
    hours: int | None


@dataclass
class Titled:
    id: int
    title: str


class Line(msgspec.Struct, frozen=True):
    title: str
    due: dt.date | None


def label(id: UserId, name: str, /, mark: str = "!") -> str:
    return f"{id}: {name}{mark}"


def first_of(*columns: object) -> int:
    return len(columns)


# A function of a row: of each column, of an entity, of one value; a class is one, and what takes more than there is.
assert_type(select(User.id, User.display_name).map(label), Select[str])
assert_type(select(User.id, User.display_name).map(first_of), Select[int])
assert_type(select(User.id, User.display_name).map(lambda id, name: (name, id)), Select[tuple[str, UserId]])
assert_type(select(User).map(lambda user: user.display_name), Select[str])
assert_type(select(User.nickname).map(lambda name: name or "nobody"), Select[str])
assert_type(
    select(User, maybe(Task)).left_join(Task, Task.user_id == User.id).map(lambda user, task: (task, user.id)),
    Select[tuple[Task | None, UserId]],
)
assert_type(select(Issue.title, Issue.spent).map(Load), Select[Load])
assert_type(select(Issue.title, Issue.due).map(Line).where(Issue.urgent).limit(3), Select[Line])
assert_type(
    select(Issue.title, Issue.due).where(Issue.urgent).map(lambda title, due: due).order_by(Issue.id),
    Select[dt.date | None],
)
assert_type(select(many(select(Issue.title, Issue.due).map(Line))), Select[list[Line]])
assert_type(
    delete(Log).all_rows().returning(Log.id, Log.note).map(lambda id, note: {id: note}), Returning[dict[LogId, str]]
)
assert_type(delete(Log).all_rows().returning(Log.id).map(lambda id: id + 1), Returning[int])
assert_type(update(Log).set(Log.note.to("x")).all_rows().returning().map(lambda log: log.note), Returning[str])
assert_type(insert(Log).returning(Log.id, Log.note).map(lambda id, note: note), InsertIntoReturning[Log, str])
assert_type(insert(Log).returning().map(lambda log: log.id), InsertIntoReturning[Log, LogId])
assert_type(insert(Log).returning(Log.id).map(lambda id: [id]).values(new(Log)(note="x")), Returning[list[LogId]])


# Rows by their key: what a row gives is what the columns hold.
quantities = update(Task).by(Task.id).each(Task.quantity)
assert_type(quantities, UpdateEach[Task, tuple[TaskId, int]])
assert_type(update(User).by(User.id), UpdateBy[User, UserId])
assert_type(
    update(User).by(User.id, User.display_name).each(User.nickname, User.meta),
    UpdateEach[User, tuple[UserId, str, str | None, Meta]],
)
assert_type(quantities.returning(), UpdateEachReturning[tuple[TaskId, int], Task])
assert_type(
    quantities.returning(Task.id, Task.user_id).map(lambda id, user: user),
    UpdateEachReturning[tuple[TaskId, int], UserId],
)
assert_type(delete(Log).by(Log.id), DeleteBy[Log, LogId])
assert_type(delete(Log).where(Log.note == "x").by(Log.id, Log.note), DeleteBy[Log, tuple[LogId, str]])
assert_type(delete(Log).by(Log.id).returning(Log.note), DeleteByReturning[LogId, str])


# Raw SQL: a class by its fields, a value, a document.
assert_type(sql("SELECT 'x' AS name, NULL::bigint AS hours").rows(Load), RawRows[Load])
assert_type(sql("SELECT 1::bigint AS id, 'x' AS title").rows(Titled), RawRows[Titled])
assert_type(sql("SELECT NULL::date AS due, 'x' AS title").rows(Line), RawRows[Line])
assert_type(sql("SELECT * FROM {t}", t=Log).rows(Log), RawRows[Log])
assert_type(sql("SELECT now()").rows(dt.datetime), RawRows[dt.datetime])
assert_type(sql("SELECT ARRAY['a']").rows(list[str]), RawRows[list[str]])
assert_type(sql("SELECT {q}", q=Status.OPEN).rows(Status), RawRows[Status])
assert_type(sql("UPDATE {t} SET note = note", t=Log).command(), Command)
assert_type(sql("DELETE FROM {t} WHERE {id} = {x}", t=Log, id=Log.id, x=LogId(0)).command(), Command)


# Prepared queries: what is given is what the function takes, what comes back what it returns.
@prepare
def by_state(state: Status, *, before: dt.date | None = None) -> Select[tuple[TaskId, Decimal]]:
    query = select(Task.id, Task.price).where(Task.status == state)
    return query if before is None else query.where(Task.due < before)


@prepare
def sorted_by(order: Literal["title", "hours"], few: int = 3) -> Select[Line]:
    query = select(Issue.title, Issue.due).map(Line).limit(few)
    return query.order_by(Issue.title if order == "title" else Issue.hours)


@prepare
def moved(ids: list[IssueId], state: Status) -> Returning[IssueId]:
    return update(Issue).set(Issue.state.to(state)).where(Issue.id.in_(ids)).returning(Issue.id)


@prepare
def spent(issue: IssueId, hours: int | None = None) -> Update[Issue]:
    return update(Issue).set(Issue.spent.to(hours)).where(Issue.id == issue)


@prepare
def dropped(note: str) -> Delete[Log]:
    return delete(Log).where(Log.note == note)


@prepare
def counted(table_note: str) -> Rows[int]:
    return sql("SELECT count(*) FROM {t} WHERE {n} = {x}", t=Log, n=Log.note, x=table_note).rows(int)


assert_type(by_state(Status.OPEN), Rows[tuple[TaskId, Decimal]])
assert_type(by_state(Status.DONE, before=dt.date(2024, 1, 1)), Rows[tuple[TaskId, Decimal]])
assert_type(sorted_by("title"), Rows[Line])
assert_type(sorted_by("hours", few=1), Rows[Line])
assert_type(moved([IssueId(1)], Status.DONE), Rows[IssueId])
assert_type(spent(IssueId(1)), Command)
assert_type(spent(issue=IssueId(1), hours=2), Command)
assert_type(dropped("x"), Command)
assert_type(counted("x"), Rows[int])
counts: Prepared[[str], int] = counted
forgets: PreparedCommand[[str]] = dropped


def outcomes(db: Db) -> None:
    """Values and errors, each with its type."""
    found = db.all(select(Log.id, Log.note))
    assert_type(found, Outcome[list[tuple[LogId, str]]])
    assert_type(found.value_or(None), list[tuple[LogId, str]] | None)
    match found:
        case Success([(id, note), *_]):
            assert_type(id, LogId)
            assert_type(note, str)
        case Success(rows):
            assert_type(rows, list[tuple[LogId, str]])
        case Failure(error):
            raise error
    nobody = db.one(select(User.display_name).where(User.display_name == "?"))
    match nobody:
        case Success(name):
            assert_type(name, str)
        case Failure(NotFound() as missing):
            assert_type(missing, NotFound)
        case Failure(UniqueViolation(constraint=constraint)):
            assert_type(constraint, str | None)
        case Failure(other):
            assert_type(other, DbError)
    assert_type(db.first(select(User.nickname).limit(1)), Outcome[str | None])
    assert_type(db.first(select(Task).limit(1)).unwrap(), Task | None)
    assert_type(db.one(select(User, many(Task, on=Task.user_id == User.id)).limit(1)), Outcome[tuple[User, list[Task]]])
    assert_type(db.scalar(select(fn.max(Issue.hours))), Outcome[int | None])
    assert_type(db.one(select(Issue.title, Issue.spent).map(Load).limit(1)), Outcome[Load])
    assert_type(unwrap(db.one(sorted_by("title", few=1))), Line)
    assert_type(db.ping(), Outcome[None])


def chosen(db: Db, name: str) -> Result[UserId, str]:
    """An outcome of one's own."""
    match db.first(select(User.id).where(User.display_name == name)):
        case Success(id):
            return Failure(f"nobody is called {name}") if id is None else Success(id)
        case Failure(error):
            return Failure(str(error))


def transactions(db: Db) -> None:
    """What the function in a transaction gives is what one gets; an error of one's own beside the world's."""

    def noted(tx: Tx) -> Outcome[LogId]:
        return tx.one(insert(new(Log)(note="in a transaction")).returning(Log.id))

    def refused(tx: Tx) -> Success[int] | Failure[ValueError]:
        return Failure(ValueError("no")) if unwrap(tx.scalar(select(fn.count()).from_(Log))) else Success(1)

    assert_type(db.transact(noted), Outcome[LogId])
    assert_type(db.transact(refused), Success[int] | Failure[ValueError | DbError, int])
    assert_type(db.transact(lambda tx: tx.scalar(select(fn.count()).from_(Log))), Outcome[int])
    assert_type(chosen(db, "nobody at all"), Result[UserId, str])
    with db.transaction() as tx:
        assert_type(tx, Tx)
        with tx.transaction(rollback=True) as inner:
            assert_type(inner, Tx)
            assert_type(inner.execute(delete(Log).all_rows()), Outcome[int])
    with db.as_role("pg_read_all_data", claims={"sub": "ada"}) as tx:
        assert_type(tx, Tx)
        with tx.as_role("pg_read_all_data") as narrow:
            assert_type(narrow.one(select(fn.count()).from_(Log)), Outcome[int])
    with db.raising.as_role("pg_read_all_data") as raising:
        assert_type(raising.scalar(select(fn.count()).from_(Log)), int)


def streams(db: Db) -> None:
    """Rows one after the other, each of the query's type."""
    logs: Stream[Log] = db.stream(select(Log))
    with logs as rows:
        assert_type([row.note for row in rows], list[str])
    with db.stream(select(User.id, User.nickname), size=2) as pairs:
        for id, nickname in pairs:
            assert_type(id, UserId)
            assert_type(nickname, str | None)
    with db.stream(sorted_by("title")) as lines:
        assert_type(next(lines, None), Line | None)
    with db.stream(sql("SELECT generate_series(1, 3)::bigint").rows(int)) as numbers:
        assert_type(sum(numbers), int)


def pipelines(db: Db) -> None:
    """Each handle knows what it will hold."""
    with db.pipeline() as pipeline:
        assert_type(pipeline, Pipeline)
        users = pipeline.all(select(User.id, User.meta))
        first = pipeline.first(select(Task.due).order_by(Task.id).limit(1))
        count = pipeline.scalar(select(fn.count()).from_(Log))
        done = pipeline.execute(dropped("nothing"))
        line = pipeline.one(sorted_by("title", few=1))
    assert_type(users, Pending[list[tuple[UserId, Meta]]])
    assert_type(users.result(), Outcome[list[tuple[UserId, Meta]]])
    assert_type(first.result(), Outcome[dt.date | None])
    assert_type(count.result().unwrap(), int)
    assert_type(done.result(), Outcome[int])
    assert_type(line.result().unwrap(), Line)
    assert_type(users.settled, bool)


def raising(db: Db) -> None:
    """The same without outcomes."""
    plain = db.raising
    assert_type(plain, RaisingDb)
    assert_type(plain.one(select(User.id, User.meta).limit(1)), tuple[UserId, Meta])
    assert_type(plain.scalar(select(fn.count()).from_(Log)), int)
    assert_type(plain.execute(dropped("nothing")), int)
    assert_type(plain.insert_many([new(Log)(note="r")], insert(Log).returning(Log.id)), list[LogId])
    assert_type(plain.update_many([(TaskId(me), 1)], quantities), int)
    assert_type(plain.delete_many([LogId(1)], delete(Log).by(Log.id).returning(Log.note)), list[str])
    with plain.pipeline() as pipeline:
        found = pipeline.all(select(Log.note))
    assert_type(found.result(), list[str])
    with plain.stream(select(Log.id)) as ids:
        assert_type(list(ids), list[LogId])


def by_key(db: Db) -> None:
    """Many rows, each said by its key."""
    assert_type(db.update_many([(TaskId(me), 1)], quantities), Outcome[int])
    assert_type(db.update_many([(TaskId(me), 1)], quantities.returning(Task.id)), Outcome[list[TaskId]])
    assert_type(db.update_many([(me, None), (me, "x")], update(User).by(User.id).each(User.nickname)), Outcome[int])
    assert_type(db.delete_many([LogId(1)], delete(Log).by(Log.id)), Outcome[int])
    assert_type(
        db.delete_many(iter([(LogId(1), "x")]), delete(Log).by(Log.id, Log.note).returning()), Outcome[list[Log]]
    )


def composed(db: Db) -> None:
    """Parts of queries that are made in several places."""
    busy = cte(select(Task.user_id, fn.sum(Task.quantity)).group_by(Task.user_id).map(Totals))
    late = subquery(select(Issue).where(Issue.due < fn.current_date()))
    assert_type(
        db.all(select(User.display_name, busy.quantity).join(busy, busy.user_id == User.id)),
        Outcome[list[tuple[str, int | None]]],
    )
    assert_type(db.all(select(late.title, late.due).map(Line)), Outcome[list[Line]])
    assert_type(db.first(select(late).order_by(late.id).limit(1)), Outcome[Issue | None])
    assert_type(db.scalar(select(value(2) * 3)), Outcome[int])


async def coroutines(db: AsyncDb) -> None:
    """What is awaited has the same types."""
    assert_type(await db.first(select(User.nickname).limit(1)), Outcome[str | None])
    assert_type(await db.execute(dropped("nothing")), Outcome[int])
    assert_type(await db.insert_many([new(Log)(note="a")], insert(Log).returning(Log.note)), Outcome[list[str]])
    assert_type(await db.raising.scalar(select(fn.count()).from_(Log)), int)
    assert_type(
        await db.update_many(((LogId(n), "a") for n in range(3)), update(Log).by(Log.id).each(Log.note)), Outcome[int]
    )
    assert_type(await db.delete_many([LogId(1)], delete(Log).by(Log.id)), Outcome[int])
    async with db.pipeline() as pipeline:
        count = pipeline.scalar(select(fn.count()).from_(Log))
        notes = pipeline.all(select(Log.note).limit(2))
    assert_type(count.result(), Outcome[int])
    assert_type(notes.result(), Outcome[list[str]])
    async with db.stream(select(Log.id, Log.note)) as rows:
        async for id, note in rows:
            assert_type(id, LogId)
            assert_type(note, str)

    async def noted(tx: AsyncDb) -> Outcome[LogId]:
        return await tx.one(insert(new(Log)(note="x")).returning(Log.id))

    assert_type(await db.transact(noted), Outcome[LogId])
