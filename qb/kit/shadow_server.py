"""The servers on which schemas are looked at: the embedded one in a folder of its own, or a database that is made on
another and dropped."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from qb.errors import DefinitionError, InsufficientPrivilege
from qb.errors.outcome import Failure, ignore
from qb.kit.errors import MissingExtensions, MissingRight, MissingRoles, NoShadow
from qb.query.raw import sql
from qb.query.statement import Command
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.run.database.db import Db
from qb.run.server.embedded import Embedded, embedded, nearest_major, project_folder
from qb.run.server.new_cluster import is_half_made
from qb.run.server.url import redact, with_database
from qb.types.identifier import quoted
from qb.types.trusted import trusted

__all__ = ["nearest_major"]  # of the package's servers, for whoever starts one

SETTINGS: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_locks_per_transaction": "4096",
}
"""Of a server whose data is worth nothing. A table takes about fifteen locks until its transaction ends."""

_IN_PLACE: Final = {"allow_in_place_tablespaces": "on"}
"""A tablespace needs no folder of its own there."""
_IS_THERE: Final = "42710"

_VERSION: Final = sql("SELECT current_setting('server_version_num')::int4 / 10000").rows(int)


def major_at(there: Db) -> int:
    """The major version of a server. Raises the errors of the world."""
    return there.raising.one(_VERSION)


def cache_folder(start: Path | None = None) -> Path:
    """Where shadows are, and what they found: `.qb/cache` of a project; where nothing can be written there a folder
    that goes with the process."""
    try:
        folder = project_folder(start) / "cache"
        folder.mkdir(exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass  # which a read-only copy of a project says
    made = tempfile.mkdtemp(prefix="qb-cache-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@contextmanager
def embedded_shadow(folder: Path, major: int) -> Generator[Db]:
    """The embedded server in a folder that is there for shadows, of the nearest major version that the package has.

    What was left half-made there, by a kit that was killed, is made anew: nothing on a shadow is worth keeping.
    Raises `NoShadow`.
    """
    with worthless_server(folder, "shadow", major) as server, connect(server.url, settings=_IN_PLACE) as db:
        yield db


def worthless_server(folder: Path, name: str, major: int) -> Embedded:
    """The embedded server of that name, whose data is worth nothing. Raises `NoShadow`."""
    major = nearest_major(major)
    place = folder / f"{name}-{major}"
    try:
        if is_half_made(place):
            shutil.rmtree(place, ignore_errors=True)
        return embedded(place, major=major, settings=SETTINGS)
    except (ImportError, RuntimeError, OSError, DefinitionError) as error:
        raise NoShadow(str(error), installed=not isinstance(error, ImportError)) from None


@contextmanager
def scratch_database(there: Db, shadow: str, *, max_size: int = 10) -> Generator[Database]:
    """A database of its own on somebody's server, as long as the block runs. Raises the errors of the world."""
    name = f"qb_shadow_{secrets.token_hex(6)}"
    try:
        there.raising.execute(_scratch("CREATE DATABASE {} TEMPLATE template0", name))
    except InsufficientPrivilege:
        role = there.raising.one(sql("SELECT current_user::text").rows(str))
        raise MissingRight(
            role, redact(shadow), "create the database that a shadow is", f"ALTER ROLE {quoted(role)} CREATEDB;"
        ) from None
    try:
        with connect(with_database(shadow, name), max_size=max_size) as db:
            yield db
    finally:
        ignore(there.execute(_scratch("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)))


def _scratch(template: str, name: str) -> Command:
    text: Any = template.format(name)  # made of hexadecimal digits
    return sql(text).command()


def make_tablespace(db: Db, name: str) -> None:
    """A tablespace on the embedded server, within its own folder. Raises the errors of the world."""
    assert isinstance(db, Database), "a shadow is connected to by itself"
    made = db.apart.execute(sql(trusted(f"CREATE TABLESPACE {_plain(quoted(name))} LOCATION ''")).command())
    if isinstance(made, Failure) and (error := made.failure()).sqlstate != _IS_THERE:
        raise error


def make_tablespaces(db: Db, wanted: Iterable[str]) -> None:
    """Those that a schema names, where they are not there yet: its tables can be made on a server without them."""
    for each in sorted(wanted):
        make_tablespace(db, each)


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def has_extensions(db: Db, wanted: Iterable[str], server: str) -> None:
    """Raises `MissingExtensions` where a server, which people call so, lacks some; and the errors of the world."""
    available = db.raising.all(sql("SELECT name::text FROM pg_available_extensions").rows(str))
    if missing := tuple(sorted(set(wanted).difference(available))):
        raise MissingExtensions(missing, server)


def has_roles(db: Db, wanted: Iterable[str], server: str) -> None:
    """Raises `MissingRoles` where a server lacks some: none are made on one that is somebody's."""
    if missing := tuple(
        sorted(set(wanted).difference(db.raising.all(sql("SELECT rolname::text FROM pg_roles").rows(str))))
    ):
        raise MissingRoles(missing, server)
