"""Who may change what: a database that is not ours, one that is protected, and rows that would be lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.config import Migrator
from qb.kit.history.history_files import DOWN
from qb.kit.history.losses import same_loss
from qb.kit.history.migration import Migration
from qb.kit.history.segments import allowed_in
from qb.kit.running.cutting import cut_migration
from qb.kit.running.errors import ConfirmationNeeded, LossNotNamed, NotOwned, UnprovedMigration
from qb.kit.running.keeping.dropping import lost_by, why_not_kept
from qb.kit.running.keeping.errors import CannotKeep
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_OF_TABLES: Final = ("drop-table", "truncate", "delete", "update")
_OF_COLUMNS: Final = ("drop-column", "retype", "narrow")


class MigrationRules(msgspec.Struct, frozen=True, kw_only=True):
    """What may be done to a database, and what somebody has said that they mean."""

    database: str = "default"
    """What the config calls it."""
    owned: bool = True
    protected: bool = False
    strict: bool = False
    """Whether changes are confirmed though it is not protected."""
    confirm: str | None = None
    """The name that somebody has said to change a protected one, or a strict one."""
    allow: tuple[str, ...] = ()
    """What may be lost: `drop-column:quotes.total`."""
    unproved: tuple[str, ...] = ()
    """Migrations that a protected one takes without a proof."""
    coexist: tuple[Migrator, ...] = ()
    """Who else may migrate the same database."""
    late: tuple[str, ...] = ()
    """Migrations that are run though they were made without some that are applied."""


class _Named(msgspec.Struct, frozen=True):
    name: str
    file: str
    line: int
    recorded: bool
    sql: str
    """The statement."""


def refuse_owner(rules: MigrationRules) -> None:
    """Raise where the database is not ours to change, or nobody has confirmed it."""
    if not rules.owned:
        raise NotOwned(rules.database)
    if (rules.protected or rules.strict) and rules.confirm != rules.database:
        raise ConfirmationNeeded(rules.database, rules.confirm, "protected" if rules.protected else "strict")


def refuse_unproved(rules: MigrationRules, chosen: Sequence[Migration]) -> None:
    """Raise where a protected database would get what was not proved."""
    for each in chosen if rules.protected else ():
        if not each.is_proved and each.id not in rules.unproved:
            raise UnprovedMigration(each.id, each.file, each.edited)


def refuse_losses(
    db: Db, rules: MigrationRules, chosen: Sequence[Migration], *, down: bool = False, keep: bool = False
) -> None:
    """Raise where rows would be lost or changed that nobody has named; with `keep` where they cannot be kept."""
    said = set(map(same_loss, rules.allow))
    found = [loss for each in chosen for loss in needed(each, down=down) if same_loss(loss.name) not in said]
    if keep:
        places = [(each.name, each.file, each.line, why_not_kept(each.sql, each.name)) for each in found]
        if lost := tuple((name, file, line, why) for name, file, line, why in places if why is not None):
            raise CannotKeep(lost)
        return
    unnamed = [each for each in found if not each.recorded]
    if unnamed:
        raise LossNotNamed(tuple((each.name, each.file, each.line) for each in unnamed))
    if rules.protected and (held := [each for each in found if holds_rows(db, each.name)]):
        raise LossNotNamed(tuple((each.name, each.file, each.line) for each in held), held=True)


def needed(migration: Migration, *, down: bool = False) -> Iterator[_Named]:
    """What a migration loses: as it was found when it was made, else as its text says."""
    text = (migration.down or "") if down else migration.up
    file = migration.down_file if down else migration.file
    steps = migration.down_steps if down else migration.up_steps
    recorded = {same_loss(each) for each in (*migration.allowed, *allowed_in(text))}
    file = file or (DOWN if down else migration.id)
    found = {each.number: each.loses for each in steps} if steps and not migration.edited else None
    for segment in cut_migration(text, file):
        for number, each in enumerate(segment.statements, segment.first):
            for name in lost_by(each.text) if found is None else found.get(number, ()):
                yield _Named(name, file, each.line, same_loss(name) in recorded, each.text)


def holds_rows(db: Db, name: str) -> bool:
    """Whether what is named as lost holds anything. Where that cannot be told it does."""
    kind, _, what = name.partition(":")
    parts = what.split(".")
    column = parts.pop() if kind in _OF_COLUMNS and len(parts) > 1 else None
    if kind not in (*_OF_TABLES, *_OF_COLUMNS) or not 1 <= len(parts) <= 2:
        return True
    table = ".".join(map(quoted, parts))
    there = sql("SELECT pg_catalog.to_regclass({t}) IS NOT NULL", t=table).rows(bool)
    if not unwrap(db.scalar(there)):
        return False  # one of the migrations before it makes it
    condition = "" if column is None else f" WHERE {quoted(column)} IS NOT NULL"
    query = f"SELECT EXISTS (SELECT FROM {table}{condition})".replace("{", "{{").replace("}", "}}")
    outcome = db.scalar(sql(trusted(query)).rows(bool))
    return outcome.value_or(True)
