"""What is known, to the checkers and at run time.

Both checkers must find nothing to say here. A test then runs this module with an `assert_type` of its own: every query in
it runs on a server, and its rows must be what its type says.
"""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, Never, assert_type
from uuid import UUID

import msgspec

from qb import (
    AsyncDb,
    Command,
    Db,
    DbError,
    Expr,
    Failure,
    InvalidSql,
    New,
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
    compile,
    crud,
    cte,
    refresh,
    delete,
    excluded,
    exists,
    fixed,
    fn,
    foreign_key,
    ignore,
    insert,
    insert_from,
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
    unique,
    unwrap,
    update,
    value,
)
from qb.typing import (
    Column,
    Compiled,
    Computed,
    Delete,
    ForeignKey,
    Insert,
    InsertInto,
    InsertIntoReturning,
    Ordering,
    Returning,
    Update,
    WindowCall,
)
from tests.typing.common import (
    kept_totals,
    own_tasks,
    raw_ids,
    Bare,
    Email,
    Everything,
    Issue,
    IssueId,
    Log,
    LogId,
    Member,
    Meta,
    Mixed,
    Mood,
    Named,
    OnlyId,
    Point,
    Rating,
    Severity,
    Status,
    Task,
    TaskId,
    Team,
    Totals,
    User,
    UserId,
)

me = UserId(UUID(int=1))
a_task = TaskId(UUID(int=2))
moment = dt.datetime(2024, 5, 17, 8, 30, tzinfo=dt.UTC)

# One declaration, two faces; mixins too.
assert_type(User.id, Column[UserId])
assert_type(User.nickname, Column[str | None])
assert_type(User.created_at, Column[dt.datetime])
assert_type(Mixed.created_at, Column[dt.datetime])
assert_type(Mixed.deleted_at, Column[dt.datetime | None])
assert_type(Mixed.owner, Column[str])
assert_type(Mixed.state, Column[Status])
assert_type(Mixed.mood, Column[Mood | None])
assert_type(Mixed.state.cast(pg.varchar(8)), Expr[str | None])
assert_type(Member.class_, Column[str])
assert_type(Member.role, Column[Literal["owner", "guest"]])
assert_type(Everything.count, Column[int])
assert_type(Everything.grid, Column[list[list[int | None]]])
assert_type(Everything.place, Column[Point | None])
assert_type(Everything.document, Column[dict[str, int]])
assert_type(Everything.mood, Column[Mood])
assert_type(Bare.span, Column[dt.timedelta])
assert_type(Bare.either, Column[int | str | None])


def of_row(user: User) -> None:
    assert_type(user.id, UserId)
    assert_type(user.created_at, dt.datetime)
    assert_type(user.meta, Meta)
    assert_type(user.draft, Meta | None)
    match user:
        case User(display_name=display_name):
            assert_type(display_name, str)
    assert_type(replace(user, display_name="Eve"), User)


# Selects keep their types: an entity, one column, many, mapped, every type there is.
assert_type(select(User), Select[User])
assert_type(select(Everything), Select[Everything])
assert_type(select(Bare), Select[Bare])
assert_type(select(User.id), Select[UserId])
assert_type(select(User.id, User.nickname), Select[tuple[UserId, str | None]])
assert_type(select(User.id, User.nickname).map(Named), Select[Named])
assert_type(select(User.display_name).map(len), Select[int])
assert_type(select(User.id, User).map(lambda id, user: user.display_name), Select[str])
assert_type(select(Task.user_id, Task.quantity).map(Totals), Select[Totals])
assert_type(select(Log.id, Log.note), Select[tuple[LogId, str]])
assert_type(
    select(User.id, User.text, User.active, User.meta, User.draft, User.tags, User.embedding, User.created_at),
    Select[tuple[UserId, str, bool | None, Meta, Meta | None, list[str], list[float], dt.datetime]],
)
assert_type(
    select(
        *(
            User.id,
            User.text,
            User.id,
            User.text,
            User.id,
            User.text,
            User.id,
            User.text,
            User.id,
            User.text,
            User.id,
            User.nickname,
        )
    ),
    Select[tuple[UserId, str, UserId, str, UserId, str, UserId, str, UserId, str, UserId, str | None]],
)

# Ladders of overloads have sixteen rungs, each of them.
SixteenOfBare = tuple[
    int,
    float,
    Decimal,
    bool,
    str,
    bytes,
    UserId,
    dt.date,
    dt.time,
    dt.datetime,
    dt.timedelta,
    Mood,
    Literal["x", "y"],
    list[str],
    Meta,
    int | str | None,
]
sixteen = select(
    Bare.number,
    Bare.ratio,
    Bare.exact,
    Bare.yes,
    Bare.words,
    Bare.raw,
    Bare.key,
    Bare.day,
    Bare.clock,
    Bare.moment,
    Bare.span,
    Bare.mood,
    Bare.kind,
    Bare.names,
    Bare.document,
    Bare.either,
)
assert_type(sixteen, Select[SixteenOfBare])
assert_type(
    delete(Bare)
    .all_rows()
    .returning(
        Bare.number,
        Bare.ratio,
        Bare.exact,
        Bare.yes,
        Bare.words,
        Bare.raw,
        Bare.key,
        Bare.day,
        Bare.clock,
        Bare.moment,
        Bare.span,
        Bare.mood,
        Bare.kind,
        Bare.names,
        Bare.document,
        Bare.either,
    ),
    Returning[SixteenOfBare],
)
assert_type(
    insert_from(
        Bare,
        sixteen,
        Bare.number,
        Bare.ratio,
        Bare.exact,
        Bare.yes,
        Bare.words,
        Bare.raw,
        Bare.key,
        Bare.day,
        Bare.clock,
        Bare.moment,
        Bare.span,
        Bare.mood,
        Bare.kind,
        Bare.names,
        Bare.document,
        Bare.either,
    ).on_conflict(nothing=True),
    Insert[Bare],
)
assert_type(
    foreign_key(
        (
            Everything.small,
            Everything.whole,
            Everything.big,
            Everything.exact,
            Everything.count,
            Everything.single,
            Everything.double,
            Everything.yes,
            Everything.words,
            Everything.fixed,
            Everything.raw,
            Everything.key,
            Everything.day,
            Everything.clock,
            Everything.local,
            Everything.span,
        ),
        (
            Everything.small,
            Everything.whole,
            Everything.big,
            Everything.exact,
            Everything.count,
            Everything.single,
            Everything.double,
            Everything.yes,
            Everything.words,
            Everything.fixed,
            Everything.raw,
            Everything.key,
            Everything.day,
            Everything.clock,
            Everything.local,
            Everything.span,
        ),
    ),
    ForeignKey,
)
assert_type(
    foreign_key(
        (
            Everything.small,
            Everything.whole,
            Everything.big,
            Everything.exact,
            Everything.count,
            Everything.single,
            Everything.double,
            Everything.yes,
            Everything.words,
            Everything.fixed,
            Everything.raw,
            Everything.key,
            Everything.day,
            Everything.clock,
            Everything.local,
            Everything.span,
        ),
        lambda: (
            Everything.small,
            Everything.whole,
            Everything.big,
            Everything.exact,
            Everything.count,
            Everything.single,
            Everything.double,
            Everything.yes,
            Everything.words,
            Everything.fixed,
            Everything.raw,
            Everything.key,
            Everything.day,
            Everything.clock,
            Everything.local,
            Everything.span,
        ),
    ),
    ForeignKey,
)

assert_type(Everything.role, Column[Literal["a", "b"]])
assert_type(Everything.only, Column[Literal["a"]])
assert_type(select(Everything.role, Everything.mood), Select[tuple[Literal["a", "b"], Mood]])
assert_type(select(value(1)), Select[int])

# Clauses keep them, too.
assert_type(select(User).where(User.id == me, User.active), Select[User])
assert_type(select(User).order_by(User.display_name, User.nickname.desc(nulls="last")).limit(3).offset(1), Select[User])
assert_type(select(User.text).distinct(), Select[str])
assert_type(select(User).distinct_on(User.text).order_by(User.text), Select[User])
assert_type(select(Task.user_id, fn.count()).group_by(Task.user_id).having(fn.count() > 0), Select[tuple[UserId, int]])
assert_type(select(User).for_("update", skip_locked=True), Select[User])
assert_type(select(User).when(1 > 0, lambda query: query.where(User.id == me)), Select[User])
assert_type(User.nickname.desc(), Ordering[str | None])

# Set operations: the wider side says what the rows are.
assert_type(select(User.manager_id).union(select(User.id)), Select[UserId | None])
assert_type(select(User.id).union_all(select(Task.user_id)).order_by(User.id).limit(2), Select[UserId])
assert_type(select(User.id).intersect(select(Task.user_id)), Select[UserId])
assert_type(select(User.id).except_(select(Task.user_id)), Select[UserId])
assert_type(select(User.id).intersect_all(select(User.id)).except_all(select(Task.user_id)), Select[UserId])
assert_type(select(User).union(select(User)), Select[User])
assert_type(
    select(User.id, User.nickname).union(select(User.id, User.display_name)),
    Select[tuple[UserId, str | None]],
)

# Joins: inner, outer, cross; aliases.
boss = alias(User, "boss")
assert_type(boss, type[User])
assert_type(boss.id, Column[UserId])
assert_type(select(User, Task).join(Task, on=Task.user_id == User.id), Select[tuple[User, Task]])
assert_type(select(User, maybe(boss)).left_join(boss, on=boss.id == User.manager_id), Select[tuple[User, User | None]])
assert_type(
    select(User.id, maybe(boss.display_name)).left_join(boss, User.manager_id == boss.id),
    Select[tuple[UserId, str | None]],
)
assert_type(
    select(maybe(User), Task).right_join(Task, on=Task.reviewer_id == User.id).from_(User),
    Select[tuple[User | None, Task]],
)
assert_type(
    select(maybe(User), maybe(Task)).from_(User).full_join(Task, on=Task.reviewer_id == User.id),
    Select[tuple[User | None, Task | None]],
)
assert_type(select(User.id, Log.note).cross_join(Log), Select[tuple[UserId, str]])

# CTEs and subqueries (of columns, of one column, of an entity), named shapes, nested rows.
totals = cte(select(Task.user_id, fn.sum(Task.quantity)).group_by(Task.user_id).map(Totals))
assert_type(totals.user_id, Column[UserId])
assert_type(cte(select(Task.user_id).map(OnlyId)).user_id, Column[UserId])
assert_type(cte(select(Task)).quantity, Column[int])
assert_type(own_tasks, type[Task])
assert_type(select(own_tasks).where(own_tasks.quantity > 2), Select[Task])
assert_type(update(own_tasks).set(own_tasks.quantity.to(5)).all_rows().returning(own_tasks.user_id), Returning[UserId])
assert_type(select(kept_totals.user_id, kept_totals), Select[tuple[UserId, Totals]])
assert_type(raw_ids.user_id, Column[UserId])
assert_type(refresh(kept_totals), Command)
tree = recursive(select(Task), lambda above: select(Task).join(above, on=Task.quantity == above.quantity + 1))
assert_type(tree.user_id, Column[UserId])
assert_type(select(tree), Select[Task])
assert_type(recursive(select(Task.user_id).map(OnlyId), lambda above: select(above)).user_id, Column[UserId])
assert_type(subquery(select(Task), name="mine").status, Column[Status])
assert_type(select(totals), Select[Totals])
assert_type(
    select(User.id, totals.quantity)
    .into(Totals, Totals.user_id.to(User.id), Totals.quantity.to(totals.quantity))
    .join(totals, on=totals.user_id == User.id),
    Select[Totals],
)
assert_type(select(User, many(Task, on=Task.user_id == User.id)), Select[tuple[User, list[Task]]])
assert_type(
    select(User, many(select(Task.id, Task.price).where(Task.user_id == User.id))),
    Select[tuple[User, list[tuple[TaskId, Decimal]]]],
)
assert_type(
    select(
        User.id, many(select(Task.id, Task.user_id).map(lambda task, user: (user, task)).where(Task.user_id == User.id))
    ),
    Select[tuple[UserId, list[tuple[UserId, TaskId]]]],
)
assert_type(
    select(User.id, many(select(Everything).order_by(Everything.small))),
    Select[tuple[UserId, list[Everything]]],
)
assert_type(
    select(User.id, many(select(Task.id, many(select(Member).where(Member.task_id == Task.id))))),
    Select[tuple[UserId, list[tuple[TaskId, list[Member]]]]],
)

# Comparisons are never NULL to the checker, conditions neither.
assert_type(User.id == me, Expr[bool])
assert_type(User.id == User.manager_id, Expr[bool])
assert_type(User.id != me, Expr[bool])
assert_type((Task.quantity >= 1) & (Task.quantity < 5) | ~(Task.quantity == 7), Expr[bool])
assert_type(5 > Task.quantity, Expr[bool])
assert_type(User.nickname.is_null(), Expr[bool])
assert_type(User.nickname.is_not_null(), Expr[bool])
assert_type(User.nickname.is_distinct_from(None), Expr[bool])
assert_type(User.nickname.is_not_distinct_from(User.display_name), Expr[bool])
assert_type(Task.quantity.between(1, 3), Expr[bool])
assert_type(User.id.in_([me]), Expr[bool])
assert_type(User.id.in_(select(Task.user_id)), Expr[bool])
assert_type(User.id.in_(select(Task.reviewer_id)), Expr[bool])
assert_type(User.id.not_in(select(Task.user_id)), Expr[bool])
assert_type(User.id.not_in({me}), Expr[bool])
assert_type(Task.status.in_([Status.OPEN, Status.DONE]), Expr[bool])
assert_type(User.display_name.like("A%"), Expr[bool])
assert_type(User.display_name.ilike("a%") & User.display_name.not_like("%z"), Expr[bool])
assert_type(exists(select(Task).where(Task.user_id == User.id)), Expr[bool])

# Arithmetic: of two nullable sides, of either order; times and intervals; text.
assert_type(Task.quantity + 1, Expr[int])
assert_type(1 + Task.quantity, Expr[int])
assert_type(10 - Task.quantity, Expr[int])
assert_type(Everything.whole + Everything.small, Expr[int | None])
assert_type(Everything.small + Everything.whole, Expr[int | None])
assert_type(-Task.price * Decimal(2) - Decimal("0.5"), Expr[Decimal])
assert_type(Task.quantity / 2, Expr[Decimal])
assert_type(Task.quantity // 2, Expr[int])
assert_type(7 // Task.quantity, Expr[int])
assert_type(7 % Task.quantity, Expr[int])
assert_type(Everything.whole // Task.quantity, Expr[int | None])
assert_type(Task.price * Task.quantity, Expr[Decimal])
assert_type(Task.quantity * Task.price, Expr[Decimal])
assert_type(Task.price * 2, Expr[Decimal])
assert_type(1 - Task.price, Expr[Decimal])
assert_type(Everything.money * 2, Expr[Decimal | None])
assert_type(Everything.whole * 2, Expr[int | None])
assert_type(Everything.whole / (Task.price + 1), Expr[Decimal | None])
assert_type(Task.price // Task.quantity, Expr[Decimal])
assert_type(Task.quantity * 1.5, Expr[float])
assert_type(Task.quantity - Everything.double, Expr[float | None])
assert_type(fn.sum(Task.quantity) / fn.count(), Expr[Decimal | None])
assert_type(fn.max(Task.quantity) + fn.sum(Task.quantity), Expr[int | None])
assert_type(fn.sum(Task.price * Task.quantity * (1 - Everything.exact)), Expr[Decimal | None])
assert_type(Task.price > 2, Expr[bool])
assert_type(Task.price == 2, Expr[bool])
assert_type(Task.quantity != Decimal(2), Expr[bool])
assert_type(Task.quantity <= Task.price, Expr[bool])
assert_type(Everything.money >= Task.quantity, Expr[bool])
assert_type(Task.price.between(1, Decimal("2.5")), Expr[bool])
assert_type(fn.div(Task.quantity, 2), Expr[int])
assert_type(fn.div(Task.price, Task.quantity), Expr[Decimal])
assert_type(Everything.day - Everything.moment, Expr[dt.timedelta])
assert_type(Everything.moment - Everything.day, Expr[dt.timedelta])
assert_type(Everything.span + Everything.day, Expr[dt.datetime])
assert_type(dt.date(2024, 1, 1) + Everything.span, Expr[dt.datetime])
assert_type(2.5 * Everything.single, Expr[float])
assert_type(1 / Everything.single, Expr[float])
assert_type(User.display_name + "!", Expr[str])
assert_type("Dr. " + User.display_name, Expr[str])
assert_type(User.display_name + User.nickname, Expr[str | None])
assert_type(User.created_at + dt.timedelta(days=1), Expr[dt.datetime])
assert_type(dt.timedelta(days=1) + User.created_at, Expr[dt.datetime])
assert_type(User.created_at - dt.timedelta(hours=1), Expr[dt.datetime])
assert_type(fn.now() - User.created_at, Expr[dt.timedelta])
assert_type(moment - User.created_at, Expr[dt.timedelta])
assert_type(Everything.moment + Everything.span, Expr[dt.datetime])
assert_type(Everything.moment3 + Everything.span, Expr[dt.datetime | None])
assert_type(Everything.moment3 - Everything.moment, Expr[dt.timedelta | None])
assert_type(Everything.moment - Everything.moment3, Expr[dt.timedelta | None])
assert_type(Everything.local - dt.timedelta(1), Expr[dt.datetime])
assert_type(Everything.span + dt.timedelta(seconds=1), Expr[dt.timedelta])
assert_type(Everything.span * 2, Expr[dt.timedelta])
assert_type(1.5 * Everything.span, Expr[dt.timedelta])
assert_type(Everything.span / Everything.small, Expr[dt.timedelta])
assert_type(Everything.day + dt.timedelta(days=1), Expr[dt.datetime])
assert_type(Everything.day - dt.date(2024, 1, 1), Expr[int])
assert_type(Task.due - Everything.day, Expr[int | None])

# Case, cast, JSON paths, scalar subqueries, SQL of one's own.
assert_type(case((Task.quantity > 1, "many"), else_="one"), Expr[str])
assert_type(case((Task.quantity > 1, Task.price), else_=Decimal(0)), Expr[Decimal])
assert_type(case((User.nickname.is_null(), User.display_name), else_=User.nickname), Expr[str | None])
assert_type(case((User.active, User.nickname), (Task.quantity > 1, User.text), else_=User.text), Expr[str | None])
assert_type(case((Task.quantity > 1, Task.quantity), else_=None), Expr[int | None])
role_or_text: Expr[str] = case((Task.quantity > 1, "many"), else_=Member.role)
text_or_role: Expr[str] = case((Task.quantity > 1, Member.role), else_="many")
assert_type(case((Task.quantity > 1, "many"), else_=User.nickname), Expr[str | None])
assert_type(Task.quantity.cast(pg.text), Expr[str | None])
assert_type(fn.coalesce(Task.quantity.cast(pg.double_precision), 0.5), Expr[float])
assert_type(User.meta.path(lambda m: m.labels[0]), Expr[str | None])
assert_type(User.meta.path(lambda m: m.counts["a"]), Expr[int | None])
assert_type(User.draft.path(lambda m: m.score), Expr[float | None])
assert_type(User.meta.path(lambda m: m.labels), Expr[list[str] | None])
assert_type(User.meta.path(lambda m: m.theme), Expr[Literal["light", "dark"] | None])
assert_type(User.draft.path(lambda m: m.theme) == "dark", Expr[bool])
assert_type(select(Task.quantity).limit(1).as_scalar(), Expr[int | None])
assert_type(sql("1 + {x}", x=Task.quantity).as_(int), Expr[int | None])
assert_type(sql("upper({x})", x=User.display_name).as_(str, not_null=True), Expr[str])

# Functions: what may be NULL stays so, what cannot be does not become so.
assert_type(fn.coalesce(User.nickname, User.display_name), Expr[str])
assert_type(fn.coalesce(User.nickname, "nobody"), Expr[str])
assert_type(fn.nullif(User.display_name, ""), Expr[str | None])
assert_type(fn.lower("Ada"), Expr[str])
assert_type(fn.upper(User.nickname), Expr[str | None])
assert_type(fn.length("Ada"), Expr[int])
assert_type(fn.replace("Ada", "a", User.display_name), Expr[str])
assert_type(fn.substring("Ada", 1, 2), Expr[str])
assert_type(fn.split_part("Ada Lovelace", " ", 2), Expr[str])
assert_type(fn.split_part(User.nickname, " ", -1), Expr[str | None])
assert_type(fn.greatest(Task.quantity, 3), Expr[int])
assert_type(fn.count(), Expr[int])
assert_type(fn.count(User.nickname, distinct=True), Expr[int])
assert_type(fn.sum(Task.price), Expr[Decimal | None])
assert_type(fn.sum(Everything.whole), Expr[int | None])
assert_type(fn.sum(Everything.big), Expr[LogId | None])
assert_type(fn.avg(Task.quantity), Expr[Decimal | None])
assert_type(fn.max(User.nickname), Expr[str | None])
assert_type(fn.min(Task.due), Expr[dt.date | None])
assert_type(fn.bool_and(User.active), Expr[bool | None])
assert_type(fn.array_agg(User.nickname, order_by=User.id), Expr[list[str | None] | None])
assert_type(fn.string_agg(User.display_name, ", ", order_by=User.display_name.desc()), Expr[str | None])
assert_type(fn.count().filter(Task.quantity > 1), Expr[int])
assert_type(fn.lower(User.nickname), Expr[str | None])
assert_type(fn.length(User.display_name), Expr[int])
assert_type(fn.length(User.nickname), Expr[int | None])
assert_type(fn.concat(User.display_name, " ", User.nickname), Expr[str])
assert_type(fn.abs(Everything.whole), Expr[int | None])
assert_type(fn.round(Task.price, 1), Expr[Decimal])
assert_type(fn.date_trunc("day", User.created_at), Expr[dt.datetime])
assert_type(fn.date_trunc("day", User.created_at, "Europe/Berlin"), Expr[dt.datetime])
assert_type(fn.date_trunc("month", Everything.day), Expr[dt.datetime])
assert_type(fn.date_trunc("month", Task.due), Expr[dt.datetime | None])
assert_type(fn.extract("year", User.created_at), Expr[Decimal])
assert_type(fn.extract("month", Task.due), Expr[Decimal | None])
assert_type(fn.cardinality(User.tags), Expr[int])
assert_type(fn.now(), Computed[dt.datetime])
assert_type(fn.gen_random_uuid(), Computed[UUID])
assert_type(fn.uuidv7(), Computed[UUID])
assert_type(fn.row_number().over(partition_by=Task.user_id, order_by=Task.price.desc()), Expr[int])
assert_type(fn.sum(Task.price).over(partition_by=[Task.user_id, Task.status]), Expr[Decimal | None])
assert_type(fn.lag(Task.price).over(order_by=Task.quantity), Expr[Decimal | None])

# One of several values: the first expression says what the others are, and one that is never NULL is enough.
assert_type(fn.coalesce(Issue.was, Issue.kind), Expr[Literal["bug", "idea"]])
assert_type(fn.coalesce(Issue.was, "none"), Expr[str])
assert_type(fn.coalesce(Issue.was, Issue.title), Expr[str])
assert_type(fn.coalesce(Issue.helped_by, Team.WEB), Expr[Team])
assert_type(fn.coalesce(Issue.helped_by, Issue.team), Expr[Team])
assert_type(fn.coalesce(Issue.helped_by, "nobody"), Expr[str])
assert_type(fn.coalesce(Issue.feared, Severity.LOW), Expr[Severity])
assert_type(fn.coalesce(Issue.feared, 0), Expr[int])
assert_type(fn.coalesce(Issue.parent_id, Issue.id), Expr[IssueId])
assert_type(fn.coalesce(Issue.parent_id, 0), Expr[int])
assert_type(fn.coalesce(Issue.reply_to, Issue.email), Expr[Email])
assert_type(fn.coalesce(Issue.reply_to, "none"), Expr[str])
assert_type(fn.coalesce(Issue.discount, 0), Expr[Decimal])
assert_type(fn.coalesce(Issue.discount, Issue.hours), Expr[Decimal])
assert_type(fn.coalesce(Issue.discount, Issue.spent), Expr[Decimal | None])
assert_type(fn.coalesce(Issue.spent, Decimal(1)), Expr[Decimal])
assert_type(fn.coalesce(Issue.spent, Issue.rate), Expr[Decimal])
assert_type(fn.coalesce(Issue.spent, Issue.discount), Expr[Decimal | None])
assert_type(fn.coalesce(fn.sum(Issue.rate), 0), Expr[Decimal])
assert_type(fn.coalesce(fn.sum(Issue.hours), 0), Expr[int])
assert_type(fn.coalesce(Issue.guess, 0), Expr[float])
assert_type(fn.coalesce(Issue.guess, Issue.score), Expr[float])
assert_type(fn.coalesce(Issue.spent / 2, 0), Expr[Decimal])
assert_type(fn.coalesce(Issue.nick, Issue.alias), Expr[str | None])
assert_type(fn.coalesce(Issue.nick, Issue.alias, "x"), Expr[str])
assert_type(fn.coalesce(Issue.nick, Issue.alias, Issue.title), Expr[str])
assert_type(fn.coalesce(Issue.nick, Issue.alias, Issue.nick, "x"), Expr[str])
assert_type(fn.coalesce(Issue.nick, "x", Issue.alias), Expr[str])
assert_type(fn.coalesce(Issue.spent, Issue.spent, Issue.spent, 1), Expr[int])
assert_type(fn.coalesce(Issue.due, Issue.due, Issue.day), Expr[dt.date])
assert_type(fn.coalesce(Issue.closed_at, fn.now()), Expr[dt.datetime])
assert_type(fn.coalesce(Issue.tags, ["x"]), Expr[list[str]])
assert_type(fn.coalesce(Issue.seen, False), Expr[bool])
assert_type(fn.coalesce(maybe(Issue.title), "none"), Expr[str])
assert_type(fn.greatest(Issue.hours, Issue.spent), Expr[int])
assert_type(fn.greatest(Issue.spent, Issue.hours), Expr[int])
assert_type(fn.greatest(Issue.spent, 3), Expr[int])
assert_type(fn.greatest(Issue.spent, Issue.spent), Expr[int | None])
assert_type(fn.greatest(Issue.spent, Issue.spent, 3), Expr[int])
assert_type(fn.greatest(Issue.rate, Issue.hours), Expr[Decimal])
assert_type(fn.greatest(Issue.spent, Issue.rate), Expr[Decimal])
assert_type(fn.greatest(Issue.spent, Issue.discount), Expr[Decimal | None])
assert_type(fn.greatest(Issue.title, Issue.nick, "a"), Expr[str])
assert_type(fn.greatest(Issue.score, Issue.guess), Expr[float])
assert_type(fn.least(Issue.due, Issue.day), Expr[dt.date])
assert_type(fn.least(Issue.due, dt.date(2024, 1, 1)), Expr[dt.date])
assert_type(fn.least(Issue.closed_at, fn.now()), Expr[dt.datetime])
assert_type(fn.least(Issue.pause, Issue.took), Expr[dt.timedelta])
assert_type(fn.least(Issue.kind, Issue.was), Expr[Literal["bug", "idea"]])
assert_type(fn.least(Issue.nick, Issue.alias), Expr[str | None])
assert_type(fn.nullif(Issue.rate, 0), Expr[Decimal | None])
assert_type(fn.nullif(Issue.hours, 0), Expr[int | None])
assert_type(fn.nullif(Issue.hours, Issue.rate), Expr[Decimal | None])
assert_type(fn.nullif(Issue.parent_id, 0), Expr[IssueId | None])
assert_type(fn.nullif(Issue.score, 0), Expr[float | None])
assert_type(fn.nullif(Issue.kind, "bug"), Expr[Literal["bug", "idea"] | None])
assert_type(fn.nullif(Issue.email, ""), Expr[Email | None])
assert_type(fn.nullif(Issue.title, Issue.nick), Expr[str | None])
assert_type(fn.nullif(Issue.state, Status.OPEN), Expr[Status | None])
assert_type(fn.nullif(Issue.due, Issue.day), Expr[dt.date | None])
assert_type(fn.sum(Issue.rate) / fn.nullif(fn.sum(Issue.hours), 0), Expr[Decimal | None])
late = Issue.hours > 1
assert_type(case((late, Status.OPEN), else_=Issue.state), Expr[Status])
assert_type(case((late, Issue.state), else_=Status.OPEN), Expr[Status])
assert_type(case((late, Issue.state), (Issue.urgent, Status.OPEN), else_=Status.DONE), Expr[Status])
assert_type(case((late, Issue.state), (Issue.urgent, None), else_=Issue.state), Expr[Status | None])
assert_type(case((late, None), else_=Issue.due), Expr[dt.date | None])
assert_type(case((late, None), else_=Issue.day), Expr[dt.date | None])
assert_type(case((late, Issue.day), (Issue.urgent, None), else_=Issue.due), Expr[dt.date | None])
assert_type(case((late, Issue.day), (Issue.urgent, None), else_=Issue.day), Expr[dt.date | None])
assert_type(case((late, Issue.day), (Issue.urgent, None), else_=None), Expr[dt.date | None])
assert_type(case((late, Issue.due), (Issue.urgent, dt.date(2024, 1, 1)), else_=None), Expr[dt.date | None])
soon = dt.date(2024, 1, 1)
assert_type(case((late, Issue.day), (Issue.urgent, soon), else_=soon), Expr[dt.date])
assert_type(case((late, Issue.due), (Issue.urgent, soon), else_=soon), Expr[dt.date | None])
assert_type(case((late, Issue.score), (Issue.urgent, 0.5), else_=1.5), Expr[float])
assert_type(case((late, Issue.took), (Issue.urgent, dt.timedelta(1)), else_=dt.timedelta(2)), Expr[dt.timedelta])
assert_type(case((late, "a"), (Issue.urgent, None), else_="b"), Expr[str | None])
assert_type(case((late, "a"), (Issue.urgent, "b"), else_=None), Expr[str | None])
assert_type(case((late, Issue.title), (Issue.urgent, "x"), else_=Issue.title), Expr[str])
assert_type(case((late, Issue.title), (Issue.urgent, "x"), else_="y"), Expr[str])
assert_type(case((late, Issue.title), (Issue.urgent, "x"), else_=Issue.nick), Expr[str | None])
assert_type(case((late, Issue.nick), (Issue.urgent, "x"), else_=Issue.title), Expr[str | None])
assert_type(case((late, 1), (Issue.urgent, 2), else_=Issue.hours), Expr[int])
assert_type(case((late, 1), else_=Issue.spent), Expr[int | None])
assert_type(case((late, 1), else_=Issue.rate), Expr[Decimal])
assert_type(case((late, Issue.rate), else_=0), Expr[Decimal])
assert_type(case((late, Issue.discount), else_=0), Expr[Decimal | None])
assert_type(case((late, Issue.rate), else_=None), Expr[Decimal | None])
assert_type(case((late, Issue.hours), else_=Issue.rate), Expr[Decimal])
assert_type(case((late, Issue.kind), else_=Issue.kind), Expr[Literal["bug", "idea"]])
assert_type(case((late, Issue.was), else_=Issue.kind), Expr[Literal["bug", "idea"] | None])
assert_type(case((late, None), else_=Issue.kind), Expr[Literal["bug", "idea"] | None])
assert_type(case((late, "x"), else_=Issue.kind), Expr[str])
assert_type(case((late, Issue.kind), else_="x"), Expr[str])
assert_type(case((late, Issue.helped_by), else_=Team.CORE), Expr[Team | None])
assert_type(case((late, Issue.parent_id), else_=None), Expr[IssueId | None])
assert_type(case((late, Issue.email), else_=Email("x")), Expr[Email])
assert_type(case((late, Issue.score), else_=0.0), Expr[float])
assert_type(case((late, True), else_=False), Expr[bool])
assert_type(case((late, fn.now()), else_=Issue.opened_at), Expr[dt.datetime])
assert_type(case((late, Issue.tags), else_=["x"]), Expr[list[str] | None])

# What may be NULL on the other side.
assert_type(Issue.title.is_distinct_from(Issue.nick), Expr[bool])
assert_type(Issue.nick.is_distinct_from(Issue.title), Expr[bool])
assert_type(Issue.title.is_distinct_from(None), Expr[bool])
assert_type(Issue.rate.is_distinct_from(2), Expr[bool])
assert_type(Issue.hours.is_not_distinct_from(Issue.discount), Expr[bool])
assert_type(Issue.kind.is_not_distinct_from(Issue.was), Expr[bool])
assert_type(Issue.day.between(Issue.due, dt.date(2024, 7, 1)), Expr[bool])
assert_type(Issue.due.between(dt.date(2024, 1, 1), Issue.day), Expr[bool])
assert_type(Issue.hours.between(1, Issue.spent), Expr[bool])
assert_type(Issue.rate.between(Issue.discount, Issue.hours), Expr[bool])
assert_type(Issue.opened_at.between(Issue.closed_at, fn.now()), Expr[bool])
assert_type(7 % Issue.hours, Expr[int])
assert_type(7 % Issue.spent, Expr[int | None])
assert_type(7 % Issue.rate, Expr[Decimal])
assert_type(Decimal(7) % Issue.discount, Expr[Decimal | None])
assert_type(7 % Issue.severity, Expr[int])
assert_type(select(Issue.id).except_(select(Issue.parent_id)), Select[IssueId])
assert_type(select(Issue.title).except_all(select(Issue.nick)), Select[str])
assert_type(select(Issue.nick).except_(select(Issue.title)), Select[str | None])
assert_type(select(Issue.id).intersect(select(Issue.parent_id)), Select[IssueId])
assert_type(select(Issue.id).intersect_all(select(Issue.parent_id)), Select[IssueId])
assert_type(select(Issue.id).union(select(Issue.parent_id)), Select[IssueId | None])
assert_type(select(Issue.kind).union_all(select(Issue.was)), Select[Literal["bug", "idea"] | None])
assert_type(select(Issue.title).union(select(Issue.kind)), Select[str])
assert_type(select(Issue.nick).intersect(select(Issue.title)), Select[str | None])
assert_type(select(Issue.id, Issue.title).union(select(Issue.id, Issue.nick)), Select[tuple[IssueId, str | None]])
assert_type(
    select(Issue.id, Issue.title).union_all(select(Issue.parent_id, Issue.nick)),
    Select[tuple[IssueId | None, str | None]],
)
assert_type(
    select(Issue.id, Issue.title, Issue.hours).union_all(select(Issue.parent_id, Issue.nick, Issue.spent)),
    Select[tuple[IssueId | None, str | None, int | None]],
)
assert_type(select(Issue.id, Issue.nick).union(select(Issue.id, Issue.title)), Select[tuple[IssueId, str | None]])
assert_type(select(Issue.id, Issue.title).except_(select(Issue.parent_id, Issue.nick)), Select[tuple[IssueId, str]])
assert_type(select(Issue.id, Issue.title).intersect(select(Issue.id, Issue.nick)), Select[tuple[IssueId, str]])
assert_type(select(Issue.id, Issue.kind).union(select(Issue.id, Issue.title)), Select[tuple[IssueId, str]])
assert_type(select(Issue.kind).union(select(Issue.title)), Select[str])
assert_type(select(Issue).union(select(Issue)), Select[Issue])
assert_type(
    select(Issue.id).union(select(Issue.parent_id).where(Issue.urgent)).order_by(Issue.id), Select[IssueId | None]
)

# What is made of labels and brands is a plain text or number.
assert_type(fn.upper(Issue.kind), Expr[str])
assert_type(fn.lower(Issue.was), Expr[str | None])
assert_type(fn.trim(Issue.kind), Expr[str])
assert_type(fn.lower(Issue.helped_by), Expr[str | None])
assert_type(fn.lower(Issue.email), Expr[str])
assert_type(fn.substring(Issue.kind, 1, 2), Expr[str])
assert_type(fn.substring(Issue.title, 1, Issue.spent), Expr[str | None])
assert_type(fn.replace(Issue.kind, "b", "p"), Expr[str])
assert_type(fn.replace(Issue.title, "t", Issue.nick), Expr[str | None])
assert_type(fn.split_part(Issue.was, "u", 1), Expr[str | None])
assert_type(fn.split_part(Issue.title, Issue.nick, 1), Expr[str | None])
assert_type(fn.min(Issue.kind), Expr[Literal["bug", "idea"] | None])
assert_type(fn.sum(Issue.severity), Expr[int | None])
assert_type(fn.sum(Issue.feared), Expr[int | None])
assert_type(fn.sum(Issue.effort), Expr[int | None])
assert_type(fn.sum(Issue.severity).filter(Issue.urgent), Expr[int | None])
assert_type(fn.sum(Rating.stars), Expr[int | None])
assert_type(fn.sum(Rating.before, distinct=True), Expr[int | None])
assert_type(fn.sum(Rating.stars).over(partition_by=Rating.id), Expr[int | None])
assert_type(fn.abs(Rating.stars), Expr[int])
assert_type(fn.abs(Rating.before), Expr[int | None])
assert_type(fn.avg(Rating.stars), Expr[Decimal | None])
assert_type(-Rating.stars, Expr[int])
assert_type(-Rating.before, Expr[int | None])
assert_type(-fn.least(Rating.stars, Rating.stars), Expr[int])
assert_type(-fn.greatest(Rating.stars, Rating.before), Expr[int])
assert_type(Rating.stars + 1, Expr[int])
assert_type(Rating.stars * Rating.stars, Expr[int])
assert_type(Rating.before // 2, Expr[int | None])
assert_type(-Issue.severity, Expr[int])
assert_type(-Issue.feared, Expr[int | None])
assert_type(-Issue.id, Expr[int])
assert_type(-Issue.guess, Expr[float | None])
assert_type(-Issue.discount, Expr[Decimal | None])
assert_type(-Issue.pause, Expr[dt.timedelta | None])
assert_type(case((Issue.urgent, Issue.id), else_=Issue.hours), Expr[int])
assert_type(case((Issue.urgent, Issue.hours), else_=Issue.id), Expr[int])
assert_type(case((Issue.urgent, Issue.id), else_=5), Expr[int])
assert_type(case((Issue.urgent, 5), else_=Issue.parent_id), Expr[int | None])
assert_type(case((Issue.urgent, Issue.hours), (Issue.urgent, Issue.rate), else_=1), Expr[Decimal])
assert_type(Issue.hours.is_distinct_from(Issue.spent), Expr[bool])
assert_type(Issue.parent_id.is_distinct_from(Issue.id), Expr[bool])
assert_type(Issue.hours.is_distinct_from(IssueId(1)), Expr[bool])
assert_type(Issue.spent.is_not_distinct_from(None), Expr[bool])
assert_type(Issue.rate.is_distinct_from(Issue.spent), Expr[bool])
assert_type(Issue.spent.is_distinct_from(Decimal(1)), Expr[bool])
assert_type(Issue.seen.is_distinct_from(Issue.urgent), Expr[bool])
assert_type(Issue.id.between(Issue.parent_id, IssueId(3)), Expr[bool])
assert_type(Issue.rate.between(Issue.hours, Issue.discount), Expr[bool])
assert_type(Issue.hours.between(Decimal(1), Issue.rate), Expr[bool])
assert_type(fn.sum(Issue.took), Expr[dt.timedelta | None])
assert_type(fn.sum(Issue.guess), Expr[float | None])
assert_type(fn.abs(Issue.severity), Expr[int])
assert_type(fn.floor(Issue.feared), Expr[Severity | None])
assert_type(fn.max(Issue.severity), Expr[Severity | None])

# Parts of times, orders of several keys, windows.
assert_type(fn.extract("hour", Issue.took), Expr[Decimal])
assert_type(fn.extract("epoch", Issue.pause), Expr[Decimal | None])
assert_type(fn.extract("epoch", Issue.closed_at - Issue.opened_at), Expr[Decimal | None])
assert_type(fn.extract("minute", Issue.starts), Expr[Decimal | None])
assert_type(fn.extract("dow", Issue.day), Expr[Decimal])
assert_type(fn.extract("timezone", Issue.opened_at), Expr[Decimal])
assert_type(fn.date_trunc("hour", Issue.took), Expr[dt.timedelta])
assert_type(fn.string_agg(Issue.title, ", ", order_by=[Issue.day, Issue.id.desc()]), Expr[str | None])
assert_type(fn.string_agg(Issue.kind, "/", order_by=(Issue.due.desc(nulls="last"), Issue.id)), Expr[str | None])
assert_type(fn.array_agg(Issue.kind, order_by=[Issue.hours, Issue.id]), Expr[list[Literal["bug", "idea"]] | None])
assert_type(fn.row_number(), WindowCall[int])
assert_type(fn.lag(Issue.day), WindowCall[dt.date | None])
assert_type(fn.lag(Issue.spent, 2).over(order_by=Issue.id), Expr[int | None])
assert_type(fn.first_value(Issue.due).over(order_by=[Issue.day, Issue.id]), Expr[dt.date | None])
assert_type(fn.row_number().over() + 1, Expr[int])

# The same in what people write.
assert_type(fn.coalesce(Issue.due, fn.current_date()), Expr[dt.date])
assert_type(fn.coalesce(fn.max(Issue.hours), 0) + 1, Expr[int])
assert_type(fn.coalesce(fn.avg(Issue.hours), 0), Expr[Decimal])
assert_type(fn.coalesce(fn.avg(Issue.hours), Decimal(0)), Expr[Decimal])
assert_type(fn.coalesce(fn.avg_float(Issue.score), 0.0), Expr[float])
assert_type(fn.coalesce(select(Issue.title).limit(1).as_scalar(), "none"), Expr[str])
assert_type(fn.coalesce(Issue.hours.cast(pg.text), "?"), Expr[str])
assert_type(fn.coalesce(fn.bool_or(Issue.urgent), False), Expr[bool])
assert_type(fn.coalesce(fn.array_agg(Issue.title), []), Expr[list[str]])
assert_type(fn.coalesce(fn.string_agg(Issue.title, ", "), ""), Expr[str])
assert_type(fn.coalesce(User.draft, User.meta), Expr[Meta])
assert_type(fn.coalesce(User.manager_id, User.id), Expr[UserId])
assert_type(fn.coalesce(Issue.pause, dt.timedelta(0)), Expr[dt.timedelta])
assert_type(fn.coalesce(Issue.starts, dt.time(9)), Expr[dt.time])
assert_type(fn.coalesce(User.draft.path(lambda m: m.source), "x"), Expr[str])
assert_type(fn.coalesce(Issue.tags, value(["x"])), Expr[list[str]])
assert_type(fn.coalesce(fn.nullif(Issue.title, ""), Issue.nick, "x"), Expr[str])
assert_type(fn.coalesce(fn.lag(Issue.hours).over(order_by=Issue.id), 0), Expr[int])
assert_type(fn.coalesce(sql("1").as_(int), 0), Expr[int])
assert_type(fn.greatest(Issue.opened_at, Issue.closed_at, fn.now()), Expr[dt.datetime])
assert_type(fn.greatest(fn.sum(Issue.hours), 0), Expr[int])
assert_type(fn.greatest(Issue.severity, Issue.feared), Expr[Severity])
assert_type(fn.greatest(Issue.rate * Issue.hours, 0), Expr[Decimal])
assert_type(fn.least(Issue.rate, Decimal(1)), Expr[Decimal])
assert_type(fn.least(Issue.score, 1), Expr[float])
assert_type(fn.least(Issue.id, Issue.parent_id), Expr[IssueId])
assert_type(fn.least(Issue.hours, Issue.spent) * 2, Expr[int])
assert_type(Issue.rate / fn.nullif(Issue.hours, 0), Expr[Decimal | None])
assert_type(Issue.hours / fn.nullif(Issue.spent, 0), Expr[Decimal | None])
assert_type(fn.nullif(fn.trim(Issue.title), ""), Expr[str | None])
assert_type(fn.nullif(Issue.team, Team.CORE), Expr[Team | None])
assert_type(fn.nullif(Issue.urgent, True), Expr[bool | None])
assert_type(fn.nullif(Issue.tags, []), Expr[list[str] | None])
assert_type(fn.count(case((Issue.urgent, 1), else_=None)), Expr[int])
assert_type(fn.sum(case((Issue.urgent, Issue.hours), else_=0)), Expr[int | None])
assert_type(fn.sum(case((Issue.urgent, 1), else_=0)), Expr[int | None])
assert_type(fn.sum(case((Issue.urgent, Issue.rate), else_=0)), Expr[Decimal | None])
assert_type(case((late, Severity.LOW), else_=Issue.severity), Expr[Severity])
assert_type(case((late, Team.CORE), else_=Team.WEB), Expr[Team])
assert_type(case((late, IssueId(1)), else_=Issue.id), Expr[IssueId])
assert_type(case((late, Issue.id), else_=IssueId(0)), Expr[IssueId])
assert_type(case((late, Issue.email), else_="none"), Expr[str])
assert_type(case((late, Issue.parent_id), else_=Issue.id), Expr[IssueId | None])
assert_type(case((late, fn.upper(Issue.kind)), else_=Issue.title), Expr[str])
assert_type(case((late, fn.now()), (Issue.seen, Issue.closed_at), else_=None), Expr[dt.datetime | None])
assert_type(case((Issue.seen, User.id), else_=User.manager_id), Expr[UserId | None])
assert_type(case((late, Issue.hours), (Issue.seen, Issue.rate), else_=0), Expr[Decimal])
assert_type(case((late, Issue.score), else_=1), Expr[float])
assert_type(case((late, 0), else_=Issue.score), Expr[float])
assert_type(case((late, User.meta), else_=User.draft), Expr[Meta | None])
assert_type(case((late, User.meta), else_=None), Expr[Meta | None])
assert_type(case((late, Issue.took), else_=Issue.pause), Expr[dt.timedelta | None])
assert_type(case((late, case((Issue.urgent, "a"), else_="b")), else_="c"), Expr[str])
assert_type(Issue.closed_at.between(Issue.opened_at, Issue.opened_at + dt.timedelta(days=1)), Expr[bool])
assert_type(Issue.hours.between(Issue.spent, 5), Expr[bool])
assert_type(Issue.spent.between(1, 5), Expr[bool])
assert_type(Issue.title.between("a", Issue.nick), Expr[bool])
assert_type(Issue.score.between(0, 1), Expr[bool])
assert_type(Issue.rate.between(0, 10), Expr[bool])
assert_type(Issue.closed_at.is_distinct_from(Issue.opened_at), Expr[bool])
assert_type(Issue.parent_id.is_distinct_from(Issue.id), Expr[bool])
assert_type(Issue.state.is_distinct_from(Status.OPEN), Expr[bool])
assert_type(Issue.tags.is_distinct_from([]), Expr[bool])
assert_type(Issue.kind.is_distinct_from("bug"), Expr[bool])
assert_type(100 % Issue.effort, Expr[int])
assert_type(-7 % Issue.hours, Expr[int])
assert_type(Issue.hours % 7, Expr[int])
assert_type(Issue.hours % Issue.spent, Expr[int | None])
assert_type(fn.extract("epoch", fn.now() - Issue.opened_at) / 3600, Expr[Decimal])
assert_type(fn.extract("hour", Issue.starts), Expr[Decimal | None])
assert_type(fn.extract("year", fn.now()), Expr[Decimal])
assert_type(fn.extract("epoch", fn.sum(Issue.took)), Expr[Decimal | None])
assert_type(fn.date_trunc("week", Issue.due), Expr[dt.datetime | None])
assert_type(fn.string_agg(Issue.email, ";", order_by=[Issue.email]), Expr[str | None])
assert_type(fn.string_agg(Issue.nick, Issue.title), Expr[str | None])
assert_type(fn.concat(Issue.kind, "-", Issue.nick), Expr[str])
assert_type(Issue.kind + "!", Expr[str])
assert_type(Issue.email + Issue.kind, Expr[str])
assert_type(fn.length(Issue.was), Expr[int | None])
assert_type(fn.avg(Issue.severity), Expr[Decimal | None])
assert_type(fn.round(Issue.rate), Expr[Decimal])
assert_type(fn.round(Issue.rate, Issue.hours), Expr[Decimal])
assert_type(fn.ceil(Issue.discount), Expr[Decimal | None])
assert_type(
    fn.rank().over(partition_by=[Issue.kind, Issue.state], order_by=[Issue.hours.desc(nulls="last"), Issue.id]),
    Expr[int],
)
assert_type(fn.sum(Issue.hours).filter(Issue.urgent).over(order_by=Issue.id), Expr[int | None])
assert_type(fn.max(Issue.kind), Expr[Literal["bug", "idea"] | None])
assert_type(fn.array_agg(Issue.due.cast(pg.text), order_by=[Issue.due, Issue.id]), Expr[list[str | None] | None])
assert_type(fn.replace(Issue.nick, "a", "b"), Expr[str | None])
assert_type(select(fn.coalesce(Issue.nick, "x")).union(select(Issue.title)), Select[str])
assert_type(case((late, IssueId(1)), else_=IssueId(2)), Expr[IssueId])
assert_type(case((late, [1]), else_=[2]), Expr[list[int]])
assert_type(case((late, UserId(UUID(int=1))), else_=User.id), Expr[UserId])
assert_type(case((late, User.id), (late, UserId(UUID(int=1))), else_=UserId(UUID(int=1))), Expr[UserId])
assert_type(case((late, b"x"), else_=b"y"), Expr[bytes])
assert_type(case((late, dt.date(2024, 1, 1)), else_=dt.date(2024, 1, 1)), Expr[dt.date])
assert_type(case((late, dt.timedelta(1)), else_=None), Expr[dt.timedelta | None])
assert_type(case((late, Decimal(1)), else_=0), Expr[Decimal])
assert_type(case((late, Status.OPEN), else_=None), Expr[Status | None])
assert_type(case((late, Issue.urgent), else_=False), Expr[bool])
assert_type(case((late, Issue.seen), else_=False), Expr[bool | None])
assert_type(case((late, Issue.urgent), (late, True), else_=None), Expr[bool | None])
assert_type(case((late, True), else_=Issue.urgent), Expr[bool])
assert_type(fn.coalesce(Issue.spent, Issue.hours, Issue.rate), Expr[Decimal])
assert_type(fn.coalesce(Issue.seen, Issue.urgent), Expr[bool])
assert_type(fn.coalesce(Issue.feared, Issue.hours), Expr[int])
assert_type(fn.greatest(Issue.hours, Issue.spent, Issue.rate), Expr[Decimal])
assert_type(fn.greatest(Issue.discount, 0), Expr[Decimal])

# Inserts.
NewUser = new(User)
NewTask = new(Task)
ada = NewUser(text="t", display_name="Ada", meta=Meta("web", 1.0, []), embedding=[0.0, 1.0, 2.0])
assert_type(ada, New[User])
grace = NewUser(
    id=UserId(UUID(int=7)),
    created_at=moment,
    text="t",
    display_name="Grace",
    nickname=None,
    manager_id=me,
    active=None,
    meta=Meta("web", 1.0, []),
    draft=Meta("web", 2.0, ["x"]),
    tags=["a"],
    embedding=[0.0, 1.0, 2.0],
)
assert_type(grace, New[User])
assert_type(insert(grace).returning(User.draft), Returning[Meta | None])
assert_type(NewTask(id=a_task, user_id=me, quantity=2, reviewer_id=None, due=moment.date()), New[Task])
assert_type(insert(ada), Insert[User])
assert_type(insert(new(Log)(note="n"), new(Log)(note="m", seq=7)), Insert[Log])
assert_type(insert(ada).returning(), Returning[User])
assert_type(insert(User), InsertInto[User])
assert_type(insert(User).on_conflict(User.id, nothing=True), InsertInto[User])
assert_type(insert(User).overriding_system_value(), InsertInto[User])
assert_type(insert(Log, Log.note.to(fn.lower("N"))), Insert[Log])
assert_type(insert(Log, Log.note.to("n"), Log.seq.to(value(1) + 1)).returning(Log.note), Returning[str])
assert_type(insert(Log).values([Log.note.to(fn.lower("N"))], new(Log)(note="m")), Insert[Log])
assert_type(insert(Log).values((Log.note.to(fn.upper("n")),)).returning(), Returning[Log])
assert_type(insert(Log).returning(Log.id, Log.seq).values([Log.note.to("n")]), Returning[tuple[LogId, int]])
assert_type(insert(new(Log)(note="n")).set(Log.seq.to(value(2) * 2)), Insert[Log])
assert_type(insert(new(Log)(note="n")).set(Log.note.to(fn.upper("n"))).returning(Log.note), Returning[str])
assert_type(insert(Log, Log.note.to("n")).on_conflict(nothing=True).set(Log.seq.to(3)), Insert[Log])
assert_type(
    insert(Log).overriding_system_value().values([Log.id.to(LogId(900)), Log.note.to("n")]).returning(Log.id),
    Returning[LogId],
)
assert_type(insert(User).returning(), InsertIntoReturning[User, User])
assert_type(insert(User).returning(User.id), InsertIntoReturning[User, UserId])
assert_type(insert(User).returning(User.id, User.nickname), InsertIntoReturning[User, tuple[UserId, str | None]])
assert_type(insert(User).returning(User.id, User.nickname).map(Named), InsertIntoReturning[User, Named])
assert_type(insert(User).values(ada), Insert[User])
assert_type(insert(User).returning(User.id).values(ada), Returning[UserId])
assert_type(insert(ada).returning(User.id, User.nickname).map(Named), Returning[Named])
assert_type(insert(ada).returning(User.display_name + "!"), Returning[str])
assert_type(
    insert(ada)
    .on_conflict(User.id, update=[User.display_name.to(excluded(User.display_name))])
    .returning(User.id, User.nickname),
    Returning[tuple[UserId, str | None]],
)
assert_type(insert(ada).on_conflict(nothing=True), Insert[User])
by_expression: Insert[User] = insert(ada).on_conflict(User.id, fn.lower(User.display_name), nothing=True)
assert_type(insert(ada).on_conflict(constraint="general_users_pkey", nothing=True).returning(User), Returning[User])
assert_type(excluded(User.nickname), Expr[str | None])
assert_type(insert_from(Log, select(User.display_name), Log.note), Insert[Log])
assert_type(
    insert_from(
        Log, select(User.display_name, Task.quantity).join(Task, on=Task.user_id == User.id), Log.note, Log.seq
    ),
    Insert[Log],
)

# Updates and deletes.
assert_type(update(User).set(User.nickname.to(None)).where(User.display_name == "x").returning(), Returning[User])
assert_type(update(User).set(User.display_name.to(User.text), User.active.to(None)).all_rows(), Update[User])
assert_type(
    update(Task).set(Task.quantity.to(Task.quantity + 1)).from_(User).where(Task.user_id == User.id).returning(Task.id),
    Returning[TaskId],
)
PatchUser = patch(User)
assert_type(PatchUser(nickname=None), Patch[User])
assert_type(update(User).patch(PatchUser(display_name="B")).where(User.id == me), Update[User])
assert_type(update(Member).set(Member.level.to(2)).all_rows(), Update[Member])
assert_type(delete(Log).where(Log.note == "x"), Delete[Log])
assert_type(delete(Log).using(User).where(Log.note == User.display_name).returning(Log.id), Returning[LogId])
moved = cte(delete(Log).all_rows().returning(), name="moved")
assert_type(moved.note, Column[str])


# A query is a function.
@prepare
def named(ids: list[UserId], nickname: str | None = None, limit: int = 10) -> Select[tuple[UserId, str]]:
    query = select(User.id, User.display_name).where(User.id.in_(ids)).limit(limit)
    return query if nickname is None else query.where(User.nickname == nickname)


@prepare
def rename(id: UserId, name: str, *, nickname: str | None = None) -> Update[User]:
    return update(User).set(User.display_name.to(name), User.nickname.to(nickname)).where(User.id == id)


@prepare
def log(note: str) -> Returning[LogId]:
    return insert(new(Log)(note=note)).returning(Log.id)


@prepare
def forget(notes: list[str], after: dt.datetime) -> Delete[Log]:
    return delete(Log).where(Log.note.in_(notes), after < fn.now())


@prepare
def everybody() -> Select[User]:
    return select(User)


class Filter(msgspec.Struct, frozen=True):
    nickname: str | None = None
    sort: Literal["old", "new"] = "old"


@prepare
def listed(filter: Filter, sort: Literal["old", "new"] = "old", few: Literal[True, False] = False) -> Select[User]:
    return select(User).limit(fixed(1)) if sort == "new" and few else select(User)


assert_type(named([me]), Rows[tuple[UserId, str]])
assert_type(named([me], limit=3), Rows[tuple[UserId, str]])
assert_type(named(ids=[], nickname="x"), Rows[tuple[UserId, str]])
assert_type(rename(me, "x"), Command)
assert_type(rename(me, name="x", nickname="y"), Command)
assert_type(log("n"), Rows[LogId])
assert_type(forget(["n"], moment), Command)
assert_type(everybody(), Rows[User])
assert_type(listed(Filter(), "new", few=True), Rows[User])
assert_type(fixed(me), UserId)
assert_type(compile(select(User)), Compiled)


# Outcomes: exact in a match, exhaustive, and a Result where a Result is wanted. A Tx is a Db.
def outcome(db: Db) -> list[User]:
    match db.all(select(User)):
        case Success(users):
            assert_type(users, list[User])
            return users
        case Failure(error):
            assert_type(error, DbError)
            return []


def as_result(db: Db) -> Result[list[User], DbError]:
    return db.all(select(User))


def composed(db: Db) -> None:
    """What the methods give is as exact as what they are of."""
    count = db.scalar(select(fn.count()).from_(User))
    assert_type(count.map(str), Outcome[str])
    assert_type(count.map(lambda number: number / 2).value_or(None), float | None)
    assert_type(count.bind(lambda number: db.all(select(User.id).limit(number))), Outcome[list[UserId]])
    assert_type(count.alt(str), Success[int] | Failure[str, int])
    assert_type(count.lash(lambda error: db.scalar(sql("SELECT 1").rows(int))), Outcome[int])
    assert_type(count.swap(), Success[DbError] | Failure[int, Never])
    assert_type(count.value_or(0), int)
    assert_type(count.unwrap(), int)
    assert_type(unwrap(count), int)
    assert_type(Success(1).unwrap(), int)
    ignore(count)


def kinds(db: Db) -> str:
    match db.execute(insert(ada)):
        case Success(count):
            assert_type(count, int)
            return str(count)
        case Failure(UniqueViolation() as error):
            assert_type(error, UniqueViolation)
            return str(error)
        case Failure(InvalidSql()):
            return "invalid"
        case Failure(other):
            assert_type(other, DbError)
            return str(other)


class Plain(msgspec.Struct):
    x: int


def running(db: Db, tx: Tx) -> None:
    assert_type(db.one(named([me])), Outcome[tuple[UserId, str]])
    assert_type(db.first(select(User).limit(1)), Outcome[User | None])
    assert_type(db.scalar(select(fn.count()).from_(User)), Outcome[int])
    assert_type(db.execute(insert(ada)), Outcome[int])
    assert_type(db.all(insert(ada).returning(User.id)), Outcome[list[UserId]])
    assert_type(db.all(sql("SELECT {a}::bigint", a=1).rows(int)), Outcome[list[int]])
    assert_type(db.all(sql("SELECT user_id, quantity::bigint FROM {t}", t=Task).rows(Totals)), Outcome[list[Totals]])
    assert_type(db.all(sql("SELECT 1, 'a'").rows(tuple[int, str])), Outcome[list[tuple[int, str]]])
    assert_type(db.all(sql("SELECT 1 AS x").rows(Plain)), Outcome[list[Plain]])
    assert_type(db.execute(sql("SET LOCAL work_mem = '4MB'").command()), Outcome[int])
    assert_type(db.insert_many(new(Log)(note=str(n)) for n in range(3)), Outcome[int])
    assert_type(db.insert_many([ada], insert(User).returning(User.id)), Outcome[list[UserId]])
    assert_type(db.first(crud(User, User.id).by_id(me)), Outcome[User | None])
    assert_type(db.all(crud(User, User.id).list(after=me)), Outcome[list[User]])
    assert_type(db.first(crud(User, User.id, key=unique(User.id)).by_id(me)), Outcome[User | None])
    assert_type(db.all(crud(Task, Task.user_id, Task.id).list(after=(me, TaskId(me)), limit=1)), Outcome[list[Task]])
    assert_type(db.insert_many([ada], insert(User).on_conflict(nothing=True)), Outcome[int])
    assert_type(db.raising.insert_many([ada], insert(User).on_conflict(nothing=True).returning()), list[User])
    assert_type(db.transact(lambda inner: inner.all(select(User))), Outcome[list[User]])
    assert_type(db.raising.all(select(User.id)), list[UserId])
    assert_type(db.raising.first(select(User).limit(1)), User | None)
    assert_type(db.raising.transact(lambda inner: inner.all(select(User))), list[User])
    assert_type(outcome(tx), list[User])
    assert_type(as_result(tx), Result[list[User], DbError])
    assert_type(kinds(tx), str)
    with db.transaction() as inner:
        assert_type(inner, Tx)
    with db.stream(select(User.id)) as ids:
        assert_type(list(ids), list[UserId])


async def running_async(db: AsyncDb) -> None:
    assert_type(await db.all(select(User.id)), Outcome[list[UserId]])
    match await db.one(named([me])):
        case Success((id, name)):
            assert_type(id, UserId)
            assert_type(name, str)
        case Failure(error):
            assert_type(error, DbError)
