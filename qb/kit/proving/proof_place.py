"""Where a proof is made: a database of its own, on the embedded server or on one that is there for it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from qb.errors.outcome import ignore
from qb.frozen import FrozenStruct
from qb.kit.proving.lock_probes import MOST_SESSIONS
from qb.kit.shadow_server import cache_folder, scratch_database, worthless_server
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.run.server.embedded import nearest_major
from qb.run.server.url import redact
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_LOCK: Final = "SELECT pg_catalog.pg_advisory_xact_lock(7163801)"


class ProofPlace(FrozenStruct):
    """A database with nothing in it."""

    db: Database
    own: bool
    """Whether its server is thrown away: then roles can be made on it."""
    server: str
    """What people call it."""


@contextmanager
def proof_place(major: int, *, shadow: str | None = None, cache: Path | str | None = None) -> Generator[ProofPlace]:
    """The embedded server of that major version or the nearest; with `shadow` a database that is made on another and
    dropped. Raises `NoShadow`, and the errors of the world."""
    if shadow is not None:
        with connect(shadow) as there, scratch_database(there, shadow, max_size=MOST_SESSIONS) as db:
            yield ProofPlace(db, False, redact(shadow))
        return
    folder = Path(cache) if cache is not None else cache_folder()
    with worthless_server(folder, "proof", major) as server, _one_at_a_time(server.url) as db:
        yield ProofPlace(db, True, f"the embedded PostgreSQL {nearest_major(major)}")


@contextmanager
def _one_at_a_time(url: str) -> Generator[Database]:
    """Roles belong to all of a server: who comes later waits, and finds none."""
    with connect(url) as there, connect(url) as waiting, waiting.transaction() as alone:
        alone.raising.run(Script(trusted(_LOCK)))
        try:
            with scratch_database(there, url, max_size=MOST_SESSIONS) as db:
                yield db
        finally:
            for role in there.raising.all(sql("SELECT rolname::text FROM pg_roles WHERE oid > 16383").rows(str)):
                ignore(there.run(Script(trusted(f"DROP ROLE IF EXISTS {quoted(role)}"))))
