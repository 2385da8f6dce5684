"""`diff_sources`: what differs between a schema, a database and a file of SQL, any two of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from qb.errors.outcome import Failure, Success
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.diffs.majors import major_of
from qb.kit.diffs.value import Diff, Differing
from qb.kit.ours.value import Ours, ours_of
from qb.kit.sources.source import CatalogSource, SqlFile, is_live, read_source
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.target import NEWEST

_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})


def diff_sources(
    one: CatalogSource,
    other: CatalogSource,
    *,
    within: Filter = Filter(),
    owners: bool = False,
    renamed: Mapping[str, str] = _NO_HINTS,
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
) -> Differing:
    """What differs between two sources: see `diff`.

    What is a server's is read first, and the other one is made on a shadow of the same major version, or of `major`.
    Where one of them is a schema it says what is ours, with `within`: see `ours_of`.
    Errors: those of `canonical` and `catalog_of_sql`, and those of the world.

    >>> from qb.kit import diff_sources
    >>> diff_sources(schema(User, Task), schema(User, Task))
    <Success: <diff: equal>>
    """
    found: dict[int, Catalog] = {}
    for place, each in sorted(enumerate((one, other)), key=lambda item: not is_live(item[1])):
        version = next((major_of(there.version) for there in found.values() if there.version), None)
        read = read_source(each, major=major or version or NEWEST, shadow=shadow, cache=cache)
        if isinstance(read, Failure):
            return Failure(read.failure())
        found[place] = read.unwrap()
    made = diff(found[0], found[1], ours=_ours((one, other), within, owners), renamed=renamed)
    return Success(_without_roles(made) if isinstance(one, SqlFile) or isinstance(other, SqlFile) else made)


def _without_roles(found: Diff) -> Diff:
    """A dump of a database names roles and does not say what they are."""
    left = tuple(each for each in found.changes if each.identity.kind not in ("role", "membership"))
    if len(left) == len(found.changes):
        return found
    return replace(found, changes=left, remarks=(*found.remarks, "a file of SQL has no roles: they are not compared"))


def _ours(sources: tuple[CatalogSource, CatalogSource], within: Filter, owners: bool) -> Ours:
    """What the schemas among them say."""
    said = [ours_of(each, within=within, owners=owners) for each in sources if isinstance(each, Schema)]
    if not said:
        return ours_of(within=within, owners=owners)
    return said[0] if len(said) == 1 else said[0] | said[1]
