"""Values of tables that nobody declared: nothing is lost, and none makes its table unreadable."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import qb
from qb import Col, Db, QueryError, Range, Success, Table, column, fn, many, pg, select, sql, trusted
from qb.kit import DiscoveredTable, ServerText, discover
from qb.run.session.verbatim_loaders import READ_AS


def run(db: Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).command()).unwrap()


def found(db: Db, name: str) -> DiscoveredTable:
    return discover(db).unwrap()[name]


NOTHING_OF_PYTHONS: dict[str, tuple[str, ...]] = {
    "date": ("infinity", "-infinity", "0044-03-15 BC", "12024-01-01", "5874897-12-31"),
    "timestamp without time zone": ("infinity", "-infinity", "0044-03-15 12:00:00 BC", "294276-12-31 23:59:59.999999"),
    "timestamp with time zone": ("infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00"),
    "time without time zone": ("24:00:00",),
    "time with time zone": ("24:00:00+02",),
    "interval": (
        "infinity",
        "1 mon",
        "-1 years -2 mons",
        "36:00:00",
        "1 day -01:00:00",
        "-178000000 years",
        "2147483647 days",
        "2562047788:00:54.775807",
    ),
    "jsonb": ("null",),
    "json": ("null", '{"a": 1, "a": 2}', '[{"b": {"k": 1, "k": 1}}]', "1e99999999999999999999"),
    "integer[]": ("[2:3]={1,2}", "[0:1][3:4]={{1,2},{3,4}}"),
    "text[]": ("[0:0]={a}",),
    "daterange": ("[2024-01-01,infinity)", '["0044-03-15 BC",2024-01-01)'),
    "tstzmultirange": ('{["2024-01-01 00:00:00+00",infinity)}',),
}


@pytest.mark.parametrize("written", NOTHING_OF_PYTHONS)
def test_what_python_has_no_value_for_is_the_servers_text(qb_tx: qb.Tx, written: str) -> None:
    texts = [
        each
        for each in NOTHING_OF_PYTHONS[written]
        if written != "interval" or each != "infinity" or qb_tx.raising.scalar(_VERSION) >= 170000
    ]
    name = f"odd {written}"
    run(qb_tx, "SET LOCAL timezone TO 'UTC'", f'CREATE TABLE "{name}" (id int NOT NULL, it {written})')
    for number, text in enumerate(texts):
        quoted = text.replace("'", "''")
        run(qb_tx, f"INSERT INTO \"{name}\" VALUES ({number}, '{quoted}')")
    run(qb_tx, f'INSERT INTO "{name}" VALUES (100, NULL)')
    odd = found(qb_tx, name)
    rows = qb_tx.raising.all(odd.select().order_by(odd["id"]))
    values = [row["it"] for row in rows]
    assert values.pop() is None
    assert [each.text for each in values if isinstance(each, ServerText)] == texts
    # The same in nested rows, and as one column.
    assert qb_tx.raising.all(select(odd["it"]).where(odd["it"].is_not_null()).order_by(odd["id"])) == values
    every = select(many(select(odd["it"]).where(odd["it"].is_not_null()).order_by(odd["id"])))
    assert qb_tx.raising.all(every) == [values]
    # And sent back, it is what it was.
    if written != "json":  # which has no =
        for number, value in enumerate(values):
            anything: Any = odd["it"]
            assert qb_tx.raising.all(select(odd["id"]).where(anything == value)) == [number]


_VERSION = sql("SELECT current_setting('server_version_num')::int").rows(int)

EXACT: dict[str, dict[str, object]] = {
    "jsonb": {
        '{"price": 1.10}': {"price": Decimal("1.10")},
        "[123456789012345678901234567890]": [123456789012345678901234567890],
        '{"a": [0.1, 3]}': {"a": [Decimal("0.1"), 3]},
        '"null"': "null",
        '[null, true, "a\\"b", {"": {}}]': [None, True, 'a"b', {"": {}}],
    },
    "json": {"[-0, 1e400, 1.0]": [Decimal("-0"), Decimal("1E+400"), Decimal("1.0")], '{ "a" : 1 }': {"a": 1}},
    "numeric": {"1.10": Decimal("1.10"), "NaN": Decimal("NaN"), "Infinity": Decimal("Infinity")},
    "double precision": {"Infinity": float("inf"), "0.1": 0.1},
    "interval": {
        "-01:00:00": dt.timedelta(hours=-1),
        "-1 days -02:00:00.5": dt.timedelta(days=-1, hours=-2, milliseconds=-500),
        "3 days 23:59:59.999999": dt.timedelta(days=3, hours=23, minutes=59, seconds=59, microseconds=999999),
        "00:00:00": dt.timedelta(0),
    },
    "time without time zone": {"23:59:59.999999": dt.time(23, 59, 59, 999999)},
    "date": {"0001-01-01": dt.date(1, 1, 1), "9999-12-31": dt.date(9999, 12, 31)},
    "integer[]": {"{}": [], "{1,NULL}": [1, None], "{{1,2},{3,4}}": [[1, 2], [3, 4]]},
    "text[]": {'{NULL,"NULL","","[a]"}': [None, "NULL", "", "[a]"]},
    "date[]": {"{2024-01-01,infinity}": [dt.date(2024, 1, 1), ServerText("date", "infinity")]},
    "jsonb[]": {'{"1.10","null",NULL}': [Decimal("1.10"), ServerText("jsonb", "null"), None]},
    "bytea[]": {'{"\\\\x00ff"}': [b"\x00\xff"]},
    "boolean[]": {"{t,f}": [True, False]},
    "real[]": {"{0.1,Infinity}": [0.10000000149011612, float("inf")]},
    "numrange": {"[1.10,2)": Range(Decimal("1.10"), Decimal(2))},
    "int4range": {"[1,5)": Range(1, 5)},
}


@pytest.mark.parametrize("written", EXACT)
def test_what_python_has_a_value_for_keeps_each_digit(qb_tx: qb.Tx, written: str) -> None:
    cases = EXACT[written]
    name = f"exact {written}"
    run(qb_tx, f'CREATE TABLE "{name}" (id int NOT NULL, it {written})')
    for number, text in enumerate(cases):
        quoted = text.replace("'", "''")
        run(qb_tx, f"INSERT INTO \"{name}\" VALUES ({number}, '{quoted}')")
    exact = found(qb_tx, name)
    values = [row["it"] for row in qb_tx.raising.all(exact.select().order_by(exact["id"]))]
    assert repr(values) == repr(list(cases.values()))
    nested = qb_tx.raising.one(select(many(select(exact["it"]).order_by(exact["id"]))))
    if written not in ("numeric", "double precision"):  # of which JSON has not all
        assert repr(nested) == repr(values)
    if written != "json":
        for number, value in enumerate(values):
            anything: Any = exact["it"]
            back = select(exact["id"]).where(anything == value, exact["id"] == number)
            assert qb_tx.raising.all(back) == [number]


def test_points_in_time_are_in_the_sessions_zone(qb_tx: qb.Tx) -> None:
    run(qb_tx, "CREATE TABLE zoned (at timestamptz)", "INSERT INTO zoned VALUES ('2024-07-01 12:00Z')")
    for zone in ("Europe/Berlin", "America/New_York"):
        run(qb_tx, f"SET LOCAL timezone TO '{zone}'")
        at = qb_tx.raising.one(found(qb_tx, "zoned").select())["at"]
        assert isinstance(at, dt.datetime)
        assert at.tzinfo == ZoneInfo(zone)
        assert at == dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)


class Beside(Table, name="beside", schema="public"):
    id: Col[int] = column(primary_key=True)
    on: Col[dt.date]
    at: Col[dt.datetime]
    seen: Col[dt.datetime] = column(pg.timestamp)
    doc: Col[dict[str, float]]


def test_one_sql_of_a_declared_table_and_of_a_discovered_one(qb_db: qb.Database) -> None:
    """Each is read as its own, in turn, on the same connection."""
    run(
        qb_db,
        'CREATE TABLE beside (id int8 PRIMARY KEY, "on" date NOT NULL, at timestamptz NOT NULL, '
        "seen timestamp NOT NULL, doc jsonb NOT NULL)",
        "INSERT INTO beside VALUES (1, '2024-01-01', '2024-01-01Z', '2024-01-01', '{\"a\": 1.10}')",
    )
    day, moment = dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    try:
        beside = found(qb_db, "beside")
        pairs: list[tuple[qb.Select[Any], qb.Select[Any], Any]] = [
            (select(Beside.on).order_by(Beside.id), select(beside["on"]).order_by(beside["id"]), day),
            (select(Beside.at).order_by(Beside.id), select(beside["at"]).order_by(beside["id"]), moment),
            (select(Beside.id, Beside.at), select(beside["id"], beside["at"]), (1, moment)),
            (select(Beside.id, Beside.seen), select(beside["id"], beside["seen"]), (1, moment.replace(tzinfo=None))),
        ]
        for declared, discovered, value in pairs:
            for query in (declared, discovered, declared, discovered, discovered, declared):
                assert qb_db.raising.all(query) == [value]
        for _ in range(2):
            assert repr(qb_db.raising.all(select(Beside.doc).order_by(Beside.id))) == "[{'a': 1.1}]"
            assert repr(qb_db.raising.all(select(beside["doc"]).order_by(beside["id"]))) == "[{'a': Decimal('1.10')}]"
        run(qb_db, "UPDATE beside SET \"on\" = 'infinity', at = '-infinity'")
        odd = {"on": ServerText("date", "infinity"), "at": ServerText("timestamptz", "-infinity")}
        for _ in range(2):
            assert isinstance(qb_db.all(select(Beside.on, Beside.at)).failure(), qb.DecodeError)
            assert qb_db.raising.one(beside.select("on", "at")) == odd
    finally:
        run(qb_db, "DROP TABLE beside")


def test_a_text_of_another_type_is_not_sent(qb_tx: qb.Tx) -> None:
    run(qb_tx, "CREATE TABLE sent (day date, note text, tags int[])")
    sent = found(qb_tx, "sent")
    day: Any = sent["day"]
    refused = qb_tx.all(sent.select().where(day == ServerText("text", "infinity'; --")))
    assert "date takes no ServerText of another type, text" in str(refused.failure())


def test_functions_and_columns_of_a_known_type(qb_tx: qb.Tx) -> None:
    run(qb_tx, "CREATE TABLE used (id int, day date NOT NULL, doc jsonb NOT NULL, tags int[] NOT NULL)")
    run(qb_tx, "INSERT INTO used VALUES (1, '2024-01-01', '{\"n\": 1.10}', '{1}'), (2, 'infinity', '[]', '[2:2]={5}')")
    used = found(qb_tx, "used")
    assert qb_tx.raising.scalar(select(fn.max(used["day"]))) == ServerText("date", "infinity")
    assert qb_tx.raising.all(select(used["tags"]).distinct().order_by(used["tags"])) == [
        [1],
        ServerText("integer[]", "[2:2]={5}"),
    ]
    assert qb_tx.raising.all(select(used.column("doc", object)).order_by(used["id"])) == [{"n": Decimal("1.10")}, []]
    day = used.column("day", dt.date)
    assert qb_tx.raising.all(select(day).where(day == dt.date(2024, 1, 1))) == [dt.date(2024, 1, 1)]
    with pytest.raises(QueryError, match="holds date, the annotation says str"):
        used.column("day", str)
    with qb_tx.stream(used.select("day").order_by(used["id"])) as rows:
        assert [row["day"] for row in rows] == [dt.date(2024, 1, 1), ServerText("date", "infinity")]
    assert Success([]) == qb_tx.all(used.select().where(used["id"].is_null()))


def test_what_gives_nothing_is_read_as_ever(qb_tx: qb.Tx) -> None:
    assert qb_tx.raising.all(sql("SELECT pg_sleep(0)").rows(str)) == [""]
    assert qb_tx.raising.all(sql("SELECT pg_advisory_xact_lock_shared(1, 2), 7").rows(tuple[str, int])) == [("", 7)]
    stand_ins = sql("SELECT oid::regtype::text FROM pg_type WHERE oid = ANY ({all})", all=list(READ_AS.values()))
    assert {*qb_tx.raising.all(stand_ins.rows(str))} == {"event_trigger", "trigger", "language_handler", "internal"}
