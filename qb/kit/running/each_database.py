"""The same for many databases, one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.running.guard_errors import GuardFailed
from qb.run.database.database import Database
from qb.run.database.plain_connect import plain_connect

K = TypeVar("K")
T = TypeVar("T")


@dataclass(repr=False, eq=False)
class UnreadableAddress(KitError):
    """The address of one of the databases is none; nothing of it is shown."""

    message: str
    code: ClassVar[str] = "unreadable-address"

    def __str__(self) -> str:
        return self.message


@dataclass(repr=False, eq=False)
class NotBegun(KitError):
    """One of the databases that was not asked, as a guard failed in one before."""

    before: str
    """Which one."""
    code: ClassVar[str] = "not-begun"
    exit_code: ClassVar[ExitCode] = ExitCode.GUARD_FAILED

    def __str__(self) -> str:
        return f"not begun, as rows of {self.before} are not what the schema says"


def for_each(
    addresses: Mapping[K, str],
    work: Callable[[Database, K, str], Success[T] | Failure[KitError | DbError, T]],
    on_begin: Callable[[K], None],
) -> dict[K, Success[T] | Failure[KitError | DbError, T]]:
    """What becomes of each: one that fails stops none of the others, unless it is done and rows are not what they
    were to be, which is then so of all."""
    found: dict[K, Success[T] | Failure[KitError | DbError, T]] = {}
    stopped: K | None = None
    for key, address in addresses.items():
        if stopped is not None:
            found[key] = Failure(NotBegun(str(stopped)))
            continue
        on_begin(key)
        try:
            one = plain_connect(address, max_size=2, unhurried=True)
        except DefinitionError as error:
            found[key] = Failure(UnreadableAddress(str(error)))
            continue
        with one as db:
            found[key] = done = work(db, key, address)
        if isinstance(done, Failure) and isinstance(done.failure(), GuardFailed):
            stopped = key
    return found
