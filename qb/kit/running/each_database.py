"""The same for many databases, one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
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


def for_each(
    addresses: Mapping[K, str],
    work: Callable[[Database, K, str], Success[T] | Failure[KitError | DbError, T]],
    on_begin: Callable[[K], None],
) -> dict[K, Success[T] | Failure[KitError | DbError, T]]:
    """What becomes of each: one that fails stops none of the others."""
    found: dict[K, Success[T] | Failure[KitError | DbError, T]] = {}
    for key, address in addresses.items():
        on_begin(key)
        try:
            one = plain_connect(address, max_size=2, unhurried=True)
        except DefinitionError as error:
            found[key] = Failure(UnreadableAddress(str(error)))
            continue
        with one as db:
            found[key] = work(db, key, address)
    return found
