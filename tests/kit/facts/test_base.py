"""A fact is made of what its query says, in the same order."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import qb.kit
from qb import Failure, Script, Tx, trusted
from qb.kit.assemble import READINGS
from qb.kit.facts.base import Fact, Reading
from qb.kit.facts.collation import COLLATIONS

FACTS = {each.fact.__name__ for each in READINGS}
SOURCES = sorted(Path(qb.kit.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("reading", READINGS, ids=lambda each: each.fact.__name__)
def test_each_query_gives_a_column_for_each_field(qb_tx: Tx, reading: Reading) -> None:
    """Whether there are such objects or not."""
    whole = f"SELECT * FROM ({reading.sql}) AS found ({', '.join(names(reading))})"
    qb_tx.run(Script(trusted(whole))).unwrap()
    qb_tx.all(reading.query).unwrap()


def names(reading: Reading) -> list[str]:
    """Who it is, what is known of it, and the tables whose columns it names."""
    fields = reading.fact.__struct_fields__[len(Fact.__struct_fields__) :]
    who = ["of_kind", "of_schema", "of_table", "named", "number", "part"]
    return [*who, *(f'"{each}"' for each in fields), *(f"relation_{place}" for place in range(len(reading.columns)))]


def test_a_query_with_a_column_more_is_an_error(qb_tx: Tx) -> None:
    more = Reading(COLLATIONS.fact, "pg_collation", COLLATIONS.sql.replace("l.collctype,", "l.collctype, 'x',"))
    assert isinstance(qb_tx.all(more.query), Failure)


@pytest.mark.parametrize("path", SOURCES, ids=lambda each: each.name)
def test_facts_are_made_by_the_names_of_their_fields(path: Path) -> None:
    """But where rows of the server become facts: two fields of one type are exchanged in silence."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FACTS:
            assert node.args == [], f"{path}:{node.lineno}"
