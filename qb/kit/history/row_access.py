"""Which rows a migration writes and reads, as far as its text says, and whether it may be any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from qb.frozen import FrozenStruct
from qb.kit.history.blocks_of_catalog import block_looks_at_catalog
from qb.kit.history.executed import COUNTERS, executed, unknown_calls
from qb.kit.history.losses import losses, same_loss
from qb.kit.history.migration import Migration
from qb.kit.history.statement_parts import is_word, name_from, names_from, without_only, word_at
from qb.kit.sql_file import FileStatement, split
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

_WRITES: Final = ("delete:", "update:", "truncate:")
_ROWS: Final = ("SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "(", "COPY", "TRUNCATE")
_ROWS_WITHIN: Final = ("EXPLAIN", "PREPARE", "DECLARE", "REFRESH")
_ANYTHING: Final = ("CALL", "EXECUTE")


class RowAccess(FrozenStruct):
    """What statements do with rows."""

    writes: frozenset[str] = frozenset()
    """The tables that rows are added to, changed or deleted in, as they are called there, `public` left out."""
    names: frozenset[str] = frozenset()
    """Every name that stands in a statement which reads or writes rows: tables, columns, words."""
    anything: bool = False
    """Whether it may be any rows: steps in Python, blocks, functions."""
    by: str = ""
    """What is the first that may: its file and line."""

    @property
    def some(self) -> bool:
        """Whether there may be any."""
        return bool(self.writes or self.names or self.anything)


def row_access(migrations: Iterable[Migration]) -> RowAccess:
    """What some migrations do with rows, by their texts. Raises `SqlFileError` where one cannot be cut.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.row_access import row_access
    >>> found = row_access([Migration(id="0001_x", up="INSERT INTO public.log SELECT id FROM app.notes;")])
    >>> sorted(found.writes), "notes" in found.names, found.anything
    (['log'], True, False)
    """
    writes: set[str] = set()
    names: set[str] = set()
    by: list[str] = []
    for migration in migrations:
        file = migration.file or migration.id
        if migration.data_steps is not None:
            by.append(f"steps.py of {migration.id}")
        planned = _planned(migration)
        for number, statement in enumerate(split(migration.up, file, connects=False), 1):
            said = [each for each in lexemes(statement.text) if each.said]
            if word_at(said, 0) == "DO":  # those of a plan are about objects, never about rows
                if number not in planned and not block_looks_at_catalog(said):
                    by.append(f"the block at {file}:{statement.line}")
                continue
            if word_at(said, 0) in _ANYTHING or any(unknown_calls(said)) or _counts(said):
                by.append(f"what is called at {file}:{statement.line}")
            if _reads_rows(said):
                writes.update(_written(statement, said))
                names.update(unquoted(each.text) for each in said if each.kind in ("word", "name"))
    return RowAccess(frozenset(writes), frozenset(names), bool(by), next(iter(by), ""))


def _planned(migration: Migration) -> frozenset[int]:
    """The places of statements that a plan has written, and nobody has changed since."""
    if migration.edited:
        return frozenset()
    return frozenset(each.number for each in migration.up_steps if each.keeps is not msgspec.UNSET)


def _reads_rows(said: Sequence[Lexeme]) -> bool:
    first = word_at(said, 0) or (said[0].text if said else "")
    if first in _ROWS or first in _ROWS_WITHIN:
        return True
    return len(list(executed(said))) > 1 or (first == "CREATE" and is_word(said, 1, "MATERIALIZED"))


def _counts(said: Sequence[Lexeme]) -> bool:
    """Whether it draws from a sequence by name."""
    return any(each.kind in ("word", "name") and each.text.strip('"').upper() in COUNTERS for each in said)


def _written(statement: FileStatement, said: Sequence[Lexeme]) -> Iterator[str]:
    for loss in losses(statement.text):
        if loss.name.startswith(_WRITES):
            yield same_loss(loss.name).partition(":")[2]
    if is_word(said, 0, "COPY"):
        yield _said(said[1:])
    if is_word(said, 0, "REFRESH"):
        yield _said([each for each in said[3:] if each.text.upper() != "CONCURRENTLY"])
    if is_word(said, 0, "CREATE"):
        place = next((at for at in range(1, len(said)) if word_at(said, at) in ("TABLE", "VIEW")), len(said))
        yield _said([each for each in said[place + 1 :] if each.text.upper() != "NOT"])
    for place in range(1, len(said)):
        if is_word(said, place - 1, "INTO"):
            yield _said(said[place:])


def _said(said: Sequence[Lexeme]) -> str:
    name = next(names_from(without_only(said), most=1), "")
    return same_loss(f":{name or name_from(said)[0]}")[1:]
