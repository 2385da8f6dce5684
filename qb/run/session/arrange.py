"""Which of the declared columns each column of a result is: by position, but in a class's rows of raw SQL by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from qb.errors import SchemaMismatch
from qb.query.raw_row import document_of
from qb.rows.by_name import Misfit, places
from qb.rows.decode import decoder
from qb.run.session.executable import Executable, ResultColumn, columns_of_shape
from qb.run.session.forms import DOCUMENTS
from qb.tree.shapes import EntityShape

if TYPE_CHECKING:
    from qb.run.session.drift import ServerColumn


class Arranged(NamedTuple):
    """The declared columns in the order in which a result has them, and what decodes its rows."""

    columns: tuple[ResultColumn, ...]
    decode: Callable[[list[tuple[Any, ...]], int], list[Any]]


def arranged(statement: Executable[Any], found: Sequence[ServerColumn]) -> Arranged | SchemaMismatch:
    """How a result's columns are those that were declared; SchemaMismatch where they are not."""
    shape = statement.raw
    if shape is None:
        return Arranged(statement.columns, statement.decode)
    if not isinstance(shape, EntityShape):
        declared = len(statement.columns)
        if declared == len(found):
            return Arranged(statement.columns, statement.decode)
        reason = f"has {_columns(len(found))}, and {declared} {'is' if declared == 1 else 'are'} declared"
        return SchemaMismatch(None, None, _columns(declared), _columns(len(found)), reason)
    names = [output.name for output in shape.outputs]
    if len(found) == 1 and found[0].oid in DOCUMENTS and found[0].name not in names:
        document = document_of(shape)
        if document is not None:
            return Arranged(columns_of_shape(document), decoder(document))
    order = places(names, [column.name for column in found])
    if isinstance(order, Misfit):
        return _misfit(order, shape)
    return Arranged(tuple(statement.columns[place] for place in order), decoder(shape, order))


def _misfit(misfit: Misfit, shape: EntityShape) -> SchemaMismatch:
    if misfit.what == "extra":
        reason = "is in the result, and nothing of that name is declared: declare it, or name the wanted columns"
        return SchemaMismatch(None, misfit.name, "no column", "a column", reason)
    (output,) = (output for output in shape.outputs if output.name == misfit.name)
    declared = output.type.name
    if misfit.what == "missing":
        found, reason = "no column", "the result has no such column: select it under that name (... AS ...)"
    else:
        found, reason = "two columns", "the result has it twice: name each column once"
    reason = f"is declared as {declared}, and {reason}"
    return SchemaMismatch(output.table or None, misfit.name, declared, found, reason)


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"
