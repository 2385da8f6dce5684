"""What the role that connects may do.

https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.config_choice import ChosenDatabase
from qb.kit.examination.diagnosis import Diagnosis, bad, doubtful, or_good
from qb.kit.examination.server import Server
from qb.model.schema import Schema
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import PUBLIC, quoted

_SCHEMAS: Final = """
SELECT s.name, n.oid IS NOT NULL, coalesce(has_schema_privilege(n.oid, 'USAGE'), false),
  coalesce(has_schema_privilege(n.oid, 'CREATE'), false)
FROM unnest({names}::text[]) s(name) LEFT JOIN pg_namespace n ON n.nspname = s.name
ORDER BY s.name
"""
_TABLES: Final = """
SELECT t.schema, t.name, pg_get_userbyid(c.relowner)::text, pg_has_role(c.relowner, 'USAGE'),
  has_table_privilege(c.oid, 'SELECT')
FROM unnest({schemas}::text[], {names}::text[]) t(schema, name)
JOIN pg_namespace n ON n.nspname = t.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.name
ORDER BY t.schema, t.name
"""


def rights(db: Db, server: Server, database: ChosenDatabase, wanted: Schema | None) -> Iterator[Diagnosis]:
    """Whether it may change what is owned, and read what is not."""
    who = f"as {quoted(server.role)}"
    may = "it may be changed" if database.owned else "its tables may be read"
    return or_good("rights", f"{who}: {may}", _in_the_way(db, server, database, wanted))


def _in_the_way(db: Db, server: Server, database: ChosenDatabase, wanted: Schema | None) -> Iterator[Diagnosis]:
    role = quoted(server.role)
    if server.superuser:
        if database.protected:
            message = f"{role} is a superuser: nothing is refused to it, not even by row security"
            yield doubtful("rights", message, 'CREATE ROLE "migrator" LOGIN;')
        return
    if server.bypasses:
        yield doubtful("rights", f"{role} is above row security", f"ALTER ROLE {role} NOBYPASSRLS;")
    if wanted is None:
        return
    tables = [(each.source.schema or PUBLIC, each.source.name) for each in wanted.tables if not each.external]
    names = sorted({*wanted.namespaces, *(schema for schema, _ in tables)})
    yield from _schemas(db, server, database, names)
    yield from _tables(db, server, database, tables)


def _schemas(db: Db, server: Server, database: ChosenDatabase, names: list[str]) -> Iterator[Diagnosis]:
    role = quoted(server.role)
    found = unwrap(db.all(sql(_SCHEMAS, names=names).rows(tuple[str, bool, bool, bool])))
    absent = [name for name, there, _, _ in found if not there]
    if absent and database.owned and not _may_create(db):
        message = f"the schemas {', '.join(absent)} are not there, and {role} may create none"
        yield bad("rights", message, f"GRANT CREATE ON DATABASE {quoted(server.database)} TO {role};")
    for name, there, usage, create in found:
        if not there:
            continue
        lacks = [right for right, has in (("USAGE", usage), ("CREATE", create or not database.owned)) if not has]
        if lacks:
            grant = f"GRANT {', '.join(lacks)} ON SCHEMA {quoted(name)} TO {role};"
            yield bad("rights", f"{role} lacks {' and '.join(lacks)} on the schema {quoted(name)}", grant)


def _may_create(db: Db) -> bool:
    return unwrap(db.scalar(sql("SELECT has_database_privilege(current_database(), 'CREATE')").rows(bool)))


def _tables(
    db: Db, server: Server, database: ChosenDatabase, tables: list[tuple[str, str]]
) -> Iterator[Diagnosis]:  # fmt: skip
    role = quoted(server.role)
    schemas, names = [schema for schema, _ in tables], [name for _, name in tables]
    found = unwrap(db.all(sql(_TABLES, schemas=schemas, names=names).rows(tuple[str, str, str, bool, bool])))
    if database.owned:
        owners: dict[str, list[str]] = {}
        for schema, name, owner, member, _ in found:
            if not member:
                owners.setdefault(owner, []).append(f"{quoted(schema)}.{quoted(name)}")
        for owner, theirs in owners.items():
            message = (
                f"{_some(theirs)} belong to {quoted(owner)}, whose member {role} is not: only an owner changes them"
            )
            yield bad("rights", message, f"GRANT {quoted(owner)} TO {role};")
        return
    unread: dict[str, list[str]] = {}
    for schema, name, _, _, select in found:
        if not select:
            unread.setdefault(schema, []).append(f"{quoted(schema)}.{quoted(name)}")
    for schema, theirs in unread.items():
        message = f"{role} may not read {_some(theirs)}: qb validate would"
        yield doubtful("rights", message, f"GRANT SELECT ON ALL TABLES IN SCHEMA {quoted(schema)} TO {role};")


def _some(names: list[str]) -> str:
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")
