"""What stands between a database and its server: a pooler that hands the server's sessions around.

In transaction mode PgBouncer gives each transaction whichever session is free. A prepared statement is then in another
session than the one it is asked of, unless the pooler keeps track of them. That is noticed by what only such a pooler
does, said once, and answered by statements without names. https://www.pgbouncer.org/features.html
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from psycopg.pq import DiagnosticField
from psycopg.pq.abc import PGresult

from qb.errors import StaleStatement

if TYPE_CHECKING:
    from qb.run.session.link import PreparedStatement

POOLER_LOGGER: Final = logging.getLogger("qb")

TOLD: Final = (
    "a prepared statement is gone that nobody dropped: a pooler between qb and the server hands sessions around and "
    "does not keep prepared statements. From now on statements of this database are sent whole. Write "
    "qb.connect(..., prepare=False), or let the pooler keep them: PgBouncer 1.21 or newer with "
    "max_prepared_statements above 0. Limits, as statement_timeout, belong on the role there"
)


class Pooler:
    """What a database and its links have learnt of the way to their server."""

    __slots__ = ("swaps",)

    def __init__(self) -> None:
        self.swaps: bool = False
        """Whether sessions are swapped under a link: then nothing is prepared any more."""

    def noticed(self) -> None:
        """Sessions are swapped: say so, once a database."""
        if not self.swaps:
            self.swaps = True
            POOLER_LOGGER.warning(TOLD)


# Whose effects end with the error: anything else may have committed before it failed (CALL, DO, VACUUM).
_UNDONE: Final = (b"SELECT", b"INSERT", b"UPDATE", b"DELETE", b"MERGE", b"VALUES", b"WITH", b"TABLE")


def leaves_nothing(sql: bytes) -> bool:
    """Whether a statement that fails outside a transaction has certainly changed nothing."""
    return sql.lstrip()[:6].upper().startswith(_UNDONE)


def stale(reader: PreparedStatement, result: PGresult) -> StaleStatement | None:
    """What was wrong with the prepared statement where a refusal is about it alone, and nothing ran; else None.

    A routine can raise the same codes, after it has committed. So only what the server itself says counts, and what
    does not depend on its language: the statement's name, which nobody else has, the C function, the lack of a context
    (a routine's errors always have one), and internal messages, which are never translated.
    https://www.postgresql.org/docs/current/protocol-error-fields.html
    """
    if not reader.name:
        return None
    state = result.error_field(DiagnosticField.SQLSTATE)
    context = result.error_field(DiagnosticField.CONTEXT)
    message = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b""
    source = result.error_field(DiagnosticField.SOURCE_FUNCTION)
    match state:
        case b"26000" if context is None and reader.name in message:
            return StaleStatement("the session does not know it", sqlstate="26000")
        case b"0A000" if context is None and source == b"RevalidateCachedQuery":
            return StaleStatement("a table it reads has changed", sqlstate="0A000")
        case b"XX000" if (
            message.startswith(b"cache lookup failed for type ")
            and (context is None or _of_a_parameter(context))
            and leaves_nothing(reader.statement.sql)
        ):
            return StaleStatement("a type it uses has been created again", sqlstate="XX000")
        case _:
            return None


def _of_a_parameter(context: bytes) -> bool:
    """`unnamed portal parameter $1`, in any language: what the server says while it takes a value in."""
    return b"\n" not in context and b" $" in context and context.rstrip()[-1:].isdigit()


def name_taken(reader: PreparedStatement, result: PGresult) -> StaleStatement | None:
    """The same where preparing was refused, as the session has a statement of that name; that has run nothing."""
    if reader.name and result.error_field(DiagnosticField.SQLSTATE) == b"42P05":
        return StaleStatement("the session has another of its name", sqlstate="42P05")
    return None
