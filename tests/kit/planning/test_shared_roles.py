"""Roles belong to a server, and each of its databases runs the migration that makes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import qb
from qb import Col, Database, Script, Table, column, connect, schema, sql, trusted
from qb.kit import Catalog, MigrationRules, generate, introspect, migrate, rollback
from qb.kit.facts.base import Fact
from qb.kit.history.losses import losses
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.history.row_access import row_access
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.roles import ROLE_RULE
from qb.model.object import Identity
from tables.scratch import scratch_database

MAY = MigrationRules(allow=("drop-table:shared",))
HOSTILE = "shared \"r'o\\l$e\n%s{}"


class Shared(Table, name="shared"):
    id: Col[int] = column(primary_key=True)


@pytest.fixture
def two(qb_url: str) -> Iterator[tuple[Database, Database]]:
    with ExitStack() as stack:
        one, other = (stack.enter_context(connect(stack.enter_context(scratch_database(qb_url)))) for _ in range(2))
        yield one, other


def roles(db: Database, name: str) -> int:
    return db.scalar(sql("SELECT count(*) FROM pg_roles WHERE rolname = {name}", name=name).rows(int)).unwrap()


def blocks(identity: Identity, fact: Fact) -> tuple[Script, Script]:
    parts = CatalogParts(Catalog({identity: fact}, {}, 180000))
    return (
        Script(*map(trusted, ROLE_RULE.create(identity, fact, parts))),
        Script(*map(trusted, ROLE_RULE.drop(identity, fact, parts))),
    )


def test_each_database_of_a_server_runs_it(two: tuple[Database, Database], tmp_path: Path) -> None:
    clerk = qb.role("shared_clerk", login=True, connection_limit=3)
    wanted = schema(Shared, clerk, qb.grant("select", on=Shared, to=clerk))
    generate(wanted, tmp_path, prefix="index").unwrap()
    history = read_history(tmp_path).unwrap()
    one, other = two
    assert [migrate(each, history).unwrap().applied for each in two] == [history.ids] * 2
    assert roles(one, "shared_clerk") == 1
    rollback(one, history, rules=MAY).unwrap()
    assert roles(one, "shared_clerk") == 1  # the other one uses it
    migrate(one, history).unwrap()
    rollback(other, history, rules=MAY).unwrap()
    rollback(one, history, rules=MAY).unwrap()
    assert roles(one, "shared_clerk") == 0


@pytest.mark.parametrize("name", ["shared_role", HOSTILE])
def test_another_role_of_its_name_is_an_error(two: tuple[Database, Database], name: str) -> None:
    one, other = two
    identity = Identity("role", "", "", name)
    quoted = '"' + name.replace('"', '""') + '"'
    one.run(Script(trusted(f"CREATE ROLE {quoted} LOGIN VALID UNTIL '2040-01-01 00:00:00+00'"))).unwrap()
    try:
        catalog = introspect(one).unwrap()
        make, take = blocks(identity, catalog[identity])
        other.run(make).unwrap()
        one.run(Script(trusted(f"ALTER ROLE {quoted} CREATEDB"))).unwrap()
        said = str(other.run(make).failure())
        assert said.startswith(f"{quoted} is declared as a role with LOGIN INHERIT NOSUPERUSER NOCREATEDB")
        one.run(Script(trusted(f"CREATE TABLE owned (x int); GRANT SELECT ON owned TO {quoted}"))).unwrap()
        other.run(take).unwrap()
        assert roles(one, name) == 1
        assert "cannot be dropped because some objects depend on it" in str(one.run(take).failure())
        one.run(Script(trusted("DROP TABLE owned"))).unwrap()
        one.run(take).unwrap()
        assert roles(one, name) == 0
        one.run(make).unwrap()
        assert introspect(one).unwrap()[identity] == catalog[identity]
    finally:
        one.run(Script(trusted(f"DROP OWNED BY {quoted}; DROP ROLE IF EXISTS {quoted}"))).unwrap()


def test_its_blocks_are_known(two: tuple[Database, Database]) -> None:
    one = two[0]
    identity = next(each for each in introspect(one).unwrap() if each.kind == "role")
    up = "".join(
        f"{each};\n" for block in blocks(identity, introspect(one).unwrap()[identity]) for each in block.statements
    )
    assert not losses(up)
    assert not row_access([Migration(id="0001_x", up=up)]).some


@pytest.mark.parametrize(
    "body", ["DELETE FROM notes", "PERFORM fill()", "EXECUTE 'x'", "IF EXISTS (SELECT FROM notes) THEN RAISE; END IF"]
)
def test_other_blocks_may_do_anything(body: str) -> None:
    assert row_access([Migration(id="0001_x", up=f"DO $$BEGIN {body}; END$$;")]).anything
