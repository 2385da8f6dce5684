"""`merge`: several heads of a history are joined, where the order of their branches is of no matter."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.generating.head_file import added_at_end
from qb.kit.history.file_change import change_files, finished_before
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id
from qb.kit.history.reading import read_history
from qb.kit.history.row_access import row_access
from qb.kit.reworking.errors import HeadsDoNotCommute
from qb.kit.reworking.proving_rows import with_proof
from qb.kit.reworking.replays import Replays
from qb.kit.reworking.row_clashes import change_clash, row_clash, with_what_follows

_NAME: Final = "merge"


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """What was written, or would be."""

    id: str | None
    """None where there was one head, or none."""
    parents: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """What was written; nothing of a dry run."""


Merging: TypeAlias = Success[Merged] | Failure[KitError | DbError, Merged]
"""What comes back."""


def merge(
    folder: Path | str,
    *,
    name: str = _NAME,
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    replays: Replays = Replays(),
    dry_run: bool = False,
    now: datetime | None = None,
) -> Merging:
    """Write the migration that has all heads of a history for its parents, and does nothing.

    The branches are replayed on a shadow in both orders, and have to make the same catalog; none may touch an object
    that the other one touches, or write rows of a table that the other one reads, writes or changes. Nothing is written
    where there is one head.
    Errors: `HeadsDoNotCommute` with both files and the object, those of reading a history and of a shadow.

    >>> import tempfile
    >>> from qb.kit.history.adding import add_migration
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.reworking.merging import merge
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for made in (
    ...         Migration(id="0001_a", up="CREATE TABLE a ();"),
    ...         Migration(id="0002_b", up="CREATE TABLE b ();"),
    ...     ):
    ...         _ = add_migration(folder, made).unwrap()
    ...     merge(folder, prefix="index").unwrap().parents
    ('0001_a', '0002_b')
    """
    command = shlex.join(("qb", "merge", *(() if name == _NAME else ("--name", name))))
    try:
        if not dry_run and (finished := finished_before(folder, command, Merged)) is not None:
            return Success(finished)
        history = unwrap(read_history(folder, layout))
        if len(history.heads) < 2:
            return Success(Merged(id=None))
        for one, other in combinations(history.heads, 2):
            _refuse(history, one, other, replays)
        end = replays.catalog(history)
        after = replays.print_of(end)
        id = next_id(history.ids, name, layout=layout, prefix=prefix, now=now or datetime.now(UTC))
        made = Migration(
            id=id,
            parents=history.heads,
            up="-- joins two branches of the history\n",
            down="-- there is nothing to undo\n",
            before=after,
            after=after,
            ours=replays.ours.record,
            major=replays.major,
        )
        made, _ = with_proof(made, end, end, replays)
        done = Merged(id=id, parents=history.heads)
        if dry_run:
            return Success(done)
        change = added_at_end(folder, history, [made], end, replays.ours)
        done = msgspec.structs.replace(done, files=change.paths(folder))
        return change_files(folder, change, command=command, done=done).map(lambda _: done)
    except (KitError, DbError) as error:
        return Failure(error)


def commuting(history: History, replays: Replays) -> Callable[[Migration, Sequence[Migration]], bool]:
    """What `migrate` asks of one that comes late: whether it goes together with those that are applied already."""

    def commute(late: Migration, applied: Sequence[Migration]) -> bool:
        behind = history.descendants(late.id)
        if any(each.id in behind for each in applied):
            return False
        ids = {each.id for each in applied}
        before = [each for each in history if each.id in history.ancestors(late.id, *ids) - {late.id} - ids]
        try:
            return _together(before, [late], list(applied), replays) is None
        except (KitError, DbError):
            return False

    return commute


class _Clash(msgspec.Struct, frozen=True):
    object: str
    why: str


def _refuse(history: History, one: str, other: str, replays: Replays) -> None:
    shared = history.ancestors(one) & history.ancestors(other)
    branches = [[each for each in history.up_to(head) if each.id not in shared] for head in (one, other)]
    before = [each for each in history if each.id in shared]
    clash = _together(before, branches[0], branches[1], replays)
    if clash is not None:
        first, second = (_culprit(branch, clash.object) for branch in branches)
        files = (first.file or first.id, second.file or second.id)
        raise HeadsDoNotCommute((first.id, second.id), files, clash.object, clash.why)


def _together(
    before: Sequence[Migration], one: Sequence[Migration], other: Sequence[Migration], replays: Replays
) -> _Clash | None:
    """What keeps two branches behind the same migrations apart."""
    rows = [row_access(branch) for branch in (one, other)]
    if (clash := row_clash(*rows)) is not None:
        return _Clash(*clash)
    start = replays.catalog(before)
    made = [replays.catalog([*before, *branch]) for branch in (one, other)]
    touched = [frozenset(replays.changed(start, each)) for each in made]
    if same := sorted(map(str, touched[0] & touched[1])):
        return _Clash(same[0], "both change it")
    rows = [with_what_follows(each, catalog) for each, catalog in zip(rows, made, strict=True)]
    changes = [change_clash(start, made[each], touched[each], rows[1 - each]) for each in (0, 1)]
    if (clash := next(filter(None, (row_clash(*rows), *changes)), None)) is not None:
        return _Clash(*clash)
    try:
        ends = [replays.catalog([*before, *first, *second]) for first, second in ((one, other), (other, one))]
    except UnreadableSql as error:
        return _Clash(f"{error.file}:{error.line}", error.message.partition(": the migrations do not run")[0])
    if replays.print_of(ends[0]) != replays.print_of(ends[1]):
        found = replays.changed(ends[0], ends[1])
        return _Clash(str(found[0]) if found else "the catalog", "it is another one in the other order")
    return None


def _culprit(branch: Sequence[Migration], what: str) -> Migration:
    """The last one of a branch that names an object, else the last one of all."""
    name = what.rpartition(".")[2].rpartition(" ")[2]
    return next((each for each in reversed(branch) if name and name in each.up), branch[-1])
