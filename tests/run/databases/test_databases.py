# Made by tools/sync.py from test_async_databases.py: change that one, then run `make generate`.
"""One database for each key: found where its address is, opened once, kept, looked for again, closed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import qb
from qb import (
    AddressUnreadable,
    ClosedError,
    ConnectionRefused,
    Database,
    Db,
    DdlRefused,
    Failure,
    InsufficientPrivilege,
    NotFound,
    Outcome,
    PoolExhausted,
    SchemaIncomplete,
    Success,
    connect,
    new,
    select,
    sql,
)
from qb.databases import (
    Address,
    DatabaseBounds,
    Databases,
    DatabasesReport,
    EncryptionKeys,
    connect_each,
    health,
)
from qb.errors.connections import ExhaustedBound
from tests.run.databases.tenants import (
    BACKEND,
    COUNT,
    KEY,
    KEYS,
    OLD_KEY,
    WHERE,
    Item,
    Organization,
    OrganizationId,
    Stored,
    Tenants,
    address,
    stored,
)

NOWHERE = "postgresql://ada:secret@/nothing?host=/nowhere/at/all"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Each:
    """The databases of organizations, and how often an address was read."""

    def __init__(self, builder: Database, **options: Any) -> None:
        self.read: list[Stored] = []
        self.clock = Clock()
        options = {"keys": KEYS, "clock": self.clock, "timeout": 5.0, **options}
        self.of: Databases[OrganizationId] = connect_each(builder, stored, address=self._address, **options)

    def _address(self, row: Stored) -> Address:
        self.read.append(row)
        return address(row)


@pytest.fixture
def builder(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as found:
        yield found


@pytest.fixture
def opened(builder: Database) -> Iterator[Callable[..., Each]]:
    """Makes databases, all of which are closed at the end."""
    made: list[Each] = []

    def make(**options: Any) -> Each:
        made.append(Each(builder, **options))
        return made[-1]

    yield make
    for each in made:
        each.of._resolver.close()  # pyright: ignore[reportPrivateUsage]


def test_each_key_has_its_own_and_it_is_opened_once(many: Tenants, opened: Callable[..., Each]) -> None:
    ids = [many.add("plain", many.url(0)), many.encrypted("encrypted", many.url(1))]
    ids += [many.add("text", as_text(many.url(2), of="text"), "text")]
    each = opened()
    for number, key in enumerate(ids):
        db = each.of.of(key)
        assert db.scalar(COUNT) == Success(number + 1)
        pid = db.scalar(BACKEND)
        assert each.of.of(key).scalar(BACKEND) == pid
    assert len(each.read) == 3
    assert repr(each.of).endswith("3 of 50 open, 3 of 50 connections>")
    assert each.of.report == DatabasesReport(databases=3, max_databases=50, links=3, max_links=50)


def as_text(url: str, of: str) -> str:
    """An address as it may be stored in a column of text."""
    return base64.b64encode(KEYS.encrypt(url, of=of)).decode()


def test_a_branch_is_beside_what_is_known(many: Tenants, opened: Callable[..., Each]) -> None:
    known = many.url(1)
    socket = known.partition("host=")[2].partition("&")[0].replace("%2F", "/")
    name = known.partition("@/")[2].partition("?")[0]
    key = many.add("branch", f"{socket}|{name}", "branch")
    assert opened(base=many.url(0)).of.of(key).scalar(COUNT) == Success(2)
    missing = AddressUnreadable("it is a branch, and nobody has said of which address")
    assert opened().of.of(key).scalar(COUNT) == Failure(missing)


def test_an_address_is_read_again_when_its_time_is_over(many: Tenants, opened: Callable[..., Each]) -> None:
    each = opened(bounds=DatabaseBounds(ttl=10.0))
    db = each.of.of(many.add("one", many.url(0)))
    pid = db.scalar(BACKEND)
    each.clock.now = 9.9
    assert db.scalar(BACKEND) == pid
    assert len(each.read) == 1
    each.clock.now = 10.0
    assert db.scalar(BACKEND) == pid  # it is the same address: nothing was opened
    assert len(each.read) == 2
    many.add("one", many.url(1))
    assert db.scalar(COUNT) == Success(1)
    each.clock.now = 20.0
    assert db.scalar(COUNT) == Success(2)
    assert each.of.report.databases == each.of.report.links == 1
    many.builder.execute(qb.delete(Organization).all_rows()).unwrap()
    each.clock.now = 30.0
    assert db.scalar(COUNT) == Failure(NotFound("organizations of many"))
    assert each.of.report.databases == each.of.report.links == 0


def test_a_database_that_moved_is_found_where_it_is(many: Tenants, opened: Callable[..., Each]) -> None:
    each = opened()
    db = each.of.of(many.add("one", NOWHERE))
    assert db.ping() == Failure(ConnectionRefused("no server listens there"))
    many.add("one", many.url(0))
    assert db.scalar(COUNT) == Success(1)
    with db.transaction() as tx:
        many.add("one", many.url(1))
        each.of.forget(OrganizationId("one"))
        assert tx.scalar(COUNT) == Success(1)  # what is open stays open
    assert db.scalar(COUNT) == Success(2)


def test_a_key_that_nobody_knows(many: Tenants, opened: Callable[..., Each]) -> None:
    db = opened().of.of(OrganizationId("nobody"))
    assert db.ping() == Failure(NotFound("organizations of many"))
    with pytest.raises(NotFound), db.transaction():
        pass
    many.add("nobody", many.url(3))
    assert db.scalar(COUNT) == Success(4)  # a failure is not kept


def test_keys_rotate(many: Tenants, opened: Callable[..., Each]) -> None:
    old = many.encrypted("old", many.url(0), EncryptionKeys(OLD_KEY))
    new_one = many.encrypted("new", many.url(1))
    both = opened(keys=EncryptionKeys(KEY, OLD_KEY))
    assert both.of.of(old).scalar(COUNT) == Success(1)
    assert both.of.of(new_one).scalar(COUNT) == Success(2)
    unread = Failure(AddressUnreadable("no key opens it, or it was changed, or is another one's"))
    assert opened().of.of(old).scalar(COUNT) == unread
    assert opened(keys=None).of.of(old).scalar(COUNT) == Failure(
        AddressUnreadable("it is encrypted, and there is no key")
    )
    many.encrypted("old", many.url(0))
    assert opened().of.of(old).scalar(COUNT) == Success(1)


def test_what_a_database_must_have_is_looked_at_before_its_first_use(
    many: Tenants, opened: Callable[..., Each]
) -> None:
    seen: list[str] = []

    def verify(db: Db) -> Outcome[None]:
        seen.append(db.scalar(WHERE).unwrap())
        return Success(None) if many.url(0).partition("?")[0].endswith(seen[-1]) else Failure(lacking)

    lacking = SchemaIncomplete(("table public.nothing",))
    each = opened(verify=verify, bounds=DatabaseBounds(databases=1))
    good, bad = many.add("good", many.url(0)), many.add("bad", many.url(1))
    for _ in range(2):
        assert each.of.of(bad).scalar(COUNT) == Failure(lacking)
        assert each.of.of(good).scalar(COUNT) == Success(1)
    assert len(seen) == 3  # of what has it that is asked once, though it was closed in between
    assert each.of.report.links == 1


def test_bounds_hold_and_the_one_goes_that_was_not_used_for_longest(many: Tenants, opened: Callable[..., Each]) -> None:
    ids = [many.add(f"org {number}", many.url(number)) for number in range(3)]
    each = opened(bounds=DatabaseBounds(databases=2, links=2))
    pids = {}
    for key in (ids[0], ids[1], ids[0], ids[2]):
        each.clock.now += 1
        pids[key] = each.of.of(key).scalar(BACKEND)
    assert each.of.of(ids[0]).scalar(BACKEND) == pids[ids[0]]
    assert (each.of.report.databases, each.of.report.links, len(each.read)) == (2, 2, 3)
    assert each.of.of(ids[1]).scalar(COUNT) == Success(2)
    assert len(each.read) == 4


def test_all_in_use(many: Tenants, opened: Callable[..., Each]) -> None:
    ids = [many.add(f"org {number}", many.url(number)) for number in range(2)]
    few_links = opened(bounds=DatabaseBounds(links=1), timeout=0.05)
    few = opened(bounds=DatabaseBounds(databases=1), timeout=0.05)
    bounds: tuple[tuple[Each, ExhaustedBound], ...] = ((few_links, "links"), (few, "databases"))
    for each, bound in bounds:
        one, other = map(each.of.of, ids)
        with one.transaction() as tx:
            assert other.ping() == Failure(PoolExhausted(1, 0.05, bound=bound))
            assert tx.ping() == Success(None)
        assert other.scalar(COUNT) == Success(2)  # for which the idle one is closed
        assert one.scalar(COUNT) == Success(1)
        assert each.of.report.links == 1


def test_what_idles_is_closed(many: Tenants, opened: Callable[..., Each]) -> None:
    ids = [many.add(f"org {number}", many.url(number)) for number in range(3)]
    each = opened(bounds=DatabaseBounds(idle=100.0, ttl=1000.0))
    for key in ids:
        assert each.of.of(key).ping() == Success(None)
    each.clock.now = 50.0
    with each.of.of(ids[0]).transaction():
        assert each.of.of(ids[1]).ping() == Success(None)
        each.clock.now = 140.0
        each.of.tidy()
        assert each.of.report.databases == 2
    each.clock.now = 1000.0
    assert each.of.of(ids[0]).ping() == Success(None)
    assert (each.of.report.databases, each.of.report.links) == (1, 1)


def test_closing_gives_everything_back(many: Tenants, opened: Callable[..., Each]) -> None:
    each = opened()
    db = each.of.of(many.add("one", many.url(0)))
    with each.of as of, db.transaction(rollback=True) as tx:
        of.close()
        assert tx.scalar(COUNT) == Success(1)
    assert repr(each.of) == f"<{type(each.of).__name__}: closed>"
    assert each.of.report.links == 0
    for use in (db.ping, db.transaction().__enter__):
        with pytest.raises(ClosedError, match="the databases are closed"):
            use()


def test_everything_runs_on_the_database_of_a_key(many: Tenants, opened: Callable[..., Each]) -> None:
    db = opened().of.of(many.add("one", many.url(2)))
    with db.transaction(rollback=True) as tx:
        assert tx.insert_many([new(Item)(id=number, of="x") for number in range(10, 20)]) == Success(10)
        with tx.transaction() as inner:
            assert inner.scalar(COUNT) == Success(13)
    with db.stream(select(Item.id).order_by(Item.id)) as rows:
        assert list(rows) == [0, 1, 2]
    with db.pipeline() as p:
        first, second = p.scalar(COUNT), p.all(select(Item.id).where(Item.id > 0).order_by(Item.id))
    assert (first.result(), second.result()) == (Success(3), Success([1, 2]))
    assert db.transact(lambda tx: tx.scalar(COUNT)) == Success(3)
    assert db.raising.scalar(COUNT) == 3
    with pytest.warns(qb.OutsideTransaction), db.transaction():
        db.ping()


def test_ddl_has_to_be_said(many: Tenants, opened: Callable[..., Each]) -> None:
    each = opened()
    key = many.add("one", many.url(0))
    temporary = sql("CREATE TEMP TABLE made (id int)").command()
    assert each.of.of(key).execute(temporary) == Failure(DdlRefused("CREATE TABLE"))
    assert each.of.of(key).run(qb.Script("SELECT 1")) == Failure(DdlRefused("a script"))
    assert each.of.of(key, ddl=True).execute(temporary) == Success(0)
    denied = each.of.of(key, ddl=True).execute(sql("CREATE TABLE made (id int)").command())
    assert isinstance(denied.failure(), InsufficientPrivilege)
    made = each.of.of(key, ddl=True).execute(sql("CREATE SCHEMA made").command())
    assert made == Failure(InsufficientPrivilege("permission denied for database …"))
    assert opened(ddl=True).of.of(key).execute(temporary) == Success(0)


def test_health_of_many(many: Tenants, opened: Callable[..., Each], builder: Database) -> None:
    each = opened()
    ids = [many.add("one", many.url(0)), many.add("dead", NOWHERE), many.add("two", many.url(1)), OrganizationId("no")]
    found = each.of.health([*ids, ids[0]], at_once=2)
    assert list(found) == ids
    assert [found[key].ok for key in ids] == [True, False, True, False]
    assert found[ids[0]].may_define == ()
    assert found[ids[1]].error == ConnectionRefused("no server listens there")
    assert found[ids[3]].error == NotFound("organizations of many")
    assert all(health.latency > 0 for health in found.values())
    assert health(builder).may_define == ("anything: it is a superuser",)
    with builder.transaction() as tx:
        assert health(tx).ok
        assert health(builder).ok


def test_one_query_over_many(many: Tenants, opened: Callable[..., Each]) -> None:
    each = opened(bounds=DatabaseBounds(databases=2, links=2))
    ids = [many.add(f"org {number}", many.url(number)) for number in range(4)]
    dead, unread = many.add("dead", NOWHERE), many.add("unread", b"x" * 60, "encrypted")
    found = each.of.fan_out(select(Item.id).order_by(Item.id), [*ids, dead, unread], at_once=3)
    assert [found[key] for key in ids] == [Success(list(range(number + 1))) for number in range(4)]
    assert found[dead] == Failure(ConnectionRefused("no server listens there"))
    assert isinstance(found[unread].failure(), AddressUnreadable)
    assert each.of.fan_out(COUNT, []) == {}
    counts = each.of.each(lambda db: db.scalar(COUNT), ids[:2])
    assert counts == {ids[0]: Success(1), ids[1]: Success(2)}
    with pytest.raises(qb.QueryError, match="nothing would ever run"):
        each.of.fan_out(COUNT, ids, at_once=0)

    def broken(db: Db) -> Outcome[int]:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        each.of.each(broken, ids)


def test_a_builder_may_be_a_transaction(many: Tenants, builder: Database) -> None:
    many.add("one", many.url(0))
    with builder.transaction() as tx:
        of = connect_each(tx, stored, address=address)
        assert of.of(OrganizationId("one")).scalar(COUNT) == Success(1)
        of.close()
    with pytest.raises(qb.DefinitionError, match="nothing could be opened"):
        connect_each(builder, stored, address=address, bounds=DatabaseBounds(links=0))
