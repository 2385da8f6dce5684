"""SQL to be shown: without the values that somebody has written into it."""

from __future__ import annotations

from collections.abc import Iterator

from qb.tree.lexemes import lexemes


def without_literals(sql: str) -> str:
    """The same SQL with a question mark for each text and number in it, and no comments.

    >>> without_literals("CREATE ROLE ada PASSWORD 'secret' CONNECTION LIMIT 5 -- secret")
    'CREATE ROLE ada PASSWORD ? CONNECTION LIMIT ?  '
    """
    return "".join(_shown(sql))


def _shown(sql: str) -> Iterator[str]:
    """In pieces: of a comment a space."""
    within = False  # a number: 1.5e3 and 0x1F are several lexemes
    for kind, text in lexemes(sql):
        if within and (kind in ("word", "number") or text == "."):
            continue
        within = kind == "number" and not text.startswith("$")
        if within or kind in ("text", "open"):
            yield "?"
        else:
            yield " " if kind == "comment" else text
