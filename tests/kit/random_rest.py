"""What no descriptor of its own says, of random schemas: objects by their SQL, with names that need quotes."""

from __future__ import annotations

from typing import Any

import qb
from qb import sql, trusted
from qb.render.literals import string_literal
from qb.types.identifier import quoted
from tests.kit.random_maker import Maker


def _custom(m: Maker, kind: str, what: str, create: str, arguments: str) -> None:
    """An object; `{}` in its statement is its name, and `{x}` that as a text."""
    name = m.name()
    created = create.replace("{}", quoted(name)).replace("{x}", string_literal(name))
    gone = f"DROP {what} {quoted(name)}{arguments}"
    m.made.append(qb.custom_object(kind, name, create=_raw(created), drop=_raw(gone)))


def _raw(text: str) -> Any:
    return sql(trusted(text.replace("{", "{{").replace("}", "}}")))


def rest(m: Maker) -> None:
    """Some of all of them."""
    for kind, what, create, arguments in OBJECTS:
        if m.chance(8):
            _custom(m, kind, what, create, arguments)
    for table in m.tables:
        if m.chance(8):
            rule = m.name()
            text = f"CREATE RULE {quoted(rule)} AS ON DELETE TO {{t}} DO INSTEAD NOTHING"
            gone = f"DROP RULE {quoted(rule)} ON {{t}}"
            m.made.append(qb.custom_object("rule", rule, create=_on(text, table), drop=_on(gone, table)))


def _on(text: str, table: Any) -> Any:
    before, after = text.split("{t}")
    escaped = "{t}".join(each.replace("{", "{{").replace("}", "}}") for each in (before, after))
    return sql(trusted(escaped), t=table)


OBJECTS = (
    ("range", "TYPE", "CREATE TYPE {} AS RANGE (subtype = float8, subtype_diff = float8mi)", ""),
    (
        "aggregate",
        "AGGREGATE",
        "CREATE AGGREGATE {}(integer) (sfunc = int4pl, stype = integer, initcond = '0')",
        "(integer)",
    ),
    ("text search dictionary", "TEXT SEARCH DICTIONARY", "CREATE TEXT SEARCH DICTIONARY {} (TEMPLATE = simple)", ""),
    ("foreign-data wrapper", "FOREIGN DATA WRAPPER", "CREATE FOREIGN DATA WRAPPER {} OPTIONS (a {x})", ""),
    ("conversion", "CONVERSION", "CREATE CONVERSION {} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", ""),
    (
        "parsed function",
        "FUNCTION",
        "CREATE FUNCTION {}(n integer DEFAULT 1) RETURNS integer LANGUAGE sql RETURN n * 3",
        "(integer)",
    ),
    (
        "old function",
        "FUNCTION",
        "CREATE FUNCTION {}(integer, anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $2'",
        "(integer, anyelement)",
    ),
    (
        "window function",
        "FUNCTION",
        "CREATE FUNCTION {}() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'",
        "()",
    ),
    (
        "table of its own",
        "TABLE",
        """CREATE TABLE {} (a integer CHECK (a > 0), b point, c xml, d money DEFAULT 3, e name, f "char" DEFAULT 'x',
        g timestamp(0)[], h interval year to month, i text COLLATE "C" DEFAULT {x}, j tsquery, k pg_lsn)""",
        "",
    ),
)
"""Kinds, in words of one's own; how DROP calls them; what makes them; the arguments that tell them apart."""
