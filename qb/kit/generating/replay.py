"""The catalog that a history of migrations makes: replayed from nothing on a shadow, and kept by content."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from qb.errors.outcome import Failure, unwrap
from qb.kit.catalog import Catalog
from qb.kit.errors import UnreadableSql
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.generating.made_names import MadeNames, made_names
from qb.kit.generating.replayed_statements import ReplayedHistory, cut_history
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.ours.value import Ours
from qb.kit.ours.whose import theirs
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.planning.plan import made_from_nothing
from qb.kit.shadow import Canonical, keep_on_shadow, on_shadow
from qb.kit.sought import without_arguments
from qb.kit.sql_file import SqlFileError
from qb.model.object import Identity

_IN_ORDER: Final = frozenset(("table", "column", "composite type", "attribute"))
_SHARED: Final = frozenset(("role", "membership", "database"))


def replayed(
    history: History, wanted: Catalog, ours: Ours, *, major: int, shadow: str | None, cache: Path | str | None
) -> Canonical:
    """The catalog of a database on which all migrations of a history have run.

    What is not ours and `wanted` has all the same, such as a table that somebody else makes, is there before. Each
    segment begins as `migrate` begins it: what one before has SET holds to the end of its migration, and SET LOCAL to
    that of its transaction. All of it is one transaction on the shadow, which is rolled back; what cannot be in one is
    run in a database of its own. Errors: `UnreadableSql` with the place of what fails.
    """
    try:
        making = _making(history, wanted, ours, cache)
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    return on_shadow(making, major=major, shadow=shadow, cache=cache)


def history_with(history: History, texts: Sequence[str]) -> History:
    """A history with statements at its end that are in no file."""
    up = "".join(f"{each};\n" for each in texts)
    return unwrap(history_of([*history, Migration(id="~", parents=history.heads, up=up)]))


def altered_head(up: Sequence[PlanStep], before: Catalog, after: Catalog) -> Catalog | None:
    """What a plan makes, which is proved, with its columns in the order in which they came. Where columns are renamed
    or made anew, their order is the server's to say, and it is None."""
    anew = any(each.verb == "create" and each.identity.kind in _IN_ORDER and each.identity in before for each in up)
    return None if anew or any(each.verb == "rename" for each in up) else _as_altered(before, after)


def keep_head(
    history: History, head: Catalog, wanted: Catalog, ours: Ours, *, major: int, cache: Path | str | None
) -> None:
    """Keep what a history makes, as `altered_head` says: nobody has to replay it from nothing."""
    keep_on_shadow(_making(history, wanted, ours, cache), head, major=major, cache=cache)


def _making(history: History, wanted: Catalog, ours: Ours, cache: Path | str | None) -> ReplayedHistory:
    before = tuple(_not_ours(wanted, ours, history))
    return ReplayedHistory(before, tuple(history), None if cache is None else str(cache))


def _as_altered(before: Catalog, after: Catalog) -> Catalog:
    """The second with its columns as they stand in tables that are altered: the new ones behind the others."""
    tables: dict[tuple[str, str], list[tuple[int, int, Identity, ColumnFact]]] = {}
    for identity, fact in after.of(ColumnFact).items():
        if fact.of == "table" and Identity("table", identity.schema, "", identity.table) in before:
            known = before.get(identity)
            there = known.position if isinstance(known, ColumnFact) else sys.maxsize
            tables.setdefault((identity.schema, identity.table), []).append((there, fact.position, identity, fact))
    moved: dict[Identity, Fact] = {
        identity: replace(fact, position=position)
        for columns in tables.values()
        for position, (_, _, identity, fact) in enumerate(sorted(columns, key=lambda each: each[:2]), 1)
    }
    return Catalog({**after, **moved}, after.depends, after.version)


def _not_ours(wanted: Catalog, ours: Ours, history: History) -> Iterator[str]:
    """The statements that make what is somebody else's, and nothing else but what that cannot be without: nothing that
    the migrations make themselves, as it has become somebody else's since, nor what needs that."""
    whose = theirs(wanted, ours)
    kept: set[Identity] = set()
    for identity, fact in wanted.items():
        brought = fact.extension is not None or identity.kind in _SHARED or identity.name == "plpgsql"
        if identity in whose and not brought and str(identity) != "schema public":
            kept.add(identity)
    if kept:
        kept -= set(_made_by(wanted, made_names(cut_history(history))))
    needed = list(kept)
    while needed:
        for each in wanted.depends.get(needed.pop(), ()):
            by = wanted[each].extension if each in wanted else None
            need = each if by is None else Identity("extension", "", "", by)
            if need not in kept and need in wanted and str(need) != "schema public":
                kept.add(need)
                needed.append(need)
    empty = wanted.where(lambda identity, fact: identity.kind == "database" or str(identity) == "schema public")
    if kept:
        alone = frozenset(map(without_arguments, kept))
        rest = frozenset(map(without_arguments, wanted)) - alone
        yield from made_from_nothing(empty, wanted, Ours(declares=True, declared=alone, external=rest))


def _made_by(wanted: Catalog, made: MadeNames) -> Iterator[Identity]:
    """What of a catalog migrations make, and all that needs it."""
    found = [each for each in wanted if made.has(each)]
    seen = set(found)
    behind: dict[Identity, list[Identity]] = {}
    for each, needs in wanted.depends.items():
        for need in needs:
            behind.setdefault(need, []).append(each)
    while found:
        yield (each := found.pop())
        more = [other for other in behind.get(each, ()) if other not in seen]
        seen.update(more)
        found += more
