"""What is known of two storages beside each other: who answers, who is served, what is queued. See inferred.py."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import Literal, NewType, TypeAlias, assert_type

import msgspec

from qb import AsyncDb, AsyncTx, Db, DbError, Failure, Outcome, Rows, Select, Success, Tx, fn, select
from qb.moving import (
    AnswerDifference,
    AsyncShadow,
    Backlog,
    Delivery,
    Mirror,
    QueuedWrite,
    Rollout,
    RunReport,
    RunTotals,
    Shadow,
    WriteLine,
    WriteNumber,
    answer_differences,
    compare_runs,
    compare_runs_async,
    deliver,
    deliver_async,
    mirror,
    once,
    once_async,
    route,
    run_totals,
)
from tests.typing.common import Log, LogId

OrganizationId = NewType("OrganizationId", int)


class Made(msgspec.Struct, frozen=True, tag=True):
    log: LogId


class Gone(msgspec.Struct, frozen=True, tag=True):
    log: LogId


Write: TypeAlias = Made | Gone


def notes(organization: OrganizationId, limit: int = 3) -> Outcome[list[str]]:
    return Success([f"{organization}"] * limit)


def notes_of_before(organization: OrganizationId, limit: int = 3) -> list[str]:
    return [f"{organization}"] * limit


async def notes_later(organization: OrganizationId) -> Outcome[list[str]]:
    return Success([f"{organization}"])


def made(organization: OrganizationId) -> Made:
    return Made(LogId(organization))


def gone(organization: OrganizationId) -> Gone:
    return Gone(LogId(organization))


def perhaps(organization: OrganizationId) -> Made | None:
    return Made(LogId(organization))


def ids(organization: OrganizationId) -> list[LogId]:
    return [LogId(organization)]


def names(organization: OrganizationId) -> list[str]:
    return [f"{organization}"]


def found(organization: OrganizationId) -> Outcome[list[str]]:
    return Success([f"{organization}"])


def refused(organization: OrganizationId) -> Success[list[str]] | Failure[str, list[str]]:
    return Failure(f"{organization}")


def two(organization: OrganizationId) -> tuple[LogId, str]:
    return LogId(organization), ""


def two_bytes(organization: OrganizationId) -> tuple[LogId, bytes]:
    return LogId(organization), b""


def three(organization: OrganizationId) -> tuple[LogId, str, float]:
    return LogId(organization), "", 0.5


async def made_later(organization: OrganizationId) -> Made:
    return Made(LogId(organization))


async def gone_later(organization: OrganizationId) -> Gone:
    return Gone(LogId(organization))


def same_log(one: Made, other: Gone) -> tuple[AnswerDifference, ...]:
    return answer_differences(one.log, other.log)


def in_any_order(one: Outcome[list[str]], other: list[str]) -> tuple[AnswerDifference, ...]:
    return answer_differences(sorted(one.value_or([])), sorted(other))


def of_two(shadow: Shadow, reports: list[RunReport]) -> None:
    both = compare_runs(notes, notes_of_before, shadow=shadow, sink=reports.append, compare=in_any_order)
    assert_type(both(OrganizationId(1)), Outcome[list[str]])
    assert_type(both(OrganizationId(1), limit=2), Outcome[list[str]])
    other_way = compare_runs(notes_of_before, notes, shadow=shadow, sink=reports.append, sample=0.5, values=True)
    assert_type(other_way(OrganizationId(1), 2), list[str])
    some = compare_runs(notes, notes, shadow=shadow, sink=print, sample=lambda organization, limit=3: limit > 2)
    assert_type(some(OrganizationId(1)), Outcome[list[str]])
    assert_type(run_totals(reports), dict[str, RunTotals])
    for report in reports:
        assert_type(report.differences, tuple[AnswerDifference, ...])
        assert_type(report.candidate.ended, Literal["answered", "failed", "raised", "timed out", "cancelled"])


async def of_two_later(shadow: AsyncShadow, reports: list[RunReport]) -> None:
    both = compare_runs_async(notes_later, notes_later, shadow=shadow, sink=reports.append)
    assert_type(await both(OrganizationId(1)), Outcome[list[str]])


def of_one(flag: Rollout[OrganizationId]) -> None:
    routed = route(lambda organization, limit=3: flag.takes(organization), notes, notes)
    assert_type(routed(OrganizationId(1), limit=2), Outcome[list[str]])
    assert_type(flag.always, frozenset[OrganizationId])
    assert_type(Rollout("any", percentage=5).takes(7), bool)


def of_two_types(flag: Rollout[OrganizationId], shadow: Shadow, reports: list[RunReport]) -> None:
    """Never what two classes, two Results or two tuples have in common: both, as they are."""
    one = OrganizationId(1)

    def takes(organization: OrganizationId) -> bool:
        return flag.takes(organization)

    assert_type(route(takes, made, gone)(one), Made | Gone)
    assert_type(route(takes, made, made)(one), Made)
    assert_type(route(lambda organization: flag.takes(organization), made, gone)(one), Made | Gone)
    assert_type(route(takes, ids, names)(one), list[LogId] | list[str])
    assert_type(route(takes, two, three)(one), tuple[LogId, str] | tuple[LogId, str, float])
    assert_type(route(takes, two, two_bytes)(one), tuple[LogId, str] | tuple[LogId, bytes])
    assert_type(route(takes, names, found)(one), list[str] | Outcome[list[str]])
    assert_type(route(takes, found, refused)(one), Outcome[list[str]] | Success[list[str]] | Failure[str, list[str]])
    assert_type(route(takes, made, perhaps)(one), Made | None)
    for each in (route(takes, made, gone)(one),):
        assert_type(each.log, LogId)

    assert_type(compare_runs(made, gone, shadow=shadow, sink=reports.append)(one), Made)
    assert_type(compare_runs(two, three, shadow=shadow, sink=reports.append)(one), tuple[LogId, str])
    assert_type(compare_runs(found, names, shadow=shadow, sink=reports.append)(one), Outcome[list[str]])
    assert_type(compare_runs(perhaps, made, shadow=shadow, sink=reports.append)(one), Made | None)
    judged = compare_runs(made, gone, shadow=shadow, sink=reports.append, compare=same_log)
    assert_type(judged(one), Made)
    anything = compare_runs(made, gone, shadow=shadow, sink=reports.append, compare=answer_differences)
    assert_type(anything(one), Made)


async def of_two_types_later(flag: Rollout[OrganizationId], shadow: AsyncShadow) -> None:
    def takes(organization: OrganizationId) -> bool:
        return flag.takes(organization)

    assert_type(await route(takes, made_later, gone_later)(OrganizationId(1)), Made | Gone)
    both = compare_runs_async(made_later, gone_later, shadow=shadow, sink=print)
    assert_type(await both(OrganizationId(1)), Made)


async def of_one_later(flag: Rollout[OrganizationId]) -> None:
    routed = route(lambda organization: flag.takes(organization), notes_later, notes_later)
    assert_type(await routed(OrganizationId(1)), Outcome[list[str]])


def of_a_mirror(db: Db, other: Db, old: Mirror[Write]) -> None:
    assert_type(mirror("old", Write), Mirror[Made | Gone])
    assert_type(mirror("old", Made), Mirror[Made])
    assert_type(old.queue(Made(LogId(1)), line="logs"), Rows[WriteNumber])
    assert_type(old.waiting(), Rows[QueuedWrite[Made | Gone]])
    assert_type(db.one(old.backlog()), Outcome[Backlog])

    def apply(queued: QueuedWrite[Write]) -> Success[int | None] | Failure[DbError | str, int | None]:
        assert_type(queued.write, Made | Gone)
        assert_type(queued.line, WriteLine)
        count: Select[int] = select(fn.count()).from_(Log).where(Log.id == queued.write.log)

        def work(tx: Tx) -> Success[int] | Failure[DbError | str, int]:
            return tx.scalar(count)

        assert_type(once(other, queued, work), Success[int | None] | Failure[str | DbError, int | None])
        return once(other, queued, work)

    assert_type(deliver(db, old, apply, most=3), Outcome[Delivery])


async def of_a_mirror_later(db: AsyncDb, other: AsyncDb, old: Mirror[Write]) -> None:
    async def apply(queued: QueuedWrite[Write]) -> Outcome[int | None]:
        async def work(tx: AsyncTx) -> Outcome[int]:
            return await tx.scalar(select(fn.count()).from_(Log).where(Log.id == queued.write.log))

        return await once_async(other, queued, work)

    assert_type(await deliver_async(db, old, apply), Outcome[Delivery])
