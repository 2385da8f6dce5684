"""Who does it: the runner itself, whatever the file has SET, so that nothing depends on it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from qb.run.database.own_session import OwnSession

_TRIED: Final = "qb_kept"


@contextmanager
def by_itself(session: OwnSession, *, path: bool = False) -> Generator[None]:
    """A block of a transaction in which the role is the runner's own and names are looked for in `pg_catalog` alone,
    or with `path` where the file looks for them. What fails undoes the transaction anyway."""
    ((role, searched),) = session.rows(
        "SELECT pg_catalog.current_setting('role'), pg_catalog.current_setting('search_path')"
    )
    set_here(session, "role", "none")
    if not path:
        set_here(session, "search_path", "pg_catalog")
    yield
    set_here(session, "search_path", searched or "")
    set_here(session, "role", role or "none")


def set_here(session: OwnSession, name: str, value: str) -> None:
    """A setting, to the end of the transaction."""
    session.rows("SELECT pg_catalog.set_config($1, $2, true)", name, value)


@contextmanager
def only_tried(session: OwnSession) -> Generator[None]:
    """A block that is undone: whether the server does it is seen, and that is all."""
    session.run(f"SAVEPOINT {_TRIED}")
    yield
    session.run(f"ROLLBACK TO {_TRIED}")
    session.run(f"RELEASE {_TRIED}")


def oid_of(session: OwnSession, name: str) -> str | None:
    """The number of a table or sequence, by its name as SQL; None where it is not there."""
    ((found,),) = session.rows("SELECT pg_catalog.to_regclass($1)::oid", name)
    return found
