"""Many databases: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

from qb import AsyncDb, Db, Select, schema, select
from qb.databases import BranchAddress, EncryptedAddress, EncryptionKeys, PlainAddress, connect_each, connect_each_async
from qb.kit import DiscoveredTable, requires, requires_async
from tests.typing.accepted_databases import Organization, OrganizationId, TenantId, count, counted, row_of, secret_of


def refused(builder: Db, other: AsyncDb, ids: list[OrganizationId], tenants: list[TenantId]) -> None:
    each = connect_each(builder, secret_of, address=EncryptedAddress)
    each.of("acme")                                                                     # error: a bare str
    each.of(TenantId("acme"))                                                           # error: another brand
    each.of(ids[0]).replica                                                             # error: of one it is known, not of many
    with each.of(ids[0]).transaction() as tx:
        tx.apart                                                                        # error: a transaction is one connection
    connect_each(builder, secret_of, address=EncryptedAddress, telemetry=True)          # error: who is told
    connect_each(builder, secret_of, address=EncryptedAddress, settings={5: "x"})       # error: by name
    each.fan_out(select(Organization.id), tenants)                                      # error: another brand
    each.fan_out(select(Organization.id), ["acme"])                                     # error: bare strings
    each.fan_out(count, ids)                                                            # error: a function
    each.each(counted, tenants)                                                         # error: another brand
    each.each(select(Organization.id), ids)                                             # error: a query
    each.health(tenants)                                                                # error: another brand
    each.forget(TenantId("acme"))                                                       # error: another brand
    connect_each(builder, secret_of, address=PlainAddress)                              # error: bytes are no URL
    connect_each(builder, row_of, address=EncryptedAddress)                             # error: a row of two columns
    connect_each(builder, secret_of)                                                    # error: no address
    connect_each(builder, select(Organization.secret), address=EncryptedAddress)        # error: no function of a key
    connect_each(other, secret_of, address=EncryptedAddress)                            # error: an AsyncDb
    connect_each(builder, secret_of, address=EncryptedAddress, keys="secret")           # error: no keys
    connect_each(builder, secret_of, address=EncryptedAddress, verify=schema(Organization))  # error: a schema
    connect_each(builder, secret_of, address=EncryptedAddress, verify=requires_async(schema(Organization)))  # error: for coroutines
    connect_each_async(other, secret_of, address=EncryptedAddress, verify=requires(schema(Organization)))  # error: not for coroutines
    connect_each(builder, secret_of, address=lambda secret: secret)                     # error: bytes are no address
    BranchAddress("host", "database")                                                   # error: by their names alone
    EncryptionKeys(b"key")                                                              # error: keys are base64
    PlainAddress("host=x").url = "host=y"                                               # error: frozen


def discovered(table: DiscoveredTable) -> None:
    table.select().where(table.column("id", int) == "x")                                # error: an int and a text
    table.column("note", str) + 1                                                       # error: a text and a number
    table.column("id")                                                                  # error: of which type
    table.select(1)                                                                     # error: no name
    table["id"].nothing                                                                 # error: no such method
    count: Select[int] = table.select("id")                                             # error: rows, not ints
