"""The few parts of asyncpg that are used here, typed: it publishes no types of its own."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import asyncpg

Record = Sequence[Any]


class Statement(Protocol):
    async def fetchrow(self, *args: object) -> Record | None: ...
    async def fetch(self, *args: object) -> list[Record]: ...
    def cursor(self, *args: object, prefetch: int) -> AsyncIterator[Record]: ...


class Connection(Protocol):
    async def prepare(self, query: str) -> Statement: ...
    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> str: ...
    def transaction(self) -> AbstractAsyncContextManager[None]: ...
    async def close(self) -> None: ...


class Module(Protocol):
    async def connect(self, dsn: str) -> Connection: ...


connect = cast(Module, asyncpg).connect
