"""A check that says labels is a Literal; one that says anything else is a check."""

from __future__ import annotations

from pathlib import Path

from qb import Tx, create_all
from qb.kit import introspect
from qb.kit.pull import pull
from tests.kit.alone import differences
from tests.kit.everything import make
from tests.kit.pull.again import imported

TABLES = """
CREATE TABLE posts (
  id int PRIMARY KEY,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'it''s {out}', 'say "x"')),
  kind varchar(20) DEFAULT 'b' CHECK (kind IN ('a', 'b')),
  "Odd one" text CHECK ("Odd one" IN ('x', 'y')),
  code char(1) CHECK (code IN ('a', 'b')),
  one text CHECK (one IN ('alone')),
  n int CHECK (n IN (1, 2)),
  named text CONSTRAINT only_these CHECK (named IN ('a', 'b')),
  more text CHECK (more IN ('a', 'b') AND more <> 'c'),
  collated text COLLATE "C" CHECK (collated IN ('a', 'b')),
  tags text[] CHECK (tags <@ ARRAY['a', 'b'])
);
COMMENT ON CONSTRAINT posts_more_check ON posts IS 'more';
CREATE TABLE kinds (kind text PRIMARY KEY CHECK (kind IN ('a', 'b')));
CREATE TABLE of_kinds (kind text REFERENCES kinds CHECK (kind IN ('a', 'b')));
"""


def test_labels(qb_tx: Tx, tmp_path: Path) -> None:
    make(qb_tx, TABLES)
    before = introspect(qb_tx).unwrap()
    found = pull(before, "pulled_labels")
    assert """PostKind = Literal["a", "b"]""" in found.files["types.py"]
    posts = found.files["public.py"].partition("class Post(")[2].partition("\n\n\n")[0].splitlines()
    assert [line.strip() for line in posts if "checked=True" in line] == [
        'status: Col[PostStatus] = column(default="draft", checked=True)',
        'kind: Col[PostKind | None] = column(pg.varchar(20), default="b", checked=True)',
        'odd_one: Col[PostOddOne | None] = column(default=None, checked=True, name="Odd one")',
    ]
    assert found.files["public.py"].count("checked=True") == 3  # keys have a brand instead
    make(qb_tx, "DROP TABLE of_kinds, kinds, posts")
    with imported(dict(found.files), tmp_path, "pulled_labels") as schema:
        qb_tx.run(create_all(schema)).unwrap()
    assert differences(before, introspect(qb_tx).unwrap()) == ()
