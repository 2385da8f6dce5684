"""`purge`: what was kept is removed."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.losses import same_loss
from qb.kit.history.migration import Migration
from qb.kit.running.errors import LossNotNamed
from qb.kit.running.journal import Journal
from qb.kit.running.keeping.kept_book import KeptBook, KeptThing
from qb.kit.running.lock_patience import Patience
from qb.kit.running.repeated_run import run_repeated
from qb.kit.running.rules import MigrationRules, refuse_owner
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import SegmentRunner
from qb.run.database.database import Database
from qb.types.identifier import quoted


class KeptLoss(msgspec.Struct, frozen=True):
    """Something that is kept."""

    name: str
    """As `--allow` takes it."""
    migration: str
    """What has dropped it."""
    at: str
    days: int
    """Whole days since then."""

    def __str__(self) -> str:
        return f"{self.name}, dropped by {self.migration} at {self.at}"


class Purged(msgspec.Struct, frozen=True, kw_only=True):
    """What `purge` has done."""

    purged: tuple[KeptLoss, ...] = ()
    """What was removed; with `dry_run` what would be."""
    kept: tuple[KeptLoss, ...] = ()
    """What is kept still."""


Purging: TypeAlias = Success[Purged] | Failure[KitError | DbError, Purged]
"""What comes back."""


def purge(
    db: Database,
    *,
    older_than: float = 30,
    journal: str = "qb",
    dry_run: bool = False,
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    on_progress: OnProgress = silent,
) -> Purging:
    """Remove what migrations have dropped and kept (`migrate(keep=True)`), so many days ago or more.

    Each is a transaction of its own. On a protected database each has to be named in `rules.allow`. A rollback says
    afterwards what cannot come back.
    Errors: `NotOwned`, `ConfirmationNeeded`, `LossNotNamed`, `RunnerBusy`, `LockNotHad`, and those of the world.

    >>> from qb.kit import migrate, purge
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> one = Migration(id="0001_notes", up="CREATE TABLE notes (text text);")
    >>> two = Migration(id="0002_gone", parents=("0001_notes",), up="DROP TABLE notes;")
    >>> migrate(db, history_of([one, two]).unwrap(), keep=True).unwrap().kept
    ('public.notes',)
    >>> [each.name for each in purge(db).unwrap().kept]
    ['drop-table:notes']
    >>> [each.name for each in purge(db, older_than=0).unwrap().purged]
    ['drop-table:notes']
    """
    book = KeptBook(Journal(journal))
    try:
        there = _there(unwrap(book.read(db)))
        chosen = [each for each in there if each.days >= older_than]
        if chosen and not dry_run:
            refuse_owner(rules)
            _refuse(rules, chosen)
            with runner_session(db, book.journal, patience, on_progress) as runner:
                still = {each.position for each in _there(book.rows(runner.session))}
                chosen = [each for each in chosen if each.position in still]
                for each in sorted(chosen, key=lambda thing: thing.kind == "type"):
                    _remove(runner, book, each)
        left = [each for each in there if each not in chosen]
        return Success(Purged(purged=tuple(map(_said, chosen)), kept=tuple(map(_said, left))))
    except (KitError, DbError) as error:
        return Failure(error)


def _said(thing: KeptThing) -> KeptLoss:
    return KeptLoss(thing.loss, thing.migration, thing.at, int(thing.days))


def _there(things: tuple[KeptThing, ...]) -> list[KeptThing]:
    return [each for each in things if each.purged is None and each.back is None]


def _refuse(rules: MigrationRules, chosen: list[KeptThing]) -> None:
    said = set(map(same_loss, rules.allow))
    if rules.protected and (unsaid := [each for each in chosen if same_loss(each.loss) not in said]):
        raise LossNotNamed(tuple((each.loss, each.migration, 1) for each in unsaid), held=True)


def _remove(runner: SegmentRunner, book: KeptBook, thing: KeptThing) -> None:
    session = runner.session
    kept = f"{quoted(book.schema)}.{quoted(thing.held)}"
    match thing.kind:
        case "table":
            text = f"DROP TABLE IF EXISTS {kept}"
        case "column":
            tables = session.rows(_HOLDING, thing.held)
            text = "; ".join(f"ALTER TABLE {table} DROP COLUMN {quoted(thing.held)}" for (table,) in tables)
        case "type":
            if session.rows(_USED, kept):
                return  # something younger is of it
            text = f"DROP TYPE IF EXISTS {kept}"
        case "sequence":
            text = ""
    step = Migration(id=f"purge of {thing.loss}", up=text, file=f"qb purge of {thing.loss}")
    if text:
        run_repeated(runner, step, lambda own: book.purged(own, thing))
    else:
        book.purged(session, thing)


_HOLDING = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attname = $1 AND NOT a.attisdropped AND a.attinhcount = 0 ORDER BY 1
"""
_USED = """
SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.atttypid IN (t.oid, t.typarray)
WHERE t.oid = pg_catalog.to_regtype($1)::oid AND NOT a.attisdropped LIMIT 1
"""
