"""Whether a pooler stands between a program and its server."""

from __future__ import annotations

from typing import cast

from qb.errors.outcome import Outcome, Success
from qb.run.database.read_db import ReadDb
from qb.run.session.answers import command as run_command
from qb.run.session.link import Link
from qb.run.session.wait import Conversation
from qb.run.talk.renew import anew


def pooled(db: ReadDb) -> Outcome[bool]:
    """Whether sessions are not the server's own: a pooler tells its clients another process than the server's.

    In which mode it is cannot be told. https://www.pgbouncer.org/features.html

    >>> from qb.run.database.pooled import pooled
    >>> pooled(db)
    <Success: False>
    """
    source = db._source  # pyright: ignore[reportPrivateUsage]

    def asked() -> Outcome[bool]:
        lease = source.checkout()
        try:
            return Success(anew(source, lease, _is_another))
        finally:
            source.give_back(lease)

    return cast("Outcome[bool]", db._outcome("pooled()", asked))  # pyright: ignore[reportPrivateUsage]


def _is_another(link: Link) -> Conversation[bool]:
    result = yield from run_command(link, b"SELECT pg_catalog.pg_backend_pid()")
    return int(result.get_value(0, 0) or 0) != link.pgconn.backend_pid
