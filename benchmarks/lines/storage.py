"""What each of the programs does: the operations of Promptliano's document on tickets, their tasks, and a queue.

Rows and documents are typed and checked in all of them, bodies are validated, values are parameters. What they answer
is made plain data outside of what is counted.
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

Plain: TypeAlias = dict[str, Any]


class Refused(Exception):
    """A body from outside that is no ticket, or no change of one."""


class Storage(Protocol):
    """A program; its rows are of its own classes."""

    def __init__(self, url: str) -> None: ...
    def close(self) -> None: ...
    def create_tables(self) -> None: ...
    def create_project(self, name: str) -> int: ...
    def create_ticket(self, body: bytes) -> object:
        """`Refused` where the body has a field of another type, a label that there is not, or lacks what it needs."""
        ...

    def ticket(self, id: int) -> object | None:
        """None where it is deleted, or never was."""
        ...

    def tickets_of(self, project: int, status: str | None, limit: int, offset: int) -> Sequence[object]:
        """Newest first."""
        ...

    def search(self, project: int, text: str) -> Sequence[object]:
        """Those whose title or overview contains the text, whatever its case; a `%` in it is a `%`."""
        ...

    def change(self, id: int, body: bytes) -> object | None:
        """The fields that the body gives, and no others."""
        ...

    def delete(self, id: int) -> bool:
        """The row stays, and can be restored."""
        ...

    def restore(self, id: int) -> bool: ...
    def create_tasks(self, ticket: int, contents: Sequence[str]) -> Sequence[int]:
        """All of them or none, in their order."""
        ...

    def set_done(self, tasks: Sequence[int]) -> int: ...
    def with_tasks(self, id: int) -> object | None:
        """In one query: `ticket`, its `tasks` in order, `task_count`, `done_count`."""
        ...

    def create_with_tasks(self, body: bytes, contents: Sequence[str]) -> object:
        """In one transaction."""
        ...

    def totals(self, project: int) -> Sequence[tuple[str, int]]:
        """How many tickets are in each status."""
        ...

    def enqueue(self, ticket: int, priority: int) -> bool:
        """False where it waits or runs already."""
        ...

    def claim(self, worker: str) -> int | None:
        """The next item's ticket; no two workers get the same one, and none waits."""
        ...
