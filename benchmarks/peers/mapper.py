"""What object mappers have in common, and the border to them.

Most publish no types, or types that say Unknown to a strict checker of whatever is declared with them: so they are Any
within their modules, and nothing of them leaves but what `plain` makes of it. Their rows are compared at run time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

import msgspec
from psycopg.conninfo import conninfo_to_dict

from benchmarks.data.model import TICKET_COLUMNS, NewTicket, Plain

CONNECTIONS = 8
CHUNK = 500
BLOCK = 500
"""Rows of one statement: theirs are lists of parameters, of which PostgreSQL takes 65,535 and asyncpg half of it."""

T = TypeVar("T")


def untyped(module: str) -> Any:
    """Raises ModuleNotFoundError, which makes its peer a missing one."""
    return import_module(module)


def address(url: str) -> dict[str, str]:
    """Its parts, under libpq's names."""
    return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}


class WithTasks(NamedTuple):
    """Counted in Python, as the tasks are loaded anyway."""

    ticket: Any
    tasks: Sequence[Any]

    @property
    def done(self) -> int:
        return sum(task.done for task in self.tasks)


class Parent(NamedTuple):
    """A ticket with its tasks, of which only the title was asked for."""

    ticket: Any
    tasks: Sequence[Any]


def new_values(row: NewTicket) -> dict[str, Any]:
    """Documents as dicts: they take no others."""
    return {**msgspec.structs.asdict(row), "metadata": msgspec.to_builtins(row.metadata)}


def plain_of(row: Any) -> Plain:
    match row:
        case WithTasks(ticket, tasks):
            counts = {"task_count": len(tasks), "done_count": row.done}
            return {**plain_of(ticket), "tasks": list(map(plain_task, tasks)), **counts}
        case Parent(ticket, tasks):
            return {"id": ticket.id, "title": ticket.title, "tasks": list(map(plain_task, tasks))}
        case _:
            return {name: getattr(row, name) for name in TICKET_COLUMNS}


def plain_task(task: Any) -> Plain:
    return {"id": task.id, "content": task.content, "done": task.done, "position": task.position}


def numbered(sql: str) -> str:
    """With `$1` for psycopg's `%s`, which it numbers when it is sent."""
    first, *others = sql.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))


def blocks(rows: Iterable[T], size: int = BLOCK) -> Iterable[list[T]]:
    block: list[T] = []
    for row in rows:
        block.append(row)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block


def by_threads(fetch: Callable[[int], T], count: int, ids: Sequence[int]) -> list[T]:
    def run(first: int) -> list[T]:
        return [fetch(key) for key in ids[first::count]]

    with ThreadPoolExecutor(count) as threads:
        parts = list(threads.map(run, range(count)))
    return in_order(parts, len(ids))


async def by_tasks(fetch: Callable[[int], Awaitable[T]], count: int, ids: Sequence[int]) -> list[T]:
    async def run(first: int) -> list[T]:
        return [await fetch(key) for key in ids[first::count]]

    return in_order(await asyncio.gather(*map(run, range(count))), len(ids))


def in_order(parts: Sequence[Sequence[T]], length: int) -> list[T]:
    """Of the keys: part n has those from place n on, one of as many as there are parts."""
    return [parts[place % len(parts)][place // len(parts)] for place in range(length)]
