"""Peers without a database, for what a seat does."""

import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from benchmarks.data.model import Change, NewTicket, Plain, Ticket, plain_row
from benchmarks.data.rows import ticket
from benchmarks.peers.peer import Base, Method


class Fake(Base):
    absent: Mapping[Method, str] = {Method.PIPELINE: "it has none"}

    def __init__(self) -> None:
        self.seen: list[object] = []

    @property
    def versions(self) -> Mapping[str, str]:
        return {"a-library": "1.0"}

    def setup(self, url: str) -> None:
        print(f"connected to {url}")  # what a library prints must not disturb anybody

    def close(self) -> None:
        print("closed", file=sys.stderr)

    def plain(self, row: object) -> Plain:
        return plain_row(row)

    def single_fetch(self, ticket_id: int) -> Ticket:
        return ticket(ticket_id)

    def convert(self, count: int) -> list[Ticket]:
        return [ticket(number) for number in range(1, count + 1)]

    def insert(self, rows: Iterable[NewTicket]) -> None:
        self.seen = list(rows)

    def insert_returning(self, rows: Sequence[NewTicket]) -> list[int]:
        return list(range(1, len(rows) + 1))

    def update(self, changes: Sequence[Change]) -> None:
        self.seen = list(changes)

    def delete(self, ids: Sequence[int]) -> None:
        self.seen = list(ids)

    def compile(self, joins: int, number: int) -> str:
        return f"{self.seen!r} {joins} {number}"

    def pipeline(self, ids: Sequence[int]) -> list[Ticket]:
        raise AssertionError("it is absent")


class AsyncFake(Base):
    @property
    def versions(self) -> Mapping[str, str]:
        return {}

    async def setup(self, url: str) -> None: ...

    async def close(self) -> None: ...

    def plain(self, row: object) -> Plain:
        return plain_row(row)

    async def single_fetch(self, ticket_id: int) -> Ticket:
        return ticket(ticket_id)

    async def stream(self, count: int) -> AsyncIterator[Ticket]:
        for number in range(1, count + 1):
            yield ticket(number)
