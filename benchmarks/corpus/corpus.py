"""The corpus: areas of fifty tables each, as descriptors where they can say it, and as SQL for the rest."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import qb
from benchmarks.corpus.access import access
from benchmarks.corpus.by_sql import by_sql
from benchmarks.corpus.code import code, views
from benchmarks.corpus.divided import divided, kept
from benchmarks.corpus.tables import beside, tables
from benchmarks.corpus.types import types
from qb.typing import Schema

SIZES = (50, 150, 1_000)
"""Of how many tables it is made."""
AREA = 50


def areas(count: int) -> list[str]:
    """The names of the PostgreSQL schemas that so many tables are in."""
    if count % AREA or count <= 0:
        raise ValueError(f"the corpus has {AREA} tables, or a multiple of that, not {count}")
    return [f"area_{number:02}" for number in range(count // AREA)]


@cache
def described(count: int, major: int = 18) -> Schema:
    """What descriptors say of a corpus of so many tables: all but three of each fifty."""
    return qb.schema(*(each for area in areas(count) for each in _area(area, major)), name="corpus")


def rest(count: int, major: int = 18) -> str:
    """The statements that make what is left, in a database that has what is described."""
    return "".join(by_sql(area, major) for area in areas(count))


def _area(area: str, major: int) -> Iterator[Any]:
    kinds = types(area)
    made = list(tables(area, kinds, virtual=major >= 18))
    yield from made
    yield from beside(made)
    yield from divided(area, kinds)
    yield from kept(area, kinds, periods=major >= 18)
    yield from code(area, made)
    yield from views(area, made)
    yield from access(area, made)
