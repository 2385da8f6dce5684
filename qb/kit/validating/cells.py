"""One table's rows, each cell by itself: what cannot be read does not keep the others from being read."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from typing import Any, NamedTuple

from qb.declare.description import TableInfo
from qb.declare.table import describe
from qb.declare.table_state import state_of
from qb.errors import DecodeError
from qb.kit.validating.report import ProblemKind
from qb.query.expr.column import Column
from qb.query.functions.fn import fn
from qb.query.raw import sql
from qb.query.select import Select, select
from qb.render.compiled import compile_node
from qb.rows.decode import decoder
from qb.run.session.executable import Executable
from qb.tree.shapes import ScalarShape, TupleShape
from qb.types import pg
from qb.types.json import names_within

_Cells = list[tuple[Any, ...]]


class BadCell(NamedTuple):
    """A cell that is not what its column says."""

    kind: ProblemKind
    column: str
    path: str | None
    reason: str


class ReadRow(NamedTuple):
    """A row: its key, as text, and what of it is bad."""

    key: str
    bad: tuple[BadCell, ...]


_NOTHING_BAD = ReadRow("", ())


class RowReader:
    """The query of a table's rows, or of some of its columns, and what judges them."""

    def __init__(self, table: type[Any], only: Container[str] | None = None) -> None:
        info: TableInfo = describe(table)
        read = [each for each in info.columns if only is None or each.name in only]
        columns: dict[str, Column[Any]] = {each.node.name: each for each in state_of(table).columns.values()}
        self.columns: list[Column[Any]] = [columns[each.name] for each in read]
        made: Any = select
        self.query: Select[Any] = made(*self.columns)
        self._names = [each.name for each in read]
        self._key = [place for place, each in enumerate(read) if each.primary_key]
        self._guards: list[tuple[int, Callable[[bytes], str | None]]] = []
        for place, each in enumerate(read):
            if each.guard is not None:
                self._guards.append((place, _guarded(each.guard.why, each.type.limits(each.python))))

    def drawn(self, count: int) -> Select[Any]:
        """So many rows, drawn at random."""
        return self.query.order_by(fn.random()).limit(count)

    def ordered(self, count: int | None) -> Select[Any]:
        """The rows in an order that is the same each time it is asked for; of a draw its number from the beginning."""
        keys = [self.columns[place] for place in self._key]
        ordered: Any = self.query.order_by(*keys) if keys else self.query.order_by(sql("ctid::text").as_(str))
        made: Select[Any] = ordered if count is None else ordered.limit(count)
        return made

    def key_at(self, place: int) -> Select[Any] | None:
        """The key of the row at a place of that order, each part as text; None of a table without one."""
        keys = [self.columns[each] for each in self._key]
        if not keys:
            return None
        made: Any = select
        found: Select[Any] = made(*(each.cast(pg.text) for each in keys)).order_by(*keys).offset(place).limit(1)
        return found

    def statement(self, query: Select[Any]) -> Executable[ReadRow]:
        """A statement of these columns that gives a `ReadRow` for each row, whatever is in it."""
        made: Executable[Any] = Executable(compile_node(query.node))
        whole, single = made.decode, self._single(query)

        def judged(rows: _Cells, position: int) -> list[ReadRow]:
            if not self._guards:
                try:
                    whole(rows, position)
                except DecodeError:
                    pass
                else:
                    return [_NOTHING_BAD] * len(rows)
            return [self._judged(row, single) for row in rows]

        made.decode = judged
        return made

    def _single(self, query: Select[Any]) -> list[Callable[[_Cells, int], list[Any]]]:
        """What reads each column alone, as the query has them."""
        shape = query.node.shape
        if isinstance(shape, TupleShape):
            return [decoder(each) for each in shape.items]
        assert isinstance(shape, ScalarShape)
        return [decoder(shape)]

    def _judged(self, row: Sequence[Any], single: Sequence[Callable[[_Cells, int], list[Any]]]) -> ReadRow:
        bad: list[BadCell] = []
        unread: set[int] = set()
        for place, read in enumerate(single):
            try:
                read([(row[place],)], 0)
            except DecodeError as error:
                unread.add(place)
                bad.append(BadCell("codec", self._names[place], anywhere(error.path), error.reason))
        for place, why in self._guards:
            cell = row[place]
            if cell is not None and place not in unread:
                document = cell.encode() if isinstance(cell, str) else bytes(cell)
                if (reason := why(document)) is not None:
                    said, _, path = reason.partition(", at ")
                    bad.append(BadCell("guard", self._names[place], anywhere(path or None), said))
        return ReadRow(self._shown_key(row), tuple(bad)) if bad else _NOTHING_BAD

    def _shown_key(self, row: Sequence[Any]) -> str:
        cells = [row[place] for place in self._key]
        texts = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in cells]
        return ", ".join(texts)


def _guarded(why: Callable[[bytes, frozenset[str]], str | None], python: object) -> Callable[[bytes], str | None]:
    known: frozenset[str] | None = None

    def judge(document: bytes) -> str | None:
        nonlocal known
        if known is None:  # not before: a Struct may name a class that is defined below it
            known = names_within(python)
        return why(document, known)

    return judge


def anywhere(path: str | None) -> str | None:
    """A path without the places in lists: what is alike is told once.

    >>> anywhere("$.lines[3].unit"), anywhere(None)
    ('$.lines[].unit', None)
    """
    return None if path is None else re.sub(r"\[\d+\]", "[]", path)
