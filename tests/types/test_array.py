"""Arrays of what qb reads from their text."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from qb import (
    Col,
    EncodeError,
    Range,
    Script,
    Success,
    Table,
    Tx,
    column,
    create_all,
    domain,
    insert,
    many,
    new,
    pg,
    schema,
    select,
)
from qb.types.geometric import Box, Point

Space = Literal["\x1f", "\xa0a", "\x85", "　", " b", "NULL"]


class Spaced(Table, name="spaces of arrays"):
    id: Col[int] = column(primary_key=True)
    labels: Col[list[Space]] = column(pg.array(pg.enum('spa"ces::x', Space)))


def test_what_only_python_takes_for_space_is_no_space(qb_tx: Tx) -> None:
    labels: list[Space] = ["\x1f", "\xa0a", "\x85", "　", " b", "NULL"]
    qb_tx.run(create_all(schema(Spaced))).unwrap()
    qb_tx.execute(insert(new(Spaced)(id=1, labels=labels))).unwrap()
    assert qb_tx.all(select(Spaced.labels)) == Success([labels])


box = domain("box of an array", pg.box)
of_a_box = domain("box of a box", box)


class Boxes(Table, name="boxes of arrays"):
    id: Col[int] = column(primary_key=True)
    boxes: Col[list[Box | None]] = column(pg.array(box))
    deep: Col[list[list[Box]]] = column(pg.array(of_a_box))
    plain: Col[list[Box]] = column(pg.array(pg.box))


def test_arrays_of_a_domain_have_between_elements_what_those_of_its_type_have(qb_tx: Tx) -> None:
    one, other = Box(Point(1, 2), Point(0, 0)), Box(Point(5, 5), Point(3, 4))
    rows = [
        new(Boxes)(id=number, boxes=[one, None, other], deep=[[one, other]], plain=[one, other]) for number in (1, 2)
    ]
    qb_tx.run(create_all(schema(Boxes))).unwrap()
    qb_tx.execute(insert(rows[0])).unwrap()
    qb_tx.insert_many(rows[1:]).unwrap()
    for found in qb_tx.all(select(Boxes)).unwrap():
        assert (found.boxes, found.deep, found.plain) == ([one, None, other], [[one, other]], [one, other])
    nested = qb_tx.all(select(many(select(Boxes.deep).where(Boxes.id == 1)))).unwrap()
    assert nested == [[[[one, other]]]]


text_range: Any = pg.range("range_of_texts", pg.text)
spans: Any = pg.array(text_range)


class Spans(Table, name="ranges of texts"):
    id: Col[int] = column(primary_key=True)
    span: Col[Range[str]] = column(text_range)
    spans: Col[list[Range[str]]] = column(spans)


def test_ranges_of_texts_with_signs_of_every_kind(qb_tx: Tx) -> None:
    signs = [
        "{",
        "}",
        "a{b}c",
        "{}",
        "(",
        ")",
        "[",
        "]",
        ",",
        '"',
        "\\",
        "\\{",
        " ",
        "",
        "\x0b",
        "\u2003",
        "empty",
        "NULL",
    ]
    ranges = [Range(each, None) for each in signs] + [Range(None, each) for each in signs if each]
    qb_tx.run(Script("CREATE TYPE range_of_texts AS RANGE (subtype = text)")).unwrap()
    qb_tx.run(create_all(schema(Spans))).unwrap()
    qb_tx.insert_many([new(Spans)(id=each, span=span, spans=[span]) for each, span in enumerate(ranges)]).unwrap()
    found = qb_tx.all(select(Spans).order_by(Spans.id)).unwrap()
    assert [each.span for each in found] == [each.spans[0] for each in found] == ranges
    assert qb_tx.scalar(select(many(select(Spans.span).order_by(Spans.id)))) == Success(ranges)


class Numbers(Table, name="numbers of arrays"):
    id: Col[int] = column(primary_key=True)
    rows: Col[list[list[int]]] = column(pg.array(pg.bigint))
    words: Col[list[list[str]]] = column(pg.array(pg.text), default=[])


@pytest.mark.parametrize("empty", [[[]], [[], []]])
def test_empty_lists_in_a_list_are_not_written_as_none(qb_tx: Tx, empty: list[Any]) -> None:
    qb_tx.run(create_all(schema(Numbers))).unwrap()
    for row in (new(Numbers)(id=1, rows=empty), new(Numbers)(id=1, rows=[], words=empty)):
        for several in (False, True):
            with qb_tx.transaction(rollback=True) as inner:
                done = inner.insert_many([row]) if several else inner.execute(insert(row))
                error = done.failure()
                assert isinstance(error, EncodeError)
                assert "an empty array has no dimensions" in str(error)
    qb_tx.execute(insert(new(Numbers)(id=2, rows=[], words=[["a"], ["b"]]))).unwrap()
    found = qb_tx.all(select(Numbers)).unwrap()
    assert [(each.rows, each.words) for each in found] == [([], [["a"], ["b"]])]
