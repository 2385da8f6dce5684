"""A diff in words: for people in a pipe, and as a document that has all of it."""

from __future__ import annotations

from typing import Any

import msgspec

from qb import Tx
from qb.kit import diff, diff_document, diff_text, introspect
from qb.kit.diffs.words import DiffDocument
from tests.kit.everything import EVERYTHING, make

BASE = """
CREATE SCHEMA words;
CREATE TABLE words.t (id int PRIMARY KEY, n numeric(5, 2) DEFAULT 0, note text);
CREATE FUNCTION words.f(n int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  n := n + 1;
  n := n * 2;
  RETURN n;
END$$;
CREATE VIEW words.v AS SELECT id, note FROM words.t WHERE note <> 'a text that is too long to stand beside another one';
CREATE TYPE words.mood AS ENUM ('a', 'b');
"""
CHANGES = """
CREATE OR REPLACE FUNCTION words.f(n int) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
  n := n + 1;
  n := n * 3;
  RETURN n;
END$$;
ALTER TABLE words.t ALTER n TYPE numeric(6, 2), ALTER n DROP DEFAULT, ADD CHECK (n > 0);
ALTER TYPE words.mood ADD VALUE 'c';
CREATE TABLE words.more (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t int REFERENCES words.t);
CREATE POLICY p ON words.t FOR SELECT USING (id > 0);
CREATE SEQUENCE words.s AS int START 5;
"""
SAID = """
7 differences: 4 added, 3 changed (missing: in a alone; added: in b alone)
schema words
  changed function f(integer)
    body:
      @@ -2,5 +2,5 @@
        BEGIN
          n := n + 1;
      -   n := n * 2;
      +   n := n * 3;
          RETURN n;
        END
    volatility: volatile -> stable
  changed enum mood
    labels: a, b -> a, b, c
  added table more with 2 columns, 1 foreign key, 1 primary key, 1 sequence
  added sequence s
    integer from 5 by 1
  table t
    added check t_n_check
      CHECK ((n > (0)::numeric))
    changed column n
      type: numeric(5,2) -> numeric(6,2)
      default: 0 -> (none)
    added policy p
      for select to public using ((id > 0))
"""


def test_it_is_said_by_schema_and_by_table(qb_tx: Tx) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, CHANGES)
    assert diff_text(diff(before, introspect(qb_tx).unwrap()), ("a", "b")) == SAID.strip("\n")


def test_long_texts_stand_below_each_other(qb_tx: Tx) -> None:
    make(qb_tx, "CREATE SCHEMA words; CREATE TABLE words.t (n int)")
    make(qb_tx, "ALTER TABLE words.t ALTER n SET DEFAULT length('one that is rather long, you see, and longer')")
    before = introspect(qb_tx).unwrap()
    make(
        qb_tx, "ALTER TABLE words.t ALTER n SET DEFAULT length('another one that is rather long, you see, and longer')"
    )
    assert diff_text(diff(before, introspect(qb_tx).unwrap())).splitlines()[3:] == [
        "    changed column n",
        "      default:",
        "        - length('one that is rather long, you see, and longer'::text)",
        "        + length('another one that is rather long, you see, and longer'::text)",
    ]


def test_what_is_everything_can_be_said(qb_tx: Tx) -> None:
    before = introspect(qb_tx).unwrap()
    make(qb_tx, EVERYTHING)
    found = diff(before, introspect(qb_tx).unwrap())
    for said in (diff_text(found, everything=True), diff_text(diff(introspect(qb_tx).unwrap(), before))):
        assert "secret" not in said
    assert "added server kit_server" in diff_text(found)
    assert "not ours (the server's): role kit_reader" in diff_text(found, everything=True)


def test_a_document_has_all_of_it(qb_tx: Tx) -> None:
    make(qb_tx, BASE)
    before = introspect(qb_tx).unwrap()
    make(qb_tx, CHANGES)
    found = diff(before, introspect(qb_tx).unwrap())
    document = msgspec.json.decode(msgspec.json.encode(diff_document(found, ("a", "b"))), type=DiffDocument)
    assert (document.equal, document.sides, document.versions) == (False, ("a", "b"), found.versions)
    assert [each.how for each in document.changes] == [each.how for each in found.changes]
    changed = {each.title: each for each in document.changes}
    column = changed["column words.t.n"]
    assert [(each.field, each.before, each.after) for each in column.fields] == [
        ("type", "numeric(5,2)", "numeric(6,2)"),
        ("default", "0", None),
    ]
    assert (column.before, column.after) == ("numeric(5,2) default 0", "numeric(6,2)")
    assert {each.kind for each in changed["table words.more"].parts} >= {"column", "primary key", "foreign key"}
    plain: Any = msgspec.json.decode(msgspec.json.encode(diff_document(diff(before, before))))
    assert plain == {
        "equal": True,
        "sides": ["the first", "the second"],
        "versions": [before.version, before.version],
        "changes": [],
        "not_ours": [],
        "likely": [],
        "remarks": [],
    }
