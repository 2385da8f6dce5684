"""Names that nobody chose: those of constraints and indexes, in PostgreSQL's own style."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from qb.types.identifier import LIMIT


def constraint_name(table: str, columns: Sequence[str], label: str) -> str:
    """`table_column_label`; where that is too long its middle is cut, and a checksum keeps it unlike its neighbours.

    PostgreSQL would number such names in the order it meets them, so that they would differ between databases.

    >>> constraint_name("users", ["email"], "key")
    'users_email_key'
    >>> constraint_name("a" * 40, ["b" * 40], "fkey")
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_bbbbbbbb_7bb9c634_fkey'
    """
    whole = "_".join((table, *columns, label))
    if len(whole.encode()) <= LIMIT:
        return whole
    tail = f"_{zlib.crc32(whole.encode()):08x}_{label}"
    return whole.encode()[: LIMIT - len(tail)].decode(errors="ignore") + tail
