"""How sequences count, in words. https://www.postgresql.org/docs/current/sql-createsequence.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.model.counting import Counting


def in_words(counting: Counting) -> Iterator[str]:
    """The options of a new sequence that say more than the defaults."""
    if counting.increment != 1:
        yield f"INCREMENT BY {counting.increment}"
    if counting.minimum is not None:
        yield f"MINVALUE {counting.minimum}"
    if counting.maximum is not None:
        yield f"MAXVALUE {counting.maximum}"
    if counting.start != _first(counting):
        yield f"START WITH {counting.start}"
    if counting.cache != 1:
        yield f"CACHE {counting.cache}"
    if counting.cycle:
        yield "CYCLE"


def recounted(before: Counting, after: Counting) -> Iterator[str]:
    """The options that make one of the other. It goes on from where it is."""
    if before.increment != after.increment:
        yield f"INCREMENT BY {after.increment}"
    if before.minimum != after.minimum:
        yield "NO MINVALUE" if after.minimum is None else f"MINVALUE {after.minimum}"
    if before.maximum != after.maximum:
        yield "NO MAXVALUE" if after.maximum is None else f"MAXVALUE {after.maximum}"
    if before.start != after.start:
        yield f"START WITH {after.start}"
    if before.cache != after.cache:
        yield f"CACHE {after.cache}"
    if before.cycle != after.cycle:
        yield "CYCLE" if after.cycle else "NO CYCLE"


def _first(counting: Counting) -> int:
    """Where it starts by itself."""
    if counting.increment > 0:
        return 1 if counting.minimum is None else counting.minimum
    return -1 if counting.maximum is None else counting.maximum
