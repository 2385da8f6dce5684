"""`promote`: the migration that makes a typed column of a document's key, and fills it batch by batch."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import structs

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.generating.head_file import added_at_end
from qb.kit.generating.prove_written import WrittenProver
from qb.kit.generating.replay import replayed
from qb.kit.history.file_change import change_files, finished_before
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id
from qb.kit.history.reading import read_history
from qb.kit.ours.value import ours_of
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.fingerprint import JOURNAL
from qb.kit.promoting.errors import CannotPromote, PromotionRejected
from qb.kit.promoting.promotion import Promotion, checked_type, path_of
from qb.kit.promoting.rejects import PromotionReject, promotion_rejects
from qb.kit.promoting.steps_text import steps_text
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.target import NEWEST
from qb.run.database.db import Db
from qb.types.identifier import quoted


class Promoted(msgspec.Struct, frozen=True):
    """What was written."""

    ids: tuple[str, ...]
    """One migration, and with a check a second one behind it."""
    files: tuple[str, ...]
    table: str
    descriptor: str
    """The line that the class of the table gets."""
    rejects: tuple[PromotionReject, ...]
    """Rows in which the column stays NULL though the document holds something."""


Promoting: TypeAlias = Success[Promoted] | Failure[DbError | KitError | DefinitionError, Promoted]
"""What comes back."""


def promote(
    wanted: Schema,
    folder: Path | str,
    document: str,
    path: str,
    column: str,
    type: str,
    *,
    db: Db | None = None,
    check: bool = False,
    leave_rejects: bool = False,
    show_keys: bool = False,
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    within: Filter = Filter(),
    journal: str = JOURNAL,
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
    now: datetime | None = None,
) -> Promoting:
    """Write the migration that makes a column of what stands at a path in a document.

    `document` and `column` name columns of one table, `quotes.meta` and `quotes.customer_id`; the table needs a primary
    key. The migration adds the column and fills it in batches by that key, in a data step that goes on where it was
    stopped: a JSON string becomes a text, a date, a uuid, a label; a number a number that is exactly as large; what is
    missing or null is NULL. `db` is looked at, read only, for rows that hold something else: nothing is written then,
    unless `leave_rejects`. `check` writes a second migration, by which the two have to agree from then on. The
    documents stay as they are, and the descriptors are yours to change: `descriptor` is the line.
    Nothing is written where it is not proved. Errors: `CannotPromote`, `PromotionRejected`, those of `canonical`, of a
    history and of `prove_written`.
    """
    flags = (("--check", check), ("--leave-rejects", leave_rejects))
    told = (each for each, said in flags if said)
    command = shlex.join(("qb", "promote", document, path, column, "--type", type, *told))
    try:
        if (finished := finished_before(folder, command, Promoted)) is not None:
            return Success(finished)
        history = unwrap(read_history(folder, layout))
        last = unwrap(history.head())
        target = major or NEWEST
        made, ours = unwrap(canonical(wanted, major=target, shadow=shadow, cache=cache)), ours_of(wanted, within=within)
        before = unwrap(replayed(history, made, ours, major=target, shadow=shadow, cache=cache))
        promotion = _promotion(before, document, path, column, type)
        rejects = () if db is None else unwrap(promotion_rejects(db, promotion, show_keys=show_keys))
        if rejects and (check or not leave_rejects):
            raise PromotionRejected(promotion.title, tuple(map(str, rejects)), checked=check)
        when = now or datetime.now(UTC)
        written: list[Migration] = []
        parents = () if last is None else (last.id,)
        for name, up, down, steps in _texts(promotion, leave_rejects=leave_rejects, check=check):
            ids = (*history.ids, *(each.id for each in written))
            id = next_id(ids, name, layout=layout, prefix=prefix, now=when)
            written.append(Migration(id=id, parents=parents, up=up, down=down, data_steps=steps))
            parents = (id,)
        whole = History(migrations=(*history, *written), layout=layout)
        prover = WrittenProver(whole, made, ours, target, journal, shadow, cache)
        proved = [prover.one(each)[0] for each in written]
        change = added_at_end(folder, history, proved, prover.after(proved[-1].id), ours)
        ids, files = tuple(each.id for each in proved), change.paths(folder)
        done = Promoted(ids, files, promotion.name, promotion.descriptor, rejects)
        kept = structs.replace(done, rejects=tuple(structs.replace(each, keys=()) for each in rejects))
        return change_files(folder, change, command=command, done=kept).map(lambda _: done)
    except (KitError, DbError, DefinitionError) as error:
        return Failure(error)


def _texts(promotion: Promotion, *, leave_rejects: bool, check: bool) -> Sequence[tuple[str, str, str, str | None]]:
    table, column = promotion.relation, quoted(promotion.column)
    found = [
        (
            f"promote {promotion.table} {promotion.column}",
            f"ALTER TABLE {table} ADD COLUMN {column} {promotion.type};\n",
            f"ALTER TABLE {table} DROP COLUMN {column};\n",
            steps_text(promotion, leave_rejects=leave_rejects),
        )
    ]
    if check:
        name = quoted(f"{promotion.table}_{promotion.column}_agrees"[:60])
        up = (
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({promotion.agrees}) NOT VALID;\n-- qb: commit\n"
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {name};\n"
        )
        down = f"ALTER TABLE {table} DROP CONSTRAINT {name};\n"
        return [*found, (f"check {promotion.table} {promotion.column}", up, down, None)]
    return found


def _promotion(before: Catalog, document: str, path: str, column: str, type_: str) -> Promotion:
    parts = CatalogParts(before)
    for each, fact in before.of(ColumnFact).items():
        short = f"{each.table}.{each.name}"
        meant = document == f"{each.schema}.{short}" or (each.schema == "public" and document == short)
        if fact.of != "table" or not meant:
            continue
        if fact.type != "jsonb":
            raise CannotPromote(document, f"it is {fact.type}, and a key is taken out of jsonb alone")
        table = document.removesuffix(f".{each.name}")
        if not column.startswith(f"{table}.") or not (new := column.removeprefix(f"{table}.")):
            raise CannotPromote(column, f"the column is one of the same table: {table}.NAME")
        if parts.column(each.schema, each.table, new) is not None:
            raise CannotPromote(column, "it is there already: name another, or drop it first")
        keys = _keys(parts, each.schema, each.table)
        if not keys:
            raise CannotPromote(table, "it has no primary key to go by: give it one first")
        return Promotion(
            schema=each.schema,
            table=each.table,
            document=each.name,
            path=path_of(path),
            column=new,
            type=checked_type(type_),
            keys=keys,
        )
    raise CannotPromote(document, "the migrations make no such column of a table: say it as quotes.meta")


def _keys(parts: CatalogParts, schema: str, table: str) -> tuple[tuple[str, str], ...]:
    for each in parts.within(schema, table):
        fact = parts.get(each)
        if each.kind == "primary key" and isinstance(fact, ConstraintFact):
            found = ((name, parts.column(schema, table, name)) for name in fact.columns)
            return tuple((name, column.type) for name, column in found if column is not None)
    return ()
