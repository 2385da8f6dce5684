"""How a database is: what its role may define there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import ConnectionRefused, Database, connect, sql, trusted
from qb.databases import DatabaseSettings, PlainAddress, health

ROLE, OTHER = 'ro"le of condition', "another role of condition"
SCHEMA = 'we"ird'


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
        run(f"DROP OWNED BY {q(ROLE)}, {q(OTHER)} CASCADE", f"DROP SCHEMA {q(SCHEMA)} CASCADE")
        run(f"DROP ROLE {q(ROLE)}, {q(OTHER)}")


BECOMES = f"ALTER ROLE {q(ROLE)} NOINHERIT; GRANT {q(OTHER)} TO {q(ROLE)}"
"""What the other role may is not inherited, and can be had: SET ROLE."""
MAY: dict[str, tuple[str, ...]] = {
    "SELECT 1": (),
    f"GRANT CREATE ON SCHEMA {q(SCHEMA)} TO {q(ROLE)}": (f'create in schema "{SCHEMA}"',),
    f"GRANT USAGE ON SCHEMA {q(SCHEMA)} TO {q(ROLE)}": (),
    f"ALTER ROLE {q(ROLE)} CREATEDB CREATEROLE": ("create databases", "create roles"),
    f"ALTER ROLE {q(ROLE)} SUPERUSER": ("anything: it is a superuser",),
    f"GRANT CREATE ON SCHEMA {q(SCHEMA)} TO {q(OTHER)}; {BECOMES}": (f'create in schema "{SCHEMA}"',),
    f"ALTER ROLE {q(OTHER)} CREATEDB; {BECOMES}": ("create databases",),
    f"CREATE TABLE {q(SCHEMA)}.t (); ALTER TABLE {q(SCHEMA)}.t OWNER TO {q(OTHER)}; {BECOMES}": (
        f"alter and drop what it owns: {q(SCHEMA)}.t",
    ),
    f"CREATE TABLE {q(SCHEMA)}.t (id int); ALTER TABLE {q(SCHEMA)}.t OWNER TO {q(ROLE)}": (
        f"alter and drop what it owns: {q(SCHEMA)}.t",
    ),
}


@pytest.mark.parametrize(("given", "may"), MAY.items(), ids=range(len(MAY)))
def test_what_a_role_may_define_is_said(db: Database, given: str, may: tuple[str, ...]) -> None:
    with db.transaction(rollback=True) as tx:
        for text in given.split(";"):
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
