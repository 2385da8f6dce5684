"""A builder that knows organizations, and the databases that are theirs."""

from __future__ import annotations

import base64
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import NewType
from urllib.parse import quote

import msgspec
from psycopg.conninfo import conninfo_to_dict

import qb
from qb import (
    Col,
    Database,
    Rows,
    Select,
    Table,
    column,
    connect,
    create_all,
    drop_all,
    fn,
    insert,
    new,
    prepare,
    schema,
    select,
    sql,
    trusted,
)
from qb.databases import BranchAddress, EncryptedAddress, EncryptionKeys, PlainAddress

OrganizationId = NewType("OrganizationId", str)
PASSWORD = "pass-of-tenants"
ROLE = "role_of_tenants"
SOCKETS = "sockets-of-tenants"
"""Another name of the folder that the builder's server listens in, so that it can be told where the one is meant."""
KEY, OLD_KEY = (base64.b64encode(bytes([number] * 32)).decode() for number in (1, 2))
KEYS = EncryptionKeys(KEY)
TENANTS = 4


class Organization(Table, name="organizations of many"):
    id: Col[OrganizationId] = column(primary_key=True)
    kind: Col[str] = column()
    secret: Col[bytes] = column()


class Stored(msgspec.Struct, frozen=True):
    """What is stored of an address."""

    kind: str
    secret: bytes


@prepare
def stored(organization_id: OrganizationId) -> Select[Stored]:
    return select(Organization.kind, Organization.secret).where(Organization.id == organization_id).map(Stored)


def address(row: Stored) -> PlainAddress | EncryptedAddress | BranchAddress:
    match row.kind:
        case "plain":
            return PlainAddress(row.secret.decode())
        case "branch":
            host, database = row.secret.decode().split("|")
            return BranchAddress(host=host, database=database)
        case "text":
            return EncryptedAddress(row.secret.decode())
        case _:
            return EncryptedAddress(row.secret)


class Item(Table, name="items"):
    id: Col[int] = column(primary_key=True)
    of: Col[str] = column()


OWN = schema(Item)
COUNT: Rows[int] = select(fn.count(Item.id))
WHERE: Rows[str] = sql("SELECT current_database()").rows(str)
BACKEND: Rows[int] = sql("SELECT pg_backend_pid()").rows(int)


class Tenants:
    """The builder, and how organizations get there."""

    def __init__(self, builder: Database, urls: list[str]) -> None:
        self.builder = builder
        self.urls = urls
        """The addresses of their databases, as a role that may define nothing there."""

    def url(self, number: int, **more: str) -> str:
        """An address of one of them, which is another one for each of `more`."""
        return self.urls[number % TENANTS] + "".join(f"&{name}={quote(text)}" for name, text in more.items())

    def add(self, name: str, secret: bytes | str, kind: str = "plain") -> OrganizationId:
        """An organization, or the same one with another address."""
        key = OrganizationId(name)
        value = secret if isinstance(secret, bytes) else secret.encode()
        known = insert(new(Organization)(id=key, kind=kind, secret=value)).on_conflict(
            Organization.id, update=[Organization.kind.to(kind), Organization.secret.to(value)]
        )
        self.builder.execute(known).unwrap()
        return key

    def encrypted(self, name: str, url: str, keys: EncryptionKeys = KEYS) -> OrganizationId:
        """The same, its address encrypted."""
        return self.add(name, keys.encrypt(url, of=name), "encrypted")


def server_of(url: str, database: str) -> str:
    """The address of another database of a server."""
    own = conninfo_to_dict(url)
    return f"postgresql://{own['user']}@/{database}?host={quote(str(own['host']))}"


@contextmanager
def tenants(url: str) -> Generator[Tenants]:
    """Databases for organizations, made once for a run and emptied."""
    prefix = f"{conninfo_to_dict(url)['dbname']}_tenant"
    names = [f"{prefix}_{number}" for number in range(TENANTS)]
    with connect(url, max_size=4) as builder:

        def run(text: str) -> None:
            builder.execute(sql(trusted(text)).command()).unwrap()

        there = builder.all(sql("SELECT datname::text FROM pg_database").rows(str)).unwrap()
        role = builder.scalar(sql("SELECT count(*) FROM pg_roles WHERE rolname = {n}", n=ROLE).rows(int)).unwrap()
        if not role:
            run(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        for number, name in enumerate(names):
            if name not in there:
                run(f'CREATE DATABASE "{name}" STRATEGY file_copy')
                with connect(server_of(url, name)) as own:
                    own.run(create_all(OWN)).unwrap()
                    own.execute(sql(trusted(f"GRANT SELECT, INSERT, DELETE ON items TO {ROLE}")).command()).unwrap()
                    own.execute(sql(trusted("REVOKE CREATE ON SCHEMA public FROM public")).command()).unwrap()
            with connect(server_of(url, name)) as own:
                own.execute(qb.delete(Item).all_rows()).unwrap()
                rows = [new(Item)(id=each, of=name) for each in range(number + 1)]
                own.execute(insert(*rows)).unwrap()
        builder.run(drop_all(schema(Organization), if_exists=True)).unwrap()
        builder.run(create_all(schema(Organization))).unwrap()
        with TemporaryDirectory(prefix="qb-") as folder:
            Path(folder).chmod(0o755)
            sockets = Path(folder) / SOCKETS
            sockets.symlink_to(str(conninfo_to_dict(url)["host"]))
            where = quote(str(sockets))
            yield Tenants(builder, [f"postgresql://{ROLE}:{PASSWORD}@/{name}?host={where}" for name in names])
        builder.run(drop_all(schema(Organization))).unwrap()
        open_now = "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE {p}"
        left = -1
        for _ in range(500):  # a server that was told goodbye takes a moment to go
            left = builder.scalar(sql(open_now, p=f"{prefix}_%").rows(int)).unwrap()
            if not left:
                break
            sleep(0.01)
        assert left == 0, "connections were left open"
