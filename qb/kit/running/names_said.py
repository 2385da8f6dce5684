"""What a server says of a statement, without names that do not stand in it: those may be values of rows.

`SELECT note::regclass FROM notes`, and a block that makes a name of what it reads, are refused with the value as the
name of a table. Where the message points to its place in the statement, its names are the statement's.
https://www.postgresql.org/docs/current/datatype-oid.html
"""

from __future__ import annotations

import re
from typing import Final

from qb.errors import DbError, InvalidSql
from qb.kit.ours.keepers import KEPT_NAME
from qb.run.report.masking import condition_name

_QUOTED: Final = re.compile(r'"(.*)"', re.DOTALL)
_PIECES: Final = re.compile(
    r'" (?:(?:of|in|on|for|to|from|and|is|by|the|not|an?'
    r'|relation|table|column|type|view|constraint|domain|index|role|parent|partition|contains|found) )+"'
)
"""What stands between two names of a message."""
_BARE: Final = re.compile(r"\b(function|procedure|aggregate|column) ([^\s\"(]+)")
_WORD: Final = re.compile(r"\w+")
_MADE: Final = re.compile(r"(.+)_(?:idx|key|pkey|fkey|check|seq|excl|not_null)\d*")
"""What the server itself calls an index or a constraint, by its table and columns."""
_KEPT: Final = re.compile(KEPT_NAME + r"\d+")


def with_names_said(error: DbError, text: str) -> DbError:
    """The same error, where all of its names stand in the text of the statement; else without the others.

    >>> from qb.errors import InvalidSql
    >>> from qb.kit.running.names_said import with_names_said
    >>> print(with_names_said(InvalidSql('relation "Ada Byron" does not exist'), "SELECT note::regclass FROM notes"))
    relation "…" does not exist
    >>> print(with_names_said(InvalidSql('table "notes" does not exist'), "DROP TABLE notes"))
    table "notes" does not exist
    """
    if not isinstance(error, InvalidSql) or error.position is not None:
        return error
    known = frozenset(_WORD.findall(text.lower()))
    said, *rest = _QUOTED.split(error.message, maxsplit=1)
    if rest:
        names = _PIECES.split(rest[0])
        between = _PIECES.findall(rest[0])
        shown = [name if _stands(name, known) else "…" for name in names]
        middle = "".join(one + other for one, other in zip(shown, (*between, ""), strict=True))
        said, tail = f'{said}"{middle}"', rest[1]
    else:
        tail = ""
    message = _BARE.sub(lambda found: f"{found[1]} {found[2] if _stands(found[2], known) else '…'}", said + tail)
    head, colon, behind = message.partition(": ")
    if colon and not rest and not _stands(behind, known):
        message = f"{head}: …"
    if not _without_names(message).isascii():  # another language quotes in other ways
        message = condition_name(error.sqlstate or "42000")
    if message == error.message:
        return error
    return InvalidSql(message, None, error.hint, sqlstate=error.sqlstate)


def _stands(name: str, known: frozenset[str]) -> bool:
    """Whether all words of a name are in the statement's text, it is made of such, or kept under it."""
    words = _WORD.findall(name.lower())
    made = _MADE.fullmatch(name.lower())
    parts = words if made is None or name.lower() in known else _WORD.findall(made[1].replace("_", " "))
    return bool(words) and (known.issuperset(words) or known.issuperset(parts) or _KEPT.fullmatch(name) is not None)


def _without_names(message: str) -> str:
    return _QUOTED.sub("", message).replace("…", "")
