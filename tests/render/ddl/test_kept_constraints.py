"""How the indexes of keys and exclusions are kept, and statistics of a materialized view: on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from msgspec.structs import replace

from qb import (
    Col,
    DefinitionError,
    DoubtfulSchema,
    Range,
    Shape,
    Success,
    Table,
    Target,
    Tx,
    column,
    create_all,
    drop_all,
    exclude,
    fn,
    index,
    materialized_view,
    operator_class,
    partition_by_hash,
    pg,
    primary_key,
    publication,
    replica_identity,
    schema,
    select,
    sql,
    statistics,
    unique,
)
from qb.ddl.operation import Alter
from qb.render.ddl.script import planned
from tests.render.ddl_objects import HOSTILE


class Booking(Table, name="bookings kept", schema="hall"):
    room: Col[str]
    days: Col[Range[int]] = column(pg.int4range)
    guest: Col[str] = column(name=f"g{HOSTILE}")
    note: Col[str | None]


key = primary_key(Booking.room, name=f"k{HOSTILE}", include=Booking.guest, with_={"fillfactor": 70})
one_guest = unique(Booking.guest, Booking.room, with_={"fillfactor": 90, "deduplicate_items": False}, deferrable=True)
apart = exclude(
    f"e{HOSTILE}",
    (Booking.days, "&&"),
    operator_class=[operator_class("range_ops")],
    include=[Booking.note, Booking.guest],
    with_={"fillfactor": 50},
    where=Booking.note.is_not_null(),
    deferrable=True,
)
by_text = exclude(
    "texts apart", (Booking.room, "="), (fn.lower(Booking.note), "="), method="btree",
    operator_class=["text_pattern_ops", None], tablespace="pg_default",
)  # fmt: skip
KEPT = schema(Booking, key, one_guest, apart, by_text)
DEFINITIONS = sql(
    """SELECT pg_get_constraintdef(c.oid), i.reloptions::text FROM pg_constraint c JOIN pg_class i ON i.oid = c.conindid
    WHERE c.contype IN ('p', 'u', 'x') AND c.conrelid = 'hall."bookings kept"'::regclass ORDER BY c.contype, 1"""
).rows(tuple[str, str | None])


class Load(Shape):
    room: Col[str]
    guests: Col[int]
    name: Col[str] = column(name=f"n{HOSTILE}")


loads = materialized_view(
    "loads kept",
    select(Booking.room, fn.count(), Booking.room).group_by(Booking.room).map(Load),
)
together = statistics("loads together", loads.room, loads.name, kinds=["ndistinct"], target=7)
known = schema(Booking, key, loads, together, index("loads by room", loads.room, unique=True))


def test_the_catalog_has_what_was_declared(qb_tx: Tx) -> None:
    qb_tx.run(create_all(KEPT)).unwrap()
    later = "DEFERRABLE INITIALLY DEFERRED"
    options = "WITH (fillfactor='50') WHERE ((note IS NOT NULL))"
    guest = '"g' + HOSTILE.replace('"', '""') + '"'
    assert qb_tx.all(DEFINITIONS) == Success(
        [
            (f"PRIMARY KEY (room) INCLUDE ({guest})", "{fillfactor=70}"),
            (f"UNIQUE ({guest}, room) DEFERRABLE INITIALLY DEFERRED", "{fillfactor=90,deduplicate_items=false}"),
            ("EXCLUDE USING btree (room text_pattern_ops WITH =, lower(note) WITH =)", None),
            (f"EXCLUDE USING gist (days WITH &&) INCLUDE (note, {guest}) {options} {later}", "{fillfactor=50}"),
        ]
    )
    qb_tx.run(create_all(KEPT, if_not_exists=True)).unwrap()
    table = KEPT.tables[0]
    fuller = replace(table, uniques=(replace(table.uniques[0], with_=(("fillfactor", "30"),)),))
    qb_tx.run(planned([Alter(table, fuller)], Target())).unwrap()
    assert "{fillfactor=30}" in [options for _, options in qb_tx.all(DEFINITIONS).unwrap()]
    qb_tx.run(drop_all(KEPT)).unwrap()


def test_statistics_of_a_materialized_view(qb_tx: Tx) -> None:
    qb_tx.run(create_all(known)).unwrap()
    asked = sql("SELECT stxname::text, stxrelid::regclass::text, stxstattarget::int FROM pg_statistic_ext").rows(
        tuple[str, str, int]
    )
    assert qb_tx.all(asked) == Success([("loads together", '"loads kept"', 7)])
    view = next(each for each in known.others if each.kind == "materialized view")
    without = replace(cast("Any", view), attached=())
    for before, after, count in ((view, without, 0), (without, view, 1)):
        qb_tx.run(planned([Alter(before, after)], Target())).unwrap()
        assert len(qb_tx.all(asked).unwrap()) == count
    qb_tx.run(drop_all(known)).unwrap()
    assert qb_tx.all(asked) == Success([])
    with pytest.raises(DefinitionError, match="is on the materialized view loads kept, which has none"):
        schema(Booking, key, loads, unique(loads.room))


class Log(Table, name="log kept"):
    text: Col[str]
    day: Col[int]


class Kept(Table, name="kept apart"):
    id: Col[int]


late = primary_key(Kept.id, deferrable=True)
by_text_of_log = unique(Log.text)


@pytest.mark.parametrize(
    ("define", "said"),
    [
        (
            lambda: schema(Log, publication("p", Log)),
            "sends each update and delete of log kept, which has no primary key: PostgreSQL will refuse them; give it",
        ),
        (
            lambda: schema(Log, publication("p", Log, publish=["insert", "delete"])),
            "the publication p sends each delete of log kept, which has no primary key",
        ),
        (lambda: schema(Kept, late, publication("p", Kept)), "which has a deferrable primary key, which tells no rows"),
        (
            lambda: schema(Log, replica_identity(Log, "nothing"), publication("p", Log)),
            "which says by its replica identity that nothing tells its rows apart",
        ),
    ],
)
def test_what_cannot_be_sent_is_doubted(define: Callable[[], object], said: str) -> None:
    with pytest.warns(DoubtfulSchema) as told:
        define()
    assert said in str(told[0].message)
    assert told[0].filename == __file__


@pytest.mark.filterwarnings("error")
def test_what_can_be_sent_is_not() -> None:
    schema(Log, publication("p", Log, publish=["insert", "truncate"]))
    schema(Log, publication("p", Log), replica_identity(Log, "full"))
    schema(Log, publication("p", Log), by_text_of_log, replica_identity(Log, using=by_text_of_log))
    schema(Log, publication("p", all_tables=True))  # nobody knows which are to come
    schema(Log, publication("p", Log), primary_key(Log.text))
    schema(Log, partition_by_hash(Log, Log.day), publication("p", Log))


def test_what_postgresql_says_of_it(qb_tx: Tx) -> None:
    with pytest.warns(DoubtfulSchema):
        qb_tx.run(create_all(schema(Log, publication("p of log", Log)))).unwrap()
    failed = qb_tx.execute(sql("UPDATE {t} SET day = 1", t=Log).command()).failure()
    assert failed.sqlstate == "55000"


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (lambda: primary_key(Log.text, with_=cast("Any", 5)), "primary_key: with_ takes parameters by name"),
        (lambda: unique(Log.text, with_={"": 5}), "a parameter of unique has an empty name"),
        (lambda: unique(Log.text, tablespace=""), "the tablespace of unique has an empty name"),
        (lambda: exclude("e", (Log.day, "="), include=Log.day), "the exclusion 'e' includes day, which is part of it"),
        (lambda: exclude("e", (Log.day, "="), include=Kept.id), "the exclusion 'e' includes columns of another table"),
        (lambda: exclude("e", (Log.day, "="), operator_class=["a", "b"]), "has 1 keys and 2 operator classes"),
    ],
)
def test_misuse_is_told(define: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        define()
    assert message in str(caught.value)
