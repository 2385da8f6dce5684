"""The databases of organizations. Where each is, the builder database says: one prepared query, one document.

A program makes both in one place, and hands them to whoever needs them: a function of the builder takes a `Db`, one of
an organization what `of(organization_id)` gives, one of many the `Databases`. A test makes others, and patches nothing.
"""

from typing import assert_never

from archetype.documents.auth import BranchAddress, DatabaseAddress, EncryptedAddress, PlainAddress
from archetype.ids import OrganizationId
from qb import AsyncDb, Db, databases
from qb.databases import AsyncDatabases, Databases, DatabaseSettings, connect_each, connect_each_async
from qb.kit import requires, requires_async
from tables.archetype import organization, queries


def address_of(stored: DatabaseAddress) -> databases.Address:
    """An address as it is stored, as one that can be connected to. None of them prints a secret."""
    match stored:
        case PlainAddress(url):
            return databases.PlainAddress(url)
        case EncryptedAddress(secret):
            return databases.EncryptedAddress(secret)
        case BranchAddress():
            host = pooled(stored.host) if stored.pooled else stored.host
            return databases.BranchAddress(host=host, database=stored.database, user=stored.user)
        case _:
            assert_never(stored)


def pooled(host: str) -> str:
    """The host of a branch's own pooler: that of its server, with `-pooler` behind the first word of its name.

    >>> pooled("ep-cool-mode-123456.eu-central-1.aws.neon.tech")
    'ep-cool-mode-123456-pooler.eu-central-1.aws.neon.tech'
    """
    server, dot, domain = host.partition(".")
    return f"{server}-pooler{dot}{domain}" if dot and not host.startswith("/") else host


def connect_organizations(builder: Db, settings: DatabaseSettings) -> Databases[OrganizationId]:
    """The databases of all organizations, none of which is opened yet.

    A branch has the password, the port and the TLS of the builder's own address. Each database is compared with the
    least that it has to have before it is first used, and takes no DDL unless that is said.
    """
    return connect_each(
        builder,
        queries.organizations.database_address,
        address=address_of,
        keys=settings.keys,
        base=settings.url,
        verify=requires(organization.schema),
        bounds=settings.bounds,
        timeout=settings.timeout,
    )


def connect_organizations_async(builder: AsyncDb, settings: DatabaseSettings) -> AsyncDatabases[OrganizationId]:
    """The same for coroutines."""
    return connect_each_async(
        builder,
        queries.organizations.database_address,
        address=address_of,
        keys=settings.keys,
        base=settings.url,
        verify=requires_async(organization.schema),
        bounds=settings.bounds,
        timeout=settings.timeout,
    )
