"""What a statement may leave behind, as far as its text tells."""

import pytest

from qb import Col, Table, alias, column, compile, cte, delete, exists, insert, many, new, select, sql, update
from qb.query.statement import Statement
from qb.render.effects import Effects, effects_of_sql

NOTHING: frozenset[str] = frozenset()
READS = Effects(writes=False, lingers=False)
WRITES = Effects(writes=True, lingers=False)
LINGERS = Effects(writes=True, lingers=True)


class User(Table, name="users"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()


KNOWN = (
    "SELECT 1",
    "  -- set_config(\n SELECT lower(name), count(*) FILTER (WHERE (a)) FROM users GROUP BY (name)",
    "(SELECT 1) UNION (SELECT 2)",
    "SELECT 'set_config(1)', E'\\'set_config(1)', $$set_config(1)$$, $x$ $$set_config(1) $x$",
    'SELECT "set_config" FROM "t(" /* set_config(1) */',
    "SELECT x::numeric(10, 2), CAST(y AS varchar(3)), pg_catalog.lower(z) FROM generate_series(1, 2) AS t(n)",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT n FROM t",
    "SELECT a FROM t WHERE b IN (1) AND EXISTS (SELECT 1) FOR UPDATE",
    "SELECT a FROM t FOR NO KEY UPDATE",
    "VALUES (1), (2)",
    "TABLE users",
    "SHOW search_path",
    "EXPLAIN SELECT 1",
    "EXPLAIN VERBOSE VALUES (1)",
    "EXPLAIN (ANALYZE, BUFFERS off, FORMAT json) WITH t AS (SELECT 1) SELECT * FROM t",
    "SELECT a=-1, b<>+1, c*-d, e#>>'{a}', f@>g, h||i, -j, t.*, count(*), @ -k, l <-> m FROM t",
    "SELECT a + (b), a, (b) FROM t WHERE a > (1)",
    "SELECT make_interval(days => 1) != x::date, $1 ? 'a', (1)::int FROM t WHERE a BETWEEN 1 AND 2",
)
KNOWN_WRITES = (
    "EXPLAIN ANALYZE VERBOSE DELETE FROM t",
    "INSERT INTO public.t (a, b) VALUES (1, lower('x')) ON CONFLICT (a) DO UPDATE SET a = 1 RETURNING (a)",
    "update t set a = coalesce(a, 1)",
    "DELETE FROM t USING u WHERE (t.a = u.a)",
    "MERGE INTO t USING u ON (t.a = u.a) WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM t RETURNING a) SELECT count(*) FROM gone",
)
UNKNOWN = (
    "SET ROLE admin",
    "RESET ALL",
    "CALL p()",
    "DO $$ BEGIN END $$",
    "LISTEN news",
    "CREATE TEMP TABLE t (a int)",
    "PREPARE x AS SELECT 1",
    "SELECT set_config('role', 'x', false)",
    "SELECT Set_Config ('role', 'x', false)",
    "SELECT pg_catalog . set_config('role', 'x', false)",
    "SELECT pg_advisory_lock(1)",
    "SELECT mine.lower(x)",
    'SELECT "lower"(x)',
    "SELECT * INTO TEMP t FROM u",
    "EXPLAIN ANALYZE SELECT f(1)",
    "EXPLAIN (ANALYZE) SELECT f(1)",
    "EXPLAIN ANALYZE CREATE TEMP TABLE users AS SELECT 1",
    "EXPLAIN (ANALYZE, VERBOSE) CREATE TABLE users AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1 INTO TEMP users",
    "EXPLAIN ANALYZE EXECUTE x",
    "EXPLAIN ANALYZE VERBOSE DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "EXPLAIN ANALYZE",
    "EXPLAIN (ANALYZE",
    "EXPLAIN",
    "SELECT 1 #### 2",
    "SELECT 1 <=> 2",
    "SELECT 1 =@- 2",
    "SELECT 1 =/**/#### 2",
    "SELECT @#- 1",
    "SELECT 1 `` 2",
    "SELECT 1 #### (2)",
    "SELECT @-1",
    "SELECT 1 OPERATOR(public.+) 2",
    "SELECT 1 OPERATOR(pg_catalog.+) 2",
    "SELECT a FROM t ORDER BY a USING ~<",
    "INSERT INTO t SELECT f(1)",
    "SELECT '' || set_config('role', 'x', false)",
    "SELECT E'\\'' || set_config('role', 'x', false) || ''",
    "SELECT $1 || set_config('role', 'x', false) || $1",
    "SELECT a$x$ || set_config('role', 'x', false) || b$x$",
    "SELECT 1 --\r, set_config('role', 'x', false)",
    "SELECT 1 AS a --\rINTO TEMP t",
    "SELECT E'a'\n'\\'' , set_config('role', 'x', false), '1'",
    "SELECT E'a' -- b\r'\\'' , set_config('role', 'x', false), '1'",
    "SELECT lower\xa0(a)",
    "SELECT ran\u212a(a)",
    "SELECT 1 /* /* */ ",
    "SELECT /* /* */ ' */ set_config('role', 'x', false) /* ' */",
    "SELECT 'a",
    "",
)


@pytest.mark.parametrize("text", KNOWN)
def test_a_query_of_known_words_leaves_nothing(text: str) -> None:
    assert effects_of_sql(text)._replace(calls=NOTHING) == READS


@pytest.mark.parametrize("text", KNOWN_WRITES)
def test_a_write_of_known_words_leaves_rows(text: str) -> None:
    assert effects_of_sql(text)._replace(calls=NOTHING) == WRITES


@pytest.mark.parametrize("text", UNKNOWN)
def test_anything_else_may_leave_a_changed_session(text: str) -> None:
    assert effects_of_sql(text) == LINGERS


CALLS = {
    "SELECT lower(a), pg_catalog.upper(b), Abs(c) FROM t": {"lower", "abs"},
    "SELECT a=-1, b != c": {"=", "-", "<>"},
    "SELECT a <-> b, c->>'x' || d": {"<->", "->>", "||"},
    "SELECT a FROM t WHERE b IN (1) OR c LIKE 'x'": {"=", "<>", "~~", "!~~"},
    "SELECT a FROM t, u WHERE t.a BETWEEN 1 AND 2": {"<", "<=", ">", ">="},
    "WITH lower(a) AS (SELECT 1) SELECT a FROM lower": {"lower"},
    "UPDATE t SET a = NULLIF(b, 1)": {"=", "nullif"},
    "SELECT 'a + b', \"a + b\", $$a + b$$ -- a + b": set[str](),
}


@pytest.mark.parametrize("text", CALLS)
def test_the_names_that_a_database_may_define_once_more_are_kept(text: str) -> None:
    effects = effects_of_sql(text)
    assert not effects.lingers
    assert effects.calls == CALLS[text]


CALL = sql("{f}({x})", f=sql("set_config"), x=User.name).as_(str)
OTHER = alias(User, "other")
GONE = cte(delete(User).where(User.id == 1).returning())
BUILT: dict[str, tuple[Statement, Effects]] = {
    "select": (select(User), READS),
    "nested": (select(User.id, many(select(OTHER.name)), exists(select(OTHER.id))), READS),
    "locking": (select(User).for_("update"), READS),
    "insert": (insert(new(User)(id=1, name="x")), WRITES),
    "update": (update(User).set(User.name.to("x")).where(User.id == 1).returning(), WRITES),
    "delete": (delete(User).where(User.id == 1), WRITES),
    "a write in a query": (select(GONE.id).from_(GONE), WRITES),
    "a known piece": (select(sql("lower({x})", x=User.name).as_(str)), READS),
    "a piece that calls": (select(CALL), LINGERS),
    "a piece that calls, deeper": (select(User.id).where(exists(select(OTHER.id).where(CALL == "x"))), LINGERS),
    "raw": (sql("SELECT count(*) FROM {t}", t=User).rows(int), READS),
    "raw, with columns": (sql("INSERT INTO {t} (id) VALUES ({x})", t=User, x=1).command(), WRITES),
    "raw, unknown": (sql("SET ROLE x").command(), LINGERS),
    "raw, put together": (sql("SELECT {x}", x=sql("f(1)")).rows(int), LINGERS),
}


@pytest.mark.parametrize(("query", "expected"), BUILT.values(), ids=BUILT)
def test_what_is_built_is_known_but_for_its_raw_pieces(query: Statement, expected: Effects) -> None:
    assert compile(query).effects._replace(calls=NOTHING) == expected
