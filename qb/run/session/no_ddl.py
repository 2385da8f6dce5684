"""Databases without DDL: which SQL may be some, and which answers say that it was.

What PostgreSQL itself takes for DDL when it logs that (`log_statement = ddl`). A role that may CREATE nothing is the
guarantee: a function, a DO block and EXPLAIN ANALYZE say nothing of what they did.
https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-STATEMENT
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg.pq import ExecStatus

from qb.tree.lexemes import lexemes

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

ALONE: Final = "25001"
"""The SQLSTATE of what cannot run in a transaction."""
_COMMAND_OK: Final = int(ExecStatus.COMMAND_OK)
_ROWS: Final = frozenset(("insert", "update", "delete", "merge", "values", "table", "show"))
_QUERIES: Final = frozenset(("select", "with"))
_DDL: Final = frozenset(
    (
        *(b"ALTER", b"CLUSTER", b"COMMENT", b"CREATE", b"DROP", b"GRANT", b"IMPORT", b"REASSIGN", b"REFRESH"),
        *(b"REINDEX", b"REVOKE", b"SECURITY"),
    )
)


def perhaps_ddl(sql: bytes) -> bool:
    """Whether SQL may be DDL, as far as its first word says: a query or a write of rows is none, but for SELECT INTO.

    >>> perhaps_ddl(b"/* all */ SELECT 1"), perhaps_ddl(b"SELECT 1 INTO t"), perhaps_ddl(b"DROP TABLE t")
    (False, True, True)
    """
    # Byte by byte, as the server reads it: no letter beyond ASCII is of a word that is looked for.
    words = (each.small for each in lexemes(sql.decode("latin-1")) if each.kind == "word")
    first = next(words, "")
    return not (first in _ROWS or (first in _QUERIES and "into" not in words))


def ddl_of(result: PGresult) -> str | None:
    """The command that was DDL, by the tag of its answer; None for anything else.

    CREATE TABLE AS and SELECT INTO answer as a query does, and have no rows to give.
    """
    tag = result.command_status or b""
    word, _, rest = tag.partition(b" ")
    if word in _DDL:
        return tag.decode()
    if word == b"SELECT" and rest and result.status == _COMMAND_OK:
        return "CREATE TABLE AS"
    return None


def command_of(sql: bytes) -> str:
    """What a statement is called by its own first words, of one that has not come to an answer with a tag.

    >>> command_of(b"/* all */ vacuum full"), command_of(b"CREATE DATABASE x")
    ('VACUUM', 'CREATE DATABASE')
    """
    words = (each.small.upper() for each in lexemes(sql.decode("latin-1")) if each.kind == "word")
    first = next(words, "")
    return f"{first} {next(words, '')}".strip() if first in _TWO else first


_TWO: Final = frozenset(("CREATE", "ALTER", "DROP"))
"""Commands that say what they are about with their second word."""
