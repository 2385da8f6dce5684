"""`prove`: a plan run on a server that is thrown away, on a database with rows: up, down, and up again."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, LiteralString, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, ignore
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.diffs.renames import renames_of
from qb.kit.errors import KitError, NoShadow
from qb.kit.history.segments import segments
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.errors import NotProved
from qb.kit.proving.fitting import fill_and_fit
from qb.kit.proving.kept_rows import kept_tables, sums
from qb.kit.proving.measuring import Measured, measured
from qb.kit.reader import introspect
from qb.kit.shadow_server import cache_folder, scratch_database, worthless_server
from qb.kit.sought import without_arguments
from qb.model.object import Identity
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})
_NOT_MADE: Final = frozenset(("database", "extension"))
_LOCK: Final = "SELECT pg_catalog.pg_advisory_xact_lock(7163801)"
_Way: TypeAlias = Literal["before", "up", "down", "up again"]


class ProvedPlan(msgspec.Struct, frozen=True):
    """What was seen of a plan that does what it is to do."""

    up: tuple[Measured, ...]
    """Of each statement what it did to tables that were there."""
    down: tuple[Measured, ...]
    rows: int
    """How many rows were the same afterwards, up and down."""
    empty: tuple[str, ...]
    """The tables that no row could be made for: nothing is proved of theirs."""
    between: Mapping[str, str] = MappingProxyType({})
    """Fingerprints behind the segments of the up that are run outside of a transaction."""


Proving: TypeAlias = Success[ProvedPlan] | Failure[DbError | KitError, ProvedPlan]
"""What comes back: what was seen, or why it is not proved."""


class _Refused(Exception):
    def __init__(self, error: DbError | KitError) -> None:
        self.error: Final = error


def prove(
    before: Catalog,
    after: Catalog,
    made: MigrationPlan,
    *,
    ours: Ours = Ours(),
    renamed: Mapping[str, str] = _NO_HINTS,
    cache: Path | str | None = None,
) -> Proving:
    """Run a plan on the embedded server, on a database that is made of `before` and filled with rows.

    The up gives `after` and the down `before`, the rows of all that is not named as lost are the same, and all of it
    works once more as `migrate` runs it, in its transactions. What each statement locks, rewrites and reads is looked
    at while it runs. Errors: `NotProved`, `NoShadow`, those of the world.

    >>> from qb.kit import introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     tx.run(Script("ALTER TABLE tasks ALTER hours TYPE numeric")).unwrap()
    ...     after = introspect(tx).unwrap()
    1
    >>> found = prove(before, after, plan(before, after)).unwrap()
    >>> {table for each in found.up for table in each.rewrites}, found.rows > 0
    ({'public.tasks'}, True)
    """
    folder = Path(cache) if cache is not None else cache_folder()
    try:
        server = worthless_server(folder, "proof", before.version // 10_000)
        with server, _scratch(server.url) as db:
            return Success(_Proof(db, before, after, made, ours, renamed).run())
    except NoShadow as error:
        return Failure(error)
    except _Refused as refused:
        return Failure(refused.error)
    except DbError as error:
        return Failure(error)


@contextmanager
def _scratch(url: str) -> Generator[Db]:
    """A database of one's own, one at a time on a server: roles belong to all of it."""
    with connect(url) as there, connect(url) as waiting, waiting.transaction() as alone:
        alone.raising.run(Script(trusted(_LOCK)))
        try:
            with scratch_database(there, url) as db:
                yield db
        finally:
            for role in there.raising.all(sql("SELECT rolname::text FROM pg_roles WHERE oid > 16383").rows(str)):
                ignore(there.run(Script(trusted(f"DROP ROLE IF EXISTS {quoted(role)}"))))


class _Proof:
    """One proof on one database."""

    def __init__(
        self, db: Db, before: Catalog, after: Catalog, made: MigrationPlan, ours: Ours, renamed: Mapping[str, str]
    ) -> None:
        self.db, self.before, self.after, self.made, self.ours = db, before, after, made, ours
        self.sides: Final = Sides(before, after, ours, renames_of(renamed, before, after))
        self.closure: Final = Closure(self.sides)
        self.between: Final[dict[str, str]] = {}

    def run(self) -> ProvedPlan:
        self.begin()
        filled = fill_and_fit(self.db, self.sides, self.closure, self.made)
        kept = kept_tables(self.sides, self.closure)
        first = sums(self.db, kept, after=False)
        up = self.steps("up", self.made.up)
        self.compare("up", self.after, self.made.up)
        self.same_rows("up", first, sums(self.db, kept, after=True))
        down = self.steps("down", self.made.down)
        self.compare("down", self.before, self.made.down)
        self.same_rows("down", first, sums(self.db, kept, after=False))
        self.again()
        rows = sum(count for count, _ in first.values())
        empty = tuple(each.title for each, count in sorted(filled.items()) if not count)
        return ProvedPlan(up, down, rows, empty, self.between)

    def begin(self) -> None:
        """The database before, with what is not ours in it, too: ours refers to that."""
        empty = _read(self.db)
        known = {each.name for each in empty if each.kind == "role"}
        new = {each.name for each in self.sides.created if each.kind == "role"}
        for each in self.after:
            if each.kind == "role" and each.name not in known | new and each not in self.before:
                known.add(each.name)
                self.statement("before", str(each), f"CREATE ROLE {quoted(each.name)}")
        whole = _everything(self.before)
        for step in plan(empty, self.before, ours=whole, plain=True).up:
            self.statement("before", str(step.identity), step.sql)
        self.compare("before", self.before, ())

    def statement(self, way: _Way, what: str, text: str) -> None:
        outcome = self.db.run(Script(trusted(text)))
        if isinstance(outcome, Failure):
            raise _Refused(NotProved(way, what, text, str(outcome.failure())))

    def steps(self, way: _Way, steps: Sequence[PlanStep]) -> tuple[Measured, ...]:
        found: list[Measured] = []
        for each in steps:
            outcome = measured(self.db, each.sql)
            if isinstance(outcome, Failure):
                raise _Refused(NotProved(way, str(each.identity), each.sql, str(outcome.failure())))
            found.append(outcome.unwrap())
        return tuple(found)

    def compare(self, way: _Way, wanted: Catalog, steps: Iterable[PlanStep]) -> None:
        found = _read(self.db)
        if fingerprint(found, self.ours) == fingerprint(wanted, self.ours):
            return
        for change in diff(found, wanted, ours=self.ours).changes:
            fields = "; ".join(f"{each.name} is {each.before!r}, not {each.after!r}" for each in change.fields)
            how = {"missing": "it is there, and should not be", "added": "it is not there"}.get(change.how, fields)
            last = [each.sql for each in steps if each.identity == change.identity]
            raise _Refused(NotProved(way, str(change.identity), last[-1] if last else "", how))
        raise _Refused(NotProved(way, "the catalog", "", "its fingerprint is another one"))

    def same_rows(
        self, way: _Way, one: Mapping[Identity, tuple[int, str]], other: Mapping[Identity, tuple[int, str]]
    ) -> None:
        for table, (count, total) in one.items():
            now = other.get(table)
            if now is not None and now != (count, total):
                what = (
                    f"{count} rows became {now[0]}" if count != now[0] else f"its {count} rows are not what they were"
                )
                raise _Refused(NotProved(way, str(table), "", what))

    def again(self) -> None:
        """As it is run: in transactions, up and down."""
        for way, steps, wanted in (("up again", self.made.up, self.after), ("down", self.made.down, self.before)):
            for each in segments(plan_sql(steps)):
                texts = [statement.text for statement in each.statements]
                literal: list[LiteralString] = [trusted(text) for text in texts]
                outcome = self.db.run(Script(*literal)) if literal else Success(0)
                if isinstance(outcome, Failure):
                    what = f"transaction {each.number}"
                    raise _Refused(NotProved("up again", what, texts[0], str(outcome.failure())))
                if way == "up again" and not each.transactional:
                    self.between[str(each.number)] = fingerprint(_read(self.db), self.ours)
            if way == "up again":
                self.compare("up again", wanted, steps)


def _read(db: Db) -> Catalog:
    outcome = introspect(db)
    if isinstance(outcome, Failure):
        raise _Refused(outcome.failure())
    return outcome.unwrap()


def _everything(catalog: Catalog) -> Ours:
    """All that is in a database is to be there, whoever's it is."""
    return Ours(
        declared=frozenset(
            without_arguments(each)
            for each, fact in catalog.items()
            if each.kind not in _NOT_MADE and fact.extension is None
        )
        | frozenset(each for each in catalog if each.kind == "extension" and each.name != "plpgsql")
    )
