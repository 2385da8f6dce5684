"""Sequences: declared beside tables, created before them, dropped after them; hostile names; what bigint allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    Script,
    Success,
    Table,
    Tx,
    column,
    compile,
    create_all,
    drop_all,
    identity,
    index,
    insert,
    new,
    pg,
    schema,
    select,
    sequence,
    serial,
    sql,
    trusted,
    undone,
)
from qb.ddl.operation import Alter, Comment, Create, Drop
from qb.model.object import Identity
from qb.model.table import TableDefinition
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.render.effects import Effects
from qb.typing import SqlDefault
from tests.render import ddl_schemas
from tests.render.ddl_schemas import HOSTILE, Invoice, Ticket

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


SERIALS = """
SELECT a.attname::text, c.relname::text, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
  s.seqcache, s.seqcycle, d.deptype::text
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
LEFT JOIN pg_depend d ON d.objid = c.oid AND d.refobjsubid > 0 AND d.classid = 'pg_class'::regclass
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
ORDER BY a.attnum, c.relname
"""
Row = tuple[str | None, str, str, int, int, int, int, int, bool, str | None]


def test_serials_are_what_postgresql_makes_of_them(qb_tx: Tx) -> None:
    """Its own three, beside ours: the same types, names, owners and defaults."""

    class Ours(Table, name="a_table_with_a_name_that_is_long"):
        a_column_with_a_name_that_is_rather_long_too: Col[int] = column(pg.smallint, default=serial())
        another: Col[int] = column(
            pg.integer, name="é_and_another_one_whose_name_is_longer_than_that_of_the_ta", default=serial()
        )
        big: Col[int] = column(default=serial())

    sequences = sql(SERIALS).rows(Row)
    columns = sql(
        "SELECT attname::text, atttypid::regtype::text, attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute "
        "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
        "WHERE attrelid = 'a_table_with_a_name_that_is_long'::regclass AND attnum > 0 ORDER BY attnum"
    ).rows(tuple[str, str, bool, str | None])
    described = schema(Ours)
    qb_tx.run(create_all(described)).unwrap()
    ours = qb_tx.all(sequences).unwrap(), qb_tx.all(columns).unwrap()
    qb_tx.run(drop_all(described)).unwrap()
    assert qb_tx.all(sequences) == Success([])
    names = [each.name for each in described.tables[0].columns]
    kinds = ("smallserial", "serial", "bigserial")
    lines = ", ".join(f'"{name}" {kind}' for name, kind in zip(names, kinds, strict=True))
    qb_tx.run(Script(trusted(f"CREATE TABLE a_table_with_a_name_that_is_long ({lines})"))).unwrap()
    assert (qb_tx.all(sequences).unwrap(), qb_tx.all(columns).unwrap()) == ours
    assert len(ours[0]) == 3


def test_how_sequences_and_identities_count(qb_tx: Tx) -> None:
    qb_tx.run(create_all(ddl_schemas.serials)).unwrap()
    found = {row[0]: row[2:] for row in qb_tx.all(sql(SERIALS).rows(Row)).unwrap()}
    assert found == {
        "id": ("integer", 1, 1, 1, 2**31 - 1, 1, False, "a"),
        "number": ("integer", 7, 7, 1, 2**31 - 1, 3, False, "a"),
        "small": ("smallint", 1, 1, 1, 2**15 - 1, 1, False, "a"),
        "big": ("bigint", 1, 1, 1, 2**63 - 1, 1, False, "a"),
        "counted": ("smallint", 9, -3, -9, 9, 2, True, "i"),
    }
    taken = qb_tx.one(insert(new(Ticket)()).returning(Ticket.id, Ticket.number, Ticket.again, Ticket.counted))
    assert taken == Success((1, 7, 14, 9))
    assert qb_tx.scalar(select(ddl_schemas.ticket_numbers.next())) == Success(21)


def test_creating_serials_is_undone(qb_tx: Tx) -> None:
    class Entry(Table, name="entries of serials"):
        id: Col[int] = column(pg.integer, default=serial())

    made = create_all(schema(Entry))
    back = undone(made.operations)
    assert back is not None
    qb_tx.run(made).unwrap()
    qb_tx.run(planned(back, Target())).unwrap()
    qb_tx.run(made).unwrap()  # nothing is left of the first time
    qb_tx.run(create_all(schema(Entry), if_not_exists=True)).unwrap()


def test_a_table_that_draws_from_the_sequence_of_another_one(qb_tx: Tx) -> None:
    """Created after it and dropped before it, as its default goes away with the other's column."""
    shared = sequence("a shared one")

    class Zebra(Table, name="zebras of sequences"):
        id: Col[int] = column(default=serial(shared))

    class Ant(Table, name="ants of sequences"):
        id: Col[int] = column(default=shared.next())

    described = schema(Ant, Zebra, shared)
    assert described == schema(shared, Zebra, Ant)
    qb_tx.run(create_all(described)).unwrap()
    assert qb_tx.one(insert(new(Zebra)()).returning(Zebra.id)) == Success(1)
    assert qb_tx.one(insert(new(Ant)()).returning(Ant.id)) == Success(2)
    qb_tx.run(drop_all(described)).unwrap()


def test_a_sequence_becomes_another_one(qb_tx: Tx) -> None:
    class Owner(Table, name="owners of sequences"):
        id: Col[int] = column(primary_key=True)

    qb_tx.run(create_all(schema(Owner))).unwrap()
    before = sequence("one")
    after = sequence(
        "one", type=pg.integer, start=5, increment=2, min=-3, max=99, cache=4, cycle=True, owned_by=Owner.id
    )
    qb_tx.run(planned([Create(before), Alter(before, after)], Target())).unwrap()
    changed = qb_tx.one(sql(SERIALS).rows(Row)).unwrap()
    assert changed == ("id", "one", "integer", 5, 2, -3, 99, 4, True, "a")
    qb_tx.run(planned([Alter(after, before), Drop(before), Create(after)], Target())).unwrap()
    assert qb_tx.one(sql(SERIALS).rows(Row)) == Success(changed)


def test_an_identity_counts_otherwise(qb_tx: Tx) -> None:
    def of(default: SqlDefault[int | None]) -> TableDefinition:
        class Entry(Table, name="entries of identities"):
            id: Col[int] = column(pg.integer, default=default)

        return schema(Entry).tables[0]

    before, after = of(identity()), of(identity(start=5, increment=2, min=-3, max=99, cache=4, cycle=True))
    assert before != after
    qb_tx.run(planned([Create(before), Alter(before, after)], Target())).unwrap()
    assert qb_tx.one(sql(SERIALS).rows(Row)).unwrap()[2:] == ("integer", 5, 2, -3, 99, 4, True, "i")
    qb_tx.run(planned([Alter(after, before)], Target())).unwrap()
    assert qb_tx.one(sql(SERIALS).rows(Row)).unwrap()[2:] == ("integer", 1, 1, 1, 2**31 - 1, 1, False, "i")


class Wrong(Table, name="wrong of sequences"):
    id: Col[int] = column(primary_key=True)
    text: Col[str]


def of_columns(**columns: Any) -> Callable[[], object]:
    def define() -> object:
        body: dict[str, Any] = {"__annotations__": {name: said for name, (said, _) in columns.items()}}
        body["__module__"] = __name__
        body |= {name: made() for name, (_, made) in columns.items()}
        return schema(cast("Any", type(Table))("W", (Table,), body, name="w"))

    return define


NUMBERS = sequence("numbers")


def numbered() -> object:
    return column(default=serial(NUMBERS))


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (
            of_columns(a=(str, lambda: column(default=cast("Any", serial())))),
            "w.a: serial() needs smallint, integer or bigint, not text",
        ),
        (
            of_columns(a=(int | None, lambda: column(default=serial()))),
            "w.a: serial() is never NULL: take None out of its annotation",
        ),
        (
            of_columns(a=(int, lambda: column(generated=serial()))),
            "w.a: a serial may be overridden by a value: write default=serial()",
        ),
        (
            of_columns(a=(int, lambda: column(pg.smallint, default=identity(max=40_000)))),
            "w.a: identity(): max=40000 is no smallint: give one from -32768 to 32767",
        ),
        (
            of_columns(a=(int, lambda: column(default=identity(min=5, max=5)))),
            "w.a: identity() goes from 5 to 5: give a max that is greater than its min",
        ),
        (of_columns(a=(int, lambda: column(default=identity(cache=0)))),
         "w.a: identity() keeps 0 numbers ready: give a cache of 1 or more"),
        (
            of_columns(a=(int, numbered), b=(int, numbered)),
            "w.b: the sequence numbers is declared in another way, too: give the column that one",
        ),
        (
            lambda: serial(cast("Any", "numbers")),
            "serial takes a sequence such as sequence('numbers'), not 'numbers'",
        ),
        (
            lambda: schema(sequence("s", owned_by=Wrong.id)),
            "the sequence s is owned by wrong of sequences.id, which is not in the schema: add its table, or drop",
        ),
        (
            lambda: schema(Wrong, sequence("s", schema="hall", owned_by=Wrong.id)),
            "the sequence hall.s is owned by wrong of sequences.id, which is in another schema",
        ),
        (lambda: sequence("s", owned_by=cast("Any", Wrong)), "the sequence 's': owned_by takes a table's column"),
        (lambda: sequence("s", type=cast("Any", pg.text)), "the sequence 's' is of smallint, integer or bigint, not"),
        (lambda: sequence("s", min=cast("Any", "1")), "the sequence 's': min takes an int, not str"),
    ],
)  # fmt: skip
def test_wrong_counting(define: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(message)}"):
        define()


def test_what_an_old_server_lacks() -> None:
    with pytest.raises(DefinitionError, match="s: a sequence of another type than bigint came with PostgreSQL 10"):
        create_all(schema(sequence("s", type=pg.integer)), target=Target(9))


def test_drawing_from_a_sequence_writes_and_leaves_the_session_alone() -> None:
    drawn = compile(select(sequence("numbers").next()))
    assert drawn.sql == b"SELECT nextval('\"numbers\"'::regclass)"
    assert drawn.effects == Effects(writes=True, lingers=False)


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
