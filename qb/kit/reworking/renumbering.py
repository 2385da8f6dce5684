"""`renumber`: a migration of a branch, and what follows it, behind all others."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.file_change import change_files, finished_before
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id, number_of
from qb.kit.history.reading import read_history
from qb.kit.history.rewriting import replaced, unproved
from qb.kit.history.shown_catalog import shown_anew


class Renumbered(msgspec.Struct, frozen=True, kw_only=True):
    """What was called otherwise, or would be."""

    names: dict[str, str]
    """From the old to the new."""
    follows: tuple[str, ...] = ()
    """What the first of them follows now."""
    files: tuple[str, ...] = ()
    """What was written; nothing of a dry run."""


Renumbering: TypeAlias = Success[Renumbered] | Failure[KitError, Renumbered]
"""What comes back."""


def renumber(
    folder: Path | str,
    name: str,
    *,
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    dry_run: bool = False,
    now: datetime | None = None,
) -> Renumbering:
    """Give a migration, and what follows it, numbers behind all others; where there are other heads it follows them.

    Then it stands on what the others have made, so its proof is gone: `prove` tries it there. A database that has it
    under its old name is rolled back before. Errors: `UnknownMigration`, `UnwritableHistory`.

    >>> import tempfile
    >>> from qb.kit.history.adding import add_migration
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.reworking.renumbering import renumber
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for id in ("0001_a", "0001_b"):
    ...         _ = add_migration(folder, Migration(id=id, up="SELECT 1;")).unwrap()
    ...     done = renumber(folder, "b", prefix="index").unwrap()
    >>> done.names, done.follows
    ({'0001_b': '0002_b'}, ('0001_a',))
    """
    command = shlex.join(("qb", "renumber", name))
    try:
        if not dry_run and (before := finished_before(folder, command, Renumbered)) is not None:
            return Success(before)
        history = unwrap(read_history(folder, layout))
        first = unwrap(history.find(name))
        moved = [first, *(each for each in history if each.id in history.descendants(first.id))]
        gone = {each.id for each in moved}
        others = tuple(each for each in history if each.id not in gone)
        followed = {parent for each in others for parent in each.parents}
        heads = tuple(each.id for each in others if each.id not in followed)
        names = _names(history, moved, layout, prefix, now or datetime.now(UTC))
        if all(was == now for was, now in names.items()) and heads == first.parents:
            return Success(Renumbered(names={}, follows=heads))
        made: list[Migration] = []
        for each in moved:
            parents = heads if each is first else tuple(names.get(parent, parent) for parent in each.parents)
            kept = each if heads == first.parents and not each.edited else unproved(each)
            made.append(replace(kept, id=names[each.id], parents=parents, parts=()))
        done = Renumbered(names=names, follows=heads)
        if dry_run:
            return Success(done)
        now_there = unwrap(history_of((*others, *made), layout=layout))
        change = replaced(folder, moved, made, layout)
        change |= shown_anew(history, now_there, same=heads == first.parents)
        done = replace(done, files=change.paths(folder))
        unwrap(change_files(folder, change, command=command, done=done))
        return Success(done)
    except KitError as error:
        return Failure(error)


def _names(
    history: History, moved: list[Migration], layout: HistoryLayout, prefix: IdPrefix, now: datetime
) -> dict[str, str]:
    gone = {each.id for each in moved}
    known = [id for id in history.ids if id not in gone]
    names: dict[str, str] = {}
    for each in moved:
        title = each.id.removeprefix(number_of(each.id)).strip("_-")
        names[each.id] = next_id(known, title, layout=layout, prefix=prefix, now=now)
        known.append(names[each.id])
    return names
