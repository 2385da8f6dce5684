"""`ephemeral`: all of a history on a server that is thrown away, up, down and up again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.needed import lacking
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import JOURNAL, only_ours
from qb.kit.reader import introspect
from qb.kit.rehearsing.throw_away import throw_away_server
from qb.kit.running.migrating import migrate
from qb.kit.running.repeatable import RepeatableSql
from qb.kit.running.rolling_back import rollback
from qb.kit.running.rules import MigrationRules, needed
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.seeding.seeds import Seed, SeedFunction, seed
from qb.model.schema import Schema
from qb.model.target import NEWEST
from qb.query.script import Script
from qb.run.database.connect import connect
from qb.run.database.database import Database
from qb.types.trusted import trusted

TriedWhat: TypeAlias = Literal[
    "all up", "all down", "up again", "what the schema says", "repeatable SQL twice", "seeds twice", "guards in force"
]
"""What is tried, in this order."""


class TriedStep(msgspec.Struct, frozen=True):
    """One thing that was tried."""

    what: TriedWhat
    wrong: tuple[str, ...] = ()
    """What is not as it should be: objects, or an error."""


class Ephemeral(msgspec.Struct, frozen=True):
    """All that was tried; what comes behind an error is left out."""

    steps: tuple[TriedStep, ...]
    migrations: int

    @property
    def exit_code(self) -> ExitCode:
        """3 where something is not as it should be."""
        return ExitCode.DIFFERS if any(each.wrong for each in self.steps) else ExitCode.DONE


TryingOut: TypeAlias = Success[Ephemeral] | Failure[KitError | DbError, Ephemeral]
"""What comes back."""


def ephemeral(
    history: History,
    *,
    wanted: Catalog | None = None,
    ours: Ours = Ours(),
    before: Sequence[RepeatableSql] = (),
    after: Sequence[RepeatableSql] = (),
    seeds: Sequence[Seed | SeedFunction] = (),
    guarded: Schema | None = None,
    journal: str = JOURNAL,
    major: int = NEWEST,
    cache: Path | str | None = None,
    on_progress: OnProgress = silent,
) -> TryingOut:
    """Run all migrations of a history on a server that is thrown away: up; down, and nothing of ours may be left; up
    again, to the same, which with the repeatable SQL is what is `wanted` (see `canonical`); and that SQL once more.
    Then `seeds` are run, twice, and the second time must change no row; and what a schema needs in the end must be
    there and in force (`lacking`): the row security, policies, triggers, checks and privileges of `guarded`.

    What is lost on the way is nobody's, so nothing has to be named. Errors: those of the history, and `NoShadow`; what
    a migration fails at is told as wrong.

    >>> from qb.kit import ephemeral
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> made = Migration(id="0001_a", up="CREATE TABLE a (); CREATE TABLE b ();", down="DROP TABLE a;")
    >>> for each in ephemeral(history_of([made]).unwrap()).unwrap().steps:
    ...     print(each.what, each.wrong)
    all up ()
    all down ('table public.b',)
    """
    try:
        unwrap(history.head())
        with throw_away_server(major, cache) as address, connect(address, max_size=2) as db:
            tried = _Trial(db, history, ours, journal, tuple(before), tuple(after), on_progress)
            steps = tried.run(wanted, seeds, guarded)
            return Success(Ephemeral(tuple(steps), len(history)))
    except (KitError, DbError) as error:
        return Failure(error)


class _Trial:
    def __init__(
        self,
        db: Database,
        history: History,
        ours: Ours,
        journal: str,
        before: tuple[RepeatableSql, ...],
        after: tuple[RepeatableSql, ...],
        on_progress: OnProgress,
    ) -> None:
        self.db, self.history, self.ours, self.journal = db, history, ours, journal
        self.before, self.after, self.on_progress = before, after, on_progress
        named = [each.name for one in history for down in (False, True) for each in needed(one, down=down)]
        again = [each.name for one in (*before, *after) for each in needed(one.as_migration)]
        self.empty = self.look()
        self.rules = MigrationRules(allow=(*named, *again), contracts=history.ids)

    def run(
        self, wanted: Catalog | None, seeds: Sequence[Seed | SeedFunction], guarded: Schema | None
    ) -> list[TriedStep]:
        steps: list[TriedStep] = []

        def tried(what: TriedWhat, wrong: Sequence[str]) -> bool:
            steps.append(TriedStep(what, tuple(wrong)))
            return not wrong

        if not tried("all up", self.run_all(self.before) or self.up()):
            return steps
        full = self.look()
        without = [each.id for each in self.history if each.down is None]
        if tried("all down", [f"there is no down of {id}" for id in without] or self.down_to(self.empty)):
            tried("up again", self.up() or self.differs(full, self.look()))
        elif not without:
            return steps
        if wanted is not None or self.after:
            wrong = self.up(self.after)
            whole = self.look()
            if wanted is not None:
                tried("what the schema says", wrong or self.differs(wanted, whole))
            if self.after or self.before:
                again = self.run_all((*self.before, *self.after))
                tried("repeatable SQL twice", wrong or again or self.differs(whole, self.look()))
        return [*steps, *self.filled(seeds, guarded)]

    def filled(self, seeds: Sequence[Seed | SeedFunction], guarded: Schema | None) -> list[TriedStep]:
        """Seeds, run twice, and what keeps rows from somebody."""
        steps: list[TriedStep] = []
        if seeds:
            done = seed(self.db, seeds, twice=True)
            steps.append(TriedStep("seeds twice", (str(done.failure()),) if isinstance(done, Failure) else ()))
        if guarded is not None:
            steps.append(TriedStep("guards in force", lacking(guarded, self.look())))
        return steps

    def look(self) -> Catalog:
        return unwrap(introspect(self.db))

    def differs(self, one: Catalog, other: Catalog) -> list[str]:
        pair = (only_ours(each, self.ours, journal=self.journal) for each in (one, other))
        return [str(each.identity) for each in diff(*pair, ours=self.ours).changes]

    def up(self, after: tuple[RepeatableSql, ...] = ()) -> list[str]:
        done = migrate(
            self.db,
            self.history,
            journal=self.journal,
            rules=self.rules,
            after=after,
            on_progress=self.on_progress,
        )
        return [str(done.failure())] if isinstance(done, Failure) else []

    def down_to(self, empty: Catalog) -> list[str]:
        done = rollback(
            self.db,
            self.history,
            len(self.history),
            journal=self.journal,
            rules=self.rules,
            on_progress=self.on_progress,
        )
        return [str(done.failure())] if isinstance(done, Failure) else self.differs(empty, self.look())

    def run_all(self, files: Sequence[RepeatableSql]) -> list[str]:
        wrong: list[str] = []
        for each in files:
            done = self.db.run(Script(trusted(each.text)))
            if isinstance(done, Failure):
                wrong.append(f"{each.file}: {done.failure()}")
        return wrong
