"""Two storages for tests of mirrors: accounts with a balance in each, and the writes that go from one to the other."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import NewType, TypeAlias, cast

import msgspec

from qb import Col, Database, Table, Tx, column, connect, create_all, delete, insert, new, schema, update
from qb.errors.outcome import Outcome, Success
from qb.moving import Ledger, Outbox, mirror
from tables.scratch import scratch_database

AccountId = NewType("AccountId", int)


class Account(Table, name="mirrored_accounts"):
    id: Col[AccountId] = column(primary_key=True)
    balance: Col[int] = column(default=0)
    said: Col[str] = column(default="")


NewAccount = new(Account)


class Opened(msgspec.Struct, frozen=True, tag=True):
    account: AccountId


class Paid(msgspec.Struct, frozen=True, tag=True):
    account: AccountId
    amount: int
    note: str = ""


class Closed(msgspec.Struct, frozen=True, tag=True):
    account: AccountId


Write: TypeAlias = Opened | Paid | Closed
old = mirror("old", Write)


def done(tx: Tx, write: Write) -> Outcome[int]:
    """A write, in either storage."""
    match write:
        case Opened(account):
            return tx.execute(insert(NewAccount(id=account)))
        case Paid(account, amount, note):
            more = Account.balance.to(Account.balance + amount), Account.said.to(Account.said + note)
            return tx.execute(update(Account).set(*more).where(Account.id == account))
        case Closed(account):
            return tx.execute(delete(Account).where(Account.id == account))


def written(db: Database, write: Write, line: str = "") -> Outcome[int]:
    """A write in the primary, which queues the same for the other storage."""

    def work(tx: Tx) -> Outcome[int]:
        count = done(tx, write).unwrap()
        tx.one(old.queue(write, line=line)).unwrap()
        return Success(count)

    return db.transact(work)


@contextmanager
def storages(server: str) -> Generator[tuple[str, str]]:
    """The addresses of a primary and of another storage, each with its tables."""
    with scratch_database(server, name="primary") as primary, scratch_database(server, name="old") as other:
        with connect(primary) as db:
            db.run(create_all(schema(Account, Outbox))).unwrap()
        with connect(other) as db:
            db.run(create_all(schema(Account, Ledger))).unwrap()
        yield primary, other


def emptied(primary: str, other: str) -> None:
    """No row in any of their tables."""
    for address, table in ((primary, Outbox), (other, Ledger)):
        with connect(address, max_size=1) as db:
            db.execute(delete(Account).all_rows()).unwrap()
            db.execute(delete(cast("type[Table]", table)).all_rows()).unwrap()
