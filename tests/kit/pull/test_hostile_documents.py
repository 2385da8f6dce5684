"""Documents that make it hard: the classes that come of them are Python, hold them, and a table can have them."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from qb import Database, select
from qb.kit import introspect
from qb.kit.pull import infer_json, pull
from tests.kit.everything import make
from tests.kit.pull.again import imported

HELD: dict[str, list[str]] = {
    "keywords": ['{"class": 1, "from": "a", "None": true, "match": 1, "self": 2, "int": 3, "msgspec": 4}'],
    "no names": ['{"": 1, "1st": 2, "a.b": 3, "€": 4, "__init__": 5, "_": 6, "-": 7, "x y": 8, "plain": 9, "b": 1}'],
    "one name": ['{"a b": 1, "a-b": 2, "a_b": 3, "A B": 4, "aB": 5, "a__b": 6}'],
    "signs": [json.dumps({"it's": 1, 'say "x"': 2, "back\\slash": 3, "{x}": 4, "%s": 5, "new\nline": 6, "🎉": 7})],
    "long": [json.dumps({"k" * 10_000: 1, "a": 2, "k" * 9_999: 3})],
    "thousands": [json.dumps({f"key_{number}": number for number in range(5_000)})],
    "hundreds of one": [json.dumps({f"key_{number}": number for number in range(200)})] * 3,
    "mixed": [
        '{"x": 1}',
        '{"x": "a"}',
        '{"x": [1, "b"]}',
        '{"x": {"y": 1}}',
        '{"x": null}',
        '{"x": 1.5}',
        '{"x": true}',
    ],
    "scalars and objects": ["1", '"a"', "[1, null]", '{"a": 1}', "true", "1.5"],
    "deep": ['{"within":' * 50 + "1" + "}" * 50],
    "deep lists": ["[" * 50 + "1" + "]" * 50],
    "long numbers": [
        '{"a": 123456789012345678901234567890}',
        '{"a": 18446744073709551615}',
        '{"a": -9223372036854775808}',
    ],
    "large numbers": ['{"a": 1e300}', '{"a": 1e-300}', '{"a": 100000000000000000000.5}'],
    "kinds": [
        '{"type": "it\'s \\"a\\"", "x": 1}',
        '{"type": "it\'s \\"a\\"", "x": 2}',
        '{"type": "class", "y": 1}',
        '{"type": "class", "y": 2}',
        '{"type": "", "z": 2}',
        '{"type": "", "z": 2}',
    ],
    "kinds of one name": ['{"kind": "a b", "x": 1}', '{"kind": "a b", "x": 1}', '{"kind": "a-b", "y": 1}'] * 2,
    "empty": ["{}", "[]", '{"a": {}, "b": []}'],
    "lists of many": ['[{"a": 1}, [1], "x", null, {"b": [{"c": 1}, {"c": "x"}]}]'],
    "very deep": ['{"a":' * 400 + "1" + "}" * 400, "[" * 400 + "]" * 400],
    "escapes": ['{"a": "\\u0001 \\\\ \\" \\ud83c\\udf89"}'],
}


@pytest.mark.parametrize("what", HELD)
def test_the_classes_hold_what_they_are_made_of(qb_db: Database, tmp_path: Path, what: str) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, "CREATE TABLE events (id int PRIMARY KEY, payload jsonb NOT NULL, plain json NOT NULL)")
        for number, document in enumerate(HELD[what]):
            quoted = document.replace("'", "''")
            make(tx, f"INSERT INTO events VALUES ({number}, '{quoted}', '{quoted}')")
        catalog = introspect(tx).unwrap()
        documents = infer_json(tx, catalog).unwrap()
        found = pull(catalog, "hostile_documents", documents=documents)
        with imported(dict(found.files), tmp_path, "hostile_documents"):
            events: Any = import_module("hostile_documents.public")
            rows = tx.all(select(events.Event)).unwrap()
    assert len(rows) == len(HELD[what])


UNREAD = {
    "a number that is none of Python's": '{"a": 1e999}',
    "half of a sign": '{"a": "\\ud800"}',
    "deeper than anybody reads": "[" * 3_000 + "]" * 3_000,
}


@pytest.mark.parametrize("what", UNREAD)
def test_a_document_that_nobody_can_read_is_kept_as_it_is(qb_db: Database, what: str) -> None:
    with qb_db.transaction(rollback=True) as tx:
        make(tx, "CREATE TABLE events (id int PRIMARY KEY, payload json NOT NULL, other json NOT NULL)")
        make(tx, f"INSERT INTO events VALUES (1, '{UNREAD[what]}', '1'), (2, '{{\"a\": 1}}', '2')")
        catalog = introspect(tx).unwrap()
        documents = infer_json(tx, catalog).unwrap()
    read = {column.name: (each.looked_at, each.unread, each.is_typed) for column, each in documents.items()}
    assert read == {"payload": (2, 1, False), "other": (2, 0, True)}
    text = pull(catalog, "unread", documents=documents).files["public.py"]
    assert "    payload: Col[msgspec.Raw] = column(pg.json)\n    other: Col[int] = column(pg.json)\n" in text
