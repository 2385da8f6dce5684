"""The way to the server: whether a pooler is in between, and whether there is another without one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.config_choice import ChosenDatabase
from qb.kit.examination.diagnosis import Diagnosis, bad, doubtful, good
from qb.query.raw import sql
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.database.pooled import pooled

_WHICH: Final = sql("""
SELECT d.oid::int8, current_database()::text, extract(epoch FROM pg_postmaster_start_time())::text
FROM pg_database d WHERE d.datname = current_database()
""").rows(tuple[int, str, str])

_PATIENCE: Final = 5.0
"""Seconds."""
_FIX: Final = 'direct_url = "env:DIRECT_URL"'


def leads_elsewhere(direct: Db, url: str) -> bool:
    """Whether there is another database at an address; no, where none answers there."""
    with connect(url, max_size=1, timeout=_PATIENCE) as other:
        one, found = direct.one(_WHICH), other.one(_WHICH)
    return isinstance(one, Success) and isinstance(found, Success) and one.unwrap() != found.unwrap()


def way(db: Db, database: ChosenDatabase) -> Iterator[Diagnosis]:
    """A migration holds a session: a lock on it, and settings of it."""
    through = unwrap(pooled(db))
    if database.direct_url is None or database.direct_url == database.url:
        if through:
            message = (
                "a pooler is in between, which may give each transaction another session: a migration needs its own"
            )
            yield bad("pooler", message, _FIX) if database.owned else doubtful("pooler", message, _FIX)
        else:
            yield good("pooler", "none in between")
        return
    if not through:
        yield good("pooler", "none in between")
    with connect(database.direct_url, max_size=1) as direct:
        asked = pooled(direct)
        if isinstance(asked, Failure):
            where = f"direct_url, {database.direct_shown} (from {database.direct_origin})"
            yield bad("pooler", f"{where}: {asked.failure()}", f"pg_isready -d {shlex.quote(database.direct_shown)}")
        elif unwrap(asked):
            yield bad("pooler", "a pooler is in between at direct_url, too: name the server itself there")
        elif unwrap(direct.one(_WHICH)) != unwrap(db.one(_WHICH)):
            yield bad("pooler", "url and direct_url lead to different databases, or servers")
        else:
            yield good("pooler", "one at url, none at direct_url" if through else "direct_url is the same database")
