"""`catalog.sql`: of which migrations it is, which it says itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from qb.kit.history.checksum import checksum
from qb.kit.history.file_change import FileChange
from qb.kit.history.history import History
from qb.kit.history.history_files import catalog_file
from qb.kit.history.migration import Migration

_MADE_BY: Final = "-- Made by: "


def made_by_line(migrations: Iterable[Migration]) -> str:
    """The line that tells by which migrations, in which order, a catalog was made: by their texts, not their names.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.shown_catalog import made_by_line
    >>> made_by_line([Migration(id="0001_a")]) == made_by_line([Migration(id="0001_a", up="SELECT 1;")])
    False
    """
    return _MADE_BY + checksum("\n".join(each.checksum for each in migrations))[:32]


def is_shown(history: History) -> bool | None:
    """Whether its `catalog.sql` is made by its migrations. None where there is no such file, or it does not say."""
    said = _said(history) if history.folder is not None and history.ids else None
    return None if said is None else said[0] == made_by_line(history)


def shown_anew(history: History, now: History, *, same: bool) -> FileChange:
    """The file, where migrations are called otherwise and make the `same`; else nobody knows what it has to be, and it
    goes."""
    path, said = catalog_file(history.layout), _said(history)
    if not same:
        return FileChange(removes=(path,))
    if said is None or said[0] != made_by_line(history) or said[0] == made_by_line(now):
        return FileChange()
    return FileChange(over={path: said[1].replace(said[0], made_by_line(now), 1).encode()})


def _said(history: History) -> tuple[str, str] | None:
    """The line of the file, and all of it."""
    try:
        text = (Path(history.folder or "") / catalog_file(history.layout)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    line = next((each for each in text[:1000].splitlines() if each.startswith(_MADE_BY)), None)
    return None if line is None else (line, text)
