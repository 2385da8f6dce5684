"""Mistakes with two storages: every line marked `# error` must be refused, and no other.

See refused.py.
"""
# fmt: off

from __future__ import annotations

from typing import NewType
from uuid import UUID

import msgspec

from qb import Db, Failure, Outcome, Success, Tx
from qb.moving import (
    AnswerDifference, AsyncShadow, Mirror, QueuedWrite, Rollout, RunReport, Shadow, compare_runs, compare_runs_async, deliver, mirror, once,
    route,
)
from tests.typing.common import LogId, UserId

OrganizationId = NewType("OrganizationId", int)


class Made(msgspec.Struct, frozen=True, tag=True):
    log: LogId


class Gone(msgspec.Struct, frozen=True, tag=True):
    log: LogId


class Other(msgspec.Struct, frozen=True, tag=True):
    log: LogId


def notes(organization: OrganizationId) -> list[str]: return []
def notes_of_a_user(user: UserId) -> list[str]: return []
def count(organization: OrganizationId) -> int: return 0
def pair_of(organization: OrganizationId) -> tuple[int, str]: return 0, ""
def one_of(organization: OrganizationId) -> Outcome[int]: return Success(0)
def backwards(one: int, other: list[str]) -> tuple[AnswerDifference, ...]: return ()
async def later(organization: OrganizationId) -> list[str]: return []
async def asked(organization: OrganizationId) -> bool: return True


def of_two(shadow: Shadow, tasks: AsyncShadow, reports: list[RunReport]) -> None:
    pair = compare_runs(notes, notes, shadow=shadow, sink=reports.append)
    pair(OrganizationId(1))
    pair(1)                                                                             # error: no brand
    pair()                                                                              # error: of which?
    pair(OrganizationId(1)).nothing                                                     # error: a list
    compare_runs(notes, notes_of_a_user, shadow=shadow, sink=print)(OrganizationId(1))  # error: another key
    compare_runs(notes, notes, shadow=tasks, sink=reports.append)                       # error: of tasks
    compare_runs(notes, notes, shadow=shadow, sink=reports)                             # error: no function
    compare_runs(notes, notes, shadow=shadow)                                           # error: told to nobody
    compare_runs(notes, notes, shadow=shadow, sink=print, sample="half")                # error: no share
    compare_runs(notes, notes, shadow=shadow, sink=print, compare=count)                # error: of one answer
    compare_runs_async(notes, later, shadow=tasks, sink=print)                          # error: no coroutine
    compare_runs_async(later, later, shadow=shadow, sink=print)                         # error: of threads


def of_one(flag: Rollout[OrganizationId]) -> None:
    route(lambda organization: flag.takes(organization), notes, count)(7)               # error: no brand
    route(notes_of_a_user, notes, notes)                                                # error: no flag
    flag.takes(1)                                                                       # error: no brand
    flag.takes(UserId(UUID(int=1)))                                                     # error: another key
    flag.percentage = 50                                                                # error: it is frozen
    Rollout("tickets", percentage="half")                                               # error: no number
    Rollout[OrganizationId]("tickets", always=frozenset({1}))                           # error: no brand


def of_two_types(flag: Rollout[OrganizationId], shadow: Shadow) -> None:
    one = OrganizationId(1)
    def takes(organization: OrganizationId) -> bool: return flag.takes(organization)
    route(takes, notes, count)(one).append("x")                                         # error: or a number
    route(takes, pair_of, count)(one)[0]                                                # error: or a number
    route(takes, notes, one_of)(one).unwrap()                                           # error: or a list
    route(takes, pair_of, notes)(one) + (1,)                                            # error: or a list
    len(route(takes, notes, later)(one))                                                # error: or a coroutine
    route(count, notes, notes)                                                          # error: a number is no flag
    route(asked, notes, notes)                                                          # error: nor a coroutine
    compare_runs(notes, count, shadow=shadow, sink=print, compare=backwards)            # error: the other way round
    compare_runs(notes, count, shadow=shadow, sink=print)(one) + 1                      # error: the primary's


def of_a_mirror(db: Db, tx: Tx, old: Mirror[Made | Gone]) -> None:
    tx.one(old.queue(Made(LogId(1))))
    old.queue(Other(LogId(1)))                                                          # error: none of its writes
    old.queue(Made(UserId(UUID(int=1))))                                                # error: another table's key
    old.queue(Made(LogId(1)), line=7)                                                   # error: no text
    old.give_up(7)                                                                      # error: no brand
    mirror(Made, "old")                                                                 # error: the other way round
    db.execute(old.backlog())                                                           # error: it returns rows

    def apply(queued: QueuedWrite[Made | Gone]) -> Outcome[None]: return Success(None)
    def other(queued: QueuedWrite[Made]) -> Outcome[None]: return Success(None)
    def silent(queued: QueuedWrite[Made | Gone]) -> None: ...
    def work(tx: Tx) -> Success[int] | Failure[str, int]: return Failure("no")
    deliver(db, old, apply)
    deliver(db, old, other)                                                             # error: there are more writes
    deliver(db, old, silent)                                                            # error: it does not say
    deliver(old, db, apply)                                                             # error: the other way round

    def once_there(queued: QueuedWrite[Made | Gone]) -> Outcome[int | None]:
        return once(db, queued, work)                                                   # error: of two kinds of error
    deliver(db, old, once_there)
