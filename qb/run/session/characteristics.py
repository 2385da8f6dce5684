"""What a transaction is: its isolation, whether it only reads or may wait for a quiet moment, and whose it is."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from qb.errors import QueryError
from qb.run.session.acting import Acting

Isolation: TypeAlias = Literal["read committed", "repeatable read", "serializable"]
"""https://www.postgresql.org/docs/current/transaction-iso.html"""


class Characteristics(NamedTuple):
    """What BEGIN says. None is what the session says: https://www.postgresql.org/docs/current/sql-set-transaction.html"""

    isolation: Isolation | None = None
    read_only: bool | None = None
    deferrable: bool | None = None
    acting: Acting | None = None
    """As whom it runs, which a savepoint may say as well; None for whoever runs what is around it."""

    def sql(self) -> bytes:
        """The BEGIN command."""
        words = ["BEGIN"]
        if self.isolation is not None:
            if self.isolation not in _ISOLATION:
                raise QueryError(f"isolation is {', '.join(map(repr, _ISOLATION))}, not {self.isolation!r}")
            words.append(f"ISOLATION LEVEL {_ISOLATION[self.isolation]}")
        if self.read_only is not None:
            words.append("READ ONLY" if self.read_only else "READ WRITE")
        if self.deferrable is not None:
            words.append("DEFERRABLE" if self.deferrable else "NOT DEFERRABLE")
        return " ".join(words).encode()

    def within(self, outer: Characteristics) -> bool:
        """Whether a transaction that was begun with `outer` is at least what this one wants."""
        self.sql()  # which refuses what is no level
        levels = list(_ISOLATION)
        strict = outer.isolation is not None and (
            self.isolation is None or levels.index(outer.isolation) >= levels.index(self.isolation)
        )
        return (
            (self.isolation is None or strict)
            and (not self.read_only or outer.read_only is True)
            and (self.read_only is not False or outer.read_only is not True)
            and (not self.deferrable or outer.deferrable is True)
        )


_ISOLATION: Final = {
    "read committed": "READ COMMITTED",
    "repeatable read": "REPEATABLE READ",
    "serializable": "SERIALIZABLE",
}
