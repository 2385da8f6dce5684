"""A view's column that simply is a table's holds what that does: its branded id, its labels, its documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qb import Database
from qb.kit import introspect
from qb.kit.pull import infer_json, pull, write_modules
from tests.kit.everything import make
from tests.kit.pull.both_checkers import assert_pass

TABLES = """
CREATE TABLE customers (id uuid PRIMARY KEY, name text);
CREATE SCHEMA "s x";
CREATE TABLE "s x"."or ders" (id bigint PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers,
  parent bigint REFERENCES "s x"."or ders", kind text CHECK (kind IN ('a', 'b')), "Odd Name" uuid REFERENCES customers,
  prefs jsonb);
INSERT INTO customers VALUES ('00000000-0000-0000-0000-000000000001');
INSERT INTO "s x"."or ders" VALUES (1, '00000000-0000-0000-0000-000000000001', NULL, 'a', NULL, '{"dark": true}');
"""

VIEWS = {
    'SELECT id, customer_id, kind, "Odd Name" AS other, prefs FROM "s x"."or ders" WHERE id > 1': [
        "OrDerId | None",
        "CustomerId | None",
        "OrDerKind | None",
        "CustomerId | None",
        "OrDerPrefs | None",
    ],
    """SELECT "A B".id, "A B".customer_id AS cust, c.name, c.id AS cid, count(*) OVER () AS n, p.parent AS pp
      FROM "s x"."or ders" "A B" JOIN customers c ON c.id = "A B".customer_id
      LEFT JOIN "s x"."or ders" p ON p.id = "A B".parent ORDER BY 1 LIMIT 5""": [
        "OrDerId | None",
        "CustomerId | None",
        "str | None",
        "CustomerId | None",
        "int | None",
        "OrDerId | None",
    ],
    'SELECT DISTINCT ON (customer_id) customer_id, id FROM "s x"."or ders" ORDER BY customer_id': [
        "CustomerId | None",
        "OrDerId | None",
    ],
    'SELECT o.customer_id, o.id FROM "s x"."or ders" o, LATERAL (SELECT o.id + 1) q, generate_series(1, 2) g(x)': [
        "CustomerId | None",
        "OrDerId | None",
    ],
    'SELECT o.customer_id, max(o.id) AS id, o.id + 1 AS next FROM "s x"."or ders" o GROUP BY o.customer_id, o.id': [
        "CustomerId | None",
        "int | None",
        "int | None",
    ],
    'SELECT id FROM customers UNION SELECT customer_id FROM "s x"."or ders"': ["UUID | None"],
    'SELECT s.id FROM (SELECT min(id) AS id FROM "s x"."or ders") s': ["int | None"],
    "WITH w AS (SELECT id FROM customers) SELECT w.id FROM w": ["UUID | None"],
    "SELECT x.a, x.b FROM customers x(a, b)": ["UUID | None", "str | None"],
    "SELECT id FROM v5": ["int | None"],
    "SELECT cust FROM v2": ["CustomerId | None"],
}


@pytest.mark.slow
def test_both_checkers_pass_the_views(qb_db: Database, tmp_path: Path) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, TABLES)
        for number, query in enumerate(VIEWS, 1):
            make(tx, f"CREATE VIEW v{number} AS {query}")
        catalog = introspect(tx).unwrap()
        found = pull(catalog, "views", documents=infer_json(tx, catalog, rows=10).unwrap())
    write_modules(found, tmp_path / "views").unwrap()
    joined = (
        "from qb import maybe, select\n\nfrom views.public import Customer\nfrom views.s_x import v2\n\n"
        "rows = select(v2, maybe(Customer)).left_join(Customer, Customer.id == v2.cust)\n"
    )
    (tmp_path / "views" / "joined.py").write_text(joined)
    assert_pass(tmp_path, ["views"])


def test_what_a_column_of_a_view_holds(qb_db: Database) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, TABLES)
        for number, query in enumerate(VIEWS, 1):
            make(tx, f"CREATE VIEW v{number} AS {query}")
        make(tx, "CREATE MATERIALIZED VIEW m1 AS SELECT v2.cid FROM v2")
        catalog = introspect(tx).unwrap()
        documents = infer_json(tx, catalog, rows=10).unwrap()
    text = pull(catalog, documents=documents).files["public.py"]
    for number, wanted in enumerate(VIEWS.values(), 1):
        shape = text.partition(f"class V{number}(Shape):")[2].partition("\n\n\n")[0]
        assert re.findall(r"Col\[(.*?)\](?: |\n|$)", shape) == wanted, number
    assert "class M1(Shape):\n    cid: Col[CustomerId | None]" in text
