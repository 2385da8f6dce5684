"""What can go wrong: bugs are raised, what the world does is returned.

`QbError` and its subclasses are raised, where the mistake is. `DbError` is a closed family of read-only values that
come back in a `Failure`. They are exceptions as well, so that `.unwrap()` shows them and `raise error` works. Two are
equal when their fields are; they can be hashed, copied, pickled and matched.

No field holds the value of a parameter, the content of a row, or a password: names and numbers of the schema only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, NoReturn, Self, TypeVar, cast, dataclass_transform, final

E = TypeVar("E", bound="DbError")


# ------------------------------------------------------------------------------------------------- bugs, raised


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
        super().__init__(f"the transaction was rolled back, because a statement in it failed: {cause}")
        self.cause = cause

    def __reduce__(self) -> tuple[type[TransactionAborted], tuple[DbError]]:
        return type(self), (self.cause,)


# -------------------------------------------------------------------------------------------- how a DbError is made


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def _member(cls: type[E]) -> type[E]:
    """A dataclass whose fields can be set once. `frozen=True` would also refuse `__traceback__`, which Python sets."""
    return dataclass(eq=False, repr=False)(cls)


def _rebuild(cls: type[DbError], values: dict[str, Any]) -> DbError:
    return cls(**values)


def _quoted(*names: str | None) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names if name)


def _on(table: str | None, schema: str | None) -> str:
    return f" of table {_quoted(schema, table)}" if table else ""


def _kept(committed: bool) -> str:
    return " (what the statement wrote is committed: only a transaction would have rolled it back)" if committed else ""


def _constraint(name: str | None) -> str:
    return f" {_quoted(name)}" if name else ""


_QUOTED_VALUE = re.compile(r"'.*'", re.DOTALL)
_FIELD_OF_DOCUMENT = re.compile(r"(unknown field) `.*`", re.DOTALL)


def _without_values(reason: str) -> str:
    """msgspec and psycopg put values between single quotes, types and the schema's own names between backquotes."""
    return _FIELD_OF_DOCUMENT.sub(r"\1", _QUOTED_VALUE.sub("'…'", reason))


@_member
class DbError(Exception):
    """What the database, the network or the data did. One of the classes of this module, and no other.

    `sqlstate` is PostgreSQL's code, None where no server spoke: https://www.postgresql.org/docs/current/errcodes-appendix.html

    >>> match db.execute(insert(new(User)(name="Ada"))):
    ...     case Success(count):
    ...         print(count)
    ...     case Failure(DbError() as error):
    ...         print(repr(error))
    UniqueViolation(constraint='users_name_key', table='users', schema='public', columns=('name',))
    """

    sqlstate: str | None = field(default=None, kw_only=True)

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:
            raise TypeError(f"DbError is a closed family: {cls.__qualname__} cannot be added to it")

    def __new__(cls, *_args: object, **_fields: object) -> Self:
        if cls is DbError:
            raise TypeError("DbError is abstract: make one of its members, for example ServerError")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        super().__init__(self._text())

    def _text(self) -> str:
        raise NotImplementedError

    def _values(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in _fields(self)}

    def __setattr__(self, name: str, value: object) -> None:
        # Python itself sets __traceback__, __cause__, __context__, __notes__; a field is set once, by the constructor.
        dunder = name.startswith("__") and name.endswith("__")
        if not dunder and (name not in type(self).__dataclass_fields__ or name in vars(self)):
            _refuse(self)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if not (name.startswith("__") and name.endswith("__")):
            _refuse(self)
        super().__delattr__(name)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values().values()))

    def __repr__(self) -> str:
        changed = ((each.name, getattr(self, each.name)) for each in _fields(self) if _changed(self, each))
        shown = ", ".join(f"{name}={value!r}" for name, value in changed)
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Callable[..., DbError], tuple[type[DbError], dict[str, Any]], dict[str, Any]]:
        notes = {"__notes__": self.__notes__} if hasattr(self, "__notes__") else {}
        return _rebuild, (type(self), self._values()), notes


def _fields(error: DbError) -> list[Field[Any]]:
    return sorted(fields(cast(Any, error)), key=lambda each: each.kw_only is True)  # the SQLSTATE last


def _changed(error: DbError, field: Field[Any]) -> bool:
    return bool(getattr(error, field.name) != field.default)


def _refuse(error: DbError) -> NoReturn:
    raise AttributeError(f"{type(error).__name__} is read-only")


# ---------------------------------------------------------------------------------------- what the world does, returned


@final
@_member
class UniqueViolation(DbError):
    """Another row has the same key. `columns` are the key's, as PostgreSQL names them, () where it does not say.

    >>> db.execute(insert(new(User)(name="Ada")))
    <Failure: another row has the same value: unique constraint "users_name_key" of table "public"."users" on ("name")>
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    columns: tuple[str, ...] = ()
    sqlstate: str | None = field(default="23505", kw_only=True)

    def _text(self) -> str:
        key = f" on ({', '.join(_quoted(name) for name in self.columns)})" if self.columns else ""
        return (
            "another row has the same value: unique constraint"
            f"{_constraint(self.constraint)}{_on(self.table, self.schema)}{key}"
        )


@final
@_member
class ForeignKeyViolation(DbError):
    """A row refers to one that is not there, or would after this statement. `table` is the one that refers.

    >>> db.execute(insert(new(Task)(user_id=404, title="x")))
    <Failure: a row refers to one that does not exist, or that is being removed: foreign key "tasks_..." of ...>
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23503", kw_only=True)

    def _text(self) -> str:
        return (
            "a row refers to one that does not exist, or that is being removed: foreign key"
            f"{_constraint(self.constraint)}{_on(self.table, self.schema)}"
        )


@final
@_member
class NotNullViolation(DbError):
    """NULL where the column, or the domain, does not allow it.

    >>> db.execute(sql("UPDATE users SET name = NULL").command())
    <Failure: NULL in column "name" of table "public"."users", which does not allow it>
    """

    column: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23502", kw_only=True)

    def _text(self) -> str:
        return f"NULL in column {_quoted(self.column) or '?'}{_on(self.table, self.schema)}, which does not allow it"


@final
@_member
class CheckViolation(DbError):
    """A row does not satisfy a check, of a table or (then `table` is None) of a domain.

    >>> db.execute(update(Task).set(Task.hours.to(0)).where(Task.id == 1))
    <Failure: a row does not satisfy check "tasks_hours_check" of table "public"."tasks">
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23514", kw_only=True)

    def _text(self) -> str:
        return f"a row does not satisfy check{_constraint(self.constraint)}{_on(self.table, self.schema)}"


@final
@_member
class ExclusionViolation(DbError):
    """A row conflicts with another one under an exclusion constraint.

    >>> print(ExclusionViolation("no_overlap", "bookings"))
    a row conflicts with another one: exclusion constraint "no_overlap" of table "bookings"
    """

    constraint: str | None = None
    table: str | None = None
    schema: str | None = None
    sqlstate: str | None = field(default="23P01", kw_only=True)

    def _text(self) -> str:
        return (
            "a row conflicts with another one: exclusion constraint"
            f"{_constraint(self.constraint)}{_on(self.table, self.schema)}"
        )


@final
@_member
class SerializationFailure(DbError):
    """Another transaction got in between: run this one again. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html

    >>> retryable(SerializationFailure())
    True
    """

    sqlstate: str | None = field(default="40001", kw_only=True)

    def _text(self) -> str:
        return "another transaction changed what this one relies on; running it again may succeed"


@final
@_member
class DeadlockDetected(DbError):
    """This transaction and another one waited for each other: run this one again.

    >>> retryable(DeadlockDetected())
    True
    """

    sqlstate: str | None = field(default="40P01", kw_only=True)

    def _text(self) -> str:
        return "this transaction and another one waited for each other; running it again may succeed"


@final
@_member
class Timeout(DbError):
    """A limit on time was reached: of a statement, of waiting for a lock (also NOWAIT), or of a transaction.

    >>> db.options(statement_timeout=0.01).execute(sql("SELECT pg_sleep(1)").command())
    <Failure: the statement took longer than statement_timeout allows>
    """

    kind: Literal["statement", "lock", "transaction"]

    def _text(self) -> str:
        return {
            "statement": "the statement took longer than statement_timeout allows",
            "lock": "a lock was not available within the time allowed",
            "transaction": "the transaction took longer, or was idle for longer, than its timeout allows",
        }[self.kind]


@final
@_member
class Cancelled(DbError):
    """Somebody cancelled the statement: this program, or an administrator.

    >>> print(Cancelled())
    the statement was cancelled
    """

    sqlstate: str | None = field(default="57014", kw_only=True)

    def _text(self) -> str:
        return "the statement was cancelled"


@final
@_member
class InsufficientPrivilege(DbError):
    """The role may not do this, or a row-level security policy forbids it.

    >>> InsufficientPrivilege("permission denied for table users").sqlstate
    '42501'
    """

    message: str
    sqlstate: str | None = field(default="42501", kw_only=True)

    def _text(self) -> str:
        return f"not allowed: {self.message}"


@final
@_member
class ReadOnly(DbError):
    """A write in a read-only transaction, or on a standby.

    >>> with db.transaction(read_only=True, rollback=True) as tx:
    ...     tx.execute(delete(Task).all_rows())
    <Failure: the transaction is read-only and the statement writes>
    """

    sqlstate: str | None = field(default="25006", kw_only=True)

    def _text(self) -> str:
        return "the transaction is read-only and the statement writes"


@final
@_member
class ConnectionLost(DbError):
    """The connection broke, so it is unknown whether the statement, or the commit, took effect.

    >>> retryable(ConnectionLost("the server closed the connection"))
    False
    """

    reason: str

    def _text(self) -> str:
        return f"the connection to the server was lost: {self.reason}"


@final
@_member
class ConnectionRefused(DbError):
    """No connection could be made: nobody listens, a wrong password, no such database, too many connections.

    >>> connect("postgresql://127.0.0.1:1/nowhere").ping()
    <Failure: could not connect: ...>
    """

    reason: str

    def _text(self) -> str:
        return f"could not connect: {self.reason}"


@final
@_member
class PoolExhausted(DbError):
    """All `size` connections of the pool were in use for `timeout` seconds; `held` says by which open streams.

    >>> with connect(max_size=1, timeout=0.01) as small, small.transaction():
    ...     small.apart.ping()
    <Failure: all 1 connections of the pool were in use for 0.01 s>
    """

    size: int
    timeout: float
    held: tuple[str, ...] = ()

    def _text(self) -> str:
        by = f", {len(self.held)} of them by {' and '.join(self.held)}" if self.held else ""
        return f"all {self.size} connections of the pool were in use for {self.timeout:g} s{by}"


@final
@_member
class NotFound(DbError):
    """`one` found no row. `table` is the first the query reads, where it has one. `committed` is as in ManyRows.

    >>> db.one(select(User).where(User.id == 404))
    <Failure: no row found in "users", where one was asked for>
    """

    table: str | None = None
    committed: bool = False

    def _text(self) -> str:
        place = f" in {_quoted(self.table)}" if self.table else ""
        return f"no row found{place}, where one was asked for{_kept(self.committed)}"


@final
@_member
class ManyRows(DbError):
    """`one` found more than one row.

    `committed` says that this is about a write which ran outside a transaction, in one step: what it wrote stays. In a
    transaction, whose end then decides, it is False.

    >>> db.one(select(User))
    <Failure: more than one row found in "users", where one was asked for>
    """

    table: str | None = None
    committed: bool = False

    def _text(self) -> str:
        place = f" in {_quoted(self.table)}" if self.table else ""
        return f"more than one row found{place}, where one was asked for{_kept(self.committed)}"


@final
@_member
class DecodeError(DbError):
    """A value in a result is not what its type says. `row` counts from 0; `path` leads into JSON: `$.labels[1]`.

    `committed` is as in ManyRows: a write outside a transaction whose returned rows cannot be read has happened.

    >>> broken = '{"labels": ["a", 1]}'
    >>> db.execute(sql("UPDATE users SET settings = {j}::jsonb", j=broken).command())
    <Success: 2>
    >>> db.all(select(User.settings))
    <Failure: row 0 of the result, "users"."settings" at $.labels[1]: Expected `str`, got `int`>
    """

    table: str | None
    column: str | None
    row: int
    path: str | None
    reason: str
    committed: bool = False

    def __post_init__(self) -> None:
        vars(self)["reason"] = _without_values(self.reason)
        super().__post_init__()

    def _text(self) -> str:
        place = f"{_quoted(self.table, self.column) or 'a column'}{f' at {self.path}' if self.path else ''}"
        return f"row {self.row} of the result, {place}: {self.reason}{_kept(self.committed)}"


@final
@_member
class SchemaMismatch(DbError):
    """The database has another type in a column than was declared, and its values would not be what the declaration
    says; or a result of raw SQL has not the columns that its row was declared with. Found before a row is decoded.
    Types are named as PostgreSQL names them. `committed` is as in ManyRows: a write without a prepared statement is
    compared when it first runs on a connection, and may be found out later.

    https://www.postgresql.org/docs/current/sql-altertable.html

    >>> with db.transaction(rollback=True) as tx:
    ...     tx.execute(sql("ALTER TABLE tasks ALTER COLUMN title TYPE bytea USING title::bytea").command())
    ...     tx.all(select(Task.title))
    <Success: 0>
    <Failure: "tasks"."title" is declared as text, and the database has bytea: change the declaration, or ...>
    """

    table: str | None
    column: str | None
    declared: str
    found: str
    reason: str = ""
    committed: bool = False

    def _text(self) -> str:
        if self.reason:
            return f"{_quoted(self.table, self.column) or 'the result'} {self.reason}{_kept(self.committed)}"
        remedy = "change the declaration, or the column with ALTER TABLE" if self.table else "cast it in the query"
        return (
            f"{_quoted(self.table, self.column) or 'a column'} is declared as {self.declared}, and the database has "
            f"{self.found}: {remedy}{_kept(self.committed)}"
        )


@final
@_member
class EncodeError(DbError):
    """A value PostgreSQL cannot hold, found before it is sent: NUL in text, a number out of range, a naive datetime.

    >>> db.execute(insert(new(User)(name=chr(0))))
    <Failure: a value for "users"."name" cannot be sent: PostgreSQL text cannot hold NUL (0x00) characters>
    """

    table: str | None
    column: str | None
    reason: str

    def __post_init__(self) -> None:
        vars(self)["reason"] = _without_values(self.reason)
        super().__post_init__()

    def _text(self) -> str:
        return f"a value for {_quoted(self.table, self.column) or 'a parameter'} cannot be sent: {self.reason}"


@final
@_member
class DataException(DbError):
    """A value that the server refuses (class 22): malformed, out of range, too long, a division by zero.

    >>> db.execute(insert(new(User)(name="Ada" * 99)))
    <Failure: value too long for type character varying(80)>
    """

    message: str

    def _text(self) -> str:
        return self.message


@final
@_member
class InvalidSql(DbError):
    """The statement is wrong for this database (class 42, 0A, 3F): an unknown table, a syntax error, a function.

    `position` counts the statement's characters from 1. What it says is PostgreSQL's, with values masked.

    >>> db.all(sql("SELECT * FROM nothing").rows(int))
    <Failure: relation "nothing" does not exist (at character 15)>
    """

    message: str
    position: int | None = None
    hint: str | None = None

    def _text(self) -> str:
        place = f" (at character {self.position})" if self.position else ""
        return f"{self.message}{place}{f'. Hint: {self.hint}' if self.hint else ''}"


@final
@_member
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
@_member
class ServerError(DbError):
    """Anything else a server reports, under its `sqlstate`. What a routine raises shows its code, not its text.

    >>> print(ServerError("too many connections", sqlstate="53300"))
    too many connections (SQLSTATE 53300)
    """

    message: str
    constraint: str | None = None
    table: str | None = None
    column: str | None = None

    def _text(self) -> str:
        return f"{self.message}{f' (SQLSTATE {self.sqlstate})' if self.sqlstate else ''}"


def retryable(error: DbError) -> bool:
    """Whether running the same transaction again may succeed: a serialization failure, a deadlock, a stale statement.

    >>> retryable(DeadlockDetected()), retryable(UniqueViolation("users_email_key"))
    (True, False)
    """
    return isinstance(error, SerializationFailure | DeadlockDetected | StaleStatement)
