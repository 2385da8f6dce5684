"""What a conversion is said to keep, it keeps: each value comes back, and none is refused."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest

from qb import Script, Tx, sql, trusted
from qb.kit.planning.casts import conversion
from qb.render.literals import string_literal

VALUES: Final = {
    "smallint": ("-32768", "32767", "0"),
    "integer": ("-2147483648", "2147483647"),
    "bigint": ("-9223372036854775808", "9007199254740993", "9223372036854775807"),
    "numeric": ("1e100", "0.1234567890123456789", "NaN", "1.50"),
    "numeric(6,2)": ("9999.99", "-0.01"),
    "numeric(8,3)": ("99999.999",),
    "numeric(3,0)": ("999",),
    "numeric(20,0)": ("99999999999999999999",),
    "real": ("3.4028235e38", "1e-45", "0.1", "Infinity"),
    "double precision": ("1.7976931348623157e308", "0.1", "NaN"),
    "boolean": ("true", "false"),
    "text": ("", " a ", "x" * 300, "1", "2026-01-01"),
    "character varying": ("", " a ", "x" * 300),
    "character varying(5)": ("abcde", "a  "),
    "character varying(9)": ("abcdefghi",),
    "character(4)": ("abcd", "a"),
    "character(6)": ("abcdef", "a"),
    "name": ("x" * 63, "a "),
    "date": ("0001-01-01", "9999-12-31", "infinity"),
    "timestamp without time zone": ("2026-01-01 00:00:00.123456", "infinity", "0001-01-01 00:00:00"),
    "timestamp(0) without time zone": ("2026-01-01 00:00:01",),
    "timestamp(3) without time zone": ("2026-01-01 00:00:00.123",),
    "timestamp with time zone": ("2026-06-01 00:00:00.123456+02", "infinity"),
    "timestamp(0) with time zone": ("2026-06-01 00:00:00+02",),
    "timestamp(3) with time zone": ("2026-06-01 00:00:00.123+02",),
    "time without time zone": ("23:59:59.999999", "24:00:00"),
    "time(2) without time zone": ("23:59:59.99",),
    "time with time zone": ("23:59:59.999999-08",),
    "interval": ("1 year -2 mons 3 days 04:05:06.789012",),
    "interval(2)": ("04:05:06.78",),
    "interval year": ("3 years",),
    "json": ('{"a": 1, "a": 2}',),
    "jsonb": ('{"a": 1.50}', "null"),
    "uuid": ("018f0000-0000-7000-8000-000000000001",),
    "bytea": ("\\x00ff",),
    "inet": ("192.168.0.1/24", "::1"),
    "cidr": ("192.168.0.0/24",),
    "macaddr": ("08:00:2b:01:02:03",),
    "macaddr8": ("08:00:2b:01:02:03:04:05",),
    "bit(3)": ("101",),
    "bit(5)": ("10101",),
    "bit varying": ("1", "101010"),
    "bit varying(3)": ("1", "101"),
    "integer[]": ("{1,NULL,3}", "{}", "{{1,2},{3,4}}"),
    "bigint[]": ("{9223372036854775807}",),
    "character varying(5)[]": ("{abcde}",),
    "character varying(9)[]": ("{abcdefghi}",),
    "timestamp without time zone[]": ("{2026-01-01 00:00:00.123456}",),
    "timestamp(0) with time zone[]": ("{2026-01-01 00:00:00+00}",),
    "timestamp with time zone[]": ("{2026-01-01 00:00:00.5+00}",),
}
"""Values of each type at what it can hold."""
KEPT: Final = [
    pytest.param(one, other, id=f"{one} to {other}")
    for one, other in product(VALUES, VALUES)
    if one != other and conversion("v", one, other).keeps
]


def texts(tx: Tx, how: str) -> list[str]:
    return tx.raising.all(sql(trusted(f"SELECT ({how})::text FROM held ORDER BY n")).rows(str))


@pytest.mark.parametrize(("one", "other"), KEPT)
def test_what_is_said_to_be_kept_comes_back(qb_tx: Tx, one: str, other: str) -> None:
    def run(text: str) -> None:
        qb_tx.run(Script(trusted(text))).unwrap()

    run("SET LOCAL TimeZone = 'UTC'")
    run(f"CREATE TABLE held (n int GENERATED ALWAYS AS IDENTITY, v {one})")
    for each in VALUES[one]:
        run(f"INSERT INTO held (v) VALUES ({string_literal(each)})")
    before = texts(qb_tx, "v")
    using = conversion("v", one, other).using
    run(f"ALTER TABLE held ALTER v TYPE {other}" + (f" USING {using}" if using else ""))
    back = conversion("v", other, one).using or f"v::{one}"
    assert texts(qb_tx, back) == before
