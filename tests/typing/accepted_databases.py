"""Many databases: what runs, and what is known of it. The database of each key, and what comes of many."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import NewType, assert_type

from qb import AsyncDb, Db, Expr, Failure, Outcome, Select, Success, Table, column, fn, prepare, schema, select
from qb import Col
from qb.databases import (
    Address,
    AsyncDatabases,
    BranchAddress,
    Databases,
    EncryptedAddress,
    Health,
    PlainAddress,
    connect_each,
    connect_each_async,
    health,
    health_async,
)
from qb.kit import DiscoveredRow, DiscoveredTable, discover, requires, requires_async
from qb.typing import AsyncPooledDb, PooledDb

OrganizationId = NewType("OrganizationId", str)
TenantId = NewType("TenantId", str)


class Organization(Table, name="organizations of typing"):
    id: Col[OrganizationId] = column(primary_key=True)
    secret: Col[bytes] = column()
    host: Col[str | None] = column(default=None)


@prepare
def secret_of(organization_id: OrganizationId) -> Select[bytes]:
    return select(Organization.secret).where(Organization.id == organization_id)


@prepare
def row_of(organization_id: OrganizationId) -> Select[tuple[bytes, str | None]]:
    return select(Organization.secret, Organization.host).where(Organization.id == organization_id)


def address(row: tuple[bytes, str | None]) -> Address:
    secret, host = row
    return EncryptedAddress(secret) if host is None else BranchAddress(host=host, database="main")


def count(db: Db) -> Outcome[int]:
    return db.scalar(select(fn.count(Organization.id)))


async def counted(db: AsyncDb) -> Outcome[int]:
    return await db.scalar(select(fn.count(Organization.id)))


def many(builder: Db) -> None:
    ids: list[OrganizationId] = []
    acme = OrganizationId("acme")
    verify = requires(schema(Organization))
    each = connect_each(builder, secret_of, address=EncryptedAddress, verify=verify)
    assert_type(each, Databases[OrganizationId])
    assert_type(connect_each(builder, row_of, address=address), Databases[OrganizationId])
    plain = connect_each(builder, secret_of, address=lambda text: PlainAddress(text.decode()))
    assert_type(plain, Databases[OrganizationId])
    assert_type(each.of(acme), PooledDb)
    assert_type(each.of(acme).apart, Db)
    told = connect_each(
        builder, secret_of, address=EncryptedAddress, role="app", search_path=["shop"], settings={"work_mem": 4096}
    )
    assert_type(told, Databases[OrganizationId])
    assert_type(each.fan_out(select(Organization.id), ids), dict[OrganizationId, Outcome[list[OrganizationId]]])
    assert_type(each.fan_out(secret_of(acme), set(ids)), dict[OrganizationId, Outcome[list[bytes]]])
    assert_type(each.each(count, ids, at_once=3), dict[OrganizationId, Outcome[int]])
    assert_type(each.health(ids), dict[OrganizationId, Health])
    assert_type(health(builder), Health)
    for id, outcome in each.fan_out(select(Organization), ids).items():
        assert_type(id, OrganizationId)
        match outcome:
            case Success(rows):
                assert_type(rows, list[Organization])
            case Failure(error):
                raise error


async def many_awaited(builder: AsyncDb) -> None:
    ids: list[OrganizationId] = []
    verify = requires_async(schema(Organization))
    each = connect_each_async(builder, secret_of, address=EncryptedAddress, verify=verify)
    assert_type(each, AsyncDatabases[OrganizationId])
    assert_type(each.of(OrganizationId("acme")), AsyncPooledDb)
    assert_type(each.of(OrganizationId("acme")).apart, AsyncDb)
    assert_type(await each.fan_out(select(Organization.id), ids), dict[OrganizationId, Outcome[list[OrganizationId]]])
    assert_type(await each.each(counted, ids), dict[OrganizationId, Outcome[int]])
    assert_type(await health_async(builder), Health)


def discovered(db: Db) -> None:
    tables = discover(db).unwrap()
    assert_type(tables, dict[str, DiscoveredTable])
    for table in tables.values():
        assert_type(table.select(), Select[DiscoveredRow])
        assert_type(table[next(iter(table.columns))], Expr[object])
    catalog = discover(db, "nothing_at_all").unwrap()
    assert catalog == {}


def typed(table: DiscoveredTable) -> Select[tuple[int, str | None]]:
    """Of columns what the program takes them for."""
    number, note = table.column("id", int), table.column("note", str | None)
    assert_type(number, Expr[int])
    assert_type(note, Expr[str | None])
    assert_type(table.select("id").where(number > 1).order_by(note), Select[DiscoveredRow])
    assert_type(select(table.relation).where(number.in_([1, 2])), Select[DiscoveredRow])
    return select(number, note)
