"""COLLATE: of columns, expressions and keys of indexes; what has no collation is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Script,
    Success,
    Table,
    Tx,
    check,
    column,
    compile,
    create_all,
    drop_all,
    exclude,
    fn,
    index,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
    trusted,
)
from qb.ddl.operation import Alter, Create
from qb.model.table import TableDefinition
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.types.identifier import quoted

THEIRS = 'a "collation"; of--theirs'


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Word(Table, name="words of collations"):
    id: Col[int] = column(primary_key=True)
    plain: Col[str] = column()
    text: Col[str] = column(pg.text.collate("C"), default="x")
    limited: Col[str | None] = column(pg.varchar(20).collate("POSIX"), default=None)
    any_length: Col[str | None] = column(pg.varchar.collate("C"), default=None)
    padded: Col[str | None] = column(pg.char(4).collate("C", schema="pg_catalog"), default=None)
    one: Col[str | None] = column(pg.char.collate("C"), default=None)
    unlimited: Col[str | None] = column(pg.bpchar.collate("C"), default=None)
    several: Col[list[str] | None] = column(pg.array(pg.text.collate("C")), default=None)
    size: Col[Size | None] = column(pg.text.collate("C"), default=None)
    named: Col[str | None] = column(pg.text.collate(THEIRS, schema=THEIRS), default=None)
    lower: Col[str] = column(pg.text.collate("C"), generated=fn.lower(plain).collate("POSIX"))


by_word = index(
    "words_idx", Word.plain.collate("C"), Word.text.collate("POSIX").desc(), fn.lower(Word.plain).collate("C"),
    operator_class=["text_pattern_ops", None, None], where=Word.plain.collate("C") > "A",
)  # fmt: skip
upper = check("words_check", Word.plain.collate("C") < "a")
apart = exclude("words_excl", (Word.plain.collate("C"), "="), method="btree")
described = schema(Word, by_word, upper, apart)
NAME = quoted(THEIRS)
MADE = Script(trusted(f"CREATE SCHEMA {NAME}"), trusted(f'CREATE COLLATION {NAME}.{NAME} FROM "C"'))


def test_the_catalog_has_them(qb_tx: Tx) -> None:
    qb_tx.run(MADE).unwrap()
    qb_tx.run(create_all(described)).unwrap()
    columns = sql(
        "SELECT attname::text, format_type(atttypid, atttypmod), n.nspname::text, c.collname::text FROM pg_attribute "
        "JOIN pg_collation c ON c.oid = attcollation JOIN pg_namespace n ON n.oid = c.collnamespace "
        "WHERE attrelid = '\"words of collations\"'::regclass AND attnum > 0 ORDER BY attnum"
    )
    assert qb_tx.all(columns.rows(tuple[str, str, str, str])).unwrap() == [
        ("plain", "text", "pg_catalog", "default"),
        ("text", "text", "pg_catalog", "C"),
        ("limited", "character varying(20)", "pg_catalog", "POSIX"),
        ("any_length", "character varying", "pg_catalog", "C"),
        ("padded", "character(4)", "pg_catalog", "C"),
        ("one", "character(1)", "pg_catalog", "C"),
        ("unlimited", "bpchar", "pg_catalog", "C"),
        ("several", "text[]", "pg_catalog", "C"),
        ("size", "text", "pg_catalog", "C"),
        ("named", "text", THEIRS, THEIRS),
        ("lower", "text", "pg_catalog", "C"),
    ]
    keys = sql("SELECT pg_get_indexdef('words_idx'::regclass)").rows(str)
    assert qb_tx.scalar(keys).unwrap().partition("btree ")[2] == (
        '(plain COLLATE "C" text_pattern_ops, text COLLATE "POSIX" DESC, lower(plain) COLLATE "C") '
        "WHERE ((plain COLLATE \"C\") > 'A'::text)"
    )
    excluded = sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'").rows(str)
    assert qb_tx.scalar(excluded) == Success('EXCLUDE USING btree (plain COLLATE "C" WITH =)')
    qb_tx.run(create_all(described, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(described)).unwrap()


def test_queries_order_and_compare_by_them(qb_tx: Tx) -> None:
    qb_tx.run(MADE).unwrap()
    qb_tx.run(create_all(schema(Word))).unwrap()
    for number, word in enumerate(("b", "B", "a", "A")):
        qb_tx.execute(insert(new(Word)(id=number, plain=word, limited=word))).unwrap()
    ordered = select(Word.plain).order_by(Word.plain.collate("C"))
    assert qb_tx.all(ordered) == Success(["A", "B", "a", "b"])
    assert qb_tx.all(select(Word.limited.collate("C")).order_by(Word.limited.collate("C").desc())) == Success(
        ["b", "a", "B", "A"]
    )
    assert qb_tx.all(select(Word.plain).where(Word.plain.collate("C", schema="pg_catalog") < "B")) == Success(["A"])
    joined = (Word.plain + "!").collate("POSIX")
    assert qb_tx.all(select(joined).where(joined.like("a%"))) == Success(["a!"])
    cast_ = select(Word.id.cast(pg.text.collate("C"))).order_by(Word.id)
    assert qb_tx.all(cast_) == Success(["0", "1", "2", "3"])
    assert b'AS text) COLLATE "C"' in compile(cast_).sql
    grouped = select(Word.text.collate("C"), fn.count()).group_by(Word.text.collate("C"))
    assert qb_tx.all(grouped) == Success([("x", 4)])


def test_a_column_gets_and_loses_one(qb_tx: Tx) -> None:
    def of(type_: Any) -> TableDefinition:
        class Made(Table, name="made of collations"):
            text: Col[str] = column(type_)

        return schema(Made).tables[0]

    collation = sql(
        "SELECT collname::text FROM pg_attribute JOIN pg_collation c ON c.oid = attcollation "
        "WHERE attrelid = '\"made of collations\"'::regclass AND attnum > 0"
    ).rows(str)
    plain, other = of(pg.text), of(pg.text.collate("C"))
    assert plain != other
    qb_tx.run(planned([Create(plain), Alter(plain, other)], Target())).unwrap()
    assert qb_tx.scalar(collation) == Success("C")
    qb_tx.run(planned([Alter(other, plain)], Target())).unwrap()
    assert qb_tx.scalar(collation) == Success("default")


def test_a_collation_is_part_of_a_type() -> None:
    assert pg.text.collate("C") == pg.text.collate("C") != pg.text
    assert pg.text.collate("C") != pg.text.collate("C", schema="pg_catalog")
    assert hash(pg.varchar(5).collate("C")) == hash(pg.varchar(5).collate("C"))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            lambda: cast("Any", Word.id).collate("C"),
            "words of collations.id is bigint, which has no collation: cast",
        ),
        (lambda: (cast("Any", Word.id) + 1).collate("C"), "an expression is bigint, which has no collation"),
        (lambda: Word.plain.collate(""), "the collation of words of collations.plain has an empty name: give it one"),
        (lambda: Word.plain.collate("C", schema="x" * 64), "the schema of the collation 'C' is called"),
    ],
)
def test_expressions_that_have_none(said: Callable[[], object], message: str) -> None:
    with pytest.raises(QueryError, match=f"^{re.escape(message)}"):
        said()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            lambda: cast("Any", pg.integer).collate("C"),
            "integer has no collation: only texts are ordered by one; drop .collate(...)",
        ),
        (lambda: cast("Any", pg.array(pg.text)).collate("C"), "text[] has no collation"),
        (lambda: cast("Any", pg.enum("size", Size)).collate("C"), '"size" has no collation'),
        (lambda: pg.text.collate(""), "the collation of text has an empty name"),
    ],
)
def test_types_that_have_none(said: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(message)}"):
        said()
