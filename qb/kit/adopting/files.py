"""The files of other programs' migrations, as they lie in their folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, cast

import msgspec

from qb.kit.adopting.errors import NotAdoptable
from qb.kit.adopting.foreign import AdoptSource, ForeignMigration
from qb.kit.history.migration_names import order_of
from qb.kit.sql_file import SqlFileError, file_text

_FLYWAY: Final = re.compile(r"([VU])(\d+(?:[._]\d+)*)__(.+)\.sql")
_NUMBERED: Final = re.compile(r"(\d+)_.*\.sql")
_DBMATE: Final = re.compile(r"^--[ \t]*migrate:(up|down)\b.*$", re.MULTILINE)


def foreign_files(source: AdoptSource, folder: Path | str) -> tuple[ForeignMigration, ...]:
    """The migrations in a folder, in their order. Raises `NotAdoptable`.

    >>> import tempfile
    >>> from qb.kit.adopting.files import foreign_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "20261122093000_notes.sql"
    ...     _ = file.write_text("-- migrate:up\\nCREATE TABLE notes ();\\n-- migrate:down\\nDROP TABLE notes;\\n")
    ...     (found,) = foreign_files("dbmate", folder)
    >>> found.key, found.up, found.down
    ('20261122093000', 'CREATE TABLE notes ();\\n', 'DROP TABLE notes;\\n')
    """
    where = Path(folder)
    if not where.is_dir():
        raise NotAdoptable(str(where), f"there is no such folder: name the one with the migrations of {source}")
    found = tuple(_READERS[source](where))
    if not found:
        raise NotAdoptable(str(where), f"there are no migrations of {source} in it: name the folder that has them")
    return found


def _text(path: Path) -> str:
    try:
        return file_text(path.read_bytes(), str(path))
    except SqlFileError as error:
        raise NotAdoptable(f"{error.file}:{error.line}", error.message) from None
    except OSError as error:
        raise NotAdoptable(str(path), error.strerror or "it cannot be read") from None


def _maybe(path: Path) -> str | None:
    return _text(path) if path.exists() else None


def _named(where: Path, pattern: str) -> list[Path]:
    return sorted(where.glob(pattern), key=lambda path: order_of(path.relative_to(where).parts[0]))


def _alembic(where: Path) -> Iterator[ForeignMigration]:
    known: dict[str, ForeignMigration] = {}
    for path in sorted((where / "versions" if (where / "versions").is_dir() else where).glob("*.py")):
        said = _assigned(path)
        revision = said.get("revision")
        if not isinstance(revision, str):
            continue
        before = said.get("down_revision")
        after: tuple[str, ...] = (before,) if isinstance(before, str) else ()
        if isinstance(before, tuple | list):
            after = tuple(map(str, cast("Sequence[object]", before)))
        known[revision] = ForeignMigration(key=revision, name=path.stem, file=str(path), after=after)
    done: set[str] = set()
    while len(done) < len(known):
        ready = [each for each in known.values() if each.key not in done and done.issuperset(each.after or ())]
        if not ready:
            rest = next(each for each in known.values() if each.key not in done)
            raise NotAdoptable(rest.file, f"it follows {', '.join(rest.after or ())}, which no file here is")
        for each in ready:
            done.add(each.key)
            yield each


def _assigned(path: Path) -> dict[str, object]:
    """What a module says of its names, as far as it is literal."""
    try:
        tree = ast.parse(_text(path))
    except SyntaxError as error:
        raise NotAdoptable(f"{path}:{error.lineno}", error.msg) from None
    found: dict[str, object] = {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for each in targets:
            if isinstance(each, ast.Name) and value is not None:
                try:
                    found[each.id] = ast.literal_eval(value)
                except ValueError:
                    continue
    return found


def _django(where: Path) -> Iterator[ForeignMigration]:
    for path in sorted(where.glob("**/migrations/[0-9]*.py")):
        app = path.parent.parent.name
        yield ForeignMigration(key=f"{app}.{path.stem}", name=f"{app}.{path.stem}", file=str(path))


def _kysely(where: Path) -> Iterator[ForeignMigration]:
    for path in sorted(each for each in where.iterdir() if each.suffix in (".ts", ".js", ".mts", ".mjs")):
        if not path.name.endswith(".d.ts"):
            yield ForeignMigration(key=path.stem, name=path.stem, file=str(path))


class _DrizzleEntry(msgspec.Struct):
    tag: str
    when: int


class _DrizzleJournal(msgspec.Struct):
    entries: list[_DrizzleEntry]


def _drizzle(where: Path) -> Iterator[ForeignMigration]:
    journal = where / "meta" / "_journal.json"
    if journal.exists():
        try:
            entries = msgspec.json.decode(journal.read_bytes(), type=_DrizzleJournal).entries
        except msgspec.MsgspecError as error:
            raise NotAdoptable(str(journal), str(error)) from None
        for each in entries:
            path = where / f"{each.tag}.sql"
            if not path.exists():
                raise NotAdoptable(str(path), f"{journal} names it, and it is not there")
            yield ForeignMigration(key=str(each.when), name=each.tag, file=str(path), up=_text(path))
        return
    for path in _named(where, "*/migration.sql"):  # since version 1
        name = path.parent.name
        yield ForeignMigration(key=name, name=name, file=str(path), up=_text(path))


def _prisma(where: Path) -> Iterator[ForeignMigration]:
    for path in sorted(where.glob("*/migration.sql")):
        name = path.parent.name
        yield ForeignMigration(key=name, name=name, file=str(path), up=_text(path))


def _supabase(where: Path) -> Iterator[ForeignMigration]:
    for path in _named(where, "*.sql"):
        if found := _NUMBERED.fullmatch(path.name):
            yield ForeignMigration(key=found[1], name=path.stem, file=str(path), up=_text(path))


def _flyway(where: Path) -> Iterator[ForeignMigration]:
    found: dict[tuple[str, tuple[int, ...]], tuple[Path, str]] = {}
    for path in where.rglob("*.sql"):
        if match := _FLYWAY.fullmatch(path.name):
            version = tuple(int(each) for each in re.split(r"[._]", match[2]))
            found[match[1], version] = path, match[3]
    for (kind, version), (path, name) in sorted(found.items(), key=lambda pair: pair[0][1]):
        if kind == "V":
            undo = found.get(("U", version))
            said = ".".join(map(str, version))
            yield ForeignMigration(
                key=said,
                name=f"{said}_{name}",
                file=str(path),
                up=_text(path),
                down=None if undo is None else _text(undo[0]),
            )


def _dbmate(where: Path) -> Iterator[ForeignMigration]:
    for path in _named(where, "*.sql"):
        if (found := _NUMBERED.fullmatch(path.name)) is None:
            continue
        text = _text(path)
        marks = list(_DBMATE.finditer(text))
        if not marks or marks[0][1] != "up":
            raise NotAdoptable(f"{path}:1", "there is no line -- migrate:up in it")
        parts: dict[str, str] = {}
        for place, mark in enumerate(marks):
            end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
            parts[mark[1]] = text[mark.end() : end].lstrip("\r\n")
        yield ForeignMigration(key=found[1], name=path.stem, file=str(path), up=parts["up"], down=parts.get("down"))


def _folders(where: Path) -> Iterator[ForeignMigration]:
    for path in _named(where, "*/up.sql"):
        name = path.parent.name
        key = re.sub(r"\D", "", name.partition("_")[0]) or name
        down = _maybe(path.with_name("down.sql"))
        yield ForeignMigration(key=key, name=name, file=str(path), up=_text(path), down=down)


_READERS: Final[dict[AdoptSource, Callable[[Path], Iterator[ForeignMigration]]]] = {
    "alembic": _alembic,
    "django": _django,
    "kysely": _kysely,
    "drizzle": _drizzle,
    "prisma": _prisma,
    "supabase": _supabase,
    "flyway": _flyway,
    "dbmate": _dbmate,
    "folders": _folders,
}
