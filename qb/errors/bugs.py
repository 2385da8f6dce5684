"""Bugs: what qb raises, where the mistake is."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from qb.errors.family import DbError


class QbError(Exception):
    """What qb raises: something in the program has to change.

    >>> try:
    ...     select(User).where(User.nickname == None)
    ... except QbError as error:
    ...     print(error)
    users.nickname is compared with None, which is never true in SQL: write .is_null(), or ...
    """


@final
class DefinitionError(QbError):
    """A description that cannot work: of a table, a column, an index, a database's address.

    >>> class Wrong(Table, name="wrong"):
    ...     id: Col[str] = column(pg.uuid)
    Traceback (most recent call last):
    ...
    qb.errors.DefinitionError: wrong.id: uuid holds UUID, the annotation says str: change the annotation or the type
    """


@final
class QueryError(QbError):
    """A query that can never work, found where it is built.

    >>> db.execute(delete(User))
    Traceback (most recent call last):
    ...
    qb.errors.QueryError: delete(users) has no where and would touch every row: add ...
    """


@final
class ClosedError(QbError):
    """A transaction used after its block, or a database after `close`.

    >>> with db.transaction() as tx:
    ...     pass
    >>> tx.ping()
    Traceback (most recent call last):
    ...
    qb.errors.ClosedError: the transaction is over: its block has ended
    """


@final
class TransactionAborted(QbError):
    """Raised on leaving `with db.transaction()` after a `Failure` that nobody handled: nothing was committed.

    PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK and no error: silence would look like success.
    `cause` is the first failure of the block. https://www.postgresql.org/docs/current/sql-commit.html

    >>> try:
    ...     with db.transaction() as tx:
    ...         failed = tx.execute(insert(new(User)(name="Ada")))
    ... except TransactionAborted as aborted:
    ...     print(type(aborted.cause).__name__)
    UniqueViolation
    """

    def __init__(self, cause: DbError) -> None:
        told = (
            "has no end of its own"
            if cause.sqlstate == "25P01"
            else "was rolled back, because a statement in it failed"
        )
        super().__init__(f"the transaction {told}: {cause}")
        self.cause = cause

    def __reduce__(self) -> tuple[type[TransactionAborted], tuple[DbError]]:
        return type(self), (self.cause,)
