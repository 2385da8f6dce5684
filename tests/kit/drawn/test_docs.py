"""The data dictionary of real systems, of one table with everything, and of names that Markdown would read."""

from __future__ import annotations

import re

import pytest

from qb import Script, Tx, matching, trusted
from qb.kit import Catalog, canonical, docs, introspect
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from tests.kit.drawn.test_erd import SYSTEMS

ANCHOR = re.compile(r"[^\w\- ]")


def anchors(page: str) -> set[str]:
    """Of the headings, as GitHub and others make them."""
    headings = [re.sub(r"\\(.)", r"\1", each) for each in re.findall(r"^#+ (.*)$", page, re.MULTILINE)]
    return {ANCHOR.sub("", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_table_every_column_and_every_link_of_a_system(name: str) -> None:
    catalog = canonical(SYSTEMS[name]).unwrap()
    page = docs(catalog)
    for identity, fact in catalog.of(TableFact).items():
        assert re.sub(r"\\(.)", r"\1", page).count(f"\n### {identity.title}\n") == (fact.bound is None)
    columns = sum(each.of == "table" for each in catalog.of(ColumnFact).values())
    parts = {(each.schema, each.name) for each, fact in catalog.of(TableFact).items() if fact.bound is not None}
    hidden = sum((each.schema, each.table) in parts for each in catalog.of(ColumnFact))
    views = sum(each.of in ("view", "materialized view") for each in catalog.of(ColumnFact).values())
    types = len(re.findall(r"^\| type \|", page, re.MULTILINE))
    rows = len(re.findall(r"^\| `", page, re.MULTILINE))
    assert rows - columns + hidden - views == sum(
        each.kind in ("enum", "domain", "composite type", "range") and fact.extension is None
        for each, fact in catalog.items()
    )
    assert bool(types) == (rows > columns - hidden + views)
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= anchors(page)


def read(tx: Tx, statements: str) -> Catalog:
    tx.run(Script(trusted(statements))).unwrap()
    return introspect(tx).unwrap()


WHOLE = """
CREATE SCHEMA shop; SET LOCAL search_path = shop;
COMMENT ON SCHEMA shop IS 'what is sold';
CREATE TYPE mood AS ENUM ('glad', 'sad');
COMMENT ON TYPE mood IS 'how one is';
CREATE DOMAIN cents AS integer NOT NULL CHECK (VALUE >= 0);
CREATE TYPE pair AS (one integer, other text);
CREATE ROLE docs_clerk;
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text UNIQUE DEFAULT 'none', mood mood, twice cents,
  shown text GENERATED ALWAYS AS (lower(email)) STORED, CONSTRAINT good CHECK (email <> '')
);
COMMENT ON TABLE customers IS 'who buys';
COMMENT ON COLUMN customers.email IS 'where we write';
COMMENT ON CONSTRAINT good ON customers IS 'not empty';
CREATE INDEX by_mood ON customers (mood DESC) WHERE id > 5;
ALTER TABLE customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON customers AS RESTRICTIVE FOR SELECT TO docs_clerk USING (email = current_user);
GRANT SELECT, INSERT ON customers TO docs_clerk;
GRANT UPDATE (email) ON customers TO docs_clerk;
CREATE TABLE orders (
  customer bigint REFERENCES customers ON DELETE CASCADE, number int, at date, PRIMARY KEY (customer, number)
) PARTITION BY LIST (number);
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
CREATE VIEW glad AS SELECT id, email FROM customers WHERE mood = 'glad';
CREATE FUNCTION total(n integer DEFAULT 1) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT n';
COMMENT ON FUNCTION total IS 'of all';
"""

PAGE = """\
# Shop

2 tables, 1 view, 3 types, 1 function.

## Schema shop

what is sold

- [shop.customers](#shopcustomers): who buys
- [shop.orders](#shoporders)
- [shop.glad](#shopglad)

### shop.customers

who buys

| column | type | NULL | default | key | what it is |
|---|---|---|---|---|---|
| `id` | `bigint` | | always identity | primary key | |
| `email` | `text` | yes | `'none'::text` | unique | where we write |
| `mood` | `shop.mood` | yes | | | |
| `twice` | `shop.cents` | yes | | | |
| `shown` | `text` | yes | stored: `lower(email)` | | |

Referred to by [shop.orders](#shoporders) (`customer`).

Checks:

- `good`: `CHECK ((email <> ''::text))`: not empty

Indexes:

- `by_mood`: `btree (mood DESC) WHERE (id > 5)`

Row security is on, for its owner, too.

- `own`: select for docs_clerk (restrictive): using `(email = CURRENT_USER)`

Rights:

- docs_clerk: update of `email`
- docs_clerk: insert, select

### shop.orders

Divided by `LIST (number)`; its partitions are `orders_rest`.

| column | type | NULL | default | key |
|---|---|---|---|---|
| `customer` | `bigint` | | | primary key, [shop.customers](#shopcustomers) |
| `number` | `integer` | | | primary key |
| `at` | `date` | yes | | |

Keys of several columns:

- primary key `orders_pkey`: `customer`, `number`

Refers to:

- `customer` to [shop.customers](#shopcustomers) (`id`), on delete cascade

### shop.glad

View of [shop.customers](#shopcustomers).

| column | type | NULL | default | key |
|---|---|---|---|---|
| `id` | `bigint` | yes | | |
| `email` | `text` | yes | | |

```sql
SELECT id,
    email
   FROM shop.customers
  WHERE (mood = 'glad'::shop.mood);
```

### Types of shop

| type | what it is | |
|---|---|---|
| `cents` | `integer` NOT NULL, `CHECK ((VALUE >= 0))` | |
| `mood` | one of `glad`, `sad` | how one is |
| `pair` | `one` `integer`, `other` `text` | |

### Functions of shop

- `total(n integer DEFAULT 1)` returns `integer`: stable, sql, with its owner's rights: of all
"""


def test_a_page_whole(qb_tx: Tx) -> None:
    page = docs(read(qb_tx, WHOLE), title="Shop", of=matching(schemas=["shop"]))
    assert page.splitlines() == PAGE.splitlines()


HOSTILE = "a | `b` ``c`` *d* _e_ <f> [g](h) \\ # & {x} 'Ä\n\n# no heading"


def test_names_that_markdown_would_read(qb_tx: Tx) -> None:
    said = HOSTILE.replace("'", "''")
    made = (
        f'CREATE SCHEMA docs_hostile; CREATE TABLE docs_hostile."{HOSTILE}" ("{HOSTILE}" int DEFAULT 1); '
        f"COMMENT ON TABLE docs_hostile.\"{HOSTILE}\" IS '{said}'; "
        f'COMMENT ON COLUMN docs_hostile."{HOSTILE}"."{HOSTILE}" IS \'{said}\''
    )
    page = docs(read(qb_tx, made), of=matching(schemas=["docs_hostile"]))
    text = r"a \| \`b\` \`\`c\`\` \*d\* \_e\_ \<f\> \[g\](h) \\ \# \& \{x\} 'Ä \# no heading"
    code = r"```a \| `b` ``c`` *d* _e_ <f> [g](h) \ # & {x} 'Ä # no heading```"
    assert page.splitlines()[6:] == [
        f"### docs_hostile.{text}",
        "",
        text,
        "",
        "| column | type | NULL | default | key | what it is |",
        "|---|---|---|---|---|---|",
        f"| {code} | `integer` | yes | `1` | | {text} |",
    ]


def test_nothing() -> None:
    assert docs(Catalog({}, {})) == "# Data dictionary\n\nNothing.\n"
