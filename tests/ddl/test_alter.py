"""ALTER as data: each difference that PostgreSQL can make is made on the server and undone, the others are refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import pytest

from qb import (
    Col,
    DefinitionError,
    Table,
    check,
    column,
    create_all,
    foreign_key,
    identity,
    index,
    insert,
    new,
    pg,
    schema,
    sequence,
    sql,
    unique,
)
from qb.ddl.operation import Alter, Comment, Create, Drop, Grant
from qb.ddl.plan import undone
from qb.errors.outcome import Success
from qb.model.enum import EnumDefinition
from qb.model.extension import Extension
from qb.model.object import Object
from qb.model.table import ColumnDefinition, TableDefinition
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.run.database.database import Database
from qb.run.database.db import Tx
from qb.types.identifier import quoted

HOSTILE = """a'b"c\\d;$$--{x}é"""
STATE = """
SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || ' ' || a.attidentity::text || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = to_regclass({table}) AND a.attnum > 0 AND NOT a.attisdropped
UNION SELECT c.conname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
WHERE c.conrelid = to_regclass({table}) AND c.contype <> 'n'
UNION SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = to_regclass({table})
UNION SELECT quote_literal(e.enumlabel) FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid AND t.typname = {name}
UNION SELECT s.start_value::text || ' ' || s.increment_by::text || ' ' || s.cycle::text
FROM pg_sequences s WHERE s.sequencename = {name}
ORDER BY 1
"""


def standing(tx: Tx, name: str) -> list[str]:
    """What the catalog says of a table, an enum or a sequence."""
    return tx.all(sql(STATE, table=quoted(name), name=name).rows(str)).unwrap()


def run(tx: Tx, *operations: Any) -> None:
    tx.run(planned(operations, Target())).unwrap()


def table(
    *lines: Any, name: str = f"t {HOSTILE}", beside: Callable[[Any], tuple[Any, ...]] | None = None
) -> TableDefinition:
    """A table with an id and other columns, given as (name, annotation, column)."""
    body: dict[str, Any] = {"__annotations__": {"id": Col[int]}, "id": column(primary_key=True)}
    body["__module__"] = __name__
    for attribute, annotation, given in lines:
        body["__annotations__"][attribute] = annotation
        body[attribute] = given
    meta: Any = type(Table)
    made = meta("Made", (Table,), body, name=name)
    return schema(made, *(beside(made) if beside is not None else ())).tables[0]


def computed(factor: int) -> TableDefinition:
    """A table with a column that is another one, multiplied."""
    n: Any = column(pg.integer)
    return table(("m", Col[int], n), ("n", Col[int], column(generated=n * factor)))


plain = table(("n", Col[int], column(pg.integer)))
TABLES: dict[str, tuple[TableDefinition, TableDefinition, bool]] = {
    "a column comes": (table(), table(("n", Col[int | None], column(default=3, check=lambda n: n > 0))), True),
    "a column that is never NULL comes": (table(), table(("n", Col[str], column(default=HOSTILE))), True),
    "a column goes": (plain, table(), False),
    "a wider integer": (plain, table(("n", Col[int], column())), True),
    "another type": (plain, table(("n", Col[Decimal], column(pg.numeric(10, 2)))), False),
    "NOT NULL goes": (plain, table(("n", Col[int | None], column(pg.integer))), True),
    "NOT NULL comes": (table(("n", Col[int | None], column(pg.integer))), plain, True),
    "a default comes": (plain, table(("n", Col[int], column(pg.integer, default=-7))), True),
    "another default": (
        table(("n", Col[str], column(default="a"))),
        table(("n", Col[str], column(default=HOSTILE))),
        True,
    ),
    "a default that has to be cast": (
        table(("n", Col[str], column(default="1"))),
        table(("n", Col[str], column(pg.varchar(90), default="2"))),
        False,
    ),
    "numbers come": (plain, table(("n", Col[int], column(pg.integer, default=identity()))), True),
    "numbers go": (table(("n", Col[int], column(pg.integer, default=identity()))), plain, False),
    "numbers that nobody gives": (
        table(("n", Col[int], column(pg.integer, default=identity()))),
        table(("n", Col[int], column(pg.integer, generated=identity()))),
        True,
    ),
    "constraints and indexes come": (
        plain,
        table(
            ("n", Col[int], column(pg.integer, unique=True, index=True, check=lambda n: n > 0)),
            beside=lambda t: (unique(t.id, t.n, name=HOSTILE), index(f"i {HOSTILE}", t.n, where=t.n > 3)),
        ),
        True,
    ),
    "others in their place": (
        table(
            ("n", Col[int], column(pg.integer)),
            beside=lambda t: (check(HOSTILE, t.n > 0), index("i", t.n), unique(t.n, name="u")),
        ),
        table(
            ("n", Col[int], column(pg.integer)),
            beside=lambda t: (check(HOSTILE, t.n > 1), index("i", t.n.desc()), unique(t.n, t.id, name="u")),
        ),
        True,
    ),
    "a foreign key that waits": (
        table(("n", Col[int | None], column()), beside=lambda t: (foreign_key(t.n, t.id, name=HOSTILE),)),
        table(
            ("n", Col[int | None], column()),
            beside=lambda t: (foreign_key(t.n, t.id, name=HOSTILE, deferrable=True),),
        ),
        True,
    ),
    "nothing": (plain, plain, True),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_becomes_another_and_goes_back(qb_tx: Tx, name: str) -> None:
    before, after, restored = TABLES[name]
    run(qb_tx, *(Create(each) for each in (after, *after.indexes)))
    wanted = standing(qb_tx, after.source.name)
    run(qb_tx, Drop(after), *(Create(each) for each in (before, *before.indexes)))
    first = standing(qb_tx, before.source.name)
    altered = Alter(before, after)
    run(qb_tx, altered)
    assert standing(qb_tx, after.source.name) == wanted
    assert (altered.inverse is not None) == restored
    back = Alter(after, before)
    assert altered.inverse in (None, back)
    run(qb_tx, back)
    assert standing(qb_tx, before.source.name) == first


@pytest.mark.parametrize("name", TABLES)
def test_what_is_altered_finds_what_it_needs(name: str) -> None:
    before, after, _ = TABLES[name]
    altered = Alter(before, after)
    there = {before.identity, *(each.identity for each in before.children)}
    assert set(altered.needs) <= there
    assert (there | set(altered.gives)) - set(altered.takes) == {
        after.identity,
        *(each.identity for each in after.children),
    }
    assert altered.transactional
    assert repr(altered) == f"<alter {before.identity}>"


def test_sequences(qb_tx: Tx) -> None:
    one, other = sequence(HOSTILE), sequence(HOSTILE, start=5, increment=10, cycle=True)
    run(qb_tx, Create(one))
    assert qb_tx.scalar(sql("SELECT nextval({name}::regclass)", name=quoted(HOSTILE)).rows(int)) == Success(1)
    altered = Alter(one, other)
    run(qb_tx, altered)
    assert "5 10 true" in standing(qb_tx, HOSTILE)
    assert altered.inverse == Alter(other, one)
    run(qb_tx, altered.inverse)
    assert "1 1 false" in standing(qb_tx, HOSTILE)
    assert planned([Alter(one, one)], Target()).statements == ()


def mood(*labels: str) -> EnumDefinition:
    return EnumDefinition(None, f"mood {HOSTILE}", labels)


@pytest.mark.parametrize(
    "labels", [("a", "z", "m"), ("m", "a", "z"), ("1", "2", "a", "3", "4", "z", "5", "6"), ("a", HOSTILE, "z")]
)
def test_labels_come_where_they_belong(qb_tx: Tx, labels: tuple[str, ...]) -> None:
    before, after = mood("a", "z"), mood(*labels)
    run(qb_tx, Create(before))
    run(qb_tx, Alter(before, after))
    order = sql("SELECT enumlabel::text FROM pg_enum ORDER BY enumsortorder").rows(str)
    assert qb_tx.all(order) == Success(list(labels))
    assert Alter(before, after).inverse is None  # no label goes again
    assert undone([Alter(before, after)]) is None


def test_a_label_cannot_be_used_by_the_transaction_that_adds_it(qb_db: Database) -> None:
    before, after = EnumDefinition(None, "mood of alter", ("a",)), EnumDefinition(None, "mood of alter", ("a", "b"))
    with pytest.raises(DefinitionError, match=r"a label that is added to an enum in a transaction came with"):
        planned([Alter(before, after)], Target(11))
    use = sql("SELECT 'b'::\"mood of alter\" = 'b'").rows(bool)
    qb_db.run(planned([Create(before)], Target())).unwrap()
    try:
        with qb_db.transaction(rollback=True) as tx:
            run(tx, Alter(before, after))
            assert tx.scalar(use).failure().sqlstate == "55P04"
        qb_db.run(planned([Alter(before, after)], Target())).unwrap()
        assert qb_db.scalar(use) == Success(True)
    finally:
        qb_db.run(planned([Drop(after)], Target())).unwrap()


def test_the_rows_stay(qb_tx: Tx) -> None:
    class Note(Table, name="notes of alter"):
        id: Col[int] = column(pg.integer, primary_key=True)
        text: Col[Literal["1", "2"]] = column()

    before = schema(Note)
    qb_tx.run(create_all(before)).unwrap()
    qb_tx.execute(insert(new(Note)(id=1, text="2"))).unwrap()
    after = table(("text", Col[str], column()), ("more", Col[int], column(default=7)), name="notes of alter")
    altered = Alter(before.tables[0], after)
    run(qb_tx, altered)
    found = sql('SELECT id, text, more FROM "notes of alter"').rows(tuple[int, str, int])
    assert qb_tx.one(found) == Success((1, "2", 7))
    assert altered.inverse is not None


REFUSED: dict[str, tuple[Object, Object, str]] = {
    "another name": (
        sequence("a"),
        sequence("b"),
        "sequence a cannot be altered to sequence b: alter an object to one",
    ),
    "another kind": (sequence("a"), Extension("a"), "sequence a cannot be altered to extension a"),
    "another direction": (sequence("a"), sequence("a", increment=-1), "sequence a cannot turn round: drop it and"),
    "a label less": (mood("a", "b"), mood("a"), "cannot lose the label 'b', as PostgreSQL drops none: keep it, or"),
    "another order": (
        mood("a", "b"),
        mood("b", "a"),
        "has its labels in another order, and .* keep the order 'a', 'b'",
    ),
    "a constraint": (
        table(beside=lambda t: (check("c", t.id > 0),)).checks[0],
        table(beside=lambda t: (check("c", t.id > 1),)).checks[0],
        "c cannot be altered in its condition: drop it and create it anew",
    ),
    "an index": (
        table(beside=lambda t: (index("i", t.id),)).indexes[0],
        table(beside=lambda t: (index("i", t.id, unique=True, method="hash"),)).indexes[0],
        "i cannot be altered in its unique and method: drop it",
    ),
    "what is computed": (
        computed(2),
        computed(3),
        "n cannot be altered in its generated: drop it and create it anew",
    ),
    "a comment": (
        table(("n", Col[int], column(comment="a"))),
        table(("n", Col[int], column(comment="b"))),
        "the comment of column .*n is no part of ALTER: change it with Comment",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_alter_can_do(name: str) -> None:
    before, after, message = REFUSED[name]
    with pytest.raises(DefinitionError, match=message):
        Alter(before, after)


def test_a_plan_of_all_that_can_be_undone(qb_tx: Tx) -> None:
    n = column(pg.integer, comment="it's n")
    before, after = table(), table(("n", Col[int | None], n))
    added: ColumnDefinition = after.columns[1]
    plan = planned(
        [Create(before), Alter(before, after), Comment(added, added.comment), Grant(added, ("select",), "public")],
        Target(),
    )
    back = undone(plan.operations)
    assert back is not None
    qb_tx.run(plan).unwrap()
    qb_tx.run(planned(back, Target())).unwrap()
    assert standing(qb_tx, before.source.name) == []
