"""The catalog that a history of migrations makes: replayed from nothing on a shadow, and kept by content."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success, ignore, unwrap
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.segments import segments
from qb.kit.ours.value import Ours
from qb.kit.ours.whose import theirs
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.planning.plan import plan
from qb.kit.reader import introspect
from qb.kit.shadow import Canonical, keep_on_shadow, on_shadow
from qb.kit.sought import without_arguments
from qb.kit.sql_file import FileStatement, SqlFileError
from qb.model.object import Identity
from qb.query.script import Script
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_CONCURRENTLY: Final = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
_ROLE: Final = re.compile(r'role "(.+)" does not exist')
_UPKEEP: Final = frozenset(("VACUUM", "ANALYZE", "CHECKPOINT", "REINDEX", "CLUSTER"))
_IN_ORDER: Final = frozenset(("table", "column", "composite type", "attribute"))
_SHARED: Final = frozenset(("role", "membership", "database"))


def replayed(
    history: History, wanted: Catalog, ours: Ours, *, major: int, shadow: str | None, cache: Path | str | None
) -> Canonical:
    """The catalog of a database on which all migrations of a history have run.

    What is not ours and `wanted` has all the same, such as a table that somebody else makes, is there before. All of it
    is one transaction on the shadow, which is rolled back. Errors: `UnreadableSql` with the place of what fails.
    """
    try:
        statements = tuple(each for migration in history for each in _statements(migration))
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    making = _OfHistory(tuple(_not_ours(wanted, ours)), statements)
    return on_shadow(making, major=major, shadow=shadow, cache=cache)


def history_with(history: History, texts: Sequence[str]) -> History:
    """A history with statements at its end that are in no file."""
    up = "".join(f"{each};\n" for each in texts)
    return unwrap(history_of([*history, Migration(id="~", parents=history.heads, up=up)]))


def keep_head(
    history: History,
    more: Migration,
    up: Sequence[PlanStep],
    before: Catalog,
    after: Catalog,
    ours: Ours,
    *,
    major: int,
    cache: Path | str | None,
) -> None:
    """Keep what a history and one more migration make, which is proved: nobody has to replay it from nothing. Where
    columns are renamed or made anew, their order is the server's to say."""
    anew = any(each.verb == "create" and each.identity.kind in _IN_ORDER and each.identity in before for each in up)
    if anew or any(each.verb == "rename" for each in up):
        return
    statements = tuple(each for migration in (*history, more) for each in _statements(migration))
    making = _OfHistory(tuple(_not_ours(after, ours)), statements)
    keep_on_shadow(making, _as_altered(before, after), major=major, cache=cache)


def _statements(migration: Migration) -> Iterator[tuple[str, FileStatement]]:
    name = migration.file or f"{migration.id}/up.sql"
    for segment in segments(migration.up, name):
        yield from filter(None, (_in_one((name, each)) for each in segment.statements))


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


def _not_ours(wanted: Catalog, ours: Ours) -> Iterator[str]:
    """The statements that make what is somebody else's, and nothing else but what that cannot be without."""
    whose = theirs(wanted, ours)
    kept: set[Identity] = set()
    for identity, fact in wanted.items():
        brought = fact.extension is not None or identity.kind in _SHARED or identity.name == "plpgsql"
        if identity in whose and not brought and str(identity) != "schema public":
            kept.add(identity)
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
        for step in plan(empty, wanted, ours=Ours(declares=True, declared=alone, external=rest), plain=True).up:
            yield step.sql


def _in_one(pair: tuple[str, FileStatement]) -> tuple[str, FileStatement] | None:
    """A statement as it is run in one transaction with all others; None where it changes no catalog."""
    name, each = pair
    words = each.words
    if not words or words[0] in _UPKEEP:
        return None
    if "CONCURRENTLY" in words:
        return name, FileStatement(_CONCURRENTLY.sub("", each.text, count=1), each.line, each.column)
    return pair


class _OfHistory(FrozenStruct):
    """What the statements of all migrations make."""

    before: tuple[str, ...]
    statements: tuple[tuple[str, FileStatement], ...]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()  # which the server itself tells, one by one

    def script(self, major: int) -> str:
        return "\0".join(("a history", *self.before, "", *(each.text for _, each in self.statements)))

    def read(self, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        try:
            with db.transaction(rollback=True) as tx:
                if not self._at_once(tx):
                    for text in self.before:
                        if (error := _run(tx, text, own=own)) is not None:
                            return Failure(error)
                    for name, each in self.statements:
                        if (error := _run(tx, each.text, own=own)) is not None:
                            return Failure(_placed(name, each, error))
                found = introspect(tx)
                return Failure(found.failure()) if isinstance(found, Failure) else Success(found.unwrap())
        except DbError as error:
            return Failure(error)

    def _at_once(self, tx: Tx) -> bool:
        """All of it in one message; where that does not do, it is found out one by one what is missing."""
        texts = [*self.before, *(each.text for _, each in self.statements)]
        outcome = tx.transact(lambda inner: inner.run(Script(*map(trusted, texts)))) if texts else Success(0)
        if isinstance(outcome, Failure):
            ignore(outcome)
        return isinstance(outcome, Success)


def _run(tx: Tx, text: str, *, own: bool) -> DbError | None:
    """A role that it names and nobody has made is made, where the server is thrown away."""
    while True:
        outcome = _tried(tx, text)
        if isinstance(outcome, Success):
            return None
        error = outcome.failure()
        role = _ROLE.search(str(error)) if error.sqlstate == "42704" and own else None
        if role is None or isinstance(_tried(tx, f"CREATE ROLE {quoted(role[1])}"), Failure):
            return error


def _tried(tx: Tx, text: str) -> Outcome[int]:
    return tx.transact(lambda inner: inner.run(Script(trusted(text))))


def _placed(name: str, each: FileStatement, error: DbError) -> DbError | KitError:
    if error.sqlstate is None:
        return error  # no server spoke
    said = f"{error}: the migrations do not run from nothing. Mend this one, or go on from a database with qb baseline"
    return UnreadableSql(name, each.line, each.column, said)
