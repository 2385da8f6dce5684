"""Pools that give out links and count them, so that a test can say how many there are and whose."""

import threading
from collections.abc import Callable
from typing import Any, ClassVar

import anyio
import psycopg

from qb.run.pool.line import Lease
from qb.run.pool.pools import AsyncPool, SyncPool

Connection = psycopg.Connection[Any]


class Counted(Connection):
    """Connections that tell how many there are and how many there were."""

    opened: ClassVar[int] = 0
    most: ClassVar[int] = 0
    living: ClassVar[set["Counted"]] = set()

    @classmethod
    def connect(cls, *arguments: Any, **options: Any) -> Any:
        made = super().connect(*arguments, **options)
        with _COUNTING:
            cls.living.add(made)
            cls.opened += 1
            cls.most = max(cls.most, len(cls.living))
        return made

    def close(self) -> None:
        with _COUNTING:
            self.living.discard(self)
        super().close()


_COUNTING = threading.Lock()


class Links:
    """Leases by their link, so that these tests can speak of links: each is lent once at a time."""

    def __init__(self) -> None:
        self.leases: dict[Connection, Lease[Counted]] = {}

    def out(self, lease: Lease[Counted]) -> Counted:
        self.leases[lease.link] = lease
        return lease.link


class SyncLinks(SyncPool[Counted]):
    """A pool that gives out links."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.links = Links()
        super().__init__(*arguments, **options)

    def take(self, timeout: float | None = None) -> Counted:
        return self.links.out(self.checkout(timeout))

    def put(self, link: Connection) -> None:
        self.give_back(self.links.leases[link])


class AsyncLinks(AsyncPool[Counted]):
    """The same for tasks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.links = Links()
        super().__init__(*arguments, **options)

    async def take(self, timeout: float | None = None) -> Counted:  # noqa: ASYNC109
        return self.links.out(await self.checkout(timeout))

    def put(self, link: Connection) -> None:
        self.give_back(self.links.leases[link])


SyncPools = Callable[..., SyncLinks]
AsyncPools = Callable[..., AsyncLinks]


def one(connection: Connection) -> object:
    row = connection.execute("SELECT 1").fetchone()
    return row and row[0]


def terminate(url: str, *connections: Connection) -> None:
    """End connections from the server's side, and wait until it has told them."""
    with psycopg.connect(url, autocommit=True) as other:
        for connection in connections:
            other.execute("SELECT pg_terminate_backend(%s, 60000)", (connection.info.backend_pid,))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - it is a thread that is waited for
        await anyio.sleep(0.001)
