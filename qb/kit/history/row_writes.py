"""Which tables a migration writes rows of, as far as its text says."""

from __future__ import annotations

from qb.kit.history.losses import losses, same_loss
from qb.kit.history.migration import Migration
from qb.kit.history.statement_kinds import words_of
from qb.kit.sql_file import split
from qb.tree.lexemes import lexemes
from qb.types.identifier import unquoted

ANY_TABLE = "steps.py"
"""What is written by Python, which nobody can read."""
_WRITES = ("delete:", "update:", "truncate:")


def written_tables(migration: Migration) -> frozenset[str]:
    """The tables that a migration inserts into, or changes or deletes rows of; `ANY_TABLE` beside where it has steps.
    Raises `SqlFileError` where its text cannot be cut.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.row_writes import written_tables
    >>> made = Migration(id="0001_x", up="INSERT INTO public.log VALUES (1); UPDATE app.notes SET x = 1;")
    >>> sorted(written_tables(made))
    ['app.notes', 'log']
    """
    found = {same_loss(each.name).partition(":")[2] for each in losses(migration.up) if each.name.startswith(_WRITES)}
    for statement in split(migration.up, migration.file or migration.id, connects=False):
        words = words_of(statement.text, 2)
        if words == ("INSERT", "INTO") or words == ("MERGE", "INTO") or words[:1] == ("COPY",):
            found.add(_named(statement.text, 1 if words[:1] == ("COPY",) else 2))
    if migration.data_steps is not None:
        found.add(ANY_TABLE)
    return frozenset(found)


def _named(text: str, place: int) -> str:
    said = [each.text for each in lexemes(text) if each.said][place : place + 4]
    if said[1:2] == ["."]:
        schema, name = unquoted(said[0]), unquoted(said[2])
        return name if schema == "public" else f"{schema}.{name}"
    return unquoted(said[0]) if said else ""
