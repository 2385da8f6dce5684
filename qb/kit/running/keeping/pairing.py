"""Whether a down makes again what was kept so that it is known which one comes back, and with which values.

What is dropped several times under one name comes back in the other direction, what was dropped last first: so the down
has to make it as often as it was dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from qb.kit.running.keeping.dropping import (
    KeptDrop,
    added_column,
    altered_table,
    created_table,
    drops_of,
    said_lexemes,
)
from qb.kit.running.keeping.filling import filling_update
from qb.kit.sql_file import SqlFileError, split


def why_not_back(drop: KeptDrop, drops: Sequence[KeptDrop], down: str) -> str | None:
    """Why nobody knows what comes back of one of the things that a migration drops; None where it is known, or where
    the down does not make it again."""
    texts = list(_statements(down))
    made = Counter(key for each in texts for key in _made(each))
    key = _key(drop)
    if not made[key]:
        return None
    same = [each for each in drops if _key(each) == key]
    renames = any("RENAME" in (each.text.upper() for each in said_lexemes(text)) for text in texts)
    tables = {each.name.parts[-1] for each in same}
    several = len(same) > 1 and (renames or len(tables) < len(same))
    again = any(_key(each) == key for text in texts for each in drops_of(text))
    if made[key] != len(same) and (several or again):
        return (
            f"it is dropped {_times(len(same))} and its down makes it {_times(made[key])}: nobody knows which one "
            "comes back; write the down so that it undoes one drop after another"
        )
    for update in filter(None, map(filling_update, texts)) if drop.kind == "column" else ():
        of_it = drop.column in update.columns and (renames or update.table.parts[-1] in tables)
        if of_it and update.reads and not update.names(drop.column):
            return (
                f"its down makes its values of other columns, which may change meanwhile: say in the WHERE of that "
                f"UPDATE which rows get them (WHERE {drop.column} IS NULL: those that are new)"
            )
    return None


def _statements(text: str) -> Iterable[str]:
    """The statements of a text; none where it cannot be read, which is told elsewhere."""
    try:
        return [each.text for each in split(text, connects=False)]
    except SqlFileError:
        return []


def _key(drop: KeptDrop) -> tuple[str, str]:
    return drop.kind, drop.column or drop.name.parts[-1]


def _made(text: str) -> Iterator[tuple[str, str]]:
    if (table := created_table(text)) is not None:
        yield "table", table.parts[-1]
    if (altered := altered_table(text)) is not None:
        yield from (("column", each) for each in map(added_column, altered.actions) if each is not None)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
