"""Two brands do not become one value: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

import datetime as dt
from uuid import UUID

from qb import case, fn, select
from tests.typing.common import Account, Cents, Issue, IssueId, Log, LogId, Task, TaskId, User, UserId

late = Issue.hours > 1
me, task, now = UserId(UUID(int=1)), TaskId(UUID(int=2)), dt.datetime.now(dt.UTC)

case((late, IssueId(1)), else_=LogId(2))                                                # error: ids of two tables
case((late, IssueId(1)), (late, None), else_=LogId(2))                                  # error: ids of two tables
case((late, me), else_=task)                                                            # error: ids of two tables
case((late, me), (late, User.id), else_=task)                                           # error: ids of two tables
case((late, User.id), else_=task)                                                       # error: ids of two tables
case((late, me), else_=Task.id)                                                         # error: ids of two tables
case((late, Issue.id), else_=LogId(2))                                                  # error: ids of two tables
case((late, LogId(2)), else_=Issue.id)                                                  # error: ids of two tables
case((late, Issue.parent_id), else_=LogId(2))                                           # error: ids of two tables
case((late, dt.date(2024, 1, 1)), else_=now)                                            # error: a day and a moment
fn.nullif(Issue.id, LogId(2))                                                           # error: ids of two tables
fn.nullif(Issue.parent_id, Cents(1))                                                    # error: another brand
fn.nullif(Task.user_id, task)                                                           # error: ids of two tables
fn.coalesce(Issue.parent_id, LogId(2))                                                  # error: ids of two tables
fn.coalesce(Issue.parent_id, Issue.parent_id, LogId(2))                                 # error: ids of two tables
fn.coalesce(User.manager_id, task)                                                      # error: ids of two tables
fn.greatest(Account.paid, LogId(2))                                                     # error: another brand
fn.least(Account.owed, LogId(2))                                                        # error: another brand
select(Issue).where(Issue.id.between(LogId(1), LogId(2)))                               # error: ids of two tables
select(Issue).where(Issue.id.in_([LogId(1)]))                                           # error: ids of two tables
select(Issue).where(Issue.id.is_distinct_from(LogId(1)))                                # error: ids of two tables
select(Log).where(Log.id == IssueId(1))                                                 # error: ids of two tables
