"""SQL as it is shown: without what nobody is to read on a screen, passwords and values of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.tree.lexemes import Lexeme, lexemes

_HIDDEN: Final = "'...'"
_CALLS: Final = ("CALL", "EXECUTE", "SELECT", "TABLE", "VALUES", "WITH")
"""Statements whose texts are values."""
_SECRETS: Final = ("CONNECTION", "PASSWORD")
"""What a text follows that is one, or holds one."""
_NO_UPDATE: Final = ("AFTER", "BEFORE", "FOR", "GRANT", "KEY", "OF", "ON", "OR", "REVOKE", ",")
"""What stands before an UPDATE that is none."""


def without_secrets(text: str) -> str:
    """A statement with its passwords, connections, options and values of rows as '...'.

    >>> from qb.kit.history.without_secrets import without_secrets
    >>> without_secrets("CREATE ROLE app LOGIN PASSWORD 'hunter2' VALID UNTIL '2030-01-01'")
    "CREATE ROLE app LOGIN PASSWORD '...' VALID UNTIL '2030-01-01'"
    >>> without_secrets("INSERT INTO people (name, age) VALUES ('Ada', 36)")
    "INSERT INTO people (name, age) VALUES ('...', ...)"
    >>> without_secrets("ALTER TABLE people ADD role text DEFAULT 'buyer' CHECK (length(role) > 2)")
    "ALTER TABLE people ADD role text DEFAULT 'buyer' CHECK (length(role) > 2)"
    """
    return "".join(_shown(list(lexemes(text))))


def _shown(all_: list[Lexeme]) -> Iterator[str]:
    said = [each for each in all_ if each.said]
    writing = first = True
    options = place = 0
    for each in all_:
        if not each.said:
            yield each.text
            continue
        before = said[place - 1].text.upper() if place else ""
        after = said[place + 1].text.upper() if place + 1 < len(said) else ""
        word = each.text.upper()
        place += 1
        if first:
            writing, first = word in _CALLS, False
        if word == ";":
            first = True
        elif each.kind == "word" and not writing:
            writing = _writes(before, word, after)
        elif options and word in ("(", ")"):
            options += 1 if word == "(" else -1
        if word == "(" and before == "OPTIONS":
            options = 1
        if each.kind in ("text", "open"):
            body = each.kind == "text" and each.text.startswith("$")
            if before in _SECRETS or options or (writing and not body) or (not body and _tells(each.text)):
                yield _HIDDEN
            elif body:
                sign = each.text[: each.text.index("$", 1) + 1]
                yield f"{sign}{without_secrets(each.text[len(sign) : -len(sign)])}{sign}"
            else:
                yield each.text
        else:
            yield "..." if each.kind == "number" and writing else each.text


def _writes(before: str, word: str, after: str) -> bool:
    """Whether values of rows follow."""
    if word == "UPDATE":
        return before not in _NO_UPDATE and after != "ON"
    if word == "VALUES":
        return before != "FOR"
    return (word, after) in (("INSERT", "INTO"), ("DELETE", "FROM"), ("MERGE", "INTO"))


def _tells(text: str) -> bool:
    """Whether a text is SQL with something to hide in it."""
    inner = text[text.index("'") + 1 : -1].replace("''", "'") if "'" in text else ""
    return any(word in inner.upper() for word in (*_SECRETS, "INSERT", "UPDATE", "DELETE", "MERGE")) and (
        without_secrets(inner) != inner
    )
