"""Arrays of what qb reads from their text."""

from __future__ import annotations

from typing import Literal

from qb import Col, Success, Table, Tx, column, create_all, insert, new, pg, schema, select

Space = Literal["\x1f", "\xa0a", "\x85", "　", " b", "NULL"]


class Spaced(Table, name="spaces of arrays"):
    id: Col[int] = column(primary_key=True)
    labels: Col[list[Space]] = column(pg.array(pg.enum('spa"ces::x', Space)))


def test_what_only_python_takes_for_space_is_no_space(qb_tx: Tx) -> None:
    labels: list[Space] = ["\x1f", "\xa0a", "\x85", "　", " b", "NULL"]
    qb_tx.run(create_all(schema(Spaced))).unwrap()
    qb_tx.execute(insert(new(Spaced)(id=1, labels=labels))).unwrap()
    assert qb_tx.all(select(Spaced.labels)) == Success([labels])
