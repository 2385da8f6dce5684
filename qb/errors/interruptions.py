"""What stopped a statement that was right: other transactions, limits on time, somebody."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, Final, Literal, final

from qb.errors.family import DbError, Report, member

_CANCELLED: Final = {
    "canceling statement due to statement timeout": True,
    "canceling statement due to user request": False,
}


@final
@member
class SerializationFailure(DbError):
    """Another transaction got in between: run this one again. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html

    >>> retryable(SerializationFailure())
    True
    """

    sqlstate: str | None = field(default="40001", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("40001",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls()

    def _text(self) -> str:
        return "another transaction changed what this one relies on; running it again may succeed"


@final
@member
class DeadlockDetected(DbError):
    """This transaction and another one waited for each other: run this one again.

    >>> retryable(DeadlockDetected())
    True
    """

    sqlstate: str | None = field(default="40P01", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("40P01",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        return cls()

    def _text(self) -> str:
        return "this transaction and another one waited for each other; running it again may succeed"


@final
@member
class StaleStatement(DbError):
    """A statement that was prepared on the connection no longer fits, so the server did not run it.

    A table or type was changed since, or a pooler gave the transaction another session. The transaction is undone, and
    `transact` runs its function again. Outside a transaction qb runs the statement again by itself.
    https://www.postgresql.org/docs/current/sql-prepare.html

    >>> print(StaleStatement("a table it reads has changed", sqlstate="0A000"))
    the prepared statement was not run: a table it reads has changed. Run the transaction again, as transact does
    """

    reason: str

    def _text(self) -> str:
        return f"the prepared statement was not run: {self.reason}. Run the transaction again, as transact does"


@final
@member
class Timeout(DbError):
    """A limit on time was reached: of a statement, of waiting for a lock (also NOWAIT), or of a transaction.

    >>> db.options(statement_timeout=0.01).execute(sql("SELECT pg_sleep(1)").command())
    <Failure: the statement took longer than statement_timeout allows>
    """

    kind: Literal["statement", "lock", "transaction"]

    states: ClassVar[tuple[str, ...]] = ("55P03", "25P03", "25P04")  # the last one since PostgreSQL 17

    @classmethod
    def reported(cls, report: Report) -> DbError:
        # lock_timeout and NOWAIT; idle_in_transaction_session_timeout and transaction_timeout
        return cls("lock" if report.sqlstate == "55P03" else "transaction", sqlstate=report.sqlstate)

    def _text(self) -> str:
        return {
            "statement": "the statement took longer than statement_timeout allows",
            "lock": "a lock was not available within the time allowed",
            "transaction": "the transaction took longer, or was idle for longer, than its timeout allows",
        }[self.kind]


@final
@member
class Cancelled(DbError):
    """Somebody cancelled the statement: this program, or an administrator.

    >>> print(Cancelled())
    the statement was cancelled
    """

    sqlstate: str | None = field(default="57014", kw_only=True)

    states: ClassVar[tuple[str, ...]] = ("57014",)

    @classmethod
    def reported(cls, report: Report) -> DbError:
        # One SQLSTATE, function and file for two things. PostgreSQL's own words tell them apart, untranslated; in
        # another language the clock does: what was cancelled before its limit did not run into it.
        timeout = _CANCELLED.get(report.message, report.overran)
        return Timeout("statement", sqlstate=report.sqlstate) if timeout else cls()

    def _text(self) -> str:
        return "the statement was cancelled"


def retryable(error: DbError) -> bool:
    """Whether running the same transaction again may succeed: a serialization failure, a deadlock, a stale statement.

    >>> retryable(DeadlockDetected()), retryable(UniqueViolation("users_email_key"))
    (True, False)
    """
    return isinstance(error, SerializationFailure | DeadlockDetected | StaleStatement)
