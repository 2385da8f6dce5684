"""A folder of migrations, read: whoever wrote them. Nothing is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.history.errors import UnreadableHistory
from qb.kit.history.file_change import refuse_unfinished
from qb.kit.history.history import History, history_of
from qb.kit.history.history_files import DATA_STEPS, DOWN, FLAT_FILE, KEPT_ASIDE, RECORD, UP, path_aside
from qb.kit.history.migration import Migration
from qb.kit.history.migration_json import Record, read_record, with_record
from qb.kit.history.migration_names import LONGEST_ID, HistoryLayout, is_good, order_of
from qb.kit.sql_file import SqlFileError, file_text

REPEATABLE: Final = ("before", "after")
"""Folders of SQL that is run around migrations, and is none."""


def read_history(folder: Path | str, layout: HistoryLayout = "folder") -> Success[History] | Failure[KitError, History]:
    """The migrations of a folder; none where there is no folder.

    One without `migration.json`, as somebody wrote it by hand, follows the one that is called before it. What is
    hidden or begins with an underscore is left alone, and so are files of other kinds.
    Errors: `UnreadableHistory` and `UnreadableSql` with the file, `MissingParent`, `ParentCircle`; `UnfinishedChange`
    where somebody was stopped while files were written, and the command that writes the rest.

    >>> from qb.kit.history.reading import read_history
    >>> read_history("/nowhere/migrations")
    <Success: <history of 0 migrations>>
    """
    where = Path(folder)
    try:
        refuse_unfinished(where)
        found = _folders(where) if layout == "folder" else _files(where)
    except KitError as error:
        return Failure(error)
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    return history_of(_in_line(found), folder=where, layout=layout)


def _in_line(found: Mapping[str, Migration]) -> list[Migration]:
    """All of them; who says nothing of its parents follows the one before it."""
    made: list[Migration] = []
    before: tuple[str, ...] = ()
    for id in sorted(found, key=order_of):
        each = found[id]
        made.append(replace(each, parents=before) if each.recorded is None else each)
        before = (id,)
    return made


def _folders(where: Path) -> dict[str, Migration]:
    found: dict[str, Migration] = {}
    for path in _listed(where):
        if not path.is_dir():
            if FLAT_FILE.fullmatch(path.name):
                message = 'a migration of the flat layout: the config says layout = "folder", so say "flat" there'
                raise UnreadableHistory(str(path), None, message)
            continue
        if path.name in REPEATABLE:
            continue
        _named(path, path.name)
        if (up := _text(path / UP)) is None:
            raise UnreadableHistory(str(path), None, f"there is no {UP} in it: write one, or remove the folder")
        made = Migration(
            id=path.name,
            up=up,
            down=_text(path / DOWN),
            data_steps=_text(path / DATA_STEPS),
            file=str(path / UP),
            down_file=str(path / DOWN),
        )
        record = _record(path / RECORD, made.id)
        found[made.id] = made if record is None else with_record(made, record)
    return found


def _files(where: Path) -> dict[str, Migration]:
    listed = _listed(where)
    for path in listed:
        if path.is_dir() and (path / UP).exists():
            message = 'a migration of the layout with folders: the config says layout = "flat", so say "folder" there'
            raise UnreadableHistory(str(path), None, message)
    ups = {path.name: path for path in listed if FLAT_FILE.fullmatch(path.name)}
    for name, path in ups.items():
        if name.endswith(f".{DOWN}"):
            message = f"the Supabase CLI would run this one: move it to {KEPT_ASIDE}/{name}"
            raise UnreadableHistory(str(path), None, message)
    records = _records(where, ups)
    later = {part for record in records.values() for part in record.files[1:]}
    found: dict[str, Migration] = {}
    for name, path in ups.items():
        if name in later:
            continue
        id = name.removesuffix(".sql")
        _named(path, id)
        record = records.get(id)
        parts = record.files if record is not None else ()
        texts = [_text(ups[each]) or "" for each in parts or (name,)]
        made = Migration(
            id=id,
            up="".join(texts),
            down=_text(where / path_aside(id, DOWN)),
            data_steps=_text(where / path_aside(id, DATA_STEPS)),
            file=str(path),
            down_file=str(where / path_aside(id, DOWN)),
            parts=parts if len(parts) > 1 else (),
        )
        found[id] = made if record is None else with_record(made, record)
    return found


def _records(where: Path, ups: Mapping[str, Path]) -> dict[str, Record]:
    """What is known of flat migrations. A record of which no file is there was left by an interrupt, and is no more."""
    found: dict[str, Record] = {}
    if not (where / KEPT_ASIDE).is_dir():
        return found
    for path in sorted((where / KEPT_ASIDE).glob("*.json")):
        record = _record(path, path.stem)
        if record is None or not any(each in ups for each in record.files):
            continue
        for each in record.files:
            if each not in ups:
                message = f"{path.stem} has this part, and it is not there: bring it back from version control"
                raise UnreadableHistory(str(where / each), None, message)
        found[path.stem] = record
    return found


def _listed(where: Path) -> list[Path]:
    """What lies in a folder, hidden things left out."""
    try:
        return sorted(each for each in where.iterdir() if not each.name.startswith((".", "_")))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnreadableHistory(str(where), None, error.strerror or "it cannot be read") from None


def _named(path: Path, id: str) -> None:
    if not is_good(id):
        shown = ascii(id)
        message = f"{shown} is no name for a migration: letters, digits, _ . - + and @, {LONGEST_ID} at most"
        raise UnreadableHistory(ascii(str(path))[1:-1], None, message)


def _text(path: Path) -> str | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableHistory(str(path), None, error.strerror or "it cannot be read") from None
    text = file_text(content, str(path))
    if (place := text.find("\0")) >= 0:
        line = text.count("\n", 0, place)
        column = place - text.rfind("\n", 0, place)
        raise SqlFileError(str(path), line + 1, column, "a NUL character is nothing that PostgreSQL can read")
    return text


def _record(path: Path, id: str) -> Record | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableHistory(str(path), None, error.strerror or "it cannot be read") from None
    try:
        record = read_record(content)
    except ValueError as error:
        message = f"{error}: bring it back from version control, or have `qb prove {id}` write it anew"
        raise UnreadableHistory(str(path), None, message) from None
    if record.id != id:
        message = f"it is about {ascii(record.id)[1:-1]}, and lies with {id}: rename the one or the other"
        raise UnreadableHistory(str(path), None, message)
    return record
