"""Whether the enums of a server have the labels that Python's types promise: preparing a statement does not ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.session.executable import Executable
from qb.types.array import Array
from qb.types.base import SqlType
from qb.types.enum import Enum

_LABELS: Final = """
SELECT coalesce(array_agg(enumlabel::text), '{{}}') FROM pg_enum WHERE enumtypid = to_regtype({name})
"""


class ServerLabels:
    """The labels of a server's enums, each asked for once."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._known: dict[str, frozenset[str]] = {}

    def refused(self, statement: Executable[Any]) -> str | None:
        """Why some values would be refused on their way there, or not understood on their way back."""
        for each in _enums(parameter.type for parameter in statement.parameters):
            if missing := [label for label in each.labels if label not in self._of(each)]:
                return f"a parameter may be {_listed(missing)}, which the enum {each.name} of the server has not"
        for each in _enums(column.type for column in statement.columns if column.type is not None):
            if more := sorted(self._of(each).difference(each.labels)):
                return f"a column may be {_listed(more)}, which is no label of {each.name} in Python"
        return None

    def _of(self, enum: Enum[Any]) -> frozenset[str]:
        if enum.name not in self._known:
            found = self._db.raising.one(sql(_LABELS, name=enum.name).rows(list[str]))
            self._known[enum.name] = frozenset(found)
        return self._known[enum.name] or frozenset(enum.labels)  # one that is no enum is told otherwise


def _enums(types: Iterable[SqlType[Any]]) -> Iterator[Enum[Any]]:
    for each in types:
        inner: SqlType[Any] = each.of if isinstance(each, Array) else each
        if isinstance(inner, Enum):
            yield inner


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(repr(each) for each in labels)
