"""Brands of plain values, where several values become one. `inferred.py` says how this is run."""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from typing import assert_type
from uuid import UUID

from qb import Expr, case, fn
from tests.typing.common import Account, Cents, Issue, IssueId, Severity, Status, Task, User, UserId

late = Issue.hours > 1
me = UserId(UUID(int=1))
assert_type(case((late, IssueId(1)), else_=IssueId(2)), Expr[IssueId])
assert_type(case((late, IssueId(1)), else_=None), Expr[IssueId | None])
assert_type(case((late, IssueId(1)), else_=2), Expr[int])
assert_type(case((late, 1), else_=IssueId(2)), Expr[int])
assert_type(case((late, me), else_=me), Expr[UserId])
assert_type(case((late, me), (Issue.urgent, User.id), else_=me), Expr[UserId])
assert_type(case((late, me), (Issue.urgent, User.manager_id), else_=me), Expr[UserId | None])
assert_type(case((late, me), (Issue.urgent, User.manager_id), else_=None), Expr[UserId | None])
assert_type(case((late, dt.date(2024, 1, 1)), else_=None), Expr[dt.date | None])
assert_type(case((late, "a"), (Issue.urgent, None), else_="b"), Expr[str | None])
assert_type(case((late, Severity.LOW), else_=Severity.HIGH), Expr[Severity])
assert_type(case((late, Severity.LOW), else_=5), Expr[int])
assert_type(case((late, Status.OPEN), else_=None), Expr[Status | None])
assert_type(case((late, Issue.id), else_=5), Expr[int])
assert_type(case((late, Account.paid), else_=Cents(5)), Expr[Cents])
assert_type(case((late, Issue.hours), else_=Cents(5)), Expr[int])
assert_type(fn.coalesce(Account.owed, 5), Expr[int])
assert_type(fn.coalesce(Issue.spent, Cents(5)), Expr[int])
assert_type(fn.nullif(Account.paid, Cents(5)), Expr[Cents | None])
assert_type(fn.nullif(Account.paid, 5), Expr[Cents | None])
assert_type(fn.nullif(Task.user_id, me), Expr[UserId | None])
assert_type(fn.greatest(Account.paid, 5), Expr[int])
assert_type(fn.greatest(Account.owed, Cents(5)), Expr[Cents])
