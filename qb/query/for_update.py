"""FOR UPDATE, FOR SHARE and their kin: rows that stay locked until the transaction ends.

https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from qb.errors import QueryError
from qb.query.entity import NamedRow
from qb.query.from_clause import relation_of
from qb.tree.for_update import Locking

Lock: TypeAlias = Literal["update", "no key update", "share", "key share"]


def locking(strength: Lock, of: type[NamedRow] | None, *, nowait: bool, skip_locked: bool) -> Locking:
    """The clause; QueryError for another strength, or two ways to treat rows that others hold."""
    if strength not in ("update", "no key update", "share", "key share"):
        raise QueryError(f"for_ takes update, no key update, share or key share, not {strength!r}")
    if nowait and skip_locked:
        raise QueryError("for_: nowait and skip_locked exclude each other")
    tables = () if of is None else (relation_of(of, "for_"),)
    return Locking(strength.upper(), tables, "NOWAIT" if nowait else "SKIP LOCKED" if skip_locked else "")
