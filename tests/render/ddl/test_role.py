"""Roles and memberships: created where they are missing, taken over where they are equal, left for others."""

from __future__ import annotations

import pytest

from qb import DefinitionError, SchemaMismatch, Success, Target, Tx, create_all, drop_all, member_of, role, schema, sql
from qb.ddl.operation import Alter, Comment, Create
from qb.render.ddl.script import planned
from tests.render.ddl_objects import HOSTILE

ROLES = """
SELECT rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit
FROM pg_roles WHERE rolname = {name}
"""
MEMBERS = """
SELECT r.rolname::text, m.rolname::text, a.admin_option FROM pg_auth_members a
JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE m.rolname = {name}
"""
staff = role(f"qb_staff {HOSTILE[:30]}")
ada = role("qb_ada", login=True, inherit=False, createdb=True, createrole=True, bypassrls=True, connection_limit=2)


def said(tx: Tx, name: str) -> list[tuple[bool, bool, bool, bool, bool, bool, bool, int]]:
    row = tuple[bool, bool, bool, bool, bool, bool, bool, int]
    return tx.all(sql(ROLES, name=name).rows(row)).unwrap()


def test_the_catalog_says_what_was_declared(qb_tx: Tx) -> None:
    of = schema(member_of(ada, staff, admin=True), ada, staff)
    assert [each.kind for each in of.roots] == ["role", "role", "membership"]
    qb_tx.run(create_all(of)).unwrap()
    assert said(qb_tx, ada.name) == [(True, False, False, True, True, False, True, 2)]
    assert said(qb_tx, staff.name) == [(False, True, False, False, False, False, False, -1)]
    found = qb_tx.all(sql(MEMBERS, name=ada.name).rows(tuple[str, str, bool])).unwrap()
    assert found == [(staff.name, ada.name, True)]
    qb_tx.run(drop_all(of, roles=[ada])).unwrap()
    assert said(qb_tx, ada.name) == []
    assert len(said(qb_tx, staff.name)) == 1


def test_one_that_is_there_is_taken_over_where_it_is_equal(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(ada))).unwrap()
    qb_tx.run(create_all(schema(ada))).unwrap()
    failure = qb_tx.run(create_all(schema(role("qb_ada")))).failure()
    assert isinstance(failure, SchemaMismatch)
    assert str(failure).startswith('"qb_ada" is declared as a role with NOLOGIN INHERIT NOSUPERUSER NOCREATEDB')
    assert "and the server has one with LOGIN NOINHERIT NOSUPERUSER CREATEDB CREATEROLE" in str(failure)
    assert str(failure).endswith("change the declaration, or the role with ALTER ROLE")


def test_it_is_altered(qb_tx: Tx) -> None:
    plain = role("qb_ada")
    qb_tx.run(planned([Create(ada), Alter(ada, plain), Comment(plain, "it's her")], Target())).unwrap()
    assert said(qb_tx, ada.name) == [(False, True, False, False, False, False, False, -1)]
    assert Alter(ada, plain).inverse == Alter(plain, ada)
    assert str(planned([Alter(plain, role("qb_ada", login=True))], Target())) == 'ALTER ROLE "qb_ada" LOGIN;'


def test_an_external_one_is_somebody_elses(qb_tx: Tx) -> None:
    monitor = role("pg_monitor", external=True)
    of = schema(monitor, ada, member_of(ada, monitor))
    assert [each.identity.name for each in create_all(of).operations] == ["qb_ada", "qb_ada"]
    qb_tx.run(create_all(of)).unwrap()
    with pytest.raises(DefinitionError, match="drop_all: the role pg_monitor is external, so somebody else drops it"):
        drop_all(of, roles=[monitor])
    qb_tx.run(drop_all(of, roles=[ada])).unwrap()
    with pytest.raises(DefinitionError, match="drop_all: the role qb_ada is not in the schema"):
        drop_all(schema(), roles=[ada])
    assert [repr(each) for each in drop_all(schema(extensions=["vector"]), extensions=["vector"]).operations] == [
        "<drop extension vector>"
    ]


def test_the_options_of_a_membership_came_with_16(qb_tx: Tx) -> None:
    of = schema(ada, staff, member_of(ada, staff, admin=True, inherit=False, set_role=True))
    assert create_all(of).statements[-1].endswith(" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE")
    assert qb_tx.run(create_all(of)) == Success(3)
    with pytest.raises(DefinitionError, match="inherit and set_role of a membership came with PostgreSQL 16"):
        create_all(of, target=Target(15))
    qb_tx.run(drop_all(of, if_exists=True)).unwrap()
    qb_tx.run(drop_all(of, if_exists=True, roles=[ada, staff])).unwrap()
    qb_tx.run(drop_all(of, if_exists=True, roles=[ada, staff])).unwrap()


@pytest.mark.parametrize("name", ["public", "none", "current_user", "session_user", "pg_mine", "", "r" * 64])
def test_names_that_no_role_can_have(name: str) -> None:
    with pytest.raises(DefinitionError, match="role"):
        role(name)


def test_what_cannot_be() -> None:
    with pytest.raises(DefinitionError, match="the role 'r': connection_limit is a number from 0, or None"):
        role("r", connection_limit=-1)
    with pytest.raises(DefinitionError, match="the role 'qb_ada' cannot be a member of itself: name two roles"):
        member_of(ada, ada)
    with pytest.raises(DefinitionError, match="a membership is between two roles"):
        member_of("ada", staff)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match=r"(?s)the membership .* needs the role qb_staff .*external=True"):
        schema(ada, member_of(ada, staff))
    with pytest.raises(DefinitionError, match="PostgreSQL keeps no comment on a membership"):
        planned([Comment(member_of(ada, staff), "x")], Target())
