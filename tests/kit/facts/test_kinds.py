"""Every kind of object is in one table, as the server has it."""

from __future__ import annotations

import pytest

from qb import Tx, sql
from qb.kit import introspect
from qb.kit.assemble import READINGS
from qb.kit.carried_kinds import CARRIED_KINDS, TOLD_KINDS
from qb.kit.coverage.rules import COUNTED, COVERED
from qb.kit.facts.kinds import EVERYBODYS, HOLDING_PARTS, KINDS, OF_ROUTINES, OF_TYPES, READ_AS_TABLES
from qb.kit.facts.other import OtherFact
from qb.kit.planning.ddl.rules import DDL_RULES
from tests.kit.everything import EVERYTHING, make

PLACES = {
    "in a schema": (True, False),
    "in a whole": (True, True),
    "in a database": (False, False),
    "on a server": (False, False),
}
"""Whether an identity has a schema, and a table."""


def test_each_kind_that_is_read_is_there() -> None:
    assert {each.fact for each in KINDS.values()} == {each.fact for each in READINGS}


@pytest.mark.parametrize("kind", KINDS)
def test_its_query_says_each_kind(kind: str) -> None:
    fact = KINDS[kind].fact
    if fact is not OtherFact:  # whose kinds are the server's own words
        assert any(f"'{kind}'" in each.sql for each in READINGS if each.fact is fact)


def test_each_lives_where_it_is_said_to(qb_tx: Tx) -> None:
    make(qb_tx, EVERYTHING)
    make(qb_tx, "GRANT SELECT ON app.people TO PUBLIC")
    found = introspect(qb_tx).unwrap()
    for identity, fact in found.items():
        kind = KINDS[identity.kind]
        assert type(fact) is kind.fact, identity
        if identity.kind == "membership":
            assert identity.table, identity  # the group
        elif kind.lives in PLACES:
            assert (bool(identity.schema), bool(identity.table)) == PLACES[kind.lives], identity
        if kind.lives == "in a whole":
            wholes = [each for each in found if (each.schema, each.name) == (identity.schema, identity.table)]
            assert any(each.kind in HOLDING_PARTS for each in wholes), identity


def test_each_is_held_or_told() -> None:
    """What the coverage and `pull` make of a kind."""
    assert KINDS.keys() == {*COVERED, *COUNTED, *CARRIED_KINDS, *TOLD_KINDS}


def test_each_can_be_written_by_a_plan() -> None:
    unwritten = {kind for kind, each in KINDS.items() if each.fact not in DDL_RULES}
    assert unwritten == {"base type", "subscription"}


DEFAULTS = """
SELECT o.letter::text, ARRAY(SELECT lower(a.privilege_type) FROM aclexplode(acldefault(o.letter::"char", 10)) a
  WHERE a.grantee = 0 ORDER BY 1)
FROM regexp_split_to_table('rcsdflnFSTp', '') AS o (letter)
"""
"""What everybody may do with what is just made, as PostgreSQL says it itself."""
LETTERS = {
    **dict.fromkeys((*READ_AS_TABLES, "tables"), "r"),
    **dict.fromkeys(("sequence", "sequences"), "s"),
    **dict.fromkeys((*OF_ROUTINES, "functions"), "f"),
    **dict.fromkeys((*OF_TYPES, "base type", "types"), "T"),
    "column": "c",
    "database": "d",
    "language": "l",
    "schema": "n",
    "schemas": "n",
    "foreign-data wrapper": "F",
    "server": "S",
    "parameter": "p",
}


def test_what_everybody_may_do_is_what_the_server_says(qb_tx: Tx) -> None:
    found = dict(qb_tx.all(sql(DEFAULTS).rows(tuple[str, list[str]])).unwrap())
    by_itself = {kind: tuple(found[letter]) for kind, letter in LETTERS.items() if found[letter]}
    assert by_itself == EVERYBODYS
