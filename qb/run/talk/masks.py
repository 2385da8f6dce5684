"""Which columns new rows give: their masks, and what a mask means for the table that they go into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import UNSET
from psycopg.abc import Buffer

from qb.errors import QueryError
from qb.generated import generated
from qb.query.entity import Entity, entity_of
from qb.query.expr.column import Assignment
from qb.run.session.cells import Way, as_parameter, cell, row_source
from qb.run.talk.copy import CopyTarget, Written, written_by
from qb.tree.relations import label
from qb.tree.values import ValuesBlock
from qb.types.identifier import qualified

Mask = tuple[bool, ...]


class Batch(NamedTuple):
    """New rows that give the same columns: `mask` says which of the fields that may be left out are."""

    mask: Mask
    rows: list[Any]
    alone: bool = False
    """Whether these are all the rows of their chunk."""


class BulkTarget(NamedTuple):
    """The table that rows go into, the class of the rows, and how their masks are found."""

    row: type[Any]
    entity: Entity
    optional: tuple[str, ...]
    masks: Callable[[Sequence[Any]], list[Mask]]

    @property
    def title(self) -> str:
        return label(self.entity.relation) if self.entity.relation is not None else "?"

    def given(self, mask: Mask) -> tuple[str, ...]:
        """The fields that rows of a mask give."""
        left_out = {name for name, unset in zip(self.optional, mask, strict=True) if unset}
        return tuple(name for name in self.row.__struct_fields__ if name not in left_out)


def target_of(row: object) -> BulkTarget:
    """The target of the first row; QueryError if it is not one that `new(Table)` makes."""
    kind: Any = type(row)
    entity = entity_of(getattr(kind, "__inserts__", None))
    if entity is None:
        raise QueryError(f"insert_many takes rows made by new(Table)(...), not {kind.__name__}{_instead(row)}")
    optional = tuple(field.name for field in msgspec.structs.fields(kind) if not field.required)
    return BulkTarget(kind, entity, optional, _masks_of(optional))


def _masks_of(optional: tuple[str, ...]) -> Callable[[Sequence[Any]], list[Mask]]:
    tests = "".join(f"r.{name} is UNSET, " for name in optional)
    source = f"def masks(rows): return [({tests}) for r in rows]"  # identifiers of a Struct alone
    made: Callable[[Sequence[Any]], list[Mask]] = generated("masks", source, {"UNSET": UNSET})
    return made


def _alike(optional: tuple[str, ...], mask: Mask) -> Callable[[Sequence[Any]], bool]:
    tests = " or ".join(
        f"r.{name} is {'not ' if unset else ''}UNSET" for name, unset in zip(optional, mask, strict=True)
    )
    source = f"""\
def alike(rows):
    for r in rows:
        if {tests or "False"}:
            return False
    return True
"""
    made: Callable[[Sequence[Any]], bool] = generated("alike", source, {"UNSET": UNSET})
    return made


def runs(target: BulkTarget, rows: Sequence[Any]) -> list[Batch]:
    """The rows in their order, cut where the given columns change."""
    found: list[Batch] = []
    for row, mask in zip(rows, target.masks(rows), strict=True):
        if not found or found[-1].mask != mask:
            found.append(Batch(mask, []))
        found[-1].rows.append(row)
    return found


def one_kind(target: BulkTarget, rows: Sequence[Any]) -> None:
    """QueryError where there are others among the rows."""
    for kind in set(map(type, rows)) - {target.row}:
        raise QueryError(
            f"insert_many: a {kind.__name__} among new rows of {target.title}: call it once for each table, "
            f"with rows made by new(Table)(...){_instead(next(row for row in rows if type(row) is kind))}"
        )


def _instead(row: object) -> str:
    items = cast("Sequence[object]", row) if isinstance(row, list | tuple) else (row,)
    if any(isinstance(each, Assignment) for each in items):
        return ": rows that hold expressions are for insert(Table).values([...], [...])"
    return ""


class MaskColumns(NamedTuple):
    """What a mask means for a table: the columns given, and how a COPY of them is made, where it can be."""

    names: tuple[str, ...]
    block: ValuesBlock
    values: Callable[[Any], tuple[Any, ...]]
    alike: Callable[[Sequence[Any]], bool]
    """Whether rows all give these columns."""
    sent: Callable[[Sequence[Any]], list[Buffer | None]]
    """The parameters of rows, one after the other."""
    copy: CopyTarget | None
    written: Written | None


def mask_columns(target: BulkTarget, mask: Mask) -> MaskColumns:
    fields = target.given(mask)
    columns = [target.entity.columns[field] for field in fields]
    names = tuple(column.node.name for column in columns)
    block = ValuesBlock(tuple(column.stored for column in columns), tuple(column.label for column in columns), 1)
    cells = [cell(column.stored) for column in columns]
    ways = tuple(each for each in cells if each is not None)
    alike, sent = _alike(target.optional, mask), _sent(fields, [as_parameter(column.stored) for column in columns])
    source: Any = target.entity.relation
    if not fields or len(ways) != len(cells):
        return MaskColumns(names, block, _values(fields), alike, sent, None, None)
    copied = CopyTarget(tuple(column.type for column in columns), ways, names, qualified(source.schema, source.name))
    return MaskColumns(
        names, block, _values(fields), alike, sent, copied, written_by([f"r.{field}" for field in fields], ways)
    )


def _sent(fields: Sequence[str], ways: Sequence[Way]) -> Callable[[Sequence[Any]], list[Buffer | None]]:
    sent, names = row_source([f"r.{field}" for field in fields], ways)
    source = f"""\
def sent(rows):
    out = []
    for r in rows:
        out += ({sent})
    return out
"""
    made: Callable[[Sequence[Any]], list[Buffer | None]] = generated("sent", source, names)
    return made


def _values(fields: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(fields) == 1:
        one = attrgetter(fields[0])
        return lambda row: (one(row),)
    return attrgetter(*fields) if fields else lambda _: ()
