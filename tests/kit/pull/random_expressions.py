"""Random expressions in SQL, over a table with a column of each type that expressions are said with."""

from __future__ import annotations

from random import Random
from typing import Final

TABLE: Final = """
CREATE TYPE state AS ENUM ('new', 'old', 'it''s', 'a {b}');
CREATE FUNCTION twice(number int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT number * 2';
CREATE FUNCTION fine(words text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END';
CREATE TABLE owners (id uuid PRIMARY KEY);
CREATE TABLE things (
  id bigint PRIMARY KEY, i4 int NOT NULL, i2 smallint, i8 bigint NOT NULL, n numeric NOT NULL, n2 numeric(8, 2),
  f float8, r real NOT NULL, s text NOT NULL, s2 text, v varchar(20) NOT NULL, v2 varchar, c char(3),
  b boolean NOT NULL, b2 boolean, st state NOT NULL, st2 state, at timestamptz NOT NULL, at2 timestamptz, ts timestamp,
  d date NOT NULL, d2 date, t time, iv interval, u uuid NOT NULL, owner uuid REFERENCES owners, tags text[] NOT NULL,
  numbers int[], doc jsonb, during tstzrange,
  kind text NOT NULL CHECK (kind IN ('a', 'b', 'c d')), kind2 varchar(9) CHECK (kind2 IN ('a', 'b')),
  "select" int, "a b" text, "Übel {x}" text, ci text COLLATE "C"
);
ALTER TABLE things ENABLE ROW LEVEL SECURITY;
"""
_WHOLE: Final = ("i4", "i2", "i8", "id", '"select"')
_TEXTS: Final = ("s", "s2", "v", "v2", '"a b"', '"Übel {x}"', "ci")
_COLUMNS: Final = {
    "whole": _WHOLE,
    "exact": ("n", "n2"),
    "real": ("f", "r"),
    "text": _TEXTS,
    "short": ("c",),
    "state": ("st", "st2"),
    "moment": ("at", "at2"),
    "local": ("ts",),
    "day": ("d", "d2"),
    "clock": ("t",),
    "span": ("iv",),
    "uuid": ("u", "owner"),
    "kind": ("kind", "kind2"),
}
_VALUES: Final = {
    "whole": (
        "0",
        "1",
        "-1",
        "7",
        "999999999",
        "2000000000",
        "-2000000000",
        "3000000000",
        "5::bigint",
        "5::smallint",
        "'5'",
    ),
    "exact": (
        "0",
        "1",
        "-1",
        "1.5",
        "-2.50",
        "100",
        "'NaN'",
        "0.00",
        "12345678901234567890",
        "1e3",
        "5::numeric",
        "'3'",
    ),
    "real": ("0", "1", "0.5", "-0.25", "1e10", "1e-7", "'NaN'", "0.1::real", "2::float8"),
    "text": (
        "''",
        "'a'",
        "'it''s'",
        "'a {b} %s'",
        r"'back\slash'",
        "'x'::text",
        "'x'::varchar",
        "'x'::varchar(3)",
        "E'a\\nb'",
        "'ü🎉'",
    ),
    "short": ("'abc'", "'a'", "'abc'::char(3)"),
    "state": ("'new'", "'it''s'", "'a {b}'", "'old'::state"),
    "moment": ("'2020-01-02 03:04:05+00'", "'2020-01-01'", "now()", "CURRENT_TIMESTAMP", "'infinity'"),
    "local": ("'2020-01-02 03:04:05.25'", "'2020-01-01'", "LOCALTIMESTAMP", "'-infinity'"),
    "day": ("'2020-01-02'", "CURRENT_DATE", "'infinity'", "DATE '1999-12-31'"),
    "clock": ("'01:02:03'", "'24:00'"),
    "span": ("'1 day'", "'1 mon'", "'02:00:00'", "'1 year 2 days 03:00:00.5'", "'-1 day'", "'26:00:00'"),
    "uuid": ("'00000000-0000-0000-0000-000000000003'", "gen_random_uuid()"),
    "kind": ("'a'", "'b'", "'zzz'", "'c d'"),
}

_LISTS: Final = ("ARRAY[]::text[]", "ARRAY['a','b']", "ARRAY['a b','c,d','NULL','']")
_CAST_TO_TEXT: Final = ("i4::text", "v::text", "s::varchar", "n::text", "i8::int::text")
_OF_DOCUMENTS: Final = ("doc ->> 'a' = 'b'", "doc ? 'x'", "jsonb_path_exists(doc, '$.a[*] ? (@ > 1)')", "doc @> '{}'")
_OF_CALLS: Final = (
    *("fine(s)", "fine(v)", "twice(i4) > 2", "fine(lower(v))", "twice(i2) = 1", "isempty(during)"),
    *("i4 IN (i2, i8) OR b", "s NOT IN (s2, v) AND b", "i4 NOT BETWEEN 1 AND 5 OR b", "(i4, s) = (i2, v) AND b"),
)
_CALCULATED: Final = ("whole", "exact", "text", "real")
_GENERATED: Final = (
    *(("whole", "int"), ("whole", "bigint"), ("exact", "numeric"), ("text", "text"), ("text", "varchar(30)")),
    ("real", "float8"),
)
_DEFAULTS: Final = (
    *_GENERATED,
    *(("whole", "smallint"), ("exact", "numeric(8,2)"), ("text", "char(5)"), ("text", "varchar"), ("real", "real")),
    *(("state", "state"), ("moment", "timestamptz"), ("local", "timestamp"), ("day", "date"), ("span", "interval")),
    ("uuid", "uuid"),
)


class Expressions:
    """Expressions of a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def statement(self, number: int) -> str:
        """A statement that puts an expression somewhere."""
        match self.random.choice(("check", "check", "policy", "index", "key", "generated", "default")):
            case "check":
                return f"ALTER TABLE things ADD CONSTRAINT c{number} CHECK ({self.condition()})"
            case "policy":
                return f"CREATE POLICY p{number} ON things USING ({self.condition()})"
            case "index":
                return f"CREATE INDEX i{number} ON things (id) WHERE {self.condition()}"
            case "key":
                return f"CREATE INDEX k{number} ON things (({self.of(self.random.choice(_CALCULATED), 2)}))"
            case "generated":
                what, type_ = self.random.choice(_GENERATED)
                return f"ALTER TABLE things ADD g{number} {type_} GENERATED ALWAYS AS ({self.of(what, 2)}) STORED"
            case _:
                what, type_ = self.random.choice(_DEFAULTS)
                null = self.random.choice(("", " NOT NULL"))
                return f"ALTER TABLE things ADD d{number} {type_} DEFAULT {self.value(what)}{null}"

    def condition(self, depth: int = 3) -> str:
        """A condition."""
        kinds = ["compared", "compared", "compared", "null", "listed", "bool", "like", "between", "call"]
        kinds += ["and", "and", "or", "not", "distinct"] if depth else []
        kinds += ["placed", "cast", "document", "case", "test"]
        match self.random.choice(kinds):
            case "and":
                return self.several(" AND ", depth)
            case "or":
                return self.several(" OR ", depth)
            case "not":
                return f"NOT ({self.condition(depth - 1)})"
            case "null":
                return f"({self.any()}) IS {self.random.choice(('NULL', 'NOT NULL'))}"
            case "compared":
                return self.compared()
            case "listed":
                return self.listed()
            case "bool":
                return self.random.choice(("b", "b2", "NOT b", "b = true", "b2 IS TRUE", "b <> b2", "b IS NOT FALSE"))
            case "like":
                how = self.random.choice(("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "~", "!~*", "SIMILAR TO"))
                return f"{self.text(1)} {how} {self.random.choice(_VALUES['text'])}"
            case "between":
                what = self.random.choice(("whole", "exact", "day", "text"))
                return f"{self.of(what, 1)} BETWEEN {self.value(what)} AND {self.value(what)}"
            case "distinct":
                what = self.random.choice(tuple(_COLUMNS))
                no = self.random.choice(("", "NOT "))
                return f"{self.of(what, 1)} IS {no}DISTINCT FROM {self.beside(what)}"
            case "placed":
                return f"tags {self.random.choice(('@>', '<@', '&&', '='))} {self.random.choice(_LISTS)}"
            case "cast":
                return f"{self.random.choice(_CAST_TO_TEXT)} = {self.value('text')}"
            case "document":
                return self.random.choice(_OF_DOCUMENTS)
            case "case":
                return f"CASE WHEN {self.condition(0)} THEN {self.of('whole', 0)} ELSE 0 END > 1"
            case "call":
                return self.random.choice(_OF_CALLS)
            case _:
                return f"(({self.condition(0)}) IS NULL) = (({self.condition(0)}) IS NOT NULL)"

    def several(self, word: str, depth: int) -> str:
        """Several conditions."""
        return word.join(f"({self.condition(depth - 1)})" for _ in range(self.random.randint(2, 3)))

    def compared(self) -> str:
        what = self.random.choice(tuple(_COLUMNS))
        operators = ("=", "<>") if what in ("uuid", "state", "kind") else ("=", "<>", "<", "<=", ">", ">=")
        left, right = self.of(what, 2), self.beside(what)
        if self.random.random() < 0.1:
            left, right = right, left
        return f"{left} {self.random.choice(operators)} {right}"

    def listed(self) -> str:
        what = self.random.choice(("whole", "exact", "text", "state", "uuid", "day", "kind", "short", "real"))
        items = ", ".join(self.value(what) for _ in range(self.random.randint(1, 3)))
        return f"{self.of(what, 1)} {self.random.choice(('IN', 'NOT IN'))} ({items})"

    def value(self, what: str) -> str:
        return self.random.choice(_VALUES[what])

    def beside(self, what: str) -> str:
        return self.value(what) if self.random.random() < 0.6 else self.of(what, 1)

    def any(self) -> str:
        return self.of(self.random.choice(tuple(_COLUMNS)), 2)

    def of(self, what: str, depth: int) -> str:
        """Something of a type."""
        if depth and what in ("whole", "exact", "real", "text", "moment") and self.random.random() < 0.5:
            calculated = {"whole": self.whole, "exact": self.exact, "real": self.real, "text": self.text}
            return calculated.get(what, self.moment)(depth)
        return self.random.choice(_COLUMNS[what])

    def whole(self, depth: int) -> str:
        """A whole number."""
        one, other = self.of("whole", depth - 1), self.of("whole", depth - 1)
        calls = (f"length({self.text(depth - 1)})", "cardinality(tags)", f"abs({one})", f"coalesce({one}, 0)", "d - d2")
        sums = (f"({one} + {other})", f"({one} * {other})", f"({one} - 1)", f"({one} / 2)", f"({one} % 3)")
        more = (f"(- {one})", "s::int", "char_length(v)", "greatest(i4, 0)", f"({one} + 1::bigint)")
        return self.random.choice((*calls, *sums, *more))

    def exact(self, depth: int) -> str:
        """An exact number."""
        one, other = self.of("exact", depth - 1), self.of(self.random.choice(("exact", "whole")), depth - 1)
        calls = (f"round({one}, 2)", f"round({one})", f"abs({one})", f"coalesce({one}, 0)", f"floor({one})", "ceil(n2)")
        sums = (f"({one} + {other})", f"({other} * {one})", f"({one} - 1.5)", f"(1 - {one})", f"({one} / {other})")
        return self.random.choice((*calls, *sums, f"({one} * 2)", "i4::numeric", "extract(year FROM at)"))

    def real(self, depth: int) -> str:
        """A number that is rounded."""
        return self.random.choice(("(f * f)", "(f + 1)", "(f * 0.5)", "(f * i4)", "i4::float8", "(r + r)", "sqrt(f)"))

    def text(self, depth: int) -> str:
        """A text."""
        if depth < 1:
            return self.random.choice(_COLUMNS["text"])
        one, other = self.text(depth - 1), self.text(depth - 1)
        value = self.value("text")
        calls = (f"lower({one})", f"upper({one})", f"btrim({one})", f"replace({one}, 'a', {value})", f"left({one}, 2)")
        more = (
            f"split_part({one}, '@', 2)",
            f"substr({one}, 1, 2)",
            f"coalesce({one}, {value})",
            f"concat({one}, 'x')",
        )
        sums = (f"({one} || {other})", f"({one} || {value})", f"({value} || {one})", f'{one} COLLATE "C"', "lower(c)")
        rest = (f"concat({one}, 'x')", f"coalesce({one}, {other})", "kind", "st::text", f"nullif({one}, '')")
        return self.random.choice((*calls, *more, *sums, *rest))

    def moment(self, depth: int) -> str:
        """A moment."""
        span = self.value("span")
        sums = (f"(at + interval {span})", f"(at - interval {span})", "(now() - interval '1 day')", "(at2 + iv)")
        return self.random.choice((*sums, "date_trunc('day', at)"))
