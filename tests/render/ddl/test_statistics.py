"""Statistics objects, options of indexes, and keys without overlaps, on the server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from qb import (
    Col,
    DefinitionError,
    ExclusionViolation,
    ForeignKeyViolation,
    New,
    Range,
    Success,
    Table,
    Target,
    Tx,
    column,
    create_all,
    drop_all,
    fn,
    foreign_key,
    index,
    insert,
    new,
    operator_class,
    pg,
    primary_key,
    schema,
    sql,
    statistics,
    unique,
)
from qb.ddl.operation import Alter, Comment, Create
from qb.render.ddl.script import planned
from tests.render.ddl_objects import HOSTILE


class Address(Table, name="addresses of statistics", schema="hall"):
    city: Col[str]
    postcode: Col[str] = column(name=f"p{HOSTILE}")
    people: Col[int | None]


together = statistics(f"s{HOSTILE}", Address.city, Address.postcode, kinds=["mcv", "ndistinct"], target=500)
of_expression = statistics("lower city", fn.lower(Address.city))
several = statistics("several", Address.city, fn.lower(Address.postcode), Address.people)
known = schema(Address, together, of_expression, several)
CATALOG = sql(
    """SELECT stxname::text, pg_get_statisticsobjdef(oid), coalesce(stxstattarget, -1)::int FROM pg_statistic_ext
    ORDER BY 1"""
).rows(tuple[str, str, int])


def test_it_is_read_back_from_the_catalog(qb_tx: Tx) -> None:
    qb_tx.run(create_all(known)).unwrap()
    found = qb_tx.all(CATALOG).unwrap()
    assert [(name, target) for name, _, target in found] == [("lower city", -1), (f"s{HOSTILE}", 500), ("several", -1)]
    assert "(ndistinct, mcv) ON city, " in found[1][1]
    assert "ON lower(city) FROM" in found[0][1]
    qb_tx.run(create_all(known, if_not_exists=True)).unwrap()
    other = replace(together, target=None)
    qb_tx.run(planned([Alter(together, other), Comment(together, "it's known")], Target())).unwrap()
    assert qb_tx.all(CATALOG).unwrap()[1][2] == -1
    table = known.tables[0]
    fewer = replace(table, attached=tuple(each for each in table.attached if each != several))
    qb_tx.run(planned([Alter(table, fewer)], Target())).unwrap()
    assert len(qb_tx.all(CATALOG).unwrap()) == 2
    qb_tx.run(planned([Alter(fewer, table)], Target())).unwrap()
    qb_tx.run(drop_all(known)).unwrap()
    assert qb_tx.all(CATALOG) == Success([])


def test_older_servers_lack_some() -> None:
    lacking = ((9, "a statistics object"), (11, 'kind "mcv"'), (12, "target of a statistics"), (13, "of an expression"))
    for target, what in lacking:
        with pytest.raises(DefinitionError, match=what):
            create_all(known if target == 13 else schema(Address, together), target=Target(target))


class Stay(Table, name="stays", schema="hall"):
    rooms: Col[Range[int]] = column(pg.int4range)
    days: Col[Range[int]] = column(pg.int4range)
    note: Col[str | None] = column(default=None)


class Meal(Table, name="meals"):
    rooms: Col[Range[int]] = column(pg.int4range)
    days: Col[Range[int]] = column(pg.int4range)


stays_key = primary_key(Stay.rooms, Stay.days, without_overlaps=True, name=f"k{HOSTILE}")
in_stay = foreign_key((Meal.rooms, Meal.days), (Stay.rooms, Stay.days), period=True)
temporal = schema(Stay, Meal, stays_key, in_stay, unique(Meal.rooms, Meal.days, without_overlaps=True))


def test_keys_without_overlaps(qb_tx: Tx) -> None:
    made = create_all(temporal)
    with pytest.raises(
        DefinitionError, match="without_overlaps came with PostgreSQL 18, and this is for PostgreSQL 17"
    ):
        create_all(temporal, target=Target(17))
    with pytest.raises(DefinitionError, match="period came with PostgreSQL 18, and this is for PostgreSQL 17"):
        planned([Create(each) for each in temporal.tables[1].foreign_keys], Target(17))
    if not qb_tx.one(sql("SELECT current_setting('server_version_num')::int >= 180000").rows(bool)).unwrap():
        return
    qb_tx.run(made).unwrap()
    asked = sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conperiod ORDER BY 1").rows(str)
    assert qb_tx.all(asked) == Success(
        [
            "FOREIGN KEY (rooms, PERIOD days) REFERENCES hall.stays(rooms, PERIOD days)",
            "PRIMARY KEY (rooms, days WITHOUT OVERLAPS)",
            "UNIQUE (rooms, days WITHOUT OVERLAPS)",
        ]
    )
    rooms = Range(1, 2)
    qb_tx.execute(insert(*(new(Stay)(rooms=rooms, days=days) for days in (Range(1, 5), Range(5, 9))))).unwrap()
    assert qb_tx.execute(insert(new(Meal)(rooms=rooms, days=Range(3, 8)))) == Success(1)  # within both together

    def refused(row: New[Stay] | New[Meal]) -> object:
        with qb_tx.transaction(rollback=True) as inner:
            return inner.execute(insert(row)).failure()

    assert isinstance(refused(new(Stay)(rooms=rooms, days=Range(8, 12))), ExclusionViolation)
    assert isinstance(refused(new(Meal)(rooms=rooms, days=Range(8, 12))), ForeignKeyViolation)
    qb_tx.run(drop_all(temporal)).unwrap()


def test_an_index_has_all_its_options(qb_tx: Tx) -> None:
    full = index(
        f"i{HOSTILE}",
        Address.city.collate("C").desc(nulls="last"),
        fn.lower(Address.postcode),
        unique=True,
        where=Address.people > 5,
        include=Address.people,
        nulls_not_distinct=True,
        operator_class=["text_pattern_ops", None],
        with_={"fillfactor": 70, "deduplicate_items": False},
        tablespace="pg_default",
    )
    brin = index(
        "brin", Address.people, method="brin", operator_class=operator_class("int8_bloom_ops", n_distinct_per_range=100)
    )
    qb_tx.run(create_all(schema(Address, full, brin))).unwrap()
    asked = sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'addresses of statistics' ORDER BY 1").rows(str)
    first, second = qb_tx.all(asked).unwrap()
    assert "int8_bloom_ops (n_distinct_per_range='100')" in first
    for part in (
        'city COLLATE "C" text_pattern_ops DESC NULLS LAST, lower(',
        "INCLUDE (people) NULLS NOT DISTINCT WITH (fillfactor='70', deduplicate_items='false')",
        "WHERE (people > 5)",
    ):
        assert part in second
    with pytest.raises(DefinitionError, match="parameters of an operator class came with PostgreSQL 13"):
        create_all(schema(Address, brin), target=Target(12))
    assert schema(Address, full) == schema(Address, replace(full))


WRONG: dict[str, Callable[[], object]] = {
    "the statistics 's' names no column: name at least one": lambda: statistics("s"),
    "the statistics 's' is about one column, of which PostgreSQL has them by itself: name two or more": (
        lambda: statistics("s", Address.city)
    ),
    "the statistics 's' is about one expression, which has no kinds: drop them, or name more": (
        lambda: statistics("s", fn.lower(Address.city), kinds=["mcv"])
    ),
    "the statistics 's': 'all' is none of its kinds: there are ndistinct, dependencies, mcv": (
        lambda: statistics("s", Address.city, Address.people, kinds=["all"])  # type: ignore[list-item]
    ),
    "the statistics 's' is about 9 columns, and PostgreSQL takes 8: name fewer": (
        lambda: statistics("s", *(Address.people + number for number in range(9)))
    ),
    "the statistics 's': target is a number from 0 to 10000, not -1": (
        lambda: statistics("s", Address.city, Address.people, target=-1)
    ),
    "the statistics 's' takes columns and expressions, not 'city'": (
        lambda: statistics("s", "city")  # type: ignore[arg-type]
    ),
    "the statistics 's' uses addresses of statistics.city and stays.rooms, of two tables": (
        lambda: statistics("s", Address.city, Stay.rooms)
    ),
    "the statistics hall.addresses of statistics.s and the statistics hall.stays.s are both called 's'": (
        lambda: schema(
            Address, Stay, statistics("s", Address.city, Address.people), statistics("s", Stay.rooms, Stay.days)
        )
    ),
    "unique: without_overlaps is among rows that are alike in other columns: name those, too": (
        lambda: unique(Stay.days, without_overlaps=True)
    ),
    "primary_key: without_overlaps is about its last column, which has to be a range or a multirange, and stays.note "
    "is text": lambda: primary_key(Stay.days, Stay.note, without_overlaps=True),
    "foreign_key: period is about the last of several columns, and PostgreSQL takes no action with it": (
        lambda: foreign_key((Meal.rooms, Meal.days), (Stay.rooms, Stay.days), period=True, on_delete="cascade")
    ),
    "meals.rooms and days references hall.stays.rooms and days with period, and that is no key without overlaps: write "
    "unique(..., without_overlaps=True) next to hall.stays, its range last": (
        lambda: schema(Meal, Stay, in_stay, unique(Stay.rooms, Stay.days))
    ),
    "meals.rooms and days references hall.stays.rooms and days, which is not unique": (
        lambda: schema(Meal, Stay, stays_key, foreign_key((Meal.rooms, Meal.days), (Stay.rooms, Stay.days)))
    ),
    "an operator class has an empty name": lambda: operator_class(""),
    "the operator class 'x': the parameter 'siglen' is a text, a number or a bool, not None": (
        lambda: operator_class("x", siglen=None)  # type: ignore[arg-type]
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be(text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        WRONG[text]()
