"""No row belongs to two: what points to several rows of an organization's, or of a person's, points within one.

A table whose keys lead to the owner on more than one way has the owner's column in each of them, so that the server
compares it. https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from typing import NamedTuple

import pytest

from qb import Db, Script, connect, create_all, sql, unwrap
from qb.run.server.embedded import Embedded
from qb.typing import Schema
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tables.scratch import scratch_database


class Key(NamedTuple):
    """A foreign key: its name, its table and columns, and those that it points to."""

    name: str
    of: str
    columns: list[str]
    to: str
    others: list[str]


KEYS = sql(
    """
    SELECT c.conname::text, c.conrelid::regclass::text,
      ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY place),
      c.confrelid::regclass::text,
      ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, place)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY place)
    FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0
    """
).rows(tuple[str, str, list[str], str, list[str]])


def mixing(db: Db, owner: str, column: str) -> list[str]:
    """The keys by which a row can point to what is another owner's."""
    keys = [Key(*each) for each in unwrap(db.all(KEYS))]
    owned: dict[str, str | None] = {owner: column}
    """The tables that lead to the owner, each with its column of the owner's key."""
    grown = True
    while grown:
        grown = False
        for key in keys:
            if key.to not in owned or key.of == owner:
                continue
            carried = dict(zip(key.others, key.columns, strict=True)).get(owned[key.to] or "")
            if key.of not in owned or (owned[key.of] is None and carried is not None):
                owned[key.of] = carried
                grown = True
    wrong: list[str] = []
    for table, tenant in owned.items():
        leading = [key for key in keys if key.of == table and key.to in owned]
        if table == owner or len(leading) < 2:
            continue
        for key in leading:
            carried = dict(zip(key.others, key.columns, strict=True)).get(owned[key.to] or "")
            if tenant is None or carried != tenant:
                wrong.append(f"{key.of}.{key.name}")
    return sorted(wrong)


def test_one_that_mixes_is_found(qb_server: Embedded) -> None:
    made = Script(
        "CREATE TABLE org (id int PRIMARY KEY)",
        "CREATE TABLE a (id int PRIMARY KEY, org int REFERENCES org, UNIQUE (org, id))",
        "CREATE TABLE b (id int PRIMARY KEY, org int REFERENCES org, UNIQUE (org, id))",
        "CREATE TABLE mixes (a int CONSTRAINT to_a REFERENCES a, b int CONSTRAINT to_b REFERENCES b)",
        """CREATE TABLE half (org int, a int, b int CONSTRAINT half_b REFERENCES b, FOREIGN KEY (org, a) REFERENCES a
          (org, id))""",
        """CREATE TABLE none (org int, a int, b int, FOREIGN KEY (org, a) REFERENCES a (org, id),
          FOREIGN KEY (org, b) REFERENCES b (org, id))""",
        "CREATE TABLE part (a int REFERENCES a)",
    )
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(made))
        assert mixing(db, "org", "id") == ["half.half_b", "mixes.to_a", "mixes.to_b"]


OWNERS: list[tuple[Schema, str, str]] = [
    (pivotal.schema, "organizations", "id"),
    (supabase_chat.schema, "organizations", "id"),
    (supabase_chat.schema, "general_user_profiles", "user_id"),
    (chronos.schema, "app_companies", "id"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("schema", "owner", "column"), OWNERS, ids=[f"{each[0].name}.{each[1]}" for each in OWNERS])
def test_no_row_belongs_to_two(qb_server: Embedded, schema: Schema, owner: str, column: str) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(create_all(schema, stand_ins=True)))
        assert mixing(db, owner, column) == []


@pytest.mark.slow
def test_what_may_mix_where_keys_are_the_documents(qb_server: Embedded) -> None:
    """Of the other two the pages say so: docs/systems/archetype.md, docs/systems/promptliano.md."""
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(create_all(promptliano.schema, stand_ins=True)))
        assert {each.partition(".")[0] for each in mixing(db, "projects", "id")} == {"queue_items"}
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(create_all(archetype.schema, stand_ins=True)))
        found = mixing(db, "auth.organization", "organization_id")
        assert {each.partition(".")[0] for each in found} == {"auth", "billing_tracking", "builder"}
        assert not any(each.startswith(("public", "marketing")) for each in found)
