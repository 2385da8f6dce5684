"""`revert`: a migration that undoes one of the past, by its down, and is proved to do so."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.generating.head_file import added_at_end
from qb.kit.generating.questions import AnswersNeeded, Question
from qb.kit.history.file_change import change_files, finished_before
from qb.kit.history.history import History
from qb.kit.history.losses import losses, same_loss
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id, number_of
from qb.kit.history.reading import read_history
from qb.kit.reworking.errors import NotReverted
from qb.kit.reworking.proving_rows import with_proof
from qb.kit.reworking.replays import Replays
from qb.kit.running.undoing_errors import NoDown


class Reverted(msgspec.Struct, frozen=True, kw_only=True):
    """What was written, or would be."""

    id: str
    undoes: str
    up: str
    loses: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """What was written; nothing of a dry run."""
    rows: int = 0
    """How many rows were the same afterwards, where it was proved."""
    unproved: str = ""
    """Why it is not proved with rows: a protected database asks for `--unproved`."""


Reverting: TypeAlias = Success[Reverted] | Failure[KitError | DbError, Reverted]
"""What comes back."""


def revert(
    folder: Path | str,
    name: str,
    *,
    allow: Sequence[str] = (),
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    replays: Replays = Replays(),
    dry_run: bool = False,
    now: datetime | None = None,
) -> Reverting:
    """Write a migration at the end of a history that undoes one of it: databases go forward, and none forgets.

    Its up is the down of that one, and its down the up. Both are replayed on a shadow: the end has to be what the
    history makes without it. Then they are run on a database with rows, as `prove_migration` does; what is not proved
    so is written all the same, with `unproved`. What is lost has to be named with `allow`.
    Errors: `NoDown`, `NotReverted` where later ones stand on it, `AnswersNeeded`, `SeveralHeads`, `UnknownMigration`.

    >>> import tempfile
    >>> from qb.kit.history.adding import add_migration
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.reworking.reverting import revert
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = add_migration(folder, Migration(id="0001_a", up="CREATE TABLE a ();", down="DROP TABLE a;")).unwrap()
    ...     made = revert(folder, "a", allow=["drop-table:a"], prefix="index").unwrap()
    >>> made.id, made.up
    ('0002_revert_a', 'DROP TABLE a;')
    """
    command = shlex.join(("qb", "revert", name))
    try:
        if not dry_run and (finished := finished_before(folder, command, Reverted)) is not None:
            return Success(finished)
        history = unwrap(read_history(folder, layout))
        unwrap(history.head())
        made, end, unproved, lost = _made(history, unwrap(history.find(name)), allow, replays)
        known = {same_loss(each) for each in allow}
        questions = tuple(
            Question(each, f"this loses rows, or values of them: {each}", (f"--allow {each}",))
            for each in lost
            if same_loss(each) not in known
        )
        if questions:
            raise AnswersNeeded(questions)
        undone = unwrap(history.find(name))
        short = undone.id.removeprefix(number_of(undone.id)).strip("_-") or undone.id
        title = f"revert {short}"
        id = next_id(history.ids, title, layout=layout, prefix=prefix, now=now or datetime.now(UTC))
        made = msgspec.structs.replace(made, id=id)
        rows = 0 if made.proved is None else made.proved.rows
        done = Reverted(id=id, undoes=undone.id, up=made.up, loses=lost, rows=rows, unproved=unproved)
        if dry_run:
            return Success(done)
        change = added_at_end(folder, history, [made], end, replays.ours)
        done = msgspec.structs.replace(done, files=change.paths(folder))
        return change_files(folder, change, command=command, done=done).map(lambda _: done)
    except (KitError, DbError) as error:
        return Failure(error)


def _made(
    history: History, undone: Migration, allow: Sequence[str], replays: Replays
) -> tuple[Migration, Catalog, str, tuple[str, ...]]:
    file = undone.down_file or f"{undone.id}/down.sql"
    if undone.down is None:
        raise NoDown(undone.id, file)
    up = Migration(id=f"{undone.id} undone", up=undone.down, file=file)
    start = replays.catalog(history)
    try:
        end = replays.catalog([*history, up])
        without = replays.catalog([each for each in history if each is not undone])
    except UnreadableSql as error:
        why = error.message.partition(": the migrations do not run")[0]
        raise NotReverted(undone.id, file, f"{error.file}:{error.line}", why) from None
    if replays.print_of(end) != replays.print_of(without):
        found = replays.changed(end, without)
        what = str(found[0]) if found else "the catalog"
        raise NotReverted(undone.id, file, what, "it is not what the history makes without it")
    down = undone.up if undone.data_steps is None and _comes_back(history, up, undone, replays) else None
    steps = () if undone.edited else undone.down_steps
    lost = dict.fromkeys((*(name for each in steps for name in each.loses), *(each.name for each in losses(up.up))))
    made = Migration(
        id="",
        parents=history.heads,
        up=up.up,
        down=down,
        before=replays.print_of(start),
        after=replays.print_of(end),
        ours=replays.ours.record,
        major=start.version // 10_000,
        up_steps=steps,
        down_steps=undone.up_steps if down is not None and not undone.edited else (),
        renames=tuple(_other_way(each) for each in undone.renames),
        allowed=tuple(dict.fromkeys((*lost, *allow))),
    )
    made, unproved = with_proof(made, start, end, replays)
    return made, end, unproved, tuple(lost)


def _other_way(rename: str) -> str:
    one, _, other = rename.partition("=")
    return f"{other}={one}"


def _comes_back(history: History, up: Migration, undone: Migration, replays: Replays) -> bool:
    """Whether its up makes again what the down has undone."""
    try:
        back = replays.catalog([*history, up, Migration(id=f"{undone.id} again", up=undone.up)])
    except UnreadableSql:
        return False
    return replays.print_of(back) == replays.fingerprint(history)
