"""No column of any system takes NaN or infinity for a number, whoever writes it.

To PostgreSQL both are more than any number, so that `>= 0` lets them in; a sum with one of them in it is one of them.
https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL
"""

import pytest

from qb import Db, Script, Success, connect, create_all, sql, trusted, unwrap
from qb.run.server.embedded import Embedded
from qb.typing import Schema
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tables.scratch import scratch_database

NUMBERS = sql(
    """
    SELECT a.attrelid::regclass::text, a.attname::text, t.typname::text,
      ARRAY(SELECT pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k
        WHERE k.contype = 'c' AND k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum])
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text !~ '^pg_|information_schema'
      AND a.attnum > 0 AND a.attgenerated = '' AND t.typname IN ('numeric', 'float4', 'float8')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    """
).rows(tuple[str, str, str, list[str]])


def taken(db: Db, skip: tuple[str, ...] = ()) -> list[str]:
    """The columns that hold what is no number, or for a double is none that ends."""
    found: list[str] = []
    for table, name, kind, checks in unwrap(db.all(NUMBERS)):
        if f"{table}.{name}".startswith(skip):
            continue
        for value in ("NaN",) if kind == "numeric" else ("NaN", "Infinity", "-Infinity"):
            held = " AND ".join(f"({check})" for check in checks) or "true"
            one = f"SELECT {held} FROM (SELECT '{value}'::{kind} AS \"{name}\") one"
            if db.scalar(sql(trusted(one)).rows(bool)) != Success(False):
                found.append(f"{table}.{name} {value}")
    return found


SKIPPED = (
    *("directus_", "raw_", "staging_", "kysely_"),  # somebody else's
    "invoices.paid",  # a trigger's, under a CHECK of several columns: tests/tables/pivotal/test_pivotal_schema.py
)
SYSTEMS = [archetype.schema, chronos.schema, pivotal.schema, promptliano.schema, supabase_chat.schema]


@pytest.mark.slow
@pytest.mark.parametrize("schema", SYSTEMS, ids=["archetype", "chronos", "pivotal", "promptliano", "supabase_chat"])
def test_every_number_is_one(qb_server: Embedded, schema: Schema) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(create_all(schema, stand_ins=True)))
        assert taken(db, skip=SKIPPED) == []


def test_one_that_is_not_is_found(qb_server: Embedded) -> None:
    made = Script(
        "CREATE TABLE loose (a numeric CHECK (a >= 0), b float8 CHECK (b > 0 AND b < 'NaN'))",
        "CREATE TABLE tight (c numeric CHECK (c < 'NaN'))",
    )
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(made))
        assert taken(db) == ["loose.a NaN", "loose.b Infinity"]
