"""GRANT and REVOKE as data: done, and undone by each other, on the server; hostile names."""

from __future__ import annotations

from enum import Enum

import pytest

from qb import Col, DefinitionError, Table, Target, column, pg, schema, sequence, sql, trusted
from qb.ddl.operation import Create, Grant, Revoke
from qb.ddl.plan import undone
from qb.errors.outcome import Success
from qb.model.enum import EnumDefinition
from qb.model.extension import Extension
from qb.model.namespace import Namespace
from qb.model.object import Object
from qb.model.table import TableDefinition
from qb.render.ddl.script import planned
from qb.run.database.db import Tx
from qb.types.identifier import quoted

HOSTILE = """a'b"c\\d;$$--{x}é"""


class Of(Enum):
    ART = "art"


class Paper(Table, name=f"papers {HOSTILE}"):
    id: Col[int] = column(primary_key=True)
    text: Col[Of] = column(pg.enum(f"kind {HOSTILE}", Of))


PAPERS: TableDefinition = schema(Paper).tables[0]
KIND: EnumDefinition = schema(Paper).enums[0]
NUMBERS = sequence(f"numbers {HOSTILE}", schema=f"hall {HOSTILE}")
HALL = Namespace(f"hall {HOSTILE}")
ALL: list[Object] = [KIND, PAPERS, HALL, NUMBERS]
GRANTED = """
SELECT DISTINCT a.privilege_type FROM (
    SELECT relacl AS acl FROM pg_class UNION ALL SELECT attacl FROM pg_attribute
    UNION ALL SELECT nspacl FROM pg_namespace UNION ALL SELECT typacl FROM pg_type
) o, aclexplode(o.acl) a JOIN pg_roles r ON r.oid = a.grantee AND r.rolname = {role} ORDER BY 1
"""


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.execute(
        sql(trusted(f"CREATE ROLE {quoted(HOSTILE).replace('{', '{{').replace('}', '}}')}")).command()
    ).unwrap()
    qb_tx.run(planned([Create(each) for each in ALL], Target())).unwrap()
    return qb_tx


def granted(tx: Tx) -> list[str]:
    return tx.all(sql(GRANTED, role=HOSTILE).rows(str)).unwrap()


@pytest.mark.parametrize("item", [*ALL, PAPERS.columns[1]], ids=lambda item: str(item.kind))
def test_each_privilege_is_granted_and_taken_back(tx: Tx, item: Object) -> None:
    known = tuple(item.privileges)
    made = Grant(item, known, HOSTILE)
    assert made.inverse == Revoke(item, known, HOSTILE)
    assert made.inverse.inverse == made
    assert made.needs == (item.identity,)
    tx.run(planned([made], Target())).unwrap()
    assert granted(tx) == sorted(each.upper() for each in known)
    back = undone([made])
    assert back is not None
    tx.run(planned(back, Target())).unwrap()
    assert granted(tx) == []


def test_everybody(tx: Tx) -> None:
    everybody = Grant(PAPERS, ("select", "update"), "public")
    assert planned([everybody], Target()).statements[0].endswith(f"ON TABLE {quoted(f'papers {HOSTILE}')} TO PUBLIC")
    tx.run(planned([everybody], Target())).unwrap()
    can = sql("SELECT has_table_privilege({role}, {t}, 'SELECT')", role=HOSTILE, t=quoted(f"papers {HOSTILE}"))
    assert tx.scalar(can.rows(bool)) == Success(True)
    tx.run(planned([everybody.inverse], Target())).unwrap()
    assert tx.scalar(can.rows(bool)) == Success(False)


def test_a_privilege_that_an_older_server_lacks() -> None:
    kept = Grant(PAPERS, ("select", "maintain"), "reader")
    with pytest.raises(DefinitionError, match="the privilege maintain came with PostgreSQL 17, and this is for"):
        planned([kept], Target(16))
    found = planned([kept], Target(17)).newest
    assert found is not None
    assert found.since == 17


@pytest.mark.parametrize(
    ("item", "privileges", "role", "message"),
    [
        (PAPERS, ("usage",), "r", r"table papers .*: 'usage' is no privilege on it: there are select, insert, update"),
        (PAPERS, ("SELECT",), "r", "'SELECT' is no privilege on it"),
        (PAPERS, (), "r", "no privilege is named: name some of select, insert"),
        (PAPERS, ("select", "select"), "r", "a privilege is named twice among select, select: drop one"),
        (PAPERS, ("select",), "none", "no role can be called 'none': name another, or 'public' for all"),
        (PAPERS, ("select",), "", "a role with privileges on table papers .* has an empty name"),
        (PAPERS, ("select",), "x" * 64, "which is 64 bytes long"),
        (KIND, ("select",), "r", "enum kind .*: 'select' is no privilege on it: there are usage"),
        (Extension("citext"), ("usage",), "r", "extension citext: PostgreSQL grants no privileges on this kind"),
    ],
)
def test_what_cannot_be_granted(item: Object, privileges: tuple[str, ...], role: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Grant(item, privileges, role)
    with pytest.raises(DefinitionError, match=message):
        Revoke(item, privileges, role)
