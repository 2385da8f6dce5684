"""`generate_custom`: a migration whose SQL somebody writes."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.generating.generate import Generated, Generating
from qb.kit.history.adding import new_files
from qb.kit.history.file_change import change_files, finished_before
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id
from qb.kit.history.reading import read_history

_UP: Final = "-- Write here what is to be done, and in down.sql what undoes it; then qb prove tries both.\n"
_DOWN: Final = "-- Write here what undoes up.sql. Where nothing does, take this file away.\n"


def generate_custom(
    folder: Path | str,
    name: str,
    *,
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    now: datetime | None = None,
) -> Generating:
    """Write the empty files of a migration that follows the last one. Errors: those of reading and writing a history.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = generate_custom(folder, "count visits", prefix="index").unwrap()
    >>> made.id, [Path(each).name for each in made.files]
    ('0001_count_visits', ['up.sql', 'down.sql', 'migration.json'])
    """
    command = shlex.join(("qb", "generate", "--custom", "--name", name))
    try:
        finished = finished_before(folder, command, Generated)
    except KitError as error:
        return Failure(error)
    if finished is not None:
        return Success(finished)
    read = read_history(folder, layout)
    if isinstance(read, Failure):
        return Failure(read.failure())
    history = read.unwrap()
    head = history.head()
    if isinstance(head, Failure):
        return Failure(head.failure())
    last = head.unwrap()
    id = next_id(history.ids, name, layout=layout, prefix=prefix, now=now or datetime.now(UTC))
    made = Migration(id=id, parents=() if last is None else (last.id,), up=_UP, down=_DOWN)
    try:
        change = new_files(folder, [made], layout)
    except KitError as error:
        return Failure(error)
    done = Generated(id, made.up, made.down or "", change.paths(folder), (), (), 0, ())
    return change_files(folder, change, command=command, done=done).map(lambda _: done)
