"""The server itself: its version, and its settings for who connects.

https://www.postgresql.org/docs/current/view-pg-settings.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from qb.errors.outcome import unwrap
from qb.kit.config_choice import ChosenDatabase
from qb.kit.examination.diagnosis import Diagnosis, Severity, bad, doubtful, good
from qb.model.target import NEWEST
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted

OLDEST: Final = 15
"""The oldest major version that the tests run on."""
VERSION: Final = sql("SELECT current_setting('server_version_num')::int4, current_setting('server_version')").rows(
    tuple[int, str]
)


class Server(NamedTuple):
    """What is known of a server, and of who asks it."""

    version: int
    database: str
    role: str
    superuser: bool
    bypasses: bool
    creates_databases: bool
    standby: bool
    encoding: str
    first_schema: str | None

    @property
    def major(self) -> int:
        """Its major version."""
        return self.version // 10_000


_SERVER: Final = sql("""
SELECT current_setting('server_version_num')::int4 AS version, current_database()::text AS database,
  current_user::text AS role, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
  r.rolcreatedb AS creates_databases, pg_is_in_recovery() AS standby,
  pg_encoding_to_char(d.encoding)::text AS encoding, current_schema()::text AS first_schema
FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()
""").rows(Server)


def server_of(db: Db) -> Server:
    """What is known of a server."""
    return unwrap(db.one(_SERVER))


def version(server: Server, database: ChosenDatabase) -> Iterator[Diagnosis]:
    """Whether it is one that qb knows, and the one that the config says."""
    said = f"PostgreSQL {server.major}"
    if server.major < OLDEST:
        yield doubtful("version", f"{said} is older than what qb is tested on, {OLDEST} to {NEWEST}: update the server")
    elif server.major > NEWEST:
        yield doubtful("version", f"{said} is newer than what this qb knows: update qb", "pip install --upgrade qb")
    if database.major not in (None, server.major):
        yield bad("version", f"it is {said}, and the config says {database.major}", f"major = {server.major}")
    else:
        yield good("version", said)


class _Rule(NamedTuple):
    """A setting that is in the way unless it is as it should be."""

    name: str
    right: tuple[str, ...]
    level: Severity
    why: str


_RULES: Final = (
    _Rule("standard_conforming_strings", ("on",), "problem", "a backslash in a text means something else"),
    _Rule("session_replication_role", ("origin",), "problem", "triggers and foreign keys do not fire"),
    _Rule("default_transaction_read_only", ("off",), "problem", "every change is refused"),
    _Rule("row_security", ("on",), "warning", "reading a table with row security is an error instead of fewer rows"),
    _Rule("statement_timeout", ("0",), "warning", "what takes longer is cut off: an index, the check of a constraint"),
    _Rule("transaction_timeout", ("0",), "warning", "what takes longer is cut off: a migration as a whole"),
    _Rule(
        "default_transaction_isolation", ("read committed",), "warning", "a migration may fail and have to be run again"
    ),
    _Rule("check_function_bodies", ("on",), "warning", "a function is created with mistakes in it"),
)

_SETTINGS: Final = """
SELECT name::text, reset_val::text, coalesce(unit::text, '') FROM pg_settings WHERE name = ANY ({names}::text[])
"""
"""As they are before qb sets any in its session."""


_CLOSED: Final = sql("""
SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND NOT has_schema_privilege(oid, 'USAGE'))
  AND current_setting('search_path') ~ '\\mpublic\\M'
""").rows(bool)


def settings_in_the_way(db: Db, server: Server, database: ChosenDatabase) -> Iterator[Diagnosis]:
    """What the server, the database or the role sets that gets in the way. What qb sets for itself does not count."""
    names = [each.name for each in _RULES]
    rows = unwrap(db.all(sql(_SETTINGS, names=names).rows(tuple[str, str, str])))
    found = {name: (value, unit) for name, value, unit in rows}
    for rule in _RULES:
        value, unit = found.get(rule.name, (rule.right[0], ""))
        if value not in rule.right:
            fix = f"ALTER ROLE {quoted(server.role)} SET {rule.name} = '{rule.right[0]}';"
            message = f"{rule.name} is {value}{f' {unit}' if unit else ''}: {rule.why}"
            yield Diagnosis("settings", rule.level, message, fix)
    if server.encoding != "UTF8":
        make = f"CREATE DATABASE {quoted(server.database + '_utf8')} TEMPLATE template0 ENCODING 'UTF8';"
        yield doubtful("settings", f"the database's encoding is {server.encoding}: not every text can be stored", make)
    if server.first_schema is None and unwrap(db.scalar(_CLOSED)):
        grant = f"GRANT USAGE ON SCHEMA public TO {quoted(server.role)};"
        yield bad(
            "settings", f"{quoted(server.role)} may not use the schema public, where the search path leads", grant
        )
    elif server.first_schema is None:
        path = f"ALTER ROLE {quoted(server.role)} SET search_path = public;"
        yield bad("settings", "no schema of the search path is there: what is declared without one has no place", path)
    elif server.first_schema != "public":
        message = (
            f'what is declared without a schema is created in "{server.first_schema}", the first of the search path'
        )
        yield doubtful("settings", message, f"ALTER ROLE {quoted(server.role)} SET search_path = public;")
    if server.standby:
        message = "it is a standby: it can be read, and nothing changed"
        yield bad("settings", f"{message}: name the primary") if database.owned else doubtful("settings", message)
