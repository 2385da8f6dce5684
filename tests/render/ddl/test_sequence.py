"""Sequences: declared beside tables, created before them, dropped after them; hostile names; what bigint allows."""

from __future__ import annotations

from types import ModuleType

import pytest

from qb import (
    Col,
    DefinitionError,
    Success,
    Table,
    Tx,
    column,
    create_all,
    drop_all,
    identity,
    index,
    insert,
    new,
    schema,
    sequence,
    sql,
)
from qb.ddl.operation import Comment, Create, Drop
from qb.model.object import Identity
from qb.model.target import Target
from qb.render.ddl.script import planned
from tests.render import ddl_schemas
from tests.render.ddl_schemas import HOSTILE, Invoice

CATALOG = """
SELECT s.sequencename::text, s.data_type::text, s.start_value, s.increment_by, s.cycle
FROM pg_sequences s ORDER BY s.start_value
"""


def test_the_catalog_says_what_was_declared(qb_tx: Tx) -> None:
    qb_tx.run(create_all(ddl_schemas.sequences)).unwrap()
    found = qb_tx.all(sql(CATALOG).rows(tuple[str, str, int, int, bool])).unwrap()
    assert found == [(f"q{HOSTILE}", "bigint", -10, -5, True), ("invoice_numbers", "bigint", 1000, 1, False)]
    taken = [qb_tx.one(insert(new(Invoice)()).returning(Invoice.number)) for _ in range(2)]
    assert taken == [Success(1000), Success(1001)]
    qb_tx.run(drop_all(ddl_schemas.sequences)).unwrap()
    assert qb_tx.all(sql(CATALOG).rows(tuple[str, str, int, int, bool])) == Success([])


def test_the_defaults_of_both_directions_are_postgresqls(qb_tx: Tx) -> None:
    both = schema(sequence("going up"), sequence("going down", increment=-1))
    assert list(create_all(both).statements) == [
        'CREATE SEQUENCE "going down" INCREMENT BY -1',
        'CREATE SEQUENCE "going up"',
    ]
    qb_tx.run(create_all(both)).unwrap()
    found = qb_tx.all(sql("SELECT start_value FROM pg_sequences ORDER BY 1").rows(int))
    assert found == Success([each.start for each in (sequence("x", increment=-1), sequence("x"))])


def test_it_is_an_object_as_others_are(qb_tx: Tx) -> None:
    one = sequence("one", schema="hall")
    found = schema(one)
    assert found.namespaces == ("hall",)
    assert repr(found) == "<schema of hall.one>"
    assert found == schema(sequence("one", schema="hall"))
    assert found != schema(sequence("one", schema="hall", start=2))
    assert (one.identity, one.needs) == (Identity("sequence", "hall", "", "one"), (Identity("schema", "", "", "hall"),))
    assert Drop(one).inverse is None  # how far it was is lost
    assert Create(one).inverse == Drop(one)
    qb_tx.run(create_all(found)).unwrap()
    qb_tx.run(planned([Comment(one, "it's one"), Drop(one), Create(one)], Target())).unwrap()


def test_a_module_gives_its_sequences() -> None:
    module = ModuleType("of_sequences")
    vars(module).update(one=sequence("one"), again=sequence("one"), two=sequence("two"))
    assert [each.name for each in schema(module).others] == ["one", "two"]
    vars(module).update(other=sequence("one", start=2))
    with pytest.raises(DefinitionError, match="the sequence one is declared twice, in two ways"):
        schema(module)


def test_it_shares_the_names_of_tables_and_indexes() -> None:
    class Numbers(Table, name="numbers"):
        id: Col[int] = column(primary_key=True, default=identity())

    with pytest.raises(DefinitionError, match="the table numbers and the sequence numbers are both called 'numbers'"):
        schema(Numbers, sequence("numbers"))
    with pytest.raises(DefinitionError, match="are both called 'numbers_index'"):
        schema(Numbers, sequence("numbers_index"), index("numbers_index", Numbers.id))
    assert schema(Numbers, sequence("numbers", schema="hall")).others[0].schema == "hall"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"increment": 0}, "the sequence 's' has an increment of 0: give one that is not 0 and within bigint"),
        ({"increment": 2**63}, "has an increment of 9223372036854775808"),
        ({"start": 0}, "the sequence 's' starts at 0, and goes from 1 to 9223372036854775807: start within"),
        ({"start": 2**63}, "starts at 9223372036854775808"),
        ({"start": 1, "increment": -1}, "starts at 1, and goes from -9223372036854775808 to -1"),
    ],
)
def test_what_postgresql_refuses(options: dict[str, int], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        sequence("s", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "a\0", "x" * 64])
def test_names_that_no_sequence_can_have(name: str) -> None:
    with pytest.raises(DefinitionError, match="a sequence"):
        sequence(name)
    with pytest.raises(DefinitionError, match="the schema of the sequence 's'"):
        sequence("s", schema=name)
