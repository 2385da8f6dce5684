# Made by tools/sync.py from test_async_transact_as_role.py: change that one, then run `make generate`.
"""`transact(role=..., claims=...)`: the handler of a request, whose refusals are values."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import (
    ConnectionRefused,
    Database,
    DataException,
    Failure,
    InsufficientPrivilege,
    Outcome,
    QueryError,
    Script,
    SerializationFailure,
    Success,
    TransactionAborted,
    Tx,
    connect,
    sql,
    trusted,
    unwrap,
)
from qb.types.identifier import quoted

CLAIMS = {"sub": 'ada "☃" %s'}
WHO = sql("SELECT current_user::text, current_setting('request.jwt.claims', true)::jsonb ->> 'sub'")
WRITE = sql("INSERT INTO handled VALUES (1)").command()


@pytest.fixture
def someone(qb_url: str) -> str:
    """A role of this process's own: roles belong to the whole server."""
    return 'handler "of" ' + qb_url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def db(qb_url: str, someone: str) -> Iterator[Database]:
    with connect(qb_url, max_size=1) as db:
        name = quoted(someone)
        made = f"CREATE TABLE handled (id int); CREATE ROLE {name}; GRANT SELECT ON handled TO {name}"
        unwrap(db.run(Script(trusted(made))))
        yield db
        unwrap(db.run(Script(trusted(f"DROP TABLE handled; DROP ROLE {name}"))))


def who(tx: Tx) -> Outcome[tuple[str, str | None]]:
    return tx.one(WHO.rows(tuple[str, str | None]))


def write(tx: Tx) -> Outcome[int]:
    return tx.execute(WRITE)


def test_it_runs_as_that_role_and_nothing_stays_behind(db: Database, someone: str) -> None:
    assert db.transact(who, role=someone, claims=CLAIMS) == Success((someone, CLAIMS["sub"]))
    assert db.scalar(sql("SELECT current_user <> {s}", s=someone).rows(bool)) == Success(True)
    assert db.raising.scalar(sql("SELECT current_setting('request.jwt.claims')").rows(str)) == ""


def test_what_is_refused_is_a_value(db: Database, someone: str) -> None:
    refused = db.transact(write, role=someone, claims=CLAIMS)
    assert isinstance(refused, Failure)
    assert isinstance(refused.failure(), InsufficientPrivilege)

    def in_a_block() -> None:
        with db.as_role(someone) as tx:
            assert isinstance(write(tx).failure(), InsufficientPrivilege)

    with pytest.raises(TransactionAborted):
        in_a_block()
    absent = db.transact(who, role="nobody of that name")
    assert isinstance(absent.failure(), DataException)
    with db.transaction() as tx:
        inner = tx.transact(write, role=someone)
        assert isinstance(inner.failure(), InsufficientPrivilege)
        assert isinstance(tx.transact(who, role="nobody of that name").failure(), DataException)
        assert tx.execute(WRITE) == Success(1)
    assert db.scalar(sql("SELECT count(*) FROM handled").rows(int)) == Success(1)


def test_a_conflict_runs_it_again_as_that_role(db: Database, someone: str) -> None:
    seen: list[str] = []

    def again(tx: Tx) -> Outcome[str]:
        seen.append(unwrap(who(tx))[0])
        return Failure(SerializationFailure()) if len(seen) == 1 else Success("done")

    assert db.transact(again, role=someone, claims=CLAIMS) == Success("done")
    assert seen == [someone, someone]


def test_what_cannot_be_asked_for(db: Database) -> None:
    with pytest.raises(QueryError, match="claims for a role, and there is none: say role="):
        db.transact(who, claims=CLAIMS)
    with pytest.raises(QueryError, match="PostgreSQL's word for"):
        db.transact(who, role="none")
    with connect("postgresql://127.0.0.1:1/x") as nowhere:
        assert isinstance(nowhere.transact(who, role="any").failure(), ConnectionRefused)
