"""Labels that security modules read: of what a database has, and of what all databases of a server share."""

from __future__ import annotations

import pytest

from qb import Tx
from qb.kit import Catalog, Identity, diff, introspect
from qb.kit.facts.other import LabelFact
from qb.kit.ours.value import Ours
from qb.kit.planning.plan import plan
from qb.types.identifier import quoted
from tests.kit.everything import HOSTILE, make

ROLE = Identity("role", "", "", HOSTILE)
LABEL = f"anon on role {quoted(HOSTILE)}"


@pytest.fixture(name="labelled")
def made(qb_tx: Tx) -> tuple[Catalog, Catalog]:
    """Before and after; written as a module would, of which there is none."""
    make(qb_tx, f"SET LOCAL allow_system_table_mods = on; CREATE TABLE kit_t (a int); CREATE ROLE {quoted(HOSTILE)}")
    before = introspect(qb_tx).unwrap()
    for number in (0, 1):
        make(qb_tx, f"INSERT INTO pg_seclabel VALUES ('kit_t'::regclass, 'pg_class'::regclass, {number}, 'anon', 'X')")
    for catalog, condition in (("pg_authid", "rolname LIKE 'a \"quoted%'"), ("pg_database", "true")):
        label = f"SELECT oid, '{catalog}'::regclass, 'anon', 'Y' FROM {catalog} WHERE {condition}"
        make(qb_tx, f"INSERT INTO pg_shseclabel {label}")
    return before, introspect(qb_tx).unwrap()


def test_those_of_roles_and_of_the_database_are_read(labelled: tuple[Catalog, Catalog]) -> None:
    before, after = labelled
    found = {identity.name: fact for identity, fact in after.of(LabelFact).items()}
    assert {name: (each.label, each.on, each.role) for name, each in found.items()} == {
        "anon on table public.kit_t": ("X", "table", None),
        "anon on column public.kit_t.a": ("X", "column", None),
        LABEL: ("Y", "role", HOSTILE),
        "anon on database": ("Y", "database", None),
    }
    assert before.of(LabelFact) == {}
    assert after.needs(Identity("security label", "", "", LABEL)) == {ROLE}


def test_those_of_the_server_are_ours_with_the_role_alone(labelled: tuple[Catalog, Catalog]) -> None:
    table = {"added: security label anon on table public.kit_t", "added: security label anon on column public.kit_t.a"}
    assert {str(each) for each in diff(*labelled).changes} == table
    declared = Ours(declared=frozenset((ROLE,)))
    assert {str(each) for each in diff(*labelled, ours=declared).changes} == {
        *table,
        f"added: security label {LABEL}",
    }
    assert {str(each) for each in plan(*labelled, ours=declared).up} == {
        "SECURITY LABEL FOR \"anon\" ON TABLE public.kit_t IS 'X'",
        "SECURITY LABEL FOR \"anon\" ON COLUMN public.kit_t.a IS 'X'",
        f"SECURITY LABEL FOR \"anon\" ON ROLE {quoted(HOSTILE)} IS 'Y'",
    }
