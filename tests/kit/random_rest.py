"""What no descriptor of its own says, of random schemas: objects by their SQL, with names that need quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import qb
from qb import sql, trusted
from qb.render.literals import string_literal
from qb.types.identifier import quoted
from tests.kit.random_maker import Maker


def rest(m: Maker) -> None:
    """Some of all of them."""
    for kind, (create, drop) in (OBJECTS | (NEWER if m.major >= 18 else {})).items():
        if m.chance(12):
            name, other = m.name(), m.name("other ")
            said = [(each, name, other) for each in (create, drop)]
            m.made.append(qb.custom_object(kind, name, create=_all(*said[0]), drop=_all(*said[1])))
    for table in m.tables:
        for kind, (created, dropped) in OF_TABLES.items():
            if m.chance(12):
                name = m.name()
                gone = _on(dropped, name, table) if dropped else ()
                m.made.append(qb.custom_object(kind, name, create=_on(created, name, table), drop=gone))


def _all(statements: str, name: str, other: str) -> list[Any]:
    """Statements, with a semicolon between them: `{}` is a name, `{x}` that as a text, `{2}` another name."""
    return [_raw(_named(each, name).replace("{2}", quoted(other))) for each in statements.split(";\n")]


def _named(text: str, name: str) -> str:
    return text.replace("{x}", string_literal(name)).replace("{}", quoted(name))


def _raw(text: str, **parts: Any) -> Any:
    return sql(trusted(text if parts else _plain(text)), **parts)


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _on(text: str, name: str, table: Any) -> Any:
    if "{t}" not in text:
        return _raw(_named(text, name))
    pieces: Sequence[str] = [_plain(_named(each, name)) for each in text.split("{t}")]
    return _raw("{t}".join(pieces), t=table)


OBJECTS = {
    "range": (
        "CREATE TYPE {} AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = {2})",
        "DROP TYPE {} CASCADE",
    ),
    "aggregate": (
        """CREATE AGGREGATE {}(integer) (sfunc = int4pl, stype = integer, initcond = '0');
        COMMENT ON AGGREGATE {}(integer) IS {x}""",
        "DROP AGGREGATE {}(integer)",
    ),
    "text search dictionary": (
        "CREATE TEXT SEARCH DICTIONARY {} (TEMPLATE = simple, accept = false)",
        "DROP TEXT SEARCH DICTIONARY {}",
    ),
    "text search parser": (
        """CREATE TEXT SEARCH PARSER {} (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES =
          prsd_lextype);
        CREATE TEXT SEARCH TEMPLATE {} (INIT = dsimple_init, LEXIZE = dsimple_lexize)""",
        """DROP TEXT SEARCH PARSER {};
        DROP TEXT SEARCH TEMPLATE {}""",
    ),
    "foreign table": (
        """CREATE FOREIGN DATA WRAPPER {} OPTIONS (a {x});
        CREATE SERVER {} TYPE {x} FOREIGN DATA WRAPPER {} OPTIONS (host {x});
        CREATE FOREIGN TABLE {} (id integer OPTIONS (key {x}) NOT NULL, {2} text COLLATE "C" DEFAULT {x}, CHECK
          (id > 0)) SERVER {} OPTIONS (file {x})""",
        "DROP FOREIGN DATA WRAPPER {} CASCADE",
    ),
    "user mapping": (
        """CREATE FOREIGN DATA WRAPPER {};
        CREATE SERVER {} FOREIGN DATA WRAPPER {};
        CREATE USER MAPPING FOR PUBLIC SERVER {} OPTIONS (who {x})""",
        "DROP FOREIGN DATA WRAPPER {} CASCADE",
    ),
    "conversion": (
        "CREATE CONVERSION {} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "DROP CONVERSION {}",
    ),
    "parsed function": (
        """CREATE FUNCTION {}(n integer DEFAULT 1) RETURNS integer LANGUAGE sql RETURN n * 3;
        REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC""",
        "DROP FUNCTION {}(integer)",
    ),
    "old function": (
        "CREATE FUNCTION {}(integer, anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $2'",
        "DROP FUNCTION {}(integer, anyelement)",
    ),
    "window function": (
        "CREATE FUNCTION {}() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'",
        "DROP FUNCTION {}()",
    ),
    "parsed procedure": (
        "CREATE PROCEDURE {}(INOUT n integer) LANGUAGE sql BEGIN ATOMIC SELECT n + 1; END",
        "DROP PROCEDURE {}(integer)",
    ),
    "table of other types": (
        """CREATE TABLE {} (a integer CHECK (a > 0), b point, c xml, d money DEFAULT 3, e name, f "char" DEFAULT
          'x', g timestamp(0)[], h interval year to month, i text COLLATE "C" DEFAULT {x}, j tsquery, k pg_lsn)""",
        "DROP TABLE {}",
    ),
    "comment of an attribute": (
        """CREATE TYPE {} AS (one integer, other text);
        COMMENT ON COLUMN {}.one IS {x}""",
        "DROP TYPE {} CASCADE",
    ),
    "base type": (
        """CREATE TYPE {};
        CREATE FUNCTION {2}(cstring) RETURNS {} LANGUAGE internal IMMUTABLE STRICT AS 'textin';
        CREATE FUNCTION {2}({}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
        CREATE TYPE {} (INPUT = {2}, OUTPUT = {2}, LIKE = text)""",
        "DROP TYPE {} CASCADE",
    ),
    "cast": (
        """CREATE TYPE {} AS ENUM ({x});
        CREATE CAST ({} AS integer) WITH INOUT AS ASSIGNMENT""",
        "DROP TYPE {} CASCADE",
    ),
    "operator": (
        """CREATE OPERATOR === (LEFTARG = box, RIGHTARG = box, FUNCTION = box_same, COMMUTATOR =
          OPERATOR(public.===))""",
        "DROP OPERATOR ===(box, box)",
    ),
    "operator class": (
        """CREATE OPERATOR FAMILY {} USING btree;
        CREATE OPERATOR CLASS {} FOR TYPE integer USING btree FAMILY {} AS OPERATOR 1 <, OPERATOR 2 <=,
          OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer)""",
        "DROP OPERATOR FAMILY {} USING btree CASCADE",
    ),
    "language": (
        """CREATE TRUSTED LANGUAGE {} HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR
          plpgsql_validator;
        CREATE TYPE {2} AS (a integer);
        CREATE TRANSFORM FOR {2} LANGUAGE {} (FROM SQL WITH FUNCTION prsd_lextype(internal))""",
        """DROP LANGUAGE {} CASCADE;
        DROP TYPE {2}""",
    ),
    "access method": (
        "CREATE ACCESS METHOD {} TYPE TABLE HANDLER heap_tableam_handler",
        "DROP ACCESS METHOD {}",
    ),
    "subscription": (
        """CREATE SUBSCRIPTION {} CONNECTION 'dbname=nowhere' PUBLICATION {2} WITH (connect = false, enabled =
          false, slot_name = NONE)""",
        "DROP SUBSCRIPTION {}",
    ),
    "domain not valid": (
        """CREATE DOMAIN {} AS integer;
        ALTER DOMAIN {} ADD CONSTRAINT {2} CHECK (VALUE > 0) NOT VALID""",
        "DROP DOMAIN {}",
    ),
}
"""Kinds, in words of one's own: what makes them, and what takes them away."""

NEWER = {
    "table of newer constraints": (
        """CREATE TABLE {} (a integer NOT NULL NO INHERIT, b integer CHECK (b > 0) NOT ENFORCED);
        ALTER TABLE {} ADD NOT NULL b NOT VALID""",
        "DROP TABLE {}",
    ),
}
"""What PostgreSQL 18 has."""

OF_TABLES = {
    "rule": (
        "CREATE RULE {} AS ON DELETE TO {t} DO INSTEAD NOTHING",
        "DROP RULE {} ON {t}",
    ),
    "column options": (
        "ALTER TABLE {t} ALTER id SET (n_distinct = 5)",
        "",
    ),
    "odd index": (
        "CREATE INDEX {} ON {t} ((CASE WHEN id > 5 THEN {x} END) DESC, id) WHERE id IN (1, 2)",
        "",
    ),
    "odd view": (
        "CREATE VIEW {} (one, other) AS SELECT id, count(*) OVER () FROM {t} WHERE {x} <> 'a' OR id IN (1, 2)",
        "DROP VIEW {}",
    ),
}
"""The same of what is on a table; some go with it."""
