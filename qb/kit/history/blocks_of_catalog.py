"""Which blocks read what the server says of itself, and run only what defines objects, as those that plans write.

https://www.postgresql.org/docs/current/plpgsql-statements.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from qb.kit.history.evaluated import closing
from qb.kit.history.executed import DEFINES, block_body, unknown_calls
from qb.kit.history.statement_parts import is_word, word_at
from qb.tree.lexemes import Lexeme, lexemes

KEPT_SETTING: Final = "qb.kept_"
"""What settings begin with in which a plan keeps what is said again: owners and grants, as whole statements."""

_OF_ROWS: Final = frozenset(("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "PERFORM", "CALL", "TABLE"))
"""Words without which a block writes no rows."""
_IN_TEXTS: Final = frozenset(
    ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "CALL", "EXECUTE", "FROM", "JOIN", "DO")
)
"""Words without which a text that begins as a definition does nothing with rows."""
_KNOWN: Final = frozenset(("do", "pg_catalog.aclexplode"))
"""What is looked at here, and what asks for grants."""
_AS_IT_IS: Final = re.compile(r"%(?![IL%])")
_ENDS_FROM: Final = frozenset(
    ("WHERE", "GROUP", "ORDER", "LIMIT", "UNION", "LOOP", "THEN", "INTO", "HAVING", "WINDOW", "FETCH")
)


def block_looks_at_catalog(said: Sequence[Lexeme]) -> bool:
    """Whether a DO block neither reads nor writes rows of tables.

    >>> from qb.kit.history.blocks_of_catalog import block_looks_at_catalog
    >>> from qb.tree.lexemes import lexemes
    >>> def looks(body):
    ...     return block_looks_at_catalog([each for each in lexemes(f"DO $$ {body} $$") if each.said])
    >>> looks("BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %I SET a.b = 1', current_database()); END")
    True
    >>> looks("BEGIN EXECUTE 'DELETE FROM notes'; END"), looks("BEGIN UPDATE notes SET n = 1; END")
    (False, False)
    """
    body = block_body(said)
    if body is None or not _KNOWN.issuperset(unknown_calls(said)):
        return False
    if any(each.kind == "open" for each in body):
        return False
    runs = [place for place in range(len(body)) if is_word(body, place, "EXECUTE") and not _says_kept(body, place)]
    values = {at for place in runs for at in _values(body, place)}
    texts = [each.text for place, each in enumerate(body) if each.kind == "text" and place not in values]
    if runs and any(map(_of_rows_within, texts)):
        return False
    return not any(_of_rows(body, place) for place in range(len(body)))


def _of_rows(body: Sequence[Lexeme], place: int) -> bool:
    word = word_at(body, place)
    if word in ("FROM", "JOIN"):
        distinct = place > 0 and is_word(body, place - 1, "DISTINCT")
        return not (distinct or all(_of_server(body, each) for each in _sources(body, place)))
    if word == "EXECUTE":
        return not (_says_kept(body, place) or _defines(body, place))
    if word == "PERFORM":
        return not _keeps(body, place)
    return word in _OF_ROWS and not (place + 1 < len(body) and body[place + 1].text == "=")  # RAISE says TABLE = 'x'


def _sources(body: Sequence[Lexeme], place: int) -> list[int]:
    """Where those begin that stand behind a FROM, with a comma between."""
    found, at = [place + 1], place + 1
    while at < len(body):
        if body[at].text == "(":
            at = closing(body, at)
        elif body[at].text in (")", ";") or word_at(body, at) in _ENDS_FROM:
            break
        elif body[at].text == ",":
            found.append(at + 1)
        at += 1
    return found


def _of_server(body: Sequence[Lexeme], place: int) -> bool:
    return is_word(body, place, "PG_CATALOG") or (
        place + 1 < len(body) and body[place].text == "(" and is_word(body, place + 1, "SELECT")
    )


def _called(body: Sequence[Lexeme], place: int, name: str) -> int | None:
    """Where the arguments of a function of PostgreSQL's begin that is called here."""
    words = ("PG_CATALOG", ".", name, "(")
    said = tuple(each.text.upper() for each in body[place : place + 4])
    return place + 4 if said == words else None


def _is_kept(body: Sequence[Lexeme], place: int | None) -> bool:
    return place is not None and place < len(body) and body[place].text.startswith(f"'{KEPT_SETTING}")


def _says_kept(body: Sequence[Lexeme], place: int) -> bool:
    """Whether what is run is what was kept by a plan."""
    return _is_kept(body, _called(body, place + 1, "CURRENT_SETTING"))


def _keeps(body: Sequence[Lexeme], place: int) -> bool:
    return _is_kept(body, _called(body, place + 1, "SET_CONFIG"))


def _defines(body: Sequence[Lexeme], place: int) -> bool:
    """Whether what is run begins as what makes, changes or drops objects, or says something of them."""
    at = _called(body, place + 1, "FORMAT") or place + 1
    if at >= len(body) or body[at].kind != "text":
        return False
    return word_at(_within(body[at].text), 0) in DEFINES


def _values(body: Sequence[Lexeme], place: int) -> range:
    """Where those of a format are that writes all of them as names and texts."""
    at = _called(body, place + 1, "FORMAT")
    quotes = at is not None and at < len(body) and body[at].kind == "text" and not _AS_IT_IS.search(body[at].text)
    return range(at + 1, closing(body, at - 1)) if at is not None and quotes else range(0)


def _of_rows_within(text: str) -> bool:
    said = _within(text)
    if any(
        is_word(said, place, "TABLE") and (not place or is_word(said, place - 1, "AS")) for place in range(len(said))
    ):
        return True
    return any(word_at(said, place) in _IN_TEXTS or said[place].text == ";" for place in range(len(said)))


def _within(text: str) -> list[Lexeme]:
    return [each for each in lexemes(text.strip("'").replace("''", "'")) if each.said]
