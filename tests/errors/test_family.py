"""The family of DbError: closed, read-only, compared by content, and silent about values."""

import copy
import pickle
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Result

from qb import errors
from qb.errors import (
    AddressUnreadable,
    Cancelled,
    CheckViolation,
    ClosedError,
    ConnectionLost,
    ConnectionRefused,
    DataException,
    DbError,
    DdlRefused,
    DeadlockDetected,
    DecodeError,
    DefinitionError,
    EncodeError,
    ExclusionViolation,
    ExtensionMissing,
    ForeignKeyViolation,
    InsufficientPrivilege,
    InvalidSql,
    ManyRows,
    NotFound,
    NotNullViolation,
    PoolExhausted,
    QbError,
    QueryError,
    ReadOnly,
    SchemaIncomplete,
    SchemaMismatch,
    SerializationFailure,
    ServerError,
    StaleStatement,
    Timeout,
    TransactionAborted,
    UniqueViolation,
    retryable,
)
from qb.errors.outcome import Failure, Outcome, Success

EXAMPLES: dict[DbError, str] = {
    UniqueViolation("users_email_key", "users", "public", ("email",)): (
        'another row has the same value: unique constraint "users_email_key" of table "public"."users" on ("email")'
    ),
    UniqueViolation(): "another row has the same value: unique constraint",
    ForeignKeyViolation("todo_owner_fkey", "todo", "app"): (
        "a row refers to one that does not exist, or that is being removed:"
        ' foreign key "todo_owner_fkey" of table "app"."todo"'
    ),
    NotNullViolation("email", "users", None): 'NULL in column "email" of table "users", which does not allow it',
    CheckViolation('a"b'): 'a row does not satisfy check "a""b"',
    CheckViolation(table="days"): (
        'a row is in none of the partitions, or not in this one, or not what a domain asks, of table "days"'
    ),
    ExclusionViolation("no_overlap", "stay"): (
        'a row conflicts with another one: exclusion constraint "no_overlap" of table "stay"'
    ),
    SerializationFailure(): "another transaction changed what this one relies on; running it again may succeed",
    DeadlockDetected(): "this transaction and another one waited for each other; running it again may succeed",
    Timeout("statement", sqlstate="57014"): "the statement took longer than statement_timeout allows",
    Timeout("lock", sqlstate="55P03"): "a lock was not available within the time allowed",
    Timeout("transaction"): "the transaction took longer, or was idle for longer, than its timeout allows",
    Cancelled(): "the statement was cancelled",
    InsufficientPrivilege("permission denied for table users"): "not allowed: permission denied for table users",
    ReadOnly(): "the transaction is read-only and the statement writes",
    ConnectionLost("server closed the connection unexpectedly"): (
        "the connection to the server was lost: server closed the connection unexpectedly"
    ),
    ConnectionRefused("Connection refused"): "could not connect: Connection refused",
    PoolExhausted(10, 0.5): "all 10 connections of the pool were in use for 0.5 s",
    PoolExhausted(1, 0.5): "the only connection of the pool (max_size=1) was in use for 0.5 s",
    PoolExhausted(50, 3, bound="databases"): "all 50 databases that may be open (databases) were in use for 3 s",
    PoolExhausted(1, 3, bound="databases"): "the only database that may be open (databases=1) was in use for 3 s",
    PoolExhausted(50, 3, bound="links"): "all 50 connections to all databases (links) were in use for 3 s",
    PoolExhausted(1, 3, ("a stream",)): "the only connection of the pool (max_size=1) was in use for 3 s by a stream",
    AddressUnreadable("no key opens it"): "the stored address of a database cannot be read: no key opens it",
    DdlRefused("DROP TABLE"): (
        "DROP TABLE is refused, as this database was opened without DDL: nothing of it has happened; where it is meant,"
        " open the database with ddl=True"
    ),
    SchemaIncomplete(("table public.a", "table public.b")): (
        "the database lacks what it must have: table public.a; table public.b"
    ),
    NotFound(): "no row found, where one was asked for",
    NotFound("users"): 'no row found in "users", where one was asked for',
    ManyRows("users"): 'more than one row found in "users", where one was asked for',
    DecodeError("users", "settings", 3, "$.labels[1]", "Expected `str`, got `int`"): (
        'row 3 of the result, "users"."settings" at $.labels[1]: Expected `str`, got `int`'
    ),
    DecodeError(None, None, 0, None, "year is out of range"): "row 0 of the result, a column: year is out of range",
    EncodeError("users", "name", "text cannot contain NUL (0x00)"): (
        'a value for "users"."name" cannot be sent: text cannot contain NUL (0x00)'
    ),
    SchemaMismatch("users", "age", "bigint", "text"): (
        '"users"."age" is declared as bigint, and the database has text: '
        "change the declaration, or the column with ALTER TABLE"
    ),
    SchemaMismatch(None, "sum", "bigint", "numeric"): (
        '"sum" is declared as bigint, and the database has numeric: cast it in the query'
    ),
    DataException("division by zero", sqlstate="22012"): "division by zero",
    InvalidSql('column "nme" does not exist', 8, 'Perhaps you meant "name".'): (
        'column "nme" does not exist (at character 8). Hint: Perhaps you meant "name".'
    ),
    StaleStatement("a table it reads has changed", sqlstate="0A000"): (
        "the prepared statement was not run: a table it reads has changed. Run the transaction again, as transact does"
    ),
    ExtensionMissing("pg_stat_statements", "install it"): 'the extension "pg_stat_statements" is not there: install it',
    ServerError("out of shared memory", sqlstate="53200"): "out of shared memory (SQLSTATE 53200)",
}

examples = pytest.mark.parametrize("error", EXAMPLES, ids=repr)


def test_every_member_has_an_example() -> None:
    assert {type(error) for error in EXAMPLES} == set(DbError.__subclasses__())


@examples
def test_says_what_happened(error: DbError) -> None:
    assert str(error) == EXAMPLES[error]
    assert "".join(traceback.format_exception_only(error)) == f"qb.errors.{type(error).__name__}: {EXAMPLES[error]}\n"


@examples
def test_repr_builds_an_equal_error(error: DbError) -> None:
    assert eval(repr(error), dict(vars(errors))) == error


@examples
def test_copies_and_pickles_are_equal(error: DbError) -> None:
    for other in (copy.copy(error), copy.deepcopy(error), *(pickle.loads(pickle.dumps(error, n)) for n in range(6))):
        assert other is not error
        assert (other, hash(other), str(other), repr(other)) == (error, hash(error), str(error), repr(error))


@examples
def test_differs_from_every_other(error: DbError) -> None:
    assert [other for other in EXAMPLES if other == error] == [error]
    assert error != "text"


@examples
def test_fields_are_read_only(error: DbError) -> None:
    for name in ("sqlstate", *error.__match_args__, "unheard_of"):
        with pytest.raises(AttributeError, match=f"^{type(error).__name__} is read-only$"):
            setattr(error, name, "other")
        with pytest.raises(AttributeError, match=f"^{type(error).__name__} is read-only$"):
            delattr(error, name)
    assert str(error) == EXAMPLES[error]


@examples
def test_can_be_raised_with_all_that_python_adds(error: DbError) -> None:
    fresh = copy.copy(error)
    cause = ValueError("cause")
    with pytest.raises(type(error)) as raised:
        raise fresh from cause
    assert raised.value is fresh
    assert fresh.__traceback__ is not None
    assert fresh.__cause__ is cause
    fresh.add_note("a note")
    fresh.__traceback__ = None
    assert fresh.with_traceback(None) is fresh
    assert pickle.loads(pickle.dumps(fresh)).__notes__ == ["a note"]
    assert fresh == error


@examples
def test_every_error_has_a_sqlstate_or_none(error: DbError) -> None:
    assert error.sqlstate is None or len(error.sqlstate) == 5


def test_the_family_is_closed() -> None:
    with pytest.raises(TypeError, match=r"^DbError is a closed family: .*\.Mine cannot be added to it$"):
        type("Mine", (DbError,), {"__module__": "elsewhere", "__qualname__": "f.Mine"})
    with pytest.raises(TypeError, match=r"^DbError is abstract: make one of its members, for example ServerError$"):
        DbError()


def test_matches_by_position_and_by_name() -> None:
    found: list[object] = []
    for error in (UniqueViolation("users_email_key", "users"), Timeout("lock", sqlstate="55P03"), NotFound()):
        match error:
            case UniqueViolation("users_email_key", table):
                found.append(table)
            case Timeout(kind="lock", sqlstate=state):
                found.append(state)
            case NotFound():
                found.append("nothing")
            case _:
                pass
    assert found == ["users", "55P03", "nothing"]


def test_outcome_is_a_result() -> None:
    def run(fail: bool) -> Outcome[int]:
        return Failure(NotFound()) if fail else Success(1)

    result: Result[int, DbError] = run(fail=False)
    assert result.unwrap() == 1
    with pytest.raises(Exception) as raised:
        run(fail=True).unwrap()
    assert raised.value.__cause__ == NotFound()


def test_only_what_another_try_may_cure_is_retryable() -> None:
    found = {type(error) for error in EXAMPLES if retryable(error)}
    assert found == {SerializationFailure, DeadlockDetected, StaleStatement}


@pytest.mark.parametrize("bug", [DefinitionError("why"), QueryError("why"), ClosedError("why")], ids=repr)
def test_bugs_are_raised_and_no_results(bug: QbError) -> None:
    assert str(bug) == "why"
    assert isinstance(bug, QbError)
    assert not isinstance(bug, DbError)


def test_an_aborted_transaction_names_the_first_failure() -> None:
    aborted = TransactionAborted(NotFound("users"))
    assert str(aborted) == (
        "the transaction was rolled back, because a statement in it failed:"
        ' no row found in "users", where one was asked for'
    )
    assert aborted.cause == NotFound("users")
    assert pickle.loads(pickle.dumps(aborted)).cause == NotFound("users")
    assert str(copy.copy(aborted)) == str(aborted)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Invalid enum value 'hunter2'", "Invalid enum value '…'"),
        ("Invalid value 'it's hunter2'", "Invalid value '…'"),
        ("Object contains unknown field `hunter2`", "Object contains unknown field"),
        ("Object missing required field `name`", "Object missing required field `name`"),
        ("Expected `int`, got `str`", "Expected `int`, got `str`"),
    ],
)
def test_reasons_of_decoders_lose_their_values(reason: str, told: str) -> None:
    assert DecodeError("t", "c", 0, None, reason).reason == told
    assert EncodeError("t", "c", reason).reason == told


@given(st.text(min_size=1).map(lambda value: f"<{value}>"))
def test_no_value_in_quotes_survives(value: str) -> None:
    error = DecodeError("t", "c", 0, "$", f"Invalid enum value '{value}'")
    shown: tuple[Any, ...] = (str(error), repr(error), error.reason, error.args)
    assert not any(value in str(each) for each in shown)
