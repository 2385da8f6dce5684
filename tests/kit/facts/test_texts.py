"""Which texts are compared as SQL, which as names, and which sign by sign."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from qb import Tx
from qb.kit import Catalog, Identity, diff, introspect, plan
from qb.kit.assemble import READINGS
from qb.kit.facts.base import Fact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.texts import TextKind, texts_of
from qb.kit.planning.fingerprint import fingerprint
from tests.kit.everything import make

EXTENSION = Identity("extension", "", "", "pg_stat_statements")


def test_a_version_is_no_number() -> None:
    """Both versions of pg_stat_statements exist."""
    facts = (ExtensionFact(None, None, "postgres", "public", version) for version in ("1.1", "1.10"))
    before, after = (Catalog({EXTENSION: fact}, {}) for fact in facts)
    assert [str(each) for each in diff(before, after).changes] == [
        "changed: extension pg_stat_statements (version)",
    ]
    assert fingerprint(before) != fingerprint(after)
    assert [str(each) for each in plan(before, after).up] == ["ALTER EXTENSION \"pg_stat_statements\" UPDATE TO '1.10'"]


def test_what_is_no_name_is_not_renamed(qb_tx: Tx) -> None:
    """A setting, an option or a label that is called as something renamed."""
    make(qb_tx, "CREATE TYPE local AS ENUM ('local'); CREATE TABLE t (local int)")
    make(qb_tx, "CREATE VIEW v WITH (check_option=local) AS SELECT local FROM t")
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TYPE local RENAME TO cascaded; ALTER TYPE cascaded RENAME VALUE 'local' TO 'cascaded'")
    make(qb_tx, "ALTER VIEW v SET (check_option=cascaded)")
    found = diff(before, introspect(qb_tx).unwrap(), renamed={"enum public.local": "cascaded"})
    assert [str(each) for each in found.changes] == [
        "renamed: enum public.local is public.cascaded",
        "changed: enum public.cascaded (labels)",
        "changed: view public.v (options)",
    ]


def test_names_are_compared_as_names(qb_tx: Tx) -> None:
    """A word within a name is no name."""
    make(qb_tx, 'CREATE TABLE t (a int, "x y" int, CONSTRAINT k UNIQUE (a, "x y")); CREATE TABLE x ()')
    before = introspect(qb_tx).unwrap()
    make(qb_tx, 'ALTER TABLE x RENAME TO z; ALTER TABLE t RENAME "x y" TO "z y"')
    found = diff(before, introspect(qb_tx).unwrap(), renamed={"table public.x": "z"})
    assert [str(each) for each in found.changes] == [
        "missing: column public.t.x y",
        "added: column public.t.z y",
        "changed: unique public.t.k (definition, columns)",
        "renamed: table public.x is public.z",
    ]


def test_a_grant_goes_with_a_routine_of_an_odd_name(qb_tx: Tx) -> None:
    make(qb_tx, """CREATE FUNCTION "odd (name)"(int) RETURNS int LANGUAGE sql AS 'SELECT 1'""")
    make(qb_tx, 'REVOKE ALL ON FUNCTION "odd (name)" FROM public')
    before = introspect(qb_tx).unwrap()
    make(qb_tx, 'ALTER FUNCTION "odd (name)" RENAME TO even')
    hints = {"function public.odd (name)(integer)": "even(integer)"}
    found = diff(before, introspect(qb_tx).unwrap(), renamed=hints)
    assert [str(each) for each in found.changes] == [
        "renamed: function public.odd (name)(integer) is public.even(integer)"
    ]


@pytest.mark.parametrize("fact", list(dict.fromkeys(each.fact for each in READINGS)), ids=lambda each: each.__name__)
def test_a_text_of_the_server_says_what_it_is(fact: type[Fact]) -> None:
    """What is called so is SQL, or a name, in every fact."""
    how = texts_of(fact)
    for field in fact.__struct_fields__:
        if field in ("default", "using", "with_check", "bound", "partition_key", "sql_body", "arguments"):
            assert how[field] is TextKind.SQL
        if field in ("owner", "role", "schema", "tablespace"):
            assert how[field] is TextKind.NAME
        if field in ("comment", "extension", "body", "labels", "version", "settings", "options", "label"):
            assert field not in how


def test_a_list_is_not_the_same_as_a_longer_one(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE TABLE t (a int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t")
    found = introspect(qb_tx).unwrap()
    identity = Identity("publication", "", "", "p")
    none = Catalog({**found, identity: replace(found[identity], tables=())}, found.depends, found.version)
    assert [str(each) for each in diff(found, none).changes] == ["changed: publication p (tables)"]
