"""Programs as people write them: accepted by both checkers, without an Any in them, and run on a server by a test.

Each function takes a database (a test gives it a transaction) and says what it found as an assertion.
"""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec

from qb import (
    AsyncDb,
    Db,
    DbError,
    Expr,
    Failure,
    ForeignKeyViolation,
    New,
    NotFound,
    Outcome,
    Patch,
    Result,
    Rows,
    Select,
    Success,
    Tx,
    UniqueViolation,
    alias,
    case,
    cte,
    delete,
    excluded,
    exists,
    fn,
    insert,
    many,
    maybe,
    new,
    patch,
    pg,
    prepare,
    replace,
    recursive,
    select,
    sql,
    subquery,
    update,
    value,
)
from qb.typing import Assignment, Column, Insert, InsertIntoReturning, Update
from tests.typing.common import Log, LogId, Member, Meta, Named, Status, Task, TaskId, Totals, User, UserId

Key = TypeVar("Key")
NewUser = new(User)
NewTask = new(Task)


def a_user(name: str, *, manager: UserId | None = None) -> New[User]:
    return NewUser(
        id=UserId(uuid4()),
        text=name.lower(),
        display_name=name,
        manager_id=manager,
        meta=Meta("test", 0.5, ["a", "b"], {"n": 1}),
        embedding=[1.0, 0.0, 0.0],
    )


def a_task(user: UserId, quantity: int) -> New[Task]:
    return NewTask(id=TaskId(uuid4()), user_id=user, quantity=quantity, price=Decimal("1.50"))


def sign_up(db: Db, name: str) -> User:
    """A row as it was written."""
    return db.one(insert(a_user(name)).returning()).unwrap()


def writes_and_reads(db: Db) -> None:
    ada = sign_up(db, "Ada")
    assert ada.active is True
    assert ada.tags == []
    assert ada.meta == Meta("test", 0.5, ["a", "b"], {"n": 1})
    assert ada.created_at.utcoffset() is not None
    assert db.one(select(User).where(User.id == ada.id)).unwrap() == ada
    changed = (
        update(User).set(User.nickname.to("Countess"), User.draft.to(ada.meta)).where(User.id == ada.id).returning()
    )
    assert db.one(changed).unwrap() == replace(ada, nickname="Countess", draft=ada.meta)
    assert db.execute(delete(User).where(User.id == ada.id)) == Success(1)
    assert isinstance(db.one(select(User).where(User.id == ada.id)), Failure)


def names(db: Db, prefix: str | None) -> list[str]:
    """A query that varies with a Python value."""
    query = select(User.display_name).order_by(User.display_name)
    if prefix is not None:
        query = query.where(User.display_name.like(prefix + "%"))
    match db.all(query):
        case Success(found):
            return found
        case Failure(error):
            raise error


def varying_queries(db: Db) -> None:
    for name in ("Zoe", "Zora", "Yann"):
        sign_up(db, name)
    assert {"Zoe", "Zora", "Yann"} <= set(names(db, None))
    assert names(db, "Z") == ["Zoe", "Zora"]
    for few in (True, False):
        query = select(User.display_name).when(few, lambda query: query.limit(1))
        assert (len(db.all(query).unwrap()) == 1) is few


@prepare
def tasks_of(user: UserId, states: list[Status], at_least: int | None = None, limit: int = 10) -> Select[Task]:
    query = select(Task).where(Task.user_id == user, Task.status.in_(states))
    if at_least is not None:
        query = query.where(Task.quantity >= at_least)
    return query.order_by(Task.quantity.desc()).limit(limit)


@prepare
def finish(task: TaskId) -> Update[Task]:
    return update(Task).set(Task.status.to(Status.DONE)).where(Task.id == task)


def prepared_queries(db: Db) -> None:
    ada = sign_up(db, "Ada")
    assert db.insert_many(a_task(ada.id, quantity) for quantity in range(1, 5)) == Success(4)
    assert [task.quantity for task in db.all(tasks_of(ada.id, [Status.OPEN])).unwrap()] == [4, 3, 2, 1]
    assert [task.quantity for task in db.all(tasks_of(ada.id, [Status.OPEN], at_least=3, limit=1)).unwrap()] == [4]
    assert db.all(tasks_of(ada.id, [])).unwrap() == []
    greatest = db.one(tasks_of(ada.id, [Status.OPEN], limit=1)).unwrap()
    assert greatest.doubled == 8
    assert db.execute(finish(greatest.id)) == Success(1)
    assert db.all(tasks_of(ada.id, [Status.DONE])).unwrap() == [replace(greatest, status=Status.DONE)]


def joins_and_nesting(db: Db) -> None:
    grace = sign_up(db, "Grace")
    ada = db.one(insert(a_user("Ada", manager=grace.id)).returning()).unwrap()
    db.insert_many([a_task(ada.id, 2), a_task(ada.id, 3)]).unwrap()
    boss = alias(User, "boss")
    pairs = (
        select(User, maybe(boss))
        .left_join(boss, on=boss.id == User.manager_id)
        .where(User.id.in_([ada.id, grace.id]))
        .order_by(User.display_name)
    )
    assert db.all(pairs).unwrap() == [(ada, grace), (grace, None)]
    nested = select(
        User.display_name, many(select(Task.quantity).where(Task.user_id == User.id).order_by(Task.quantity))
    )
    assert db.all(nested.where(User.id.in_([ada.id, grace.id])).order_by(User.display_name)).unwrap() == [
        ("Ada", [2, 3]),
        ("Grace", []),
    ]
    totals = cte(select(Task.user_id, fn.sum(Task.quantity)).group_by(Task.user_id).map(Totals))
    with_totals = select(User.display_name, totals.quantity).join(totals, on=totals.user_id == User.id)
    assert db.one(with_totals.where(User.id == ada.id)).unwrap() == ("Ada", 5)
    later = recursive(
        select(Task.user_id, value(1)).where(Task.quantity > 2).map(Totals),
        lambda above: (
            select(above.user_id, maybe(above.quantity) + 1).where(fn.coalesce(above.quantity, 0) < 3).map(Totals)
        ),
    )
    assert sorted(set(db.all(select(later.quantity).where(later.user_id == ada.id)).unwrap()), key=str) == [1, 2, 3]
    busy = subquery(select(Task).where(Task.quantity > 2))
    assert db.one(select(fn.count()).from_(busy).where(busy.user_id == ada.id)).unwrap() == 1
    with_tasks = exists(select(Task).where(Task.user_id == User.id))
    named = select(User.id, User.nickname).where(with_tasks, User.id.in_([ada.id, grace.id])).map(Named)
    assert [each.id for each in db.all(named).unwrap()] == [ada.id]


def expressions(db: Db) -> None:
    ada = sign_up(db, "Ada")
    rank = case((User.display_name.ilike("a%"), 1), else_=2)
    row = db.one(
        select(
            rank,
            "Dr. " + User.display_name,
            fn.coalesce(User.nickname, "none"),
            User.meta.path(lambda meta: meta.labels[1]),
            User.created_at + dt.timedelta(days=1),
            fn.now() - User.created_at,
            sql("{x} || '!'", x=User.text).as_(str, not_null=True),
        ).where(User.id == ada.id)
    ).unwrap()
    assert row == (1, "Dr. Ada", "none", "b", ada.created_at + dt.timedelta(days=1), dt.timedelta(), "ada!")


def what_the_world_does(db: Db) -> None:
    ada = a_user("Ada")
    db.execute(insert(ada)).unwrap()
    with db.transaction(rollback=True) as tx:
        match tx.execute(insert(ada)):
            case Failure(UniqueViolation(constraint=constraint)):
                assert constraint == "general_users_pkey"
            case other:
                raise AssertionError(other)
    with db.transaction(rollback=True) as tx:
        match tx.execute(insert(a_task(UserId(UUID(int=9)), 1))):
            case Success(count):
                raise AssertionError(count)
            case Failure(ForeignKeyViolation() as error):
                assert error.table == "tasks"
            case Failure(error):
                raise error
    nobody = db.one(select(User.id).where(User.id == UserId(UUID(int=9))))
    assert isinstance(nobody.failure(), NotFound)
    assert db.first(select(User.id).where(User.id == UserId(UUID(int=9)))) == Success(None)


def conflicts(db: Db) -> None:
    ada = a_user("Ada")
    upsert = insert(ada).on_conflict(
        User.id, update=[User.display_name.to(excluded(User.display_name) + "!"), User.active.to(None)]
    )
    assert db.one(upsert.returning(User.display_name, User.active)).unwrap() == ("Ada", True)
    assert db.one(upsert.returning(User.display_name, User.active)).unwrap() == ("Ada!", None)
    assert db.execute(insert(ada).on_conflict(nothing=True)) == Success(0)


def signed_up(name: str, meta: Meta, *more: Assignment) -> Insert[User]:
    """A row whose values the server makes."""
    return insert(
        User,
        User.text.to(fn.lower(name)),
        User.display_name.to(sql("initcap({name})", name=name).as_(str, not_null=True)),
        User.meta.to(meta),
        User.embedding.to([1.0, 0.0, 0.0]),
        *more,
    )


def rows_of_expressions(db: Db) -> None:
    meta = Meta("web", 1.0, [])
    newest = select(User.id).order_by(User.created_at.desc()).limit(1).as_scalar()
    ada = db.one(signed_up("ADA", meta, User.manager_id.to(newest)).returning()).unwrap()
    assert (ada.text, ada.display_name, ada.active) == ("ada", "Ada", True)
    assert ada.manager_id is not None
    nobody = signed_up("BOB", meta, User.nickname.to(fn.nullif(value("b"), "b")), User.active.to(None))
    assert db.one(nobody.returning(User.nickname, User.active)) == Success((None, None))
    later = signed_up("EVE", meta).set(User.created_at.to(fn.now() + dt.timedelta(days=1)))
    assert db.one(later.returning(User.created_at > fn.now())) == Success(True)
    notes = [[Log.note.to(fn.upper(note)), Log.seq.to(fn.length(note) + 1)] for note in ("a", "bb")]
    made = insert(Log).values(*notes, new(Log)(note="c")).set(Log.note.to(fn.concat("n", "ote")))
    assert db.all(made.returning(Log.note)) == Success(["note"] * 3)
    task = TaskId(uuid4())
    row = insert(Task, Task.id.to(task), Task.user_id.to(ada.id), Task.quantity.to(value(1) + 1))
    state = Task.status.to(case((value(1) == 1, value(Status.DONE)), else_=Status.OPEN))
    assert db.one(row.set(state).returning(Task.status, Task.doubled)) == Success((Status.DONE, 4))
    member = insert(Member, Member.user_id.to(ada.id), Member.task_id.to(task), Member.class_.to(fn.lower("C")))
    again = member.on_conflict(Member.user_id, Member.task_id, update=[Member.level.to(Member.level + 1)])
    assert db.all(again.returning(Member.class_, Member.level)) == Success([("c", 1)])
    assert db.all(again.set(Member.role.to("owner")).returning(Member.role, Member.level)) == Success([("guest", 2)])


def request_bodies(db: Db) -> None:
    ada = sign_up(db, "Ada")
    body = msgspec.json.decode(b'{"nickname": null, "display_name": "Ada L."}', type=patch(User).struct)
    changed: Patch[User] = patch(User)(nickname=None, display_name="Ada L.")
    assert body == changed
    assert db.one(update(User).patch(body).where(User.id == ada.id).returning(User.display_name)).unwrap() == "Ada L."


def touched(db: Db) -> None:
    ada, task = sign_up(db, "Ada"), TaskId(uuid4())
    db.execute(insert(NewTask(id=task, user_id=ada.id, quantity=1))).unwrap()
    member = db.one(insert(new(Member)(user_id=ada.id, task_id=task, class_="x")).returning()).unwrap()
    assert (member.role, member.level, member.touched) == ("guest", 1, 0)
    again = db.one(
        update(Member).set(Member.level.to(Member.level + 1)).where(Member.user_id == ada.id).returning()
    ).unwrap()
    assert (again.level, again.touched) == (2, 7)


def count_logs(db: Db) -> Outcome[int]:
    return db.one(select(fn.count()).from_(Log))


def their_ids() -> InsertIntoReturning[Log, LogId]:
    return insert(Log).returning(Log.id)


def append(db: Db, *notes: str) -> Result[list[LogId], DbError]:
    return db.insert_many([new(Log)(note=note) for note in notes], their_ids())


def transactions(db: Db) -> None:
    before = count_logs(db).unwrap()

    def work(tx: Tx) -> Outcome[int]:
        append(tx, "a", "b").unwrap()
        return count_logs(tx)

    assert db.transact(work) == Success(before + 2)
    with db.transaction(rollback=True) as tx:
        append(tx, "c").unwrap()
        assert count_logs(tx) == Success(before + 3)
    assert count_logs(db) == Success(before + 2)


def streams_and_pipelines(db: Db) -> None:
    append(db, "a", "b", "c").unwrap()
    with db.stream(select(Log.note).order_by(Log.id.desc()).limit(2)) as notes:
        assert list(notes) == ["c", "b"]
    with db.pipeline() as pipeline:
        first = pipeline.all(select(Log.note).order_by(Log.id).limit(1))
        removed = pipeline.execute(delete(Log).where(Log.note == "c"))
    assert len(first.result().unwrap()) == 1
    assert removed.result() == Success(1)


def raw_sql(db: Db) -> None:
    ada = sign_up(db, "Ada")
    rows: Rows[str] = sql("SELECT display_name::text FROM {t} WHERE {id} = {me}", t=User, id=User.id, me=ada.id).rows(
        str
    )
    assert db.all(rows).unwrap() == ["Ada"]


def doubled(number: Expr[int]) -> Expr[int]:
    """What takes numbers takes ids, too: only a comparison is exact."""
    return number * 2


def has(column: Column[Key], key: Key) -> Expr[bool]:
    return (column == key) & column.in_([key])


def compared(db: Db) -> None:
    append(db, "compared", "b").unwrap()
    first = db.scalar(select(Log.id).where(Log.note == "compared")).unwrap()
    same, logs = alias(Log, "same"), cte(select(Log))
    query = (
        select(Log.note)
        .join(same, on=same.id == Log.id)
        .join(logs, on=Log.id == logs.id)
        .where(
            Log.id == first,
            Log.id <= first,
            Log.id.in_([first]),
            Log.id.in_(select(same.id)),
            Log.id.not_in(select(same.id).where(same.id != first)),
            Log.id == select(same.id).where(same.id == first).as_scalar(),
            Log.id.cast(pg.bigint) == 0 + int(first),
            doubled(Log.id) == int(first) * 2,
            has(Log.id, first),
            select(same.id).where(same.id == first).as_scalar() == Log.id,
        )
    )
    assert db.all(query) == Success(["compared"])
    none = (
        select(Task.id)
        .where(
            Task.reviewer_id == Task.user_id,
            Task.user_id == Task.reviewer_id,
            Task.reviewer_id == Task.reviewer_id,
            Task.reviewer_id != UserId(uuid4()),
            Task.reviewer_id.in_([UserId(uuid4())]),
            Task.reviewer_id.in_(select(User.id)),
            Task.user_id.in_(select(alias(Task, "other").reviewer_id)),
            Task.price == Task.quantity,
            Task.price > 1,
            Task.quantity == LogId(1),
            Task.status == Status.OPEN,
            User.active == True,
        )
        .join(User, on=User.id == Task.user_id)
    )
    assert db.all(none.where(User.display_name == "nobody")) == Success([])


async def asynchronously(db: AsyncDb) -> None:
    ada = (await db.one(insert(a_user("Ada")).returning())).unwrap()
    match await db.all(tasks_of(ada.id, [Status.OPEN])):
        case Success(tasks):
            assert tasks == []
        case Failure(error):
            raise error
    async with db.transaction() as tx:
        assert await tx.execute(insert(a_task(ada.id, 1))) == Success(1)
    async with db.stream(select(Task.quantity).where(Task.user_id == ada.id)) as quantities:
        assert [quantity async for quantity in quantities] == [1]
