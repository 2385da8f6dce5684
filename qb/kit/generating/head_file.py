"""`catalog.sql`: the database after the last migration, as SQL that could be run, for who reads a review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from qb.errors import DefinitionError
from qb.kit.catalog import Catalog
from qb.kit.history.adding import new_files
from qb.kit.history.file_change import FileChange
from qb.kit.history.history import History
from qb.kit.history.history_files import catalog_file
from qb.kit.history.migration import Migration
from qb.kit.history.shown_catalog import made_by_line
from qb.kit.ours.value import Ours
from qb.kit.planning.plan import made_from_nothing

_HEAD: Final = "-- The database as it is after the last migration, for who reads a review. Nobody runs this."


def head_file(history: History, after: Catalog, ours: Ours) -> FileChange:
    """The file, of what a history makes: of nothing else."""
    empty = after.where(lambda identity, fact: identity.kind == "database" or str(identity) == "schema public")
    try:
        text = "\n".join(f"{each};\n" for each in made_from_nothing(empty, after, ours))
    except DefinitionError as error:
        text = "".join(f"-- {line}\n" for line in f"It cannot be written: {error}".splitlines())
    whole = f"{_HEAD}\n{made_by_line(history)}\n\n{text}"
    return FileChange(over={catalog_file(history.layout): whole.encode()})


def added_at_end(
    folder: Path | str, history: History, made: Sequence[Migration], after: Catalog, ours: Ours
) -> FileChange:
    """Migrations that follow all others, and the file of what they make."""
    whole = History(migrations=(*history, *made), layout=history.layout)
    return new_files(folder, made, history.layout) | head_file(whole, after, ours)
