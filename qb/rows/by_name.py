"""The columns of a result by their names: raw SQL says in which order they come, the row's class which there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Misfit(NamedTuple):
    """A name that is wrong: in the row's class and not in the result ("missing"), twice in it, or only in it."""

    name: str
    what: str


def places(fields: Sequence[str], found: Sequence[str]) -> tuple[int, ...] | Misfit:
    """For each column of the result, which field it is; or the first name that does not fit.

    >>> places(["id", "name"], ["name", "id"])
    (1, 0)
    >>> places(["id", "name"], ["id", "nom"])
    Misfit(name='name', what='missing')
    """
    counts = Counter(found)
    for name in fields:
        if counts[name] != 1:
            return Misfit(name, "twice" if counts[name] else "missing")
    known = {name: place for place, name in enumerate(fields)}
    for name in found:
        if name not in known:
            return Misfit(name, "extra")
    return tuple(known[name] for name in found)
