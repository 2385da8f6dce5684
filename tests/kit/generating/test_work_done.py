"""What `generate` does once, and not again for each who asks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qb import Col, Table, column, schema
from qb.kit import Catalog, generate
from qb.kit.planning.ddl.parts import CatalogParts


class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True)


class LongerNote(Table, name="notes"):
    id: Col[int] = column(primary_key=True)
    text: Col[str | None]


def test_each_catalog_is_looked_through_once(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(schema(Note), tmp_path, name="one", prefix="index", cache=cache).unwrap()
    looked_at: list[Catalog] = []  # all of them, so that none is where another one was
    look = CatalogParts.__init__

    def counted(parts: CatalogParts, catalog: Catalog) -> None:
        looked_at.append(catalog)
        look(parts, catalog)

    monkeypatch.setattr(CatalogParts, "__init__", counted)
    generate(schema(LongerNote), tmp_path, name="two", prefix="index", cache=cache).unwrap()
    assert looked_at
    assert set(Counter(map(id, looked_at)).values()) == {1}
