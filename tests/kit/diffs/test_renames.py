"""What is renamed is one line once it is hinted, whatever PostgreSQL writes otherwise because of it."""

from __future__ import annotations

import pytest

from qb import Tx
from qb.errors import DefinitionError
from qb.kit import diff, diff_text, introspect
from qb.types.identifier import quoted
from tests.kit.everything import HOSTILE, make

BASE = (
    "CREATE SCHEMA old; CREATE TYPE old.mood AS ENUM ('a');"
    "CREATE TABLE old.task (id serial PRIMARY KEY, title text NOT NULL DEFAULT 'title' CHECK (title <> 'title'),"
    " mood old.mood DEFAULT 'a', UNIQUE (title));"
    "CREATE INDEX task_title_idx ON old.task (lower(title)) WHERE title > 'a';"
    "CREATE TABLE old.part (task int REFERENCES old.task, n int);"
    "CREATE VIEW old.titles AS SELECT title FROM old.task WHERE title > 'x';"
    "CREATE STATISTICS old.s ON id, title FROM old.task;"
    "ALTER TABLE old.task ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON old.task USING (title = 'a');"
    "GRANT SELECT (title), UPDATE (title) ON old.task TO PUBLIC; GRANT DELETE ON old.task TO PUBLIC;"
    "COMMENT ON COLUMN old.task.title IS 'the title of a task'"
)

RENAMES: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "a column": (
        "ALTER TABLE old.task RENAME title TO headline",
        {"column old.task.title": "headline"},
        ["renamed: column old.task.title is old.task.headline"],
    ),
    "a column that has to be quoted": (
        f"ALTER TABLE old.task RENAME title TO {quoted(HOSTILE)}",
        {"column old.task.title": HOSTILE},
        [f"renamed: column old.task.title is old.task.{HOSTILE}"],
    ),
    "a table": (
        "ALTER TABLE old.task RENAME TO todo",
        {"table old.task": "todo"},
        ["renamed: table old.task is old.todo"],
    ),
    "a table, and what is called as it is": (
        ("ALTER TABLE old.task RENAME TO todo; ALTER INDEX old.task_pkey RENAME TO todo_pkey;"
         "ALTER SEQUENCE old.task_id_seq RENAME TO todo_id_seq; ALTER INDEX old.task_title_idx"
         " RENAME TO todo_title_idx"),
        {"table old.task": "todo"},
        ["renamed: table old.task is old.todo"],
    ),
    "a table and its column": (
        "ALTER TABLE old.task RENAME title TO name; ALTER TABLE old.task RENAME TO todo",
        {"column old.task.title": "name", "table old.task": "todo"},
        ["renamed: table old.task is old.todo", "renamed: column old.task.title is old.todo.name"],
    ),
    "a type": (
        "ALTER TYPE old.mood RENAME TO feeling",
        {"enum old.mood": "feeling"},
        ["renamed: enum old.mood is old.feeling"],
    ),
    "a schema": (
        "ALTER SCHEMA old RENAME TO new",
        {"schema old": "new"},
        ["renamed: schema old is new"],
    ),
    "a table that moves": (
        "CREATE SCHEMA other; ALTER TABLE old.part SET SCHEMA other",
        {"table old.part": "other.part"},
        ["renamed: table old.part is other.part", "added: schema other"],
    ),
    "two that change places": (
        ("ALTER TABLE old.part RENAME n TO x; ALTER TABLE old.part RENAME task TO n;"
         "ALTER TABLE old.part RENAME x TO task"),
        {"column old.part.n": "task", "column old.part.task": "n"},
        ["renamed: column old.part.task is old.part.n", "renamed: column old.part.n is old.part.task"],
    ),
    "what is changed, too": (
        "ALTER TABLE old.task RENAME title TO headline; ALTER TABLE old.task ALTER headline SET DEFAULT 'none'",
        {"column old.task.title": "headline"},
        [
            "renamed: column old.task.title is old.task.headline",
            "changed: column old.task.headline (default)",
        ],
    ),
    "a constraint": (
        "ALTER TABLE old.task RENAME CONSTRAINT task_title_check TO titled",
        {"check old.task.task_title_check": "titled"},
        ["renamed: check old.task.task_title_check is old.task.titled"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RENAMES)
def test_one_line_for_what_is_renamed(qb_tx: Tx, name: str) -> None:
    script, hints, seen = RENAMES[name]
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, script)
    after = introspect(qb_tx).unwrap()
    assert sorted(str(each) for each in diff(before, after, renamed=hints).changes) == sorted(seen)


def test_what_looks_renamed_is_asked(qb_tx: Tx) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TABLE old.part RENAME n TO m; CREATE TABLE old.other (a int, b text)")
    found = diff(before, introspect(qb_tx).unwrap())
    assert [str(each) for each in found.likely] == ["column old.part.n looks like old.part.m"]
    assert "if it is, say so: --renamed 'column old.part.n=m'" in diff_text(found)


def test_of_several_new_ones_each_may_be_it(qb_tx: Tx) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TABLE old.part RENAME n TO m; ALTER TABLE old.part ADD k int")
    fact = introspect(qb_tx).unwrap()
    found = diff(before, fact)
    said = ["column old.part.n looks like old.part.k", "column old.part.n looks like old.part.m"]
    assert sorted(str(each) for each in found.likely) == said


def test_a_table_looks_renamed_where_its_columns_are_the_same(qb_tx: Tx) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TABLE old.part RENAME TO piece")
    found = diff(before, introspect(qb_tx).unwrap())
    assert [str(each) for each in found.likely] == ["table old.part looks like old.piece"]


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        (
            {"column old.task.titel": "headline"},
            "renamed: the first side has no column old.task.titel: is it column old.task.title?",
        ),
        (
            {"column old.task.title": "headlin"},
            (
                "renamed: column old.task.title is to be headlin, and the second side has none of that name: "
                "is it headline?"
            ),
        ),
    ],
)
def test_a_hint_that_names_nothing_says_so(qb_tx: Tx, hints: dict[str, str], message: str) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TABLE old.task RENAME title TO headline")
    with pytest.raises(DefinitionError) as error:
        diff(before, introspect(qb_tx).unwrap(), renamed=hints)
    assert str(error.value) == message


def test_a_column_is_called_otherwise_in_its_own_table_and_what_needs_it_alone(qb_tx: Tx) -> None:
    make(
        qb_tx,
        "CREATE TABLE p (id int PRIMARY KEY, a int, b int); CREATE TABLE q (id int, a int, c int, CONSTRAINT q_ck"
        " CHECK (a > 1)); CREATE VIEW both_of AS SELECT p.a AS one, q.a AS other FROM p, q;"
        "CREATE VIEW of_q AS SELECT a AS one FROM q; ALTER TABLE q ALTER a SET DEFAULT 1;"
        "CREATE INDEX q_idx ON q (a, id)",
    )
    before = introspect(qb_tx).unwrap()
    make(
        qb_tx,
        "ALTER TABLE p RENAME a TO c; ALTER TABLE q DROP CONSTRAINT q_ck, ADD CONSTRAINT q_ck CHECK (c > 1);"
        "CREATE OR REPLACE VIEW of_q AS SELECT c AS one FROM q; DROP INDEX q_idx; CREATE INDEX q_idx ON q (c, id)",
    )
    found = diff(before, introspect(qb_tx).unwrap(), renamed={"column public.p.a": "c"})
    assert [str(each) for each in found.changes] == [
        "changed: view public.of_q (definition)",
        "renamed: column public.p.a is public.p.c",
        "changed: check public.q.q_ck (definition, columns)",
        "changed: index public.q.q_idx (definition)",
    ]


def test_columns_of_one_name_that_are_called_by_two(qb_tx: Tx) -> None:
    make(
        qb_tx,
        "CREATE TABLE p (a int CHECK (a > 1)); CREATE TABLE q (a int CHECK (a > 2));"
        "CREATE VIEW of_q AS SELECT a AS one FROM q; CREATE VIEW of_p AS SELECT a AS one FROM p",
    )
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TABLE p RENAME a TO b; ALTER TABLE q RENAME a TO c")
    hints = {"column public.p.a": "b", "column public.q.a": "c"}
    found = diff(before, introspect(qb_tx).unwrap(), renamed=hints)
    assert [str(each) for each in found.changes] == [
        "renamed: column public.p.a is public.p.b",
        "renamed: column public.q.a is public.q.c",
    ]


def test_a_partition_has_the_columns_of_its_table(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE TABLE p (id int, a int CONSTRAINT ck CHECK (a > 0)) PARTITION BY LIST (id)")
    make(qb_tx, "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX ON p1 (a) WHERE a > 2")
    before = introspect(qb_tx).unwrap()
    make(qb_tx, "ALTER TABLE p RENAME a TO c")
    hints = {"column public.p.a": "c", "column public.p1.a": "c"}
    found = diff(before, introspect(qb_tx).unwrap(), renamed=hints)
    assert {each.how for each in found.changes} == {"renamed"}
