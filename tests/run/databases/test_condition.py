"""How a database is: what its role may define there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import ConnectionRefused, Database, connect, sql, trusted
from qb.databases import DatabaseSettings, PlainAddress, health

ROLE = 'ro"le of condition'
SCHEMA = 'we"ird'

OTHER = "other of condition"


def q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    """A database, and a role that may do nothing there."""
    with connect(qb_url) as own:

        def run(*texts: str) -> None:
            for text in texts:
                own.execute(sql(trusted(text)).command()).unwrap()

        run(
            f"DROP SCHEMA IF EXISTS {q(SCHEMA)} CASCADE",
            f"CREATE ROLE {q(ROLE)}",
            f"CREATE ROLE {q(OTHER)}",
            f"CREATE SCHEMA {q(SCHEMA)}",
        )
        run("REVOKE CREATE ON SCHEMA public FROM public")
        yield own
        run(f"DROP OWNED BY {q(ROLE)} CASCADE", f"DROP SCHEMA {q(SCHEMA)} CASCADE", f"DROP ROLE {q(ROLE)}, {q(OTHER)}")


TABLE = f"CREATE TABLE {q(SCHEMA)}.t (id int)"
OBJECTS = (
    (
        f"CREATE FUNCTION {q(SCHEMA)}.f() RETURNS int RETURN 1",
        "FUNCTION",
        f"{q(SCHEMA)}.f()",
        f"function {q(SCHEMA)}.f()",
    ),
    (f"CREATE TYPE {q(SCHEMA)}.k AS ENUM ('a')", "TYPE", f"{q(SCHEMA)}.k", f"type {q(SCHEMA)}.k"),
    ("CREATE PUBLICATION p", "PUBLICATION", "p", "publication p"),
    (
        f"CREATE TEXT SEARCH CONFIGURATION {q(SCHEMA)}.c (COPY = english)",
        *("TEXT SEARCH CONFIGURATION", f"{q(SCHEMA)}.c", f"text search configuration {q(SCHEMA)}.c"),
    ),
    (f'CREATE COLLATION {q(SCHEMA)}.c FROM "C"', "COLLATION", f"{q(SCHEMA)}.c", f"collation {q(SCHEMA)}.c"),
    (
        f"CREATE TABLE {q(SCHEMA)}.t (a int, b int); CREATE STATISTICS {q(SCHEMA)}.s ON a, b FROM {q(SCHEMA)}.t",
        *("STATISTICS", f"{q(SCHEMA)}.s", f"statistics object {q(SCHEMA)}.s"),
    ),
)
MAY: dict[str, tuple[str, ...]] = {
    "SELECT 1": (),
    f"GRANT CREATE ON SCHEMA {q(SCHEMA)} TO {q(ROLE)}": (f'create in schema "{SCHEMA}"',),
    f"GRANT USAGE ON SCHEMA {q(SCHEMA)} TO {q(ROLE)}": (),
    f"ALTER ROLE {q(ROLE)} CREATEDB CREATEROLE": ("create databases", "create roles"),
    f"ALTER ROLE {q(ROLE)} SUPERUSER": ("anything: it is a superuser",),
    f"CREATE TABLE {q(SCHEMA)}.t (id int); ALTER TABLE {q(SCHEMA)}.t OWNER TO {q(ROLE)}": (
        f"alter and drop what it owns: {q(SCHEMA)}.t",
    ),
    f"GRANT CREATE ON SCHEMA {q(SCHEMA)} TO {q(OTHER)}; GRANT {q(OTHER)} TO {q(ROLE)} WITH INHERIT FALSE": (
        f'create in schema "{SCHEMA}"',
    ),
    f"{TABLE}; ALTER TABLE {q(SCHEMA)}.t OWNER TO {q(OTHER)}; "
    f"GRANT {q(OTHER)} TO {q(ROLE)} WITH INHERIT FALSE, SET FALSE, ADMIN TRUE": (
        f"alter and drop what it owns: {q(SCHEMA)}.t",
    ),
    f"ALTER ROLE {q(OTHER)} SUPERUSER; GRANT {q(OTHER)} TO {q(ROLE)}": (
        "anything: it may become one, or run programs on the server",
    ),
    f"GRANT pg_execute_server_program TO {q(ROLE)}": ("anything: it may become one, or run programs on the server",),
    f"{TABLE}; GRANT TRIGGER ON {q(SCHEMA)}.t TO {q(ROLE)}": (f"create triggers on: {q(SCHEMA)}.t",),
    f"{TABLE}; GRANT TRIGGER ON {q(SCHEMA)}.t TO public": (f"create triggers on: {q(SCHEMA)}.t",),
    f"{TABLE}; GRANT SELECT, UPDATE, INSERT, DELETE, TRUNCATE, REFERENCES ON {q(SCHEMA)}.t TO {q(ROLE)}": (),
    f"{TABLE}; GRANT SELECT ON {q(SCHEMA)}.t TO {q(ROLE)} WITH GRANT OPTION": (
        f"grant rights on: table {q(SCHEMA)}.t",
    ),
    f"{TABLE}; GRANT SELECT (id) ON {q(SCHEMA)}.t TO {q(ROLE)} WITH GRANT OPTION": (
        f"grant rights on: column id of table {q(SCHEMA)}.t",
    ),
    f"{TABLE}; GRANT MAINTAIN ON {q(SCHEMA)}.t TO {q(ROLE)}": (f"reindex and cluster: {q(SCHEMA)}.t",),
    f"GRANT pg_maintain TO {q(ROLE)}": ("reindex and cluster all there is",),
    f"GRANT USAGE ON SCHEMA {q(SCHEMA)} TO {q(ROLE)} WITH GRANT OPTION": (f"grant rights on: schema {SCHEMA}",),
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; "
    f"GRANT USAGE ON FOREIGN SERVER s TO {q(ROLE)}": ("create servers and user mappings of: server s",),
    **{
        f"{create}; ALTER {kind} {name} OWNER TO {q(ROLE)}": (f"alter and drop what it owns: {shown}",)
        for create, kind, name, shown in OBJECTS
    },
}


@pytest.mark.parametrize(("given", "may"), MAY.items(), ids=range(len(MAY)))
def test_what_a_role_may_define_is_said(db: Database, given: str, may: tuple[str, ...]) -> None:
    with db.transaction(rollback=True) as tx:
        for text in given.split("; "):
            tx.execute(sql(trusted(text)).command()).unwrap()
        tx.execute(sql(trusted(f"SET LOCAL ROLE {q(ROLE)}")).command()).unwrap()
        found = health(tx)
    assert (found.ok, found.error, found.may_define) == (True, None, may)
    assert found.version is not None
    assert found.version >= 150000


def test_create_on_the_database_and_much_that_is_owned(db: Database) -> None:
    with db.transaction(rollback=True) as tx:
        name = tx.scalar(sql("SELECT quote_ident(current_database())").rows(str)).unwrap()
        texts = [f"GRANT CREATE ON DATABASE {name} TO {q(ROLE)}"]
        texts += [f"CREATE TABLE {q(SCHEMA)}.t{number} ()" for number in range(5)]
        texts += [f"ALTER TABLE {q(SCHEMA)}.t{number} OWNER TO {q(ROLE)}" for number in range(5)]
        for text in (*texts, f"SET LOCAL ROLE {q(ROLE)}"):
            tx.execute(sql(trusted(text)).command()).unwrap()
        first, second = health(tx).may_define
    assert first == "create schemas and extensions"
    named = ", ".join(f"{q(SCHEMA)}.t{number}" for number in range(3))
    assert second == f"alter and drop what it owns: {named}, and more"


def test_a_database_that_does_not_answer() -> None:
    with DatabaseSettings(address=PlainAddress("postgresql://127.0.0.1:1/nowhere")).connect() as nowhere:
        found = health(nowhere)
    assert not found.ok
    assert isinstance(found.error, ConnectionRefused)
    assert (found.version, found.may_define) == (None, ())
    assert found.latency >= 0
