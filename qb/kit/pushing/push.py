"""`push`: what a database is becomes what a schema says, in one go and without a history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.diffs.majors import major_of
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.generating.open_answers import labels_instead, values_asked
from qb.kit.generating.questions import (
    AnswersNeeded,
    hinted_fills,
    hinted_labels,
    hinted_renames,
    open_questions,
)
from qb.kit.generating.renamed import declared_renames
from qb.kit.history.lock_kinds import StaticLock, static_locks
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment, segments
from qb.kit.ours.value import Ours, ours_of
from qb.kit.planning.fingerprint import JOURNAL, only_ours
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.planning.written_plan import plan_sql
from qb.kit.pushing.errors import ProtectedFromPush
from qb.kit.pushing.rows_there import ROWS_HAVE_COME, EmptyPlaces
from qb.kit.reader import introspect
from qb.kit.running.errors import StepFailed
from qb.kit.running.journal import Journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.other_migrators import refuse_others
from qb.kit.running.repeated_run import run_repeated
from qb.kit.running.rules import MigrationRules, refuse_owner
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import SegmentRunner
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.run.database.database import Database
from qb.run.database.own_session import OwnSession

_FILE: Final = "the plan"
_VALUE_TOO_NEW: Final = "55P04"


class PushedStatement(msgspec.Struct, frozen=True):
    """One statement."""

    sql: str
    locks: tuple[str, ...] = ()
    """On tables that are there, as far as its text says: `AccessExclusiveLock on notes`."""
    loses: tuple[str, ...] = ()
    says: str = ""


class PushPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run."""

    statements: tuple[PushedStatement, ...] = ()
    sql: str = ""
    """All of it, as people read it."""
    loses: tuple[str, ...] = ()
    """What is lost of the rows that are there."""
    past: tuple[str, ...] = ()
    """The migrations that the journal says are here: push goes past them."""


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What `push` has done."""

    plan: PushPlan
    applied: bool = False
    """Whether it was run: not in a dry run, and not where there is nothing to do."""
    left: tuple[str, ...] = ()
    """The objects that are not what the schema says, after all."""
    major: int
    """The version that the schema was made for: that of the server, unless another one is said."""

    @property
    def exit_code(self) -> ExitCode:
        """3 where something is not what the schema says, after all."""
        return ExitCode.DIFFERS if self.left else ExitCode.DONE


OnPlan: TypeAlias = Callable[[PushPlan], None]
Pushing: TypeAlias = Success[Pushed] | Failure[DbError | KitError | DefinitionError, Pushed]
"""What comes back: what was done, or why nothing was."""


def push(
    db: Database,
    wanted: Schema,
    *,
    hints: Sequence[str] = (),
    allow: Sequence[str] = (),
    dry_run: bool = False,
    rules: MigrationRules = MigrationRules(),
    within: Filter = Filter(),
    journal: str = JOURNAL,
    patience: Patience = Patience(),
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
    on_plan: OnPlan = lambda _: None,
    on_progress: OnProgress = silent,
) -> Pushing:
    """Make a database what a schema says, in one transaction, and write no migration: for a database of one's own.

    What it is and what it is to be are compared as for `drift`, and planned as by `plan` with `plain`. `hints` and
    `allow` are those of `generate`: what is renamed, what rows get, what may be lost. What holds no row is not asked
    for, and locked before it goes. `on_plan` is told what will be run. It takes the lock that runners of migrations
    take, and writes nothing into their journal; `plan.past` says which migrations that has. Where a new value of an
    enum is used at once, it is committed before the rest: PostgreSQL asks for that. Afterwards the catalog is read
    again: `left` is what is not as it was to be.
    Errors: `NotOwned`, `ProtectedFromPush`, `ConfirmationNeeded`, `OtherMigrator`, `AnswersNeeded`,
    `HintWithoutMatch`, `RunnerBusy`, `LockNotHad`, `StepFailed`, `PoolerInBetween`, those of `canonical`, and those of
    the world. https://www.postgresql.org/docs/current/ddl-alter.html

    >>> from qb.kit import push
    >>> found = push(db, schema(User, Task)).unwrap()
    >>> found.applied, found.plan.sql
    (False, '')
    """
    try:
        if rules.protected and rules.owned:
            raise ProtectedFromPush(rules.database)
        if not dry_run or not rules.owned:
            refuse_owner(rules)
        refuse_others(db, rules.coexist, journal)
        before = unwrap(introspect(db))
        target = major or major_of(before.version)
        after = unwrap(canonical(wanted, major=target, shadow=shadow, cache=cache))
        sides = _Sides(before, after, ours_of(wanted, within=within), journal)
        renamed = _renames(wanted, sides, hints)
        planned = _planned(sides, hints, renamed)
        past = tuple(each.id for each in unwrap(Journal(journal).read(db)))
        if planned.empty:
            return Success(Pushed(plan=PushPlan(past=past), major=target))
        guards = _answered(db, sides, planned, renamed, allow)
        shown = _shown(planned, frozenset(guards), past)
        on_plan(shown)
        if dry_run:
            return Success(Pushed(plan=shown, major=target))
        text = "".join(f"{each};\n" for each in guards.values()) + plan_sql(planned.up)
        with runner_session(db, Journal(journal), patience, on_progress, journaled=False) as runner:
            try:
                _run(runner, text)
            except StepFailed as error:
                if error.cause.sqlstate == ROWS_HAVE_COME:
                    _answered(db, sides, planned, renamed, allow)
                raise
        found = only_ours(unwrap(introspect(db)), sides.ours, journal=journal)
        left = diff(after, found, ours=sides.ours).changes
        return Success(Pushed(plan=shown, applied=True, left=tuple(str(each.identity) for each in left), major=target))
    except (KitError, DbError, DefinitionError) as error:
        return Failure(error)


class _Sides(FrozenStruct):
    before: Catalog
    after: Catalog
    ours: Ours
    journal: str


def _renames(wanted: Schema, sides: _Sides, hints: Sequence[str]) -> Mapping[str, str]:
    declared = declared_renames(wanted, sides.before)
    known = {str(one): other.name for one, other in declared.items() if other in sides.after}
    return {**known, **hinted_renames(hints, sides.before, sides.after)}


def _planned(sides: _Sides, hints: Sequence[str], renamed: Mapping[str, str]) -> MigrationPlan:
    before, after = sides.before, sides.after
    fills = hinted_fills(hints, before, after, renamed)
    labels = hinted_labels(hints, before, after)
    return plan(before, after, ours=sides.ours, renamed=renamed, fills=fills, labels=labels, plain=True)


def _answered(
    db: Database, sides: _Sides, planned: MigrationPlan, renamed: Mapping[str, str], allow: Sequence[str]
) -> Mapping[str, str]:
    """Raises `AnswersNeeded`. What guards the losses that are none."""
    empty = EmptyPlaces(db, sides.before)
    guards = empty.guards(planned)
    unasked = empty.unasked(planned)
    asked = {name: value for name, value in values_asked(planned, sides.after).items() if name not in unasked}
    likely = diff(sides.before, sides.after, ours=sides.ours, renamed=renamed).likely
    instead = labels_instead(sides.before, sides.after)
    questions = tuple(open_questions(likely, planned.loses, (*allow, *guards), asked, instead))
    if questions:
        raise AnswersNeeded(questions)
    return guards


def _shown(planned: MigrationPlan, empty: frozenset[str], past: tuple[str, ...]) -> PushPlan:
    statements: list[PushedStatement] = []
    notes: list[str] = []
    line = 1
    locks = static_locks("".join(f"{each.sql};\n" for each in planned.up))
    for each in planned.up:
        end = line + each.sql.count("\n") + 1
        held = [lock for lock in locks if lock.sure and line <= lock.line < end]
        loses = tuple(name for name in each.loses if name not in empty)
        says = "" if each.says.startswith("fails where the table has rows") else each.says
        statements.append(PushedStatement(each.sql, tuple(f"{one.lock} on {one.table}" for one in held), loses, says))
        gone = (f"{name}: it holds nothing" for name in each.loses if name in empty)
        notes.append(", ".join((*map(_said, held), *(f"loses {name}" for name in loses), *gone)))
        line = end
    whole = tuple(dict.fromkeys(name for each in statements for name in each.loses))
    return PushPlan(statements=tuple(statements), sql=plan_sql(planned.up, notes), loses=whole, past=past)


def _said(lock: StaticLock) -> str:
    return f"locks {lock.table} ({lock.lock})" + (f", {lock.why}" if lock.why else "")


def _run(runner: SegmentRunner, text: str) -> None:
    """In one transaction; where a value of an enum is too new for that in those that it asks for."""
    migration = Migration(id="push", up=text, file=_FILE)
    cut = segments(text, _FILE)
    whole = SqlSegment(1, tuple(statement for each in cut for statement in each.statements))
    try:
        run_repeated(runner, migration, _noted, cut=(whole,))
    except StepFailed as error:
        if error.cause.sqlstate != _VALUE_TOO_NEW:
            raise
        run_repeated(runner, migration, _noted, cut=cut)


def _noted(_: OwnSession) -> None:
    """Nothing is written down."""
