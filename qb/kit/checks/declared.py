"""Where what a finding is on is declared: the class of its table, and its line there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from qb.declare.table_state import state_of
from qb.kit.table_classes import classes_of
from qb.model.object import Identity
from qb.model.schema import Schema
from qb.types.identifier import PUBLIC

DeclaredPlace: TypeAlias = tuple[str, int]
"""A file, from where one is, and a line in it."""


def declared_in(schema: Schema) -> Callable[[Identity], DeclaredPlace | None]:
    """Where an object stands in the source: a column by its line, what else is in a table by that of its class. None
    for what no class says, or one without a source."""
    classes = {
        (table.source.schema or PUBLIC, table.source.name): cls
        for table, cls in classes_of(schema, external=True).items()
    }
    known: dict[type[Any], tuple[str, int, list[str]] | None] = {}

    def place(identity: Identity) -> DeclaredPlace | None:
        cls = classes.get((identity.schema, identity.table or identity.name))
        if cls is None:
            return None
        if cls not in known:
            known[cls] = _source(cls)
        if (found := known[cls]) is None:
            return None
        file, first, lines = found
        return file, first + (_line(cls, identity.name, lines) if identity.kind == "column" else 0)

    return place


def _source(cls: type[Any]) -> tuple[str, int, list[str]] | None:
    try:
        file = inspect.getsourcefile(cls)
        lines, first = inspect.getsourcelines(cls)
    except (OSError, TypeError, SyntaxError):  # a notebook, a page that is run: no file of Python
        return None
    if file is None:
        return None
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path), first, lines


def _line(cls: type[Any], column: str, lines: list[str]) -> int:
    """How many lines below the first one a column stands: 0 of one that a base has."""
    own = (attribute for attribute, each in state_of(cls).columns.items() if each.node.name == column)
    begin = re.compile(rf"\s+{re.escape(next(own, column))}\s*[:=]")
    return next((place for place, line in enumerate(lines) if begin.match(line)), 0)
