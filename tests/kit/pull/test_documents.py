"""Documents that are looked at become classes, which read each of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qb import Tx
from qb.kit import Identity, introspect
from qb.kit.catalog import Catalog
from qb.kit.pull import infer_json, pull
from qb.kit.pull.book import Book
from qb.kit.pull.document_classes import write_documents
from qb.kit.pull.documents import InferredColumn, documents_shape
from tests.kit.everything import make
from tests.kit.pull.again import imported
from tests.samples import samples

COLUMN = Identity("column", "public", "events", "payload")


def classes(documents: list[Any]) -> tuple[str, Any]:
    """The annotation that documents get, and what reads them."""
    book = Book(Catalog({}, {}), (), ())
    shape = documents_shape(documents)
    write_documents(book, {COLUMN: InferredColumn(COLUMN, shape, len(documents), len(documents), True)})
    made = book.documents.get(COLUMN)
    if made is None:
        return "", None
    scope: dict[str, Any] = {"msgspec": msgspec}
    for piece in book.pieces.values():
        exec(compile(piece.source.text, "documents", "exec", dont_inherit=True), scope)
    return made.text, eval(made.text, scope)


DOCUMENTS: list[tuple[list[Any], str]] = [
    ([1, 2], "int"),
    ([1, 2.5], "float"),
    ([True, "a"], "bool | str"),
    ([[1], []], "list[int]"),
    ([[1, None]], "list[int | None]"),
    ([[]], "list[object]"),
    ([{}], "dict[str, object]"),
    ([{"a": 1}, {}], "EventPayload"),
    ([{"1": 2, "3": 4}], "dict[str, int]"),
    ([{f"key{n}": [n] for n in range(50)}], "dict[str, list[int]]"),
    ([1, None], ""),
]


@pytest.mark.parametrize(("documents", "annotation"), DOCUMENTS)
def test_what_documents_are(documents: list[Any], annotation: str) -> None:
    assert classes(documents)[0] == annotation


def test_a_key_that_is_missing_and_one_that_is_null() -> None:
    annotation, made = classes([{"a": 1, "b": None, "class": "x"}, {"b": 2, "class": "y"}])
    assert annotation == "EventPayload"
    assert msgspec.json.decode(b'{"b": null, "class": "z"}', type=made) == made(b=None, class_="z")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"a": 1, "class": "z"}', type=made)
    assert msgspec.json.encode(made(b=1, class_="z")) == b'{"b":1,"class":"z"}'


def test_kinds_are_told_apart_by_their_tag() -> None:
    documents = [
        {"type": "clicked", "x": 1, "y": 2},
        {"type": "clicked", "x": 3, "y": 2},
        {"type": "typed", "text": "a"},
        {"type": "typed", "text": "b"},
    ]
    annotation, made = classes(documents)
    assert annotation == "EventPayloadClicked | EventPayloadTyped"
    found = [msgspec.json.decode(json.dumps(each), type=made) for each in documents]
    assert [type(each).__name__ for each in found] == ["EventPayloadClicked"] * 2 + ["EventPayloadTyped"] * 2
    assert json.loads(msgspec.json.encode(found[2])) == documents[2]


KEYS = st.one_of(
    st.text("abc", min_size=1, max_size=2), st.sampled_from(["class", "type", "kind", "it's", 'a"b', "Ä", "1"])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(-9, 9), st.text("ab\"'\\", max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(samples(100))
@given(st.lists(VALUES, min_size=1, max_size=8))
def test_whatever_was_looked_at_is_read(documents: list[Any]) -> None:
    _, made = classes(documents)
    if made is not None:
        for each in documents:
            msgspec.json.decode(json.dumps(each), type=made)


TABLE = """
CREATE TABLE shops (id int PRIMARY KEY, settings jsonb NOT NULL DEFAULT '{}', "raw ones" json, empty jsonb);
INSERT INTO shops VALUES
  (1, '{"theme": "dark", "tags": ["a"]}', '{"it''s": 1}'), (2, '{"theme": "light", "tags": [], "since": 3}', NULL);
"""


def test_columns_get_their_classes(qb_tx: Tx, tmp_path: Path) -> None:
    make(qb_tx, TABLE)
    catalog = introspect(qb_tx).unwrap()
    found = infer_json(qb_tx, catalog).unwrap()
    assert {each.title: (one.looked_at, one.rows, one.complete) for each, one in found.items()} == {
        "public.shops.settings": (2, 2, True),
        "public.shops.raw ones": (1, 2, True),
        "public.shops.empty": (0, 2, True),
    }
    pulled = pull(catalog, "pulled_shops", documents=found)
    documents = pulled.files["documents.py"]
    assert '"""public.shops.settings, as 2 documents in all 2 rows have it."""' in documents
    assert "    since: int | msgspec.UnsetType = msgspec.UNSET" in documents
    assert "settings: Col[ShopSettings] = column(" in pulled.files["public.py"]
    assert "empty: Col[msgspec.Raw | None]" in pulled.files["public.py"]
    with imported(dict(pulled.files), tmp_path, "pulled_shops") as schema:
        assert [table.title for table in schema.tables] == ["shops"]


def test_some_of_the_rows_are_looked_at(qb_tx: Tx) -> None:
    make(qb_tx, TABLE)
    found = infer_json(qb_tx, introspect(qb_tx).unwrap(), rows=1).unwrap()
    assert {(each.rows, each.complete) for each in found.values()} == {(1, False)}
    assert infer_json(qb_tx, introspect(qb_tx).unwrap(), rows=2).unwrap() is not None


def test_each_class_says_of_how_many_it_was_made(qb_tx: Tx) -> None:
    make(
        qb_tx,
        """
        CREATE TABLE events (id int PRIMARY KEY, payload jsonb, sizes jsonb, one jsonb);
        INSERT INTO events (id, payload, sizes, one) VALUES
          (1, '{"type": "a", "x": 1, "sizes": {"w": 1}}', '{"boxes": [{"w": 1}, {"w": 2}]}', '{"z": {"y": 1}}'),
          (2, '{"type": "a", "x": 2, "sizes": {"w": 1}}', '[]', NULL),
          (3, '{"type": "b", "y": 1}', '{"boxes": []}', NULL), (4, '{"type": "b", "y": 1}', NULL, NULL)""",
    )
    catalog = introspect(qb_tx).unwrap()
    text = pull(catalog, documents=infer_json(qb_tx, catalog, rows=3).unwrap()).files["documents.py"]
    assert dict(re.findall(r'class (\w+)\(.*?\):\n    """(.*)"""', text)) == {
        "EventSizes": "public.events.sizes, as 2 of 3 documents in the first 3 rows have it.",
        "EventSizesBoxItem": "Within public.events.sizes, as 2 objects in 3 documents of the first 3 rows have it.",
        "EventOne": "public.events.one, as 1 document in the first 3 rows has it.",
        "EventOneZ": "Within public.events.one, as 1 object in 1 document of the first 3 rows has it.",
        "EventPayload": "public.events.payload, as 3 documents in the first 3 rows have it.",
        "EventPayloadSizes": "Within public.events.payload, as 2 objects in 3 documents of the first 3 rows have it.",
    }
    text = pull(catalog, documents=infer_json(qb_tx, catalog).unwrap()).files["documents.py"]
    assert "public.events.payload, as 2 of 4 documents in all 4 rows have it." in text
